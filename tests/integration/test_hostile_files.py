"""Every hostile file of the corpus through the doors of a served hub: page, API, in parts, command line. Read rightly or returned
with a reason; never an error of the hub, a hang, much memory, a way to the network or a file outside of the state folder.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from hub.cli import main
from hub.cli.kept import keep
from tests.support.pages import words_of
from tests.support.partnerships import RAVENSBOURNE_QUARTER, Api, made
from tests.support.schemas import PERIOD
from tests.support.serving import until
from tests.support.shared import shared
from tests.support.site import Visitor
from tests.support.watched import Watched, a_watched_hub

STREET, POLICE, HOSPITAL = "police/street-crime", "ravensbourne-police-analyst", "ravensbourne-hospital-analyst"
ON_THE_PAGE = "2024-04"
KINDS = ("csv", "parquet", "realworld", "xlsx", "zip")
MOST_SECONDS, MOST_MIB = 10, 512

NASTY = (
    "csv/apache__arrow-testing/data__csv__fuzzing__clusterfuzz-testcase-minimized-arrow-csv-fuzz-5600990083743744",
    "csv/duckdb__duckdb/data__csv__afl__1.csv",
    "csv/duckdb__duckdb/data__csv__afl__null_padding__5.csv",
    "csv/duckdb__duckdb/data__csv__encodings__shift_jis.csv",
    "csv/duckdb__duckdb/data__csv__encodings__only_utf16.csv",
    "csv/duckdb__duckdb/data__csv__error__mid_null.csv",
    "csv/duckdb__duckdb/data__csv__rejects__multiple_errors__invalid_utf_cast.csv",
    "csv/duckdb__duckdb/data__csv__multidelimiter__complex_unterminated_quote.csv",
    "csv/duckdb__duckdb/data__csv__rejects__incorrect_columns__many_columns.csv",
    "csv/frictionlessdata__frictionless-py/data__duplicate-column.csv",
    "csv/frictionlessdata__frictionless-py/data__table-multiple-files.zip",
    "csv/frictionlessdata__frictionless-py/data__table-with-two-sheets.ods",
    "csv/max-mapper__csv-spectrum/csvs__newlines_crlf.csv",
    "parquet/apache__arrow-testing/data__parquet__fuzzing__clusterfuzz-testcase-minimized-parquet-arrow-fuzz-5125747499073536",
    "parquet/apache__arrow-testing/data__parquet__fuzzing__clusterfuzz-testcase-parquet-arrow-fuzz-6193345128038400",
    "realworld/dathere__qsv/resources__test__boston311-100-with-fake-pii.csv",
    "realworld/dathere__qsv/resources__test__password-protected-password123.ods",
    "xlsx/apache__poi/test-data__spreadsheet__poc-xmlbomb-empty.xlsx",
    "xlsx/apache__poi/test-data__spreadsheet__poc-shared-strings.xlsx",
    "zip/thejoshwolfe__yauzl/test__failure__absolute_path_atxt.zip",
    "zip/thejoshwolfe__yauzl/test__success__traditional-encryption_deprecated.zip",
)
"""One of each kind and reason, and those that other readers fell over."""


@dataclass(frozen=True, slots=True)
class Told:
    """What became of a file at one door: `outcome` and codes of a report, or the code of a refusal."""

    outcome: str
    codes: tuple[str, ...] = ()
    identity: str = ""
    report: dict[str, Any] = field(default_factory=dict, compare=False)


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    with a_watched_hub(made(RAVENSBOURNE_QUARTER, tmp_path_factory), tmp_path_factory.mktemp("watched")) as hub:
        yield hub


def corpus(*kinds: str) -> list[str]:
    """The files of the corpus that are meant to be sent as extracts."""
    root = shared("badinput")
    found = (path for kind in kinds for path in (root / kind).rglob("*") if path.is_file())
    return sorted(path.relative_to(root).as_posix() for path in found)


def content_of(name: str) -> bytes:
    return shared(f"badinput/{name}").read_bytes()


# ---- the doors ---------------------------------------------------------------------------------------------------------


def told(report: dict[str, Any], identity: str = "") -> Told:
    """The report in short. Each finding says what, and what to do."""
    assert report["findings"], "nothing was found wrong with it"
    for one in report["findings"]:
        assert all(one[part] for part in ("message", "remedy", "about")), one
        assert "Traceback" not in one["message"]
    codes = tuple(sorted({one["code"] for one in report["findings"]}))
    return Told(report["outcome"], codes, identity, report)


def through_the_api(api: Api, name: str, content: bytes) -> Told:
    answer = api.send(STREET, PERIOD, content, name=Path(name).name)
    if answer.status_code != 201:
        assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json"), answer.text
        return Told("not taken", (answer.json()["code"],))
    return told(answer.json()["report"], answer.json()["id"])


def in_parts(api: Api, name: str, content: bytes) -> Told:
    upload = api.post("/uploads", dataset=STREET, period="2024-03", size=str(len(content))).json()["id"]
    if content:
        taken = api.http.patch(f"/uploads/{upload}", content=content, headers={"Upload-Offset": "0"})
        if taken.status_code != 204:
            return Told("not taken", (taken.json()["code"],))
    digest = hashlib.sha256(content).hexdigest()
    answer = api.post(f"/uploads/{upload}/complete", sha256=digest, file_name=Path(name).name, attest="true")
    assert answer.status_code == 201, answer.text
    return told(answer.json()["report"], answer.json()["id"])


def through_the_form(visitor: Visitor, api: Api, name: str, content: bytes) -> Told:
    """The page says every code, message and remedy that the report has."""
    sent = visitor.send(STREET, ON_THE_PAGE, Path(name).name, content, attest=False)
    if sent.status_code != 303:
        assert sent.status_code == 422, sent.text
        return Told("not taken")
    where, pages = sent.headers["location"], [""]

    def checked() -> bool:
        answer = visitor.get(where)
        assert answer.status_code == 200, name
        pages[0] = answer.text
        return "Being checked" not in answer.text

    until(checked, seconds=MOST_SECONDS)
    identity = where.rpartition("/")[2]
    report = api.ok(f"/submissions/{identity}/report")
    words = words_of(pages[0])
    assert "Traceback" not in words
    for one in report["findings"]:
        for said in (one["code"], one["message"], one["remedy"]):
            assert " ".join(said.split()) in words, (name, said)
    return told(report, identity)


def on_the_desk(path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *more: str) -> Told:
    monkeypatch.setattr(
        "sys.argv", ["hub", "check", str(path), "--schema", STREET, "--period", PERIOD, "--json", *more]
    )
    said = ran(capsys)
    return told(json.loads(said))


def ran(capsys: pytest.CaptureFixture[str]) -> str:
    """What a command printed; it ends with exit code 0 or 1, never otherwise."""
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr()
    assert ended.value.code in (None, 0, 1), said.err
    assert "Traceback" not in said.err
    return said.out


def looked_at(api: Api, visitor: Visitor, one: Told) -> None:
    """Every page and answer about a file that cannot be read is there, or says why not; none is an error of the hub."""
    where = f"/submissions/{one.identity}"
    for path in (
        "",
        "/reading",
        "/marked?format=xlsx",
        "/marked?format=csv",
        "/difference",
        "/seen-by",
        "/queries",
        "/receipt",
    ):
        answer = api.http.get(where + path)
        assert answer.status_code in (200, 409, 422), (path, answer.text)
    for path in ("/reading", "/marked.xlsx", "/marked.csv", "/difference", "/seen-by"):
        answer = visitor.get(where + path)
        assert answer.status_code in (200, 409, 422), (path, words_of(answer.text))
    for finding in one.report["findings"]:
        page = visitor.http.get(f"{where}/cells", params={"code": finding["code"], "field": finding["field"]})
        assert page.status_code in (200, 404, 409, 422), (finding["code"], words_of(page.text))


# ---- the corpus --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[pytest.mark.slow] * (place % 2), id=name[-60:]) for place, name in enumerate(NASTY)],
)
def test_a_hostile_file_is_told_alike_at_every_door(
    watched: Watched, name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    api, visitor = watched.house.api(POLICE), watched.house.visitor(POLICE)
    with watched.measured() as cost:
        one = through_the_api(api, name, content_of(name))
    desk = on_the_desk(shared(f"badinput/{name}"), capsys, monkeypatch)
    assert (one.outcome, one.codes) == (desk.outcome, desk.codes)
    assert one.outcome in ("returned", "refused")
    looked_at(api, visitor, one)
    assert cost.seconds < MOST_SECONDS
    assert cost.mib < MOST_MIB


def test_form_parts_and_command_tell_what_the_api_tells(
    watched: Watched, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    api, visitor = watched.house.api(POLICE), watched.house.visitor(POLICE)
    monkeypatch.setenv("HOME", str(tmp_path))
    keep(watched.house.base_url, api.token)
    for name in NASTY[3::4]:
        content = content_of(name)
        said = through_the_api(api, name, content)
        monkeypatch.setattr(
            "sys.argv",
            ["hub", "submit", str(shared(f"badinput/{name}")), "--dataset", STREET, "--period", "2024-02", "--json"],
        )
        sent = told(json.loads(ran(capsys))["report"])
        for other in (through_the_form(visitor, api, name, content), in_parts(api, name, content), sent):
            assert (other.outcome, other.codes) == (said.outcome, said.codes), name


def test_nothing_strayed(watched: Watched) -> None:
    """After all of it: no address but loopback, no file but in the state folder, and no error that nobody meant."""
    through_the_api(watched.house.api(POLICE), "a.csv", b"a,b\n1,2\n")
    assert watched.alive()
    assert watched.strayed() == []
    assert "Traceback" not in watched.said()
    assert "request failed" not in watched.said()


SPECTRUM = [name for name in corpus("csv") if "csv-spectrum/csvs__" in name]


@pytest.mark.parametrize("name", SPECTRUM, ids=lambda name: name.rpartition("__")[2])
def test_no_cell_is_shifted_where_the_right_answer_is_known(watched: Watched, name: str) -> None:
    """What the hub shows of how it reads the file is what csv-spectrum says stands in it."""
    expected = json.loads(content_of(name.replace("csvs__", "json__").replace(".csv", ".json")))
    expected = expected if isinstance(expected, list) else [expected]
    api = watched.house.api(POLICE)
    one = through_the_api(api, name, content_of(name))
    assert one.report["rows"] == len(expected)
    if one.outcome == "refused":  # it has columns of names and addresses: nothing of it is kept
        assert one.codes == ("refused-field",)
        return
    if "location" in name:  # the corpus contradicts itself: another telephone number
        expected[0]["Contact Phone Number"] = "2095257564"
    shown = api.ok(f"/submissions/{one.identity}/reading")
    names = [column["name"] for column in shown["columns"]]
    assert names == list(expected[0])
    assert shown["all_rows"] is True
    assert [dict(zip(names, row, strict=True)) for row in shown["rows"]] == [
        {key: value.replace("\r\n", "\n") for key, value in row.items()} for row in expected
    ]


@pytest.mark.slow
def test_the_whole_corpus_goes_through_page_api_and_desk(
    watched: Watched, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    api, visitor = watched.house.api(POLICE), watched.house.visitor(POLICE)
    lines, wrong = [], []
    for kind in KINDS:
        outcomes: Counter[str] = Counter()
        slowest, most, names = 0.0, 0.0, corpus(kind)
        for name in names:
            try:
                with watched.measured() as cost:
                    one = through_the_api(api, name, content_of(name))
                    page = through_the_form(visitor, api, name, content_of(name))
                desk = on_the_desk(shared(f"badinput/{name}"), capsys, monkeypatch)
                assert (page.outcome, page.codes) == (one.outcome, one.codes) == (desk.outcome, desk.codes)
                looked_at(api, visitor, one)
                assert cost.seconds < 2 * MOST_SECONDS
                assert cost.mib < MOST_MIB
            except AssertionError as error:
                wrong.append(f"{name}: {error}")
                continue
            outcomes[f"{one.outcome}: {', '.join(one.codes)}"] += 1
            slowest, most = max(slowest, cost.seconds), max(most, cost.mib)
        lines.append(f"{kind}: {len(names)} files, slowest {slowest:.1f} s (form and API), at most {most:.0f} MiB")
        lines += [f"    {count:4} {what}" for what, count in outcomes.most_common()]
    with capsys.disabled():
        print("\n" + "\n".join(lines))
    assert wrong == []
    assert watched.alive()
    assert watched.strayed() == []
    assert "Traceback" not in watched.said()
