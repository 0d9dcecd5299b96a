"""Builds a Hub from Settings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from hub.agreements import Agreements
from hub.app.checks import CheckBoard
from hub.app.directory import Directory
from hub.app.keyfile import root_key
from hub.app.progress import ProgressBoard
from hub.assessment import Assessments
from hub.audit import Audit
from hub.db import Database, migrate
from hub.definitions import Definitions
from hub.engine import DuckDbEngine
from hub.geography import Context, Geography
from hub.identity import DemoProvider, Identity
from hub.intake import Calendars, Differences, Intake, MarkedFiles
from hub.jobs import Jobs
from hub.kit.clock import Clock, SystemClock
from hub.kit.turns import Turns
from hub.policy import Policy
from hub.pseudonyms import Pseudonyms
from hub.schemas import SchemaRegistry
from hub.settings import Mode, Settings
from hub.snapshots import GrantedRows, Previews, RowPages, Snapshots
from hub.uploads import Uploads
from hub.vault import Vault
from hub.views import Views

CHECKS_AT_ONCE = 2
"""Checks in one process, whoever asks for them: each may take the memory that the settings allow."""

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """Every part of a running hub. `demo_provider` is None outside demo mode. `turns`: at checks of files, in this process."""

    settings: Settings
    clock: Clock
    database: Database
    audit: Audit
    identity: Identity
    demo_provider: DemoProvider | None
    schemas: SchemaRegistry
    definitions: Definitions
    agreements: Agreements
    policy: Policy
    vault: Vault
    geography: Geography
    context: Context
    intake: Intake
    uploads: Uploads
    marked_files: MarkedFiles
    calendars: Calendars
    differences: Differences
    snapshots: Snapshots
    rows: RowPages
    previews: Previews
    views: Views
    assessments: Assessments
    jobs: Jobs
    progress: ProgressBoard
    checks: CheckBoard
    turns: Turns = field(default_factory=lambda: Turns(CHECKS_AT_ONCE))

    def close(self) -> None:
        """Let go of workers and connections."""
        self.jobs.close()
        self.database.close()


def build(settings: Settings, *, clock: Clock | None = None) -> Hub:
    """A hub over the state that the settings name, its tables brought up to this release. Starts no worker and no server."""
    now = clock or SystemClock()
    settings.state.mkdir(parents=True, exist_ok=True)
    key = root_key(settings)
    database = _brought_up(settings.url)
    identity = _identity(settings, database, key, now)
    schemas = SchemaRegistry.from_folder()
    definitions = Definitions.from_folder(clock=now, first=settings.definition)
    agreements = Agreements(clock=now)
    geography = Geography(clock=now)
    context = Context(geography=geography, clock=now)
    pseudonyms = Pseudonyms(key)
    most = settings.max_upload_mb * 2**20
    vault = Vault(folder=settings.state / "vault", root_key=key, clock=now, max_bytes=most)
    directory = Directory(identity)
    policy = Policy(database=database, agreements=agreements, schemas=schemas, directory=directory, clock=now)
    shared: dict[str, Any] = {"geography": geography, "schemas": schemas, "policy": policy, "clock": now}
    kept: dict[str, Any] = {"vault": vault, "engine": DuckDbEngine(memory_mb=settings.memory_mb)}
    asked: dict[str, Any] = {"agreements": agreements, "who_now": directory.reader_now}
    intake = Intake(database=database, pseudonyms=pseudonyms, **asked, **kept, **shared)
    snapshots = Snapshots(submissions=intake, **kept, **shared)
    views = Views(snapshots=snapshots, directory=directory, context=context, **shared)
    return Hub(
        settings=settings,
        clock=now,
        database=database,
        audit=Audit(root_key=key, origin=settings.log_origin, clock=now),
        identity=identity,
        demo_provider=_demo_provider(settings, key, now),
        schemas=schemas,
        definitions=definitions,
        agreements=agreements,
        policy=policy,
        vault=vault,
        geography=geography,
        context=context,
        intake=intake,
        uploads=Uploads(database=database, vault=vault, intake=intake, policy=policy, clock=now, max_bytes=most),
        marked_files=MarkedFiles(database=database, submissions=intake, **kept, **shared),
        calendars=_calendars(settings, now, agreements=agreements, schemas=schemas, policy=policy, directory=directory),
        differences=Differences(database=database, intake=intake, schemas=schemas, policy=policy, clock=now, **kept),
        snapshots=snapshots,
        **_rows(database, intake, pseudonyms=pseudonyms, **kept, **shared),
        views=views,
        assessments=Assessments(views=views, definitions=definitions, context=context, **shared),
        jobs=Jobs(database_url=settings.jobs_url),
        progress=ProgressBoard(settings.state),
        checks=CheckBoard(settings.state),
    )


def _brought_up(url: str) -> Database:
    database = Database(url)
    migrate(database)
    return database


def _rows(database: Database, intake: Intake, *, policy: Policy, clock: Clock, **rooms: Any) -> dict[str, Any]:
    """What shows rows: to a reader by a Grant, and to the sender what readers would get."""
    granted = GrantedRows(submissions=intake, clock=clock, **rooms)
    return {
        "rows": RowPages(granted=granted, clock=clock),
        "previews": Previews(database=database, policy=policy, clock=clock, **rooms),
    }


def _calendars(settings: Settings, clock: Clock, **rooms: Any) -> Calendars:
    due: dict[str, Any] = {"due_working_days": settings.due_working_days, "holidays": settings.holidays}
    return Calendars(clock=clock, **due, **rooms)


def _identity(settings: Settings, database: Database, key: bytes, clock: Clock) -> Identity:
    on_loopback = urlsplit(settings.base_url).hostname in _LOOPBACK
    return Identity(
        database=database,
        root_key=key,
        clock=clock,
        base_url=settings.base_url,
        session_minutes=settings.session_minutes,
        session_hours=settings.session_hours,
        allow_http_issuers=settings.mode is not Mode.PRODUCTION and on_loopback,
    )


def _demo_provider(settings: Settings, key: bytes, clock: Clock) -> DemoProvider | None:
    if settings.mode is not Mode.DEMO:
        return None
    return DemoProvider(base_url=settings.base_url, root_key=key, clock=clock, mode=settings.mode)
