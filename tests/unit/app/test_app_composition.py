"""The composition root: one hub from settings, its key, its tables, its parts."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from hub.app import build
from hub.app.directory import Directory
from hub.db import revision_of
from hub.kit.clock import FrozenClock
from hub.kit.errors import Invalid, NotFound
from hub.settings import Mode, Settings
from tests.support.hubs import BARE, POLICE
from tests.support.partnerships import a_copy, made

KEY = "0123456789abcdef" * 4


def test_a_fresh_state_folder_gets_a_key_only_its_owner_reads_and_all_tables(tmp_path: Path) -> None:
    hub = build(Settings(state=tmp_path / "deep" / "state"), clock=FrozenClock())
    key = tmp_path / "deep" / "state" / "root.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert len(bytes.fromhex(key.read_text().strip())) == 32
    assert revision_of(hub.database) != ""
    with hub.database.reading() as reading:
        assert hub.identity.agencies(reading) == ()
    hub.close()


def test_the_same_folder_is_the_same_hub(tmp_path: Path) -> None:
    keys = []
    for _ in range(2):
        hub = build(Settings(state=tmp_path), clock=FrozenClock())
        keys.append(((tmp_path / "root.key").read_text(), hub.audit.verifier_key))
        hub.close()
    assert keys[0] == keys[1]


def test_a_key_in_the_settings_is_used_and_never_written_down(tmp_path: Path) -> None:
    signers = []
    for number, key in enumerate((KEY, KEY, KEY[::-1])):
        hub = build(Settings(state=tmp_path / str(number), root_key=key), clock=FrozenClock())  # type: ignore[arg-type]
        signers.append(hub.audit.verifier_key)
        assert not (tmp_path / str(number) / "root.key").exists()
        hub.close()
    assert signers[0] == signers[1] != signers[2]


@pytest.mark.parametrize("content", ["", "not a key", "ab" * 31, "zz" * 32])
def test_a_damaged_key_file_is_refused_and_left_as_it_is(tmp_path: Path, content: str) -> None:
    path = tmp_path / "root.key"
    path.write_text(content)
    with pytest.raises(Invalid) as caught:
        build(Settings(state=tmp_path))
    assert caught.value.code == "bad-root-key"
    assert "root.key" in caught.value.title
    assert path.read_text() == content


def test_a_wrong_key_in_the_settings_is_named_but_not_shown(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as caught:
        build(Settings(state=tmp_path, root_key="c0ffee"))  # type: ignore[arg-type]
    assert "HUB_ROOT_KEY" in caught.value.title
    assert "c0ffee" not in caught.value.title + caught.value.remedy


@pytest.mark.parametrize(("mode", "has_provider"), [(Mode.DEMO, True), (Mode.EMBEDDED, False)])
def test_the_embedded_provider_exists_in_the_demo_alone(tmp_path: Path, mode: Mode, has_provider: bool) -> None:
    hub = build(Settings(mode=mode, state=tmp_path))
    assert (hub.demo_provider is not None) is has_provider
    hub.close()


def test_the_policy_is_told_kinds_and_names_of_known_agencies(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    house = a_copy(made(BARE, tmp_path_factory), tmp_path)
    directory = Directory(house.hub.identity)
    with house.hub.database.reading() as reading:
        assert directory.kind_of(reading, POLICE) == "chief_officer_police"
        assert directory.name_of(reading, POLICE) == "Metropolitan Police Service"
        for ask in (directory.kind_of, directory.name_of):
            with pytest.raises(NotFound):
                ask(reading, "nobody")
    house.hub.close()
