"""The verifier that travels alone: notes, keys and logs that do not hold are named."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from hub.audit import verifier
from hub.kit.crypto import keys

SEED = bytes(range(32))
NAME = "hub.example/log"
KEY = verifier.verifier_key(NAME, keys.public_key(SEED))


def a_note(*, name: str = NAME, size: int = 0, root: bytes = verifier.EMPTY_ROOT, seed: bytes = SEED) -> str:
    text = f"{name}\n{size}\n{base64.b64encode(root).decode()}\n"
    raw = verifier.key_id(name, keys.public_key(seed)) + keys.sign(seed, text.encode())
    return f"{text}\n\u2014 {name} {base64.b64encode(raw).decode()}\n"


def test_a_good_note_gives_its_head() -> None:
    assert verifier.read_note(a_note(), KEY) == verifier.SignedHead(NAME, 0, verifier.EMPTY_ROOT)


def test_the_verifier_key_of_the_specification_is_read() -> None:
    """A published key of the format's reference implementation."""
    name, public = verifier.read_verifier_key("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    assert name == "PeterNeumann"
    assert len(public) == 32


@pytest.mark.parametrize("key", [KEY.replace("+", "+00", 1), f"{NAME}+00000000+AAAA", f"{NAME}+zz+{KEY.split('+')[2]}"])
def test_a_damaged_verifier_key_is_refused(key: str) -> None:
    with pytest.raises(ValueError):
        verifier.read_verifier_key(key)


@pytest.mark.parametrize(
    ("note", "cause"),
    [
        ("nonsense", "not a signed note"),
        (a_note(seed=bytes(32)), "no signature by this key"),
        (a_note(name="another.example/log"), "no signature by this key"),
        (a_note().replace("\n0\n", "\n1\n"), "does not hold"),
        (a_note().replace("\u2014", "-"), "no signature"),
    ],
)
def test_a_note_that_does_not_hold_says_why(note: str, cause: str) -> None:
    with pytest.raises(ValueError, match=cause):
        verifier.read_note(note, KEY)


def test_a_log_with_other_entries_than_its_heads_is_named() -> None:
    leaf = verifier.leaf_hash(verifier.leaf_bytes(0, ["a"]))
    _, _, problems = verifier.check_log(
        [(0, ["a"], leaf.hex()), (2, ["b"], leaf.hex())],
        [a_note(size=1, root=bytes(32)), a_note(size=5), a_note(root=bytes(32)), "no note"],
        KEY,
    )
    text = "\n".join(problems)
    for part in (
        "expected entry 1",
        "do not give its leaf hash",
        "size 1: another root",
        "size 5",
        "size 0",
        "not a signed note",
    ):
        assert part in text


def test_the_program_reads_files_and_reports(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    leaf = verifier.leaf_hash(verifier.leaf_bytes(0, ["a"]))
    (tmp_path / "log").write_text(json.dumps({"index": 0, "columns": ["a"], "leaf_hash": leaf.hex()}))
    (tmp_path / "heads").write_text(json.dumps(a_note(size=1, root=leaf)))
    assert verifier.main([str(tmp_path / "log"), str(tmp_path / "heads"), KEY]) == 0
    assert json.loads(capsys.readouterr().out)["problems"] == []
    assert verifier.main([]) == 2
