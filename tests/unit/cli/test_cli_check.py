"""`hub check` on an agency's own machine: what a laptop has is enough, and what it says is what the hub says."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

from hub.schemas import check_file
from tests.support import intake as support
from tests.support.geography import write_squares
from tests.support.hubs import API, an_extract
from tests.support.intake import ISTV, STREET, AnIntake, an_intake
from tests.support.schemas import PERIOD, csv_of, registry, rows_of, schema_of
from tests.support.schemas_samples import samples
from tests.support.workbooks import table_of, xlsx_of
from tests.unit.cli.conftest import Command

LAPTOP = """
import sys
HIDDEN = {"resource", "fcntl", "pwd", "grp", "termios", "cedarpy", "dbos", "fastapi", "starlette", "sqlalchemy", "alembic"}
HIDDEN |= {"authlib", "uvicorn"}
class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in HIDDEN:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
for name in [one for one in sys.modules if one.partition(".")[0] in HIDDEN]:
    del sys.modules[name]
sys.meta_path.insert(0, Hidden())
from hub.cli import main
try:
    main()
finally:
    assert not HIDDEN & {name.partition(".")[0] for name, module in sys.modules.items() if module is not None}
    assert not {"hub.db", "hub.policy", "hub.vault", "hub.intake", "hub.audit"} & set(sys.modules)
"""


def on_a_laptop(*arguments: object, encoding: str = "utf-8") -> subprocess.CompletedProcess[bytes]:
    words = [str(one) for one in arguments]
    return subprocess.run(
        [sys.executable, "-X", "utf8=0", "-c", LAPTOP, *words],
        capture_output=True,
        check=False,
        env={"PATH": "", "PYTHONIOENCODING": encoding},
    )


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_laptop_without_server_database_policy_or_posix_checks_and_marks(tmp_path: Path, form: str) -> None:
    rows = rows_of(STREET, 3, **{"Crime type": "Piracy"})
    path, out = tmp_path / f"extract.{form}", tmp_path / "marked.xlsx"
    path.write_bytes(csv_of(rows) if form == "csv" else xlsx_of(("Mine", table_of(rows))))
    ran = on_a_laptop("check", path, "--schema", STREET, "--period", PERIOD, "--marked", out)
    assert ran.returncode == 1, ran.stderr.decode()
    assert ran.stdout.startswith(b"returned: 0 of 3 rows of extract.")
    assert openpyxl.load_workbook(out).worksheets[1]["J2"].fill.fill_type == "solid"


def test_areas_of_files_are_looked_at_on_a_laptop(tmp_path: Path) -> None:
    path = tmp_path / "january.csv"
    path.write_bytes(an_extract("2024-01", longitude="0.9"))
    areas = [word for file in write_squares(tmp_path) for word in ("--areas", file)]
    ran = on_a_laptop("check", path, "--schema", API, "--period", "2024-01", *areas)
    assert ran.returncode == 0, ran.stderr.decode()
    assert b"outside-area, 1: " in ran.stdout
    assert b"outside-area" not in on_a_laptop("check", path, "--schema", API, "--period", "2024-01").stdout
    assert b"[kind-missing]" in on_a_laptop("check", path, "--schema", API, *areas[:2]).stderr


@pytest.mark.parametrize(
    "encoding", ["cp437", pytest.param("cp1252", marks=pytest.mark.slow), pytest.param("ascii", marks=pytest.mark.slow)]
)
def test_a_console_that_lacks_a_sign_is_no_error(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "Żółw.csv"
    path.write_bytes(csv_of(rows_of(STREET, 30, **{"Crime type": "Piracy"})))
    ran = on_a_laptop("check", path, "--schema", STREET, "--period", PERIOD, encoding=encoding)
    assert (ran.returncode, ran.stderr) == (1, b"")
    as_json = on_a_laptop("check", path, "--schema", STREET, "--period", PERIOD, "--json", encoding=encoding)
    assert json.loads(as_json.stdout.decode("ascii"))["file"] == "Żółw.csv"


def test_a_marked_file_is_whole_or_absent_and_takes_no_others_place(hub_command: Command, tmp_path: Path) -> None:
    path, out = tmp_path / "extract.csv", tmp_path / "marked.csv"
    path.write_bytes(csv_of(rows_of(STREET, 3, **{"Crime type": "Piracy"})))
    asked = ["check", path, "--schema", STREET, "--period", PERIOD, "--marked"]
    ran = hub_command(*asked, out)
    assert (ran.code, ran.err) == (1, f"{out}: 1 cells are marked\n")
    first = out.read_bytes()
    assert b"Hub: what is wrong" in first
    out.write_bytes(b"mine")
    again = hub_command(*asked, out)
    assert (again.code, out.read_bytes()) == (2, b"mine")
    assert "--force" in again.err
    assert hub_command(*asked, out, "--force").code == 1
    assert out.read_bytes() == first
    assert hub_command(*asked, path, "--force").code == 2
    assert hub_command(*asked, tmp_path / "marked.pdf").code == 2
    assert hub_command(*asked, tmp_path / "no" / "marked.csv").code == 2
    assert sorted(one.name for one in tmp_path.iterdir()) == ["extract.csv", "marked.csv"]


def test_how_a_file_is_read_can_be_said_on_a_desk(hub_command: Command, tmp_path: Path) -> None:
    path, profile = tmp_path / "extract.csv", tmp_path / "profile.json"
    path.write_bytes(csv_of(rows_of(STREET, 2, Location="Café")).decode().replace(",", "~").encode("cp1252"))
    asked = ["check", path, "--schema", STREET, "--period", PERIOD]
    assert hub_command(*asked).code == 1
    assert hub_command(*asked, "--encoding", "windows-1252", "--delimiter", "~").code == 0
    profile.write_text(json.dumps({"encoding": "windows-1252", "delimiter": "~"}), encoding="utf-8")
    assert hub_command(*asked, "--profile", profile).code == 0
    profile.write_text('{"colour": "red"}', encoding="utf-8")
    assert hub_command(*asked, "--profile", profile).code == 2  # usage


# ---- desk and hub --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> AnIntake:
    return an_intake(tmp_path_factory.mktemp("hub"))


def suppliers(hub: AnIntake) -> dict[str, str]:
    """Who sends what under the agreements of the small hub."""
    with hub.database.reading() as reading:
        agreements = hub.hub.agreements.in_force(reading, at=hub.clock.now())
    return {term.dataset: term.supplier for agreement in agreements for term in agreement.terms}


def compare(hub: AnIntake, folder: Path, dataset: str, supplier: str) -> None:
    sample, schema = samples()[dataset], schema_of(dataset)
    support.SENDERS.setdefault(dataset, supplier)
    for name, rows in (("clean", sample.rows(5)), ("dirty", sample.dirty())):
        for form in ("csv", "xlsx"):
            content = csv_of(rows) if form == "csv" else xlsx_of(table_of(rows))
            path = folder / f"{dataset.replace('/', '-')}-{name}.{form}"
            path.write_bytes(content)
            done = hub.submit(content, dataset=dataset, period=sample.period)
            with hub.database.unit_of_work() as uow:
                terms = hub.hub.agreements.supply_terms(uow, dataset=dataset, supplier=supplier, at=hub.clock.now())
                said = hub.intake.report(uow, hub.uploader(dataset), done.id).as_json()
            desk = check_file(
                path, schema, period=sample.period, registry=registry(), part_accept=terms.part_accept
            ).as_json()
            kept = [one for one in said["findings"] if one["severity"] != "query"]  # the agency's own past
            assert {**desk, "file": "", "findings": desk["findings"]} == {**said, "file": "", "findings": kept}


@pytest.mark.parametrize("dataset", [STREET, ISTV])
def test_the_desk_says_what_the_hub_says(hub: AnIntake, tmp_path: Path, dataset: str) -> None:
    compare(hub, tmp_path, dataset, support.SENDERS[dataset])


@pytest.mark.slow
@pytest.mark.parametrize("dataset", ["ambulance/violence-callouts", "police/stop-and-search"])
def test_the_desk_says_what_the_hub_says_of_other_datasets(hub: AnIntake, tmp_path: Path, dataset: str) -> None:
    """Those of the whole partnership are compared in tests/integration/test_whole_partnership.py."""
    compare(hub, tmp_path, dataset, suppliers(hub)[dataset])


def test_the_packages_that_the_how_to_names_are_enough_and_no_more_are_used(tmp_path: Path) -> None:
    page = Path(__file__).resolve().parents[3] / "docs" / "how-to" / "check-on-your-own-machine.md"
    (said,) = re.findall(r"^pip install ([a-z][a-z -]+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    program = (
        "import sys; from importlib.metadata import packages_distributions as known\n"
        "from hub.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "tops, named = {name.partition('.')[0] for name in sys.modules}, known()\n"
        "print(sorted({one.lower() for top in tops for one in named.get(top, [])} - {'svd-hub'}), file=sys.stderr)"
    )
    path = tmp_path / "extract.xlsx"
    path.write_bytes(xlsx_of(table_of(rows_of(STREET, 2, **{"Crime type": "Piracy"}))))
    words = [str(one) for one in ("check", path, "--schema", STREET, "--marked", tmp_path / "out.xlsx")]
    done = subprocess.run([sys.executable, "-c", program, *words], capture_output=True, text=True, check=True)
    used = set(re.findall(r"'([a-z0-9._-]+)'", done.stderr.splitlines()[-1]))
    # calamine and defusedxml are used in the process that reads; certifi, cffi and the like come with what is named
    brought = {"certifi", "cffi", "pycparser", "setuptools"}
    assert used - brought <= set(said.split())
    assert set(said.split()) - used <= {"python-calamine", "defusedxml"}
