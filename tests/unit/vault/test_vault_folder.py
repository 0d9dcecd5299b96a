"""Which files a living process still writes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from hub.vault import folder


def test_a_file_that_a_sweep_takes_between_its_making_and_its_marking_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = folder.path_of(tmp_path, "obj_ab")
    taken: list[Path] = []
    lock = folder.fcntl.flock

    def sweep_first(opened: int, how: int) -> None:
        if not taken:
            taken.append(path)
            path.unlink()
        lock(opened, how)

    monkeypatch.setattr(folder.fcntl, "flock", sweep_first)
    opened = folder.create(path)
    assert taken == [path]
    assert os.fstat(opened).st_nlink == 1
    assert os.fstat(opened).st_ino == path.stat().st_ino
    os.close(opened)


def test_a_file_is_abandoned_only_when_nobody_writes_it(tmp_path: Path) -> None:
    path = folder.path_of(tmp_path, "obj_ab")
    opened = folder.create(path)
    assert not folder.is_abandoned(path)
    assert not folder.remove_abandoned(path)
    os.close(opened)
    assert folder.is_abandoned(path)
    assert folder.remove_abandoned(path)
    assert not folder.is_abandoned(path)
    assert not folder.remove_abandoned(path)


def test_an_id_and_its_path_lead_to_each_other(tmp_path: Path) -> None:
    os.close(folder.create(folder.path_of(tmp_path, "obj_one")))
    os.close(folder.create(folder.path_of(tmp_path, "obj_two")))
    assert {name for name, _ in folder.stored(tmp_path)} == {"obj_one", "obj_two"}
    assert all(folder.path_of(tmp_path, name) == path for name, path in folder.stored(tmp_path))
