"""The whole hub served on loopback with the invented partnership in it, small: for tests of pages, with and without a browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import httpx2

from hub.app import PARTNERSHIPS, Hub, build, build_snapshot, seed
from hub.asgi import create_app
from hub.intake import ATTESTATION
from hub.kit.authority import Action, Reader
from hub.settings import Mode, Settings
from hub.synthetic import DATASETS, FOUR_DATASETS, Manifest, SampleFile, write_partnership
from tests.support.databases import url_in
from tests.support.explaining import let_in
from tests.support.serving import served

POLICE, HOSPITAL, AMBULANCE, COUNCIL = (
    f"ravensbourne-{name}" for name in ("police", "hospital", "ambulance", "council")
)
UPLOADER, ANALYST, AUDITOR, GOVERNANCE_LEAD, STRATEGIC = (
    "uploader",
    "analyst",
    "auditor",
    "governance_lead",
    "strategic_lead",
)


@dataclass
class Site:
    """A served hub: its address, its parts, and the files that were written for it."""

    base_url: str
    hub: Hub
    folder: Path
    manifest: Manifest

    def reader(self, agency: str, role: str) -> Reader:
        """The first person of an agency with a role, as the policy sees them."""
        with self.hub.database.reading() as reading:
            person = next(one for one in self.hub.identity.people(reading, agency=agency) if role in one.roles)
        return Reader(agency=agency, person=person.id, roles=frozenset(one.value for one in person.roles))

    def persona(self, agency: str, role: str) -> str:
        """The name under which that person stands on the sign-in page."""
        with self.hub.database.reading() as reading:
            return next(one.name for one in self.hub.identity.people(reading, agency=agency) if role in one.roles)

    def sample(self, agency: str, condition: str) -> SampleFile:
        """A file for a visitor to try."""
        return next(one for one in self.manifest.samples if (one.agency, one.condition) == (agency, condition))

    def path(self, file: SampleFile) -> Path:
        """Where it lies."""
        return self.folder / file.path

    def visitor(self, agency: str = "", role: str = "") -> Visitor:
        """Somebody with a browser without JavaScript; signed in where an agency is named."""
        visitor = Visitor(self.base_url)
        if agency:
            visitor.sign_in(agency, self._subject(agency, role))
        return visitor

    def _subject(self, agency: str, role: str) -> str:
        with self.hub.database.reading() as reading:
            return next(one.subject for one in self.hub.identity.people(reading, agency=agency) if role in one.roles)


class Visitor:
    """An HTTP client that keeps cookies and sends forms with the token the page gave it."""

    def __init__(self, base_url: str) -> None:
        self.http = httpx2.Client(base_url=base_url, timeout=60, verify=False)  # plain HTTP: no certificates to read

    def __enter__(self) -> Visitor:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.http.close()

    def sign_in(self, agency: str, subject: str) -> None:
        """The whole code flow, redirect by redirect."""
        answer = self.http.get(f"/login/start/{agency}?persona={subject}")
        while answer.has_redirect_location and answer.headers["location"] != "/":
            answer = self.http.get(answer.headers["location"])
        assert answer.headers.get("location") == "/", answer.text

    def get(self, path: str) -> httpx2.Response:
        """A page."""
        return self.http.get(path)

    def token(self) -> str:
        """The session's token, as any page shows it."""
        return self.http.get("/accessibility").text.split('name="csrf_token" value="')[1].split('"')[0]

    def post(self, path: str, **fields: str) -> httpx2.Response:
        """Send a form of the hub."""
        return self.http.post(path, data={"csrf_token": self.token(), **fields})

    def send(
        self, dataset: str, period: str, name: str, content: bytes, *, sheet: str = "", attest: bool = True
    ) -> httpx2.Response:
        """Send a file through the form: the token and the sheet first, then the file. What passes is given the word."""
        files = {"file": (name, content, "text/csv")}
        fields = {"csrf_token": self.token(), "sheet": sheet}
        sent = self.http.post(f"/submit/{dataset}/{period}", data=fields, files=files)
        if attest and sent.has_redirect_location:
            self.post(f"{sent.headers['location']}/accept", attest=ATTESTATION)
        return sent


@contextmanager
def a_site(folder: Path, *, months: int = 4, fill: bool = True, whole: bool = False) -> Iterator[Site]:
    """A demo hub over `folder` with `months` months of extracts accepted and a snapshot in force (`fill`): four agencies with four
    datasets, or the `whole` partnership.
    """
    datasets = DATASETS if whole else FOUR_DATASETS
    manifest = write_partnership(folder / "extracts", months=months, datasets=datasets)
    made: list[Hub] = []

    def make(base_url: str) -> object:
        settings = Settings(
            database_url=url_in(folder),
            mode=Mode.DEMO,
            base_url=base_url,
            state=folder / "state",
            partnership="Ravensbourne Safer Partnership",
        )
        hub = build(settings)
        seed(hub, PARTNERSHIPS["ravensbourne" if whole else "ravensbourne-four"])
        made.append(hub)
        return create_app(hub)

    with served(make) as base_url:
        site = Site(base_url, made[0], folder / "extracts", manifest)
        load_geography(site)
        if fill:
            submit_all(site)
            build_snapshot(site.hub, site.reader(COUNCIL, ANALYST))
        yield site


@contextmanager
def an_empty_site(folder: Path, **settings: object) -> Iterator[Site]:
    """The same hub with its agencies, people and agreements, and nothing submitted: up in a moment."""
    made: list[Hub] = []

    def make(base_url: str) -> object:
        hub = build(Settings(mode=Mode.DEMO, base_url=base_url, state=folder / "state", **settings))
        seed(hub, PARTNERSHIPS["ravensbourne"])
        made.append(hub)
        return create_app(hub)

    with served(make) as base_url:
        yield Site(base_url, made[0], folder, Manifest.__new__(Manifest))


def load_geography(site: Site) -> None:
    """Load the areas that were written for the site."""
    reader = site.reader("ravensbourne-hosting", "operator")
    with site.hub.database.unit_of_work() as uow:
        permit = site.hub.policy.permit(uow, reader, Action.GEOGRAPHY_LOAD, "geography")
        site.hub.geography.load_all(uow, permit, [site.folder / one.path for one in site.manifest.geography])


def submit_all(site: Site) -> None:
    """Send every extract of the manifest, and give the word for each."""
    for one in site.manifest.extracts:
        reader = site.reader(one.agency, UPLOADER)
        with site.hub.database.unit_of_work() as uow:
            permit = site.hub.policy.permit(uow, reader, Action.SUBMISSION_CREATE, one.dataset)
        receiving = site.hub.intake.receive(
            permit,
            agency=one.agency,
            dataset=one.dataset,
            period=one.period,
            file_name=Path(one.path).name,
            attestation=ATTESTATION,
        )
        receiving.write((site.folder / one.path).read_bytes())
        with site.hub.database.unit_of_work() as uow:
            submission = receiving.complete(uow)
        with site.hub.database.unit_of_work() as uow:
            checked = site.hub.intake.check(uow, submission.id)
        let_in(site.hub.database, site.hub.intake, permit, checked)
