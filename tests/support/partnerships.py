"""Whole hubs with their data in them, made once in a test run, by the worker that needs them first, and copied for its users.

folder = made(RAVENSBOURNE_2025, tmp_path_factory)          # a state folder, closed; never written again
with a_house(folder, tmp_path) as house:                    # a copy of it, served on loopback, its clock standing still
    house.api("ravensbourne-council-analyst").get("/views")
"""

from __future__ import annotations

import fcntl
import json
import os
import pickle
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx2
import pytest
from sqlalchemy import create_engine, text

from hub.app import PARTNERSHIPS, Hub, Partnership, SeedPerson, build, build_snapshot, seed
from hub.asgi import create_app
from hub.cli.geography import load_files
from hub.cli.itinerary import Extract, Itinerary, real
from hub.intake import ATTESTATION, Submission
from hub.kit.authority import Action, Permit, Reader
from hub.kit.clock import Clock, FrozenClock
from hub.settings import Mode, Settings
from hub.synthetic import DATASETS, FOUR_DATASETS, Manifest, SampleFile, write_partnership
from hub.views import ProtectedTable
from tests.support.databases import on_a_server, url_in
from tests.support.explaining import let_in
from tests.support.serving import served
from tests.support.shared import shared
from tests.support.site import Visitor

BUILT_AT = "http://127.0.0.1:1"
"""The address under which states are made; a copy is moved to the one it is served at."""

PURPOSE = "svd.identify_kinds"

YEAR = tuple(f"2025-{month:02d}" for month in range(1, 13))
"""One whole year of the invented partnership: every level of every table has cells."""

QUARTER = ("2026-01", "2026-02", "2026-03")
"""One whole quarter of it: the least that has most tables."""

CLOSED_MONTHS = ("2016-04", "2016-05", "2016-06", "2016-07", "2016-08", "2016-09")
"""Two whole quarters of real Bromley."""

Plan = Callable[[Path], tuple[Itinerary, Manifest | None]]
"""Writes or finds the files that are submitted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What a partnership is made of: `plan` gives geography and extracts; `by` builds the snapshot, nobody: none is built."""

    name: str
    plan: Plan
    by: str = ""


def _ravensbourne(
    folder: Path, months: Sequence[str], *, written: int, whole: bool = False
) -> tuple[Itinerary, Manifest | None]:
    """These months, of so many written; of four datasets, or of the `whole` partnership."""
    manifest = write_partnership(folder, months=written, datasets=DATASETS if whole else FOUR_DATASETS)
    extracts = tuple(
        Extract(agency=one.agency, dataset=one.dataset, period=one.period, path=folder / one.path)
        for one in manifest.extracts
        if one.period in months
    )
    geography = tuple(folder / one.path for one in manifest.geography)
    name = "ravensbourne" if whole else "ravensbourne-four"
    return Itinerary(partnership=name, geography=geography, extracts=extracts, lead="ravensbourne-council"), manifest


def _closed_bromley(_folder: Path) -> tuple[Itinerary, Manifest | None]:
    whole = real(shared("data"), profile="nhs_hes")
    extracts = tuple(one for one in whole.extracts if one.period in CLOSED_MONTHS or one.period == "2022-01")
    return Itinerary(partnership=whole.partnership, geography=whole.geography, extracts=extracts, lead=whole.lead), None


RAVENSBOURNE_2025 = Recipe(
    name="ravensbourne-2025",
    plan=lambda folder: _ravensbourne(folder, YEAR, written=23),
    by="ravensbourne-council-analyst",
)
WHOLE_RAVENSBOURNE_2025 = Recipe(
    name="whole-ravensbourne-2025",
    plan=lambda folder: _ravensbourne(folder, YEAR, written=23, whole=True),
    by="ravensbourne-council-analyst",
)
WHOLE_RAVENSBOURNE_MONTHS = Recipe(
    name="whole-ravensbourne-months",
    plan=lambda folder: _ravensbourne(folder, ("2026-07", "2026-09"), written=4, whole=True),
)
RAVENSBOURNE_QUARTER = Recipe(
    name="ravensbourne-quarter",
    plan=lambda folder: _ravensbourne(folder, QUARTER, written=12),
    by="ravensbourne-council-analyst",
)
BROMLEY_CLOSED = Recipe(name="bromley-closed", plan=_closed_bromley, by="bromley-council-analyst")


# ---- making ------------------------------------------------------------------------------------------------------------


def once(tmp_path_factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """A folder that `make` fills once in a test run: workers that come later wait for it, then find it."""
    root = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        root = root.parent
    if on_a_server():  # one server of each worker's own: what it made is its own too
        root = tmp_path_factory.getbasetemp()
    folder = root / f"made-{name}"
    with (root / f"made-{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "made").exists():
            folder.mkdir()
            make(folder)
            (folder / "made").touch()
    return folder


def made(recipe: Recipe, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The state folder of a recipe, made once."""
    return once(tmp_path_factory, recipe.name, lambda folder: make(recipe, folder))


def make(recipe: Recipe, folder: Path, *, backwards: bool = False) -> None:
    """Follow a recipe in `folder`; `backwards`: the extracts are sent in the other order."""
    itinerary, manifest = recipe.plan(folder / "extracts")
    partnership = PARTNERSHIPS[itinerary.partnership]
    hub = build(_settings(folder / "state", BUILT_AT, partnership, url_in(folder)), clock=FrozenClock())
    seed(hub, partnership)
    load_files(hub, itinerary.geography)
    house = House(BUILT_AT, hub, folder, partnership, manifest)
    for one in reversed(itinerary.extracts) if backwards else itinerary.extracts:
        uploader = partnership.person(one.agency, "uploader").id
        house.submit(uploader, one.dataset, one.period, one.path.read_bytes(), name_of_file=one.path.name)
    if recipe.by:
        build_snapshot(hub, house.reader(recipe.by))
    hub.close()
    (folder / "about").write_bytes(pickle.dumps((partnership.id, manifest)))


def _settings(state: Path, base_url: str, partnership: Partnership, database_url: str = "") -> Settings:
    return Settings(
        mode=Mode.DEMO,
        state=state,
        base_url=base_url,
        partnership=partnership.name,
        demo_partnership=partnership.id,
        database_url=database_url,
    )


# ---- living in one -----------------------------------------------------------------------------------------------------


class Api:
    """Somebody's program: the API with a token of theirs."""

    def __init__(self, base_url: str, token: str = "") -> None:
        self.token = token
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.http = httpx2.Client(base_url=f"{base_url}/api/v1", headers=headers, timeout=120, verify=False)

    def __enter__(self) -> Api:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self.http.close()

    def get(self, path: str, **params: str) -> httpx2.Response:
        """The answer, whatever it is."""
        return self.http.get(path, params=params)

    def ok(self, path: str, **params: str) -> dict[str, Any]:
        """The JSON of an answer that must be one."""
        answer = self.http.get(path, params=params)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def post(self, path: str, **params: str) -> httpx2.Response:
        """The answer to a request to do something."""
        return self.http.post(path, params=params)

    def send(
        self, dataset: str, period: str, content: Any, *, name: str = "extract.csv", **params: str
    ) -> httpx2.Response:
        """Submit a raw body, attested: bytes, or an iterator of them."""
        return self.http.post(
            "/submissions",
            params={"dataset": dataset, "period": period, "file_name": name, "attest": "true"} | params,
            content=content,
            headers={"Content-Type": "text/csv"},
        )


@dataclass
class House:
    """A hub with people in it. People are named by the ids of the partnership's list."""

    base_url: str
    hub: Hub
    folder: Path
    partnership: Partnership
    manifest: Manifest | None = None
    _apis: dict[str, Api] = field(default_factory=dict, repr=False)
    _visitors: dict[str, Visitor] = field(default_factory=dict, repr=False)

    @property
    def clock(self) -> FrozenClock:
        """The clock of the house, to be moved."""
        assert isinstance(self.hub.clock, FrozenClock)
        return self.hub.clock

    @property
    def vault(self) -> Path:
        """Where sealed objects lie."""
        return self.hub.settings.state / "vault"

    def person(self, name: str) -> SeedPerson:
        """Somebody of the list."""
        return next(one for one in self.partnership.people if one.id == name)

    def reader(self, name: str) -> Reader:
        """Somebody as the policy sees them."""
        with self.hub.database.reading() as reading:
            found = next(one for one in self.hub.identity.people(reading) if one.subject == name)
        return Reader(agency=found.agency, person=found.id, roles=frozenset(one.value for one in found.roles))

    def permit(self, name: str, action: Action, resource: str, *, purpose: str = "") -> Permit:
        """A person's permit, asked for in a transaction of its own."""
        with self.hub.database.unit_of_work() as uow:
            return self.hub.policy.permit(uow, self.reader(name), action, resource, purpose=purpose)

    def token(self, name: str, *, scopes: tuple[str, ...] = ("read", "submit"), days: int = 1) -> str:
        """A new token of somebody."""
        reader = self.reader(name)
        with self.hub.database.unit_of_work() as uow:
            permit = self.hub.policy.permit(uow, reader, Action.TOKEN_ISSUE, f"person/{reader.person}")
            return self.hub.identity.issue_token(
                uow, permit, person=reader.person, name="test", days=days, scopes=scopes
            )

    def api(self, name: str) -> Api:
        """Somebody's program, kept for the next who asks."""
        if name not in self._apis:
            self._apis[name] = Api(self.base_url, self.token(name))
        return self._apis[name]

    def visitor(self, name: str) -> Visitor:
        """Somebody's browser, signed in by the whole code flow, kept for the next who asks."""
        if name not in self._visitors:
            self._visitors[name] = Visitor(self.base_url)
            self._visitors[name].sign_in(self.person(name).agency, name)
        return self._visitors[name]

    def submit(self, name: str, dataset: str, period: str, content: bytes, *, name_of_file: str = "") -> Submission:
        """Submit, check and let in without a door; what is asked is explained."""
        permit = self.permit(name, Action.SUBMISSION_CREATE, dataset)
        receiving = self.hub.intake.receive(
            permit,
            agency=permit.reader.agency,
            dataset=dataset,
            period=period,
            file_name=name_of_file or "extract.csv",
            attestation=ATTESTATION,
        )
        receiving.write(content)
        with self.hub.database.unit_of_work() as uow:
            received = receiving.complete(uow)
        with self.hub.database.unit_of_work() as uow:
            checked = self.hub.intake.check(uow, received.id)
        return let_in(self.hub.database, self.hub.intake, permit, checked)

    def table(
        self, name: str, view: str = "violence-by-place", *, by: str = "", where: str = "", purpose: str = PURPOSE
    ) -> ProtectedTable:
        """A table for somebody, without a door."""
        reader = self.reader(name)
        with self.hub.database.unit_of_work() as uow:
            permit = self.hub.policy.permit(uow, reader, Action.VIEW_READ, view, purpose=purpose)
            return self.hub.views.table(uow, permit, view, by=by, where=where, justification="test")

    def sample(self, agency: str, condition: str) -> tuple[SampleFile, bytes]:
        """A file for a visitor to try, and its bytes."""
        assert self.manifest is not None
        found = next(one for one in self.manifest.samples if (one.agency, one.condition) == (agency, condition))
        return found, (self.folder / "extracts" / found.path).read_bytes()

    def sealed_files(self) -> set[str]:
        """The names of all files in the vault."""
        return {path.name for path in self.vault.rglob("*") if path.is_file()}

    def rows(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """What stands in the database, past every room."""
        with self.hub.database.reading() as reading:
            found = reading.connection.exec_driver_sql(sql, parameters or None)
            return [tuple(row) for row in found]

    @contextmanager
    def at(self, moment: datetime) -> Iterator[None]:
        """The house at another moment. Browsers sign in anew afterwards: a later login sweeps out what had run out by then."""
        before = self.clock.at
        self.clock.at = moment
        try:
            yield
        finally:
            self.clock.at = before
            self.forget_browsers()

    def forget_browsers(self) -> None:
        """Whoever comes next signs in anew."""
        while self._visitors:
            self._visitors.popitem()[1].http.close()

    def close(self) -> None:
        """Let go of browsers and programs."""
        self.forget_browsers()
        while self._apis:
            self._apis.popitem()[1].http.close()


@contextmanager
def a_house(source: Path, folder: Path, *, clock: Clock | None = None) -> Iterator[House]:
    """A copy of a made state, in `folder`, served on loopback. What happens in it happens to the copy alone."""
    house: list[House] = []

    def make(base_url: str) -> object:
        house.append(a_copy(source, folder, base_url=base_url, clock=clock))
        return create_app(house[0].hub)

    with served(make):
        try:
            yield house[0]
        finally:
            house[0].close()


def a_copy(source: Path, folder: Path, *, base_url: str = BUILT_AT, clock: Clock | None = None) -> House:
    """A copy of a made state, not served. Close its hub."""
    identity, manifest = pickle.loads((source / "about").read_bytes())
    partnership = PARTNERSHIPS[identity]
    shutil.copytree(source / "state", folder / "state")
    settings = _settings(folder / "state", base_url, partnership, url_in(folder, like=source))
    _move(settings.url, base_url)
    hub = build(settings, clock=clock or FrozenClock())
    seed(hub, partnership)  # it is set up: this makes the demo's providers known to this process
    return House(base_url, hub, source, partnership, manifest)


def _move(url: str, base_url: str) -> None:
    """The demo's providers answer at the hub's own address: a copy that is served elsewhere finds them there."""
    engine = create_engine(url)
    with engine.begin() as connection:
        for table in ("providers", "people"):
            moving = text(f"UPDATE {table} SET issuer = replace(issuer, :old, :new)")
            connection.execute(moving, {"old": BUILT_AT, "new": base_url})
    engine.dispose()


# ---- the tour ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Toured:
    """What `hub tour --json` left and said."""

    folder: Path
    exit_code: int
    said: dict[str, Any]
    talk: str

    @property
    def state(self) -> Path:
        """The state folder."""
        return self.folder / "state"


def a_tour(tmp_path_factory: pytest.TempPathFactory, name: str, *options: str) -> Toured:
    """`hub tour` run as a program of its own, once in a test run."""

    def run(folder: Path) -> None:
        command = [sys.executable, "-m", "hub", "tour", "--state", str(folder / "state"), "--json", *options]
        ended = subprocess.run(
            command,
            env=_environment(),
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        (folder / "ended.json").write_text(
            json.dumps({"exit_code": ended.returncode, "said": ended.stdout, "talk": ended.stderr}), encoding="utf-8"
        )

    folder = once(tmp_path_factory, name, run)
    ended = json.loads((folder / "ended.json").read_text(encoding="utf-8"))
    said = json.loads(ended["said"]) if ended["exit_code"] == 0 else {}
    return Toured(folder, ended["exit_code"], said, ended["talk"])


def _environment() -> dict[str, str]:
    """Ours, without the settings of any hub that runs here."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("HUB_", "COV_"))}


@contextmanager
def opened(toured: Toured, folder: Path, partnership: str) -> Iterator[House]:
    """A copy of the state that a tour left, not served."""
    shutil.copytree(toured.state, folder / "state")
    known = PARTNERSHIPS[partnership]
    hub = build(_settings(folder / "state", BUILT_AT, known))
    try:
        yield House(BUILT_AT, hub, toured.folder, known)
    finally:
        hub.close()
