"""A process killed in the middle of its work leaves no plaintext on disk, and after a sweep no ciphertext either."""

from __future__ import annotations

import base64
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hub.db import Database
from hub.kit.clock import FrozenClock
from tests.support.databases import a_database
from tests.support.vault import a_vault

CANARY = "QZ CANARY 943-476-5919"
ROOT = Path(__file__).resolve().parents[3]

UPLOAD = """
    with vault.receive(a_permit(clock), agency=AGENCY, dataset=DATASET) as writer:
        for number in range(20_000):
            writer.write(f"{number},{CANARY}\\n".encode())
        ready()
"""

UPLOADED = """
    with vault.receive(a_permit(clock), agency=AGENCY, dataset=DATASET) as writer:
        for number in range(20_000):
            writer.write(f"{number},{CANARY}\\n".encode())
        writer.finish()
        with database.unit_of_work() as uow:
            vault.publish(uow, writer, ObjectKind.ORIGINAL)
            ready()
"""

CHECK = """
    text = "n,c\\n" + "".join(f"{number},{CANARY}\\n" for number in range(60_000))
    sealed = put(vault, database, clock, text.encode())
    with (
        database.reading() as reading,
        vault.files(reading, a_grant(clock), [sealed.id]) as files,
        DuckDbEngine(memory_mb=256, table_bytes=1000).session(files=files) as session,
    ):
        session.read_csv(f"sealed://{sealed.id}", columns=["n", "c"], into="extract")
        target = files.create(agency=AGENCY, dataset=DATASET)
        session.write_parquet("SELECT * FROM extract ORDER BY c, n", f"sealed://{target}")
        ready()
"""


def program(work: str, folder: Path) -> str:
    return f"""
import sys
from pathlib import Path
from hub.engine import DuckDbEngine
from hub.kit.clock import FrozenClock
from hub.vault import ObjectKind
from tests.support.databases import a_database
from tests.support.vault import *
CANARY = {CANARY!r}
folder = Path({str(folder)!r})
database, clock = a_database(folder), FrozenClock()
vault = a_vault(folder, clock)
def ready():
    print("ready", flush=True)
    sys.stdin.read()
if True:
{work}
"""


@pytest.fixture
def killed(tmp_path: Path) -> Iterator[Callable[[str], list[bytes]]]:
    """Run work in a process until it says it is ready, look at its open files that have no name, and kill it."""

    def run(work: str) -> list[bytes]:
        a_database(tmp_path).close()
        environment = {**os.environ, "TMPDIR": str(tmp_path / "temporary"), "HOME": str(tmp_path / "home")}
        (tmp_path / "temporary").mkdir()
        (tmp_path / "home").mkdir()
        with subprocess.Popen(
            [sys.executable, "-c", program(work, tmp_path)],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            nameless = [
                Path(f"/proc/{process.pid}/fd/{entry}").read_bytes()
                for entry in os.listdir(f"/proc/{process.pid}/fd")
                if "(deleted)" in os.readlink(f"/proc/{process.pid}/fd/{entry}")
            ]
            process.send_signal(signal.SIGKILL)
        return nameless

    return run


def shapes(text: str) -> set[bytes]:
    """The text as it stands, in UTF-16, in hex of either case, and in base64 at each of the three offsets."""
    raw = text.encode()
    aligned = {base64.b64encode(b"\x00" * shift + raw)[4 if shift else 0 : -4] for shift in range(3)}
    return {raw, text.encode("utf-16-le"), raw.hex().encode(), raw.hex().upper().encode(), *aligned}


def assert_nowhere(contents: list[bytes]) -> None:
    assert contents
    for content in contents:
        assert not any(shape in content for shape in shapes(CANARY))


def everything(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in folder.rglob("*") if path.is_file()]


def test_the_scan_would_see_a_canary_in_each_shape() -> None:
    for content in (
        CANARY.encode(),
        CANARY.encode().hex().encode(),
        *(base64.b64encode(b"x" * shift + CANARY.encode() + b"tail") for shift in range(3)),
    ):
        with pytest.raises(AssertionError):
            assert_nowhere([content])


@pytest.mark.fault
@pytest.mark.parametrize("work", [UPLOAD, UPLOADED], ids=["in-mid-upload", "between-publication-and-commit"])
def test_a_kill_leaves_no_plaintext_and_a_sweep_no_ciphertext(
    killed: Callable[[str], list[bytes]], work: str, tmp_path: Path, clock: FrozenClock
) -> None:
    killed(work)
    assert len(list((tmp_path / "objects").glob("*/*"))) == 1
    assert_nowhere(everything(tmp_path))
    database = Database(f"sqlite:///{tmp_path / 'hub.sqlite'}")
    vault = a_vault(tmp_path, clock)
    with database.reading() as reading:
        assert vault.sweep(reading) == 1
        assert vault.sweep(reading) == 0
    database.close()
    assert list((tmp_path / "objects").glob("*/*")) == []


@pytest.mark.fault
def test_a_kill_while_rows_are_checked_leaves_no_plaintext_not_even_in_files_without_a_name(
    killed: Callable[[str], list[bytes]], tmp_path: Path, clock: FrozenClock
) -> None:
    nameless = killed(CHECK)
    assert_nowhere(nameless)
    assert_nowhere(everything(tmp_path))
    database = Database(f"sqlite:///{tmp_path / 'hub.sqlite'}")
    with database.reading() as reading:
        assert a_vault(tmp_path, clock).sweep(reading) == 1
    database.close()
