"""A small hub for tests of intake: real policy and agreements, vault, engine and checks over a folder of its own."""

from __future__ import annotations

import base64
import hashlib
import io
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from hub.db import Database
from hub.engine import DuckDbEngine
from hub.geography import Geography
from hub.intake import ATTESTATION, Intake, Submission
from hub.kit.authority import Action, Permit, Reader
from hub.kit.clock import FrozenClock
from hub.kit.errors import NotPermitted
from hub.pseudonyms import Pseudonyms
from hub.uploads import Upload, Uploads
from hub.vault import Vault
from tests.support.databases import NAME, a_database, on_a_server
from tests.support.policy import HOSPITAL, POLICE, APolicyHub, someone
from tests.support.schemas import PERIOD, csv_of, rows_of

ROOT_KEY = bytes(range(32))
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
STREET = "police/street-crime"
ISTV = "health/istv-assaults"
SENDERS = {STREET: POLICE, ISTV: HOSPITAL, "police/outcomes": POLICE, "police/ward-counts": POLICE}


def checked_again(intake: Intake, database: Database) -> list[str]:
    """Check what was left received, as the hub's jobs do; the ids of what could be checked."""
    with database.reading() as reading:
        left = intake.left(reading)
    done = []
    for submission in left:
        try:
            intake.check_apart(submission)
        except NotPermitted:
            continue
        done.append(submission)
    return done


class AnIntake:
    """Everything that intake needs, and verbs that tests say often. The folder may hold a hub already."""

    def __init__(self, folder: Path, *, database: Database | None = None, agree: bool = True) -> None:
        self.folder = folder
        self.database = database or a_database(folder)
        self.clock = FrozenClock(NOW)
        self.hub = APolicyHub(self.database, self.clock)
        self.policy = self.hub.policy
        self.vault = Vault(folder=folder / "vault", root_key=ROOT_KEY, clock=self.clock)
        self.engine = DuckDbEngine(memory_mb=512)
        self.pseudonyms = Pseudonyms(ROOT_KEY)
        self.intake = Intake(
            database=self.database,
            vault=self.vault,
            engine=self.engine,
            schemas=self.hub.schemas,
            geography=Geography(clock=self.clock),
            policy=self.policy,
            agreements=self.hub.agreements,
            pseudonyms=self.pseudonyms,
            clock=self.clock,
        )
        self.uploads = Uploads(
            database=self.database,
            vault=self.vault,
            intake=self.intake,
            policy=self.policy,
            clock=self.clock,
            max_bytes=64 * 2**20,
        )
        if agree:
            self.hub.agree_shipped("ravensbourne", by="ravensbourne-council")

    def uploader(self, dataset: str = STREET) -> Reader:
        """Somebody who sends the dataset."""
        return someone(SENDERS[dataset], "uploader")

    def create_permit(self, dataset: str = STREET) -> Permit:
        """The uploader's permit to send."""
        with self.database.unit_of_work() as uow:
            return self.policy.permit(uow, self.uploader(dataset), Action.SUBMISSION_CREATE, dataset)

    def send(
        self,
        content: bytes,
        *,
        dataset: str = STREET,
        period: str = PERIOD,
        file_name: str = "extract.csv",
        attestation: str = ATTESTATION,
    ) -> Submission:
        """Receive the bytes in small pieces; not checked yet."""
        receiving = self.intake.receive(
            self.create_permit(dataset),
            agency=SENDERS[dataset],
            dataset=dataset,
            period=period,
            file_name=file_name,
            attestation=attestation,
        )
        for start in range(0, len(content), 1000):
            receiving.write(content[start : start + 1000])
        with self.database.unit_of_work() as uow:
            return receiving.complete(uow)

    def submit(self, content: bytes, *, dataset: str = STREET, period: str = PERIOD) -> Submission:
        """Receive and check."""
        return self.intake.check_apart(self.send(content, dataset=dataset, period=period).id)

    def accept(self, submission: Submission, **explanations: str) -> Submission:
        """Let a checked submission in, explaining its queries: `truncated_period="…"` is of no field."""
        said = {f"{name.replace('_', '-')}:": text for name, text in explanations.items()}
        permit = self.create_permit(submission.dataset)
        with self.database.unit_of_work() as uow:
            return self.intake.accept(uow, permit, submission.id, attestation=ATTESTATION, explanations=said)

    def begin(self, size: int, *, dataset: str = STREET, period: str = PERIOD) -> Upload:
        """Open an upload in parts."""
        with self.database.unit_of_work() as uow:
            permit = self.policy.permit(uow, self.uploader(dataset), Action.SUBMISSION_CREATE, dataset)
            return self.uploads.begin(uow, permit, agency=SENDERS[dataset], period=period, size=size)

    def part(self, upload: Upload, content: bytes, *, offset: int | None = None) -> Upload:
        """Send one part, in small pieces; where it left off, unless said."""
        at = upload.received if offset is None else offset
        part = self.uploads.part(self.create_permit(upload.dataset), upload, offset=at)
        try:
            for start in range(0, len(content), 100_000):
                part.write(content[start : start + 100_000])
            with self.database.unit_of_work() as uow:
                return part.complete(uow)
        finally:
            part.abandon()

    def in_parts(self, content: bytes, *, size: int = 2**20, dataset: str = STREET, period: str = PERIOD) -> Upload:
        """All of a file in parts of `size` bytes; not joined yet."""
        upload = self.begin(len(content), dataset=dataset, period=period)
        for start in range(0, len(content), size):
            upload = self.part(upload, content[start : start + size])
        return upload

    def join(self, upload: Upload, content: bytes, *, file_name: str = "extract.csv") -> Submission:
        """Make the parts a submission."""
        digest = hashlib.sha256(content).hexdigest()
        how = {"sha256": digest, "file_name": file_name, "attestation": ATTESTATION}
        return self.uploads.join(self.uploader(upload.dataset), upload.id, **how)

    def now(self, submission: Submission) -> Submission:
        """The submission as it stands."""
        with self.database.unit_of_work() as uow:
            return self.intake.submission(uow, self.uploader(submission.dataset), submission.id)

    def log(self) -> list[dict[str, str]]:
        """The audit log, entry by entry."""
        with self.database.reading() as reading:
            found = reading.connection.exec_driver_sql('SELECT * FROM audit_entries ORDER BY "index"')
            return [{name: str(value) for name, value in row._mapping.items()} for row in found]

    def sealed(self) -> list[Path]:
        """The sealed files on disk."""
        return sorted((self.folder / "vault").rglob("*.sealed"))


def an_intake(folder: Path) -> AnIntake:
    """A hub with the shipped agreements in force, in a fresh folder."""
    if on_a_server():
        return AnIntake(folder)
    folder.joinpath(NAME).write_bytes(_agreed())
    return AnIntake(folder, agree=False)


@cache
def _agreed() -> bytes:
    """The database with the agreements signed, made once in a process."""
    with tempfile.TemporaryDirectory() as folder:
        hub = AnIntake(Path(folder))
        hub.database.checkpoint()
        hub.database.close()
        return Path(folder).joinpath(NAME).read_bytes()


def good(dataset: str = STREET, count: int = 3, **changes: str) -> bytes:
    """A good extract, with `changes` in its first row."""
    return csv_of(rows_of(dataset, count, **changes))


def traces(folder: Path, canary: str) -> list[str]:
    """Files under a folder that hold the canary: as it is, in UTF-16, hex, base64 at any alignment, gzip or zip."""
    wanted = list(_forms(canary.encode()))
    return [
        path.relative_to(folder).as_posix()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and _holds(path.read_bytes(), wanted)
    ]


def _forms(canary: bytes) -> Iterator[bytes]:
    yield canary
    yield canary.decode().encode("utf-16-le")
    yield canary.hex().encode()
    for before in range(3):
        text = base64.b64encode(b"\0" * before + canary)
        yield text[4 * (before > 0) : -4]  # the first and last group depend on the neighbours


def _holds(content: bytes, forms: Sequence[bytes]) -> bool:
    low = content.lower()
    if any(form in content or form.lower() in low for form in forms):
        return True
    return any(_holds(inner, forms) for inner in _unpacked(content))


def _unpacked(content: bytes) -> Iterator[bytes]:
    """What a gzip stream or a zip archive holds."""
    if content.startswith(b"\x1f\x8b"):
        yield zlib.decompressobj(wbits=31).decompress(content)
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            yield from (archive.read(name) for name in archive.namelist())
