"""A hub whose police give the council generalised rows: every room real, rows and areas invented."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from hub.agreements import Agreements
from hub.app import build  # noqa: F401 - loads every room's tables, which migrating needs
from hub.db import Database, Reading, UnitOfWork, migrate
from hub.engine import DuckDbEngine, EngineSession
from hub.geography import Geography, PlaceSpec
from hub.intake import ATTESTATION, Intake
from hub.kit.authority import Action, Form, Grant, Reader
from hub.kit.clock import SystemClock
from hub.policy import Policy
from hub.pseudonyms import Pseudonyms
from hub.schemas import SchemaRegistry
from hub.snapshots import GrantedRows
from hub.vault import Vault

POLICE, COUNCIL, DATASET, PERIOD = "bench-police", "bench-council", "police/bench-events", "2026-10"
AGREEMENTS = {"generalised": "bench-generalised", "pseudonyms": "bench-pseudonyms"}
THREADS, SIDE, STEP = 2, 15, 0.01
_KINDS = {POLICE: "chief_officer_police", COUNCIL: "local_authority", "bench-hosting": "hub_operator"}
_FIELDS = (
    "happened_at: read_generalised, longitude: read_generalised, latitude: read_generalised, age: read_generalised,"
    " kind: read_generalised, outcome: read_clear"
)
_PSEUDONYM = "case_ref: read_pseudonymised, "


class _Directory:
    """The agencies above, as the policy asks for them; everybody who needs one has a facilitator."""

    def kind_of(self, _reading: UnitOfWork | Reading, agency: str) -> str:
        return _KINDS[agency]

    def name_of(self, _reading: UnitOfWork | Reading, agency: str) -> str:
        return agency

    def facilitator_of(self, _reading: UnitOfWork | Reading, _agency: str) -> str:
        return "per_facilitator"


@dataclass(frozen=True, slots=True)
class RowsHub:
    """The parts that a measurement uses. `object_id` holds the accepted rows; `places`: each point with its LSOA."""

    database: Database
    policy: Policy
    granted: GrantedRows
    vault: Vault
    engine: DuckDbEngine
    task: Grant
    object_id: str
    places: Mapping[str, Any]

    @property
    def sealed(self) -> str:
        """What reads the accepted rows in a session of `opened`."""
        return f"read_parquet('sealed://{self.object_id}')"

    @contextmanager
    def opened(self) -> Iterator[EngineSession]:
        """A session over the sealed rows, nothing asked of the policy."""
        with (
            self.database.reading() as reading,
            self.vault.files(reading, self.task, [self.object_id]) as files,
            self.engine.session(files=files) as session,
        ):
            yield session

    def write_plain(self, target: Path) -> None:
        """The accepted rows and the places as plain Parquet files: the twin that nobody sealed."""
        with self.opened() as session:
            columns = session.arrays(f"SELECT * FROM {self.sealed}")
        with duckdb.connect(config={"threads": THREADS}) as connection:
            connection.register("kept", columns)
            connection.execute(f"COPY (SELECT * FROM kept) TO '{target}' (FORMAT parquet, COMPRESSION zstd)")
            connection.register("spots", dict(self.places))
            connection.execute(f"COPY (SELECT * FROM spots) TO '{target.parent / 'places.parquet'}' (FORMAT parquet)")


def made_in(folder: Path, rows: int) -> RowsHub:
    """The hub with `rows` accepted rows and both agreements in force."""
    clock, key = SystemClock(), bytes(range(32))
    state = folder / "state"
    state.mkdir(parents=True, exist_ok=True)
    database = Database(f"sqlite:///{state / 'hub.sqlite'}")
    migrate(database)
    schemas = SchemaRegistry.from_folder(Path(__file__).resolve().parent / "bench_row_schemas")
    agreements = Agreements(clock=clock)
    policy = Policy(database=database, agreements=agreements, schemas=schemas, directory=_Directory(), clock=clock)
    kept: dict[str, Any] = {
        "vault": Vault(folder=state / "vault", root_key=key, clock=clock),
        "engine": DuckDbEngine(memory_mb=1024, threads=THREADS),
        "schemas": schemas,
        "geography": Geography(clock=clock),
        "pseudonyms": Pseudonyms(key),
        "clock": clock,
    }
    intake = Intake(database=database, policy=policy, agreements=agreements, **kept)
    _load_areas(database, policy, kept["geography"], folder)
    for which, name in AGREEMENTS.items():
        _agree(database, policy, agreements, name, f"{_PSEUDONYM if which == 'pseudonyms' else ''}{_FIELDS}")
    object_id = _submit(database, policy, intake, folder, rows)
    with database.unit_of_work() as uow:
        task = Reader(agency="", task="intake-check")
        grant = policy.grant(uow, task, [DATASET], purpose="", justification="bench", form=Form.READ_CLEAR)
    made = RowsHub(
        database, policy, GrantedRows(submissions=intake, **kept), kept["vault"], kept["engine"], grant, object_id, {}
    )
    return RowsHub(
        database, policy, made.granted, made.vault, made.engine, grant, object_id, _places(made, kept["geography"])
    )


def _places(made: RowsHub, geography: Geography) -> Mapping[str, Any]:
    with made.database.reading() as reading:
        index = geography.current(reading)
    if index is None:
        raise SystemExit("no areas")
    with made.opened() as session:
        spots = f"(SELECT DISTINCT longitude, latitude FROM {made.sealed})"
        index.located(session, spots, PlaceSpec("point", ("longitude", "latitude")), "located")
        return session.arrays(
            "SELECT longitude AS said_0, latitude AS said_1, nullif(hub_lsoa, '') AS area FROM located"
        )


def _submit(database: Database, policy: Policy, intake: Intake, folder: Path, rows: int) -> str:
    path = folder / "events.csv"
    point = f"{{}} + (hash(i % 20000, '{{}}') % 100000) / 100000.0 * {SIDE * STEP}"
    columns = (
        "left(md5((i // 3)::VARCHAR), 12) AS case_ref",
        "strftime(TIMESTAMP '2026-10-01' + to_seconds((hash(i, 's') % 2678400)::BIGINT), '%Y-%m-%dT%H:%M:%S') AS happened_at",
        f"round({point.format('0.001', 'x')}, 6) AS longitude",
        f"round({point.format('51.4', 'y')}, 6) AS latitude",
        "hash(i, 'a') % 90 AS age",
        "'k' || (hash(i, 'k') % 6) AS kind",
        "CASE WHEN hash(i, 'o') % 3 > 0 THEN 'k' || (hash(i, 'p') % 6) END AS outcome",
    )
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT {', '.join(columns)} FROM range({rows}) AS counted(i)) TO '{path}' (HEADER)")
    with database.unit_of_work() as uow:
        permit = policy.permit(uow, _person(POLICE, "uploader"), Action.SUBMISSION_CREATE, DATASET)
    receiving = intake.receive(
        permit, agency=POLICE, dataset=DATASET, period=PERIOD, file_name=path.name, attestation=ATTESTATION
    )
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            receiving.write(chunk)
    with database.unit_of_work() as uow:
        received = receiving.complete(uow)
    settled = intake.check_apart(received.id)
    if settled.accepted_rows != rows:
        raise SystemExit(f"{settled.state}: {settled.accepted_rows} rows accepted, {settled.findings} findings")
    return settled.accepted_object


def _load_areas(database: Database, policy: Policy, geography: Geography, folder: Path) -> None:
    """A square borough of 225 LSOAs, each column a ward."""
    features, lookup = [], ["LSOA21CD,LSOA21NM,WD25CD,WD25NM,LAD25CD,LAD25NM"]
    for place in range(SIDE * SIDE):
        column, row = place % SIDE, place // SIDE
        west, south = round(column * STEP, 6), round(51.4 + row * STEP, 6)
        east, north = round(west + STEP, 6), round(south + STEP, 6)
        code = f"E01{place + 1:06d}"
        ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
        features.append(
            {
                "type": "Feature",
                "properties": {"lsoa21cd": code, "lsoa21nm": code},
                "geometry": {"type": "Polygon", "coordinates": [ring]},
            }
        )
        lookup.append(f"{code},{code},E05{column + 1:06d},Ward {column},E09000001,Bench")
    boundaries, table = folder / "boundaries.geojson", folder / "lookup.csv"
    boundaries.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    table.write_text("\n".join(lookup) + "\n", encoding="utf-8")
    with database.unit_of_work() as uow:
        permit = policy.permit(uow, _person("bench-hosting", "operator"), Action.GEOGRAPHY_LOAD, "geography")
        geography.load_all(uow, permit, [boundaries, table])


def _agree(database: Database, policy: Policy, agreements: Agreements, name: str, fields: str) -> None:
    document = f"""
agreement: {name}
version: 1
title: Rows of the benchmark
gateway: pcsc_s16
purposes: [svd.identify_kinds]
lawful_basis: none; invented rows
dpia: none; invented rows
starts_on: 2020-01-01
expires_on: 2099-12-31
parties:
  - {{agency: {POLICE}, role: controller}}
  - {{agency: {COUNCIL}, role: recipient}}
  - {{agency: bench-hosting, role: processor}}
datasets:
  - {{dataset: {DATASET}, supplier: {POLICE}, data_class: pseudonymised_record, profile: nhs_hes,
     fields: {{{fields}}}, recipients: [{COUNCIL}]}}
lawyer: {{must_confirm: [nothing; a benchmark], as_of: 2026-04-07}}
"""
    with database.unit_of_work() as uow:
        writer = _person(POLICE, "governance_lead", whose="writer")  # who wrote it does not sign it
        permit = policy.permit(uow, writer, Action.AGREEMENT_PROPOSE, "agreements")
        proposed = agreements.propose(uow, permit, document)
        for agency in (POLICE, COUNCIL):
            signing = policy.permit(uow, _person(agency, "governance_lead"), Action.AGREEMENT_SIGN, proposed.reference)
            agreements.sign(uow, signing, proposed.reference)


def _person(agency: str, role: str, *, whose: str = "") -> Reader:
    return Reader(agency=agency, person=f"per_{whose or role}_{agency}", roles=frozenset({role}))
