"""Looking through the API: who may, what they get, and what everybody else is told."""

from __future__ import annotations

import base64
import csv
import html
import io
import re
from datetime import timedelta

import httpx2
import openpyxl
import pytest

from hub.audit.verifier import check_log
from tests.support.hubs import ANALYST, AUDITOR, EACH_MONTH, MONTHS, UPLOADER, an_extract
from tests.support.partnerships import House

PROBLEM = "application/problem+json"


def refused(answer: httpx2.Response, status: int, code: str) -> dict[str, object]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == PROBLEM
    said = dict(answer.json())
    assert (said["status"], said["code"]) == (status, code)
    return said


@pytest.mark.parametrize(
    ("authorization", "code"),
    [
        ("", "no-credentials"),
        ("Digest abc", "no-credentials"),
        ("Basic ***", "no-credentials"),
        ("Basic " + base64.b64encode(b"\xff\xfe").decode(), "no-credentials"),
    ],
)
def test_without_credentials_nothing_is_told(served: House, authorization: str, code: str) -> None:
    headers = {"Authorization": authorization} if authorization else {}
    answer = httpx2.get(f"{served.base_url}/api/v1/views", headers=headers)
    refused(answer, 401, code)
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_a_forged_token_is_refused_and_not_echoed(served: House) -> None:
    for header in ("Bearer forged-token", "Basic " + base64.b64encode(b"x:forged-token").decode()):
        answer = httpx2.get(f"{served.base_url}/api/v1/views", headers={"Authorization": header})
        assert answer.status_code == 401
        assert "forged-token" not in answer.text


def test_a_token_works_as_bearer_and_as_the_password_of_any_name(served: House) -> None:
    token = served.token(ANALYST)
    basic = base64.b64encode(f"anything:{token}".encode()).decode()
    for header in (f"Bearer {token}", f"bearer  {token}", f"Basic {basic}"):
        answer = httpx2.get(f"{served.base_url}/api/v1/views", headers={"Authorization": header})
        assert answer.status_code == 200, answer.text


def test_the_views_say_which_question_they_answer(served: House) -> None:
    views = served.api(ANALYST).ok("/views")["views"]
    assert [view["id"] for view in views] == [view.id for view in served.hub.views.catalogue()]
    assert {"police-and-health", "violence-by-place"} <= {view["id"] for view in views}
    assert all(view["title"] and view["question"].endswith("?") for view in views)


def test_a_view_says_what_may_be_asked_of_it(served: House) -> None:
    offer = served.api(ANALYST).ok("/views/violence-by-place")
    assert (offer["snapshot"], offer["months"][0], offer["months"][-1]) == (1, MONTHS[0], MONTHS[-1])
    assert {"by": ["borough", "month"], "columns": offer["tables"][0]["columns"]} in offer["tables"]
    assert offer["kinds"]["robbery"] == "Robbery"
    assert any(note["code"] == "no-side" for note in offer["notes"])


def test_a_table_is_the_same_in_json_and_csv_and_names_its_provenance(served: House) -> None:
    api = served.api(ANALYST)
    document = api.ok("/views/violence-by-place/table", by="borough,quarter", justification="test")
    assert document["provenance"]["snapshot"] == 1
    answer = api.get("/views/violence-by-place/table", by="borough,quarter", format="csv")
    assert answer.headers["content-type"].startswith("text/csv")
    assert "violence-by-place-borough-quarter-snapshot-1.csv" in answer.headers["content-disposition"]
    assert document["provenance"]["result_hash"] in answer.text
    numbers = [row for row in csv.reader(io.StringIO(answer.text)) if str(3 * EACH_MONTH) in row]
    assert len(numbers) == 8


def test_a_table_that_has_not_changed_is_not_sent_again(served: House) -> None:
    api = served.api(ANALYST)
    first = api.get("/views/violence-by-place/table", by="borough,year")
    etag = first.headers["etag"]
    again = api.http.get(
        "/views/violence-by-place/table", params={"by": "borough,year"}, headers={"If-None-Match": etag}
    )
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    other = api.get("/views/violence-by-place/table", by="borough,year", format="csv")
    assert other.headers["etag"] != etag


def test_drivers_say_that_no_deprivation_is_loaded_in_every_form(served: House) -> None:
    """In words, beside the cells; the answer's tag is of the files of context too."""
    api, asked = served.api(ANALYST), {"by": "borough,quarter"}
    document = api.ok("/views/drivers/table", **asked)
    assert [one["id"] for one in document["context"]] == ["imd_average_score", "imd_percent_in_most_deprived_tenth"]
    assert {area["absent"] for one in document["context"] for area in one["areas"]} == {"not loaded"}
    assert "no-deprivation" in {note["code"] for note in document["notes"]}
    answer = api.get("/views/drivers/table", format="csv", **asked)
    assert {row["imd_average_score"] for row in csv.DictReader(io.StringIO(answer.text))} <= {"not loaded", ""}
    assert answer.headers["etag"] != f'"{document["provenance"]["result_hash"]}-csv"'


def test_a_table_as_a_workbook_has_the_cells_of_its_csv_and_says_where_they_come_from(served: House) -> None:
    api, asked = served.api(ANALYST), {"by": "borough,month,kind"}
    answer = api.get("/views/violence-by-place/table", format="xlsx", **asked)
    assert answer.headers["content-disposition"].endswith('.xlsx"')
    assert answer.content == api.get("/views/violence-by-place/table", format="xlsx", **asked).content
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    table, about = book.worksheets
    expected = list(csv.reader(io.StringIO(api.get("/views/violence-by-place/table", format="csv", **asked).text)))
    got = [["" if value is None else str(value) for value in row] for row in table.iter_rows(values_only=True)]
    assert got == expected
    kinds = {cell.value: cell.data_type for row in table.iter_rows(min_row=2, min_col=6, max_col=6) for cell in row}
    assert {kinds[value] for value in kinds if isinstance(value, int)} == {"n"}
    assert all(kinds[sign] == "s" for sign in ("*", "w") if sign in kinds)
    said = {str(row[0]): str(row[1]) for row in about.iter_rows(values_only=True)}
    document = api.ok("/views/violence-by-place/table", **asked)
    assert said["Hash of the cells"] == document["provenance"]["result_hash"]
    assert said["Query"] == document["provenance"]["query"]
    page = served.visitor(ANALYST).get("/views/violence-by-place?by=borough,month,kind").text
    (link,) = re.findall(r'href="(/views/violence-by-place/table\.xlsx[^"]*)"', page)
    download = served.visitor(ANALYST).get(html.unescape(link))
    assert download.headers["content-type"].startswith("application/vnd.openxmlformats")
    assert openpyxl.load_workbook(io.BytesIO(download.content)).sheetnames == book.sheetnames


@pytest.mark.parametrize(("format_", "extra"), [("parquet", "analysis"), ("arrow", "analysis")])
def test_a_format_of_an_extra_is_not_acceptable_and_names_the_extra(served: House, format_: str, extra: str) -> None:
    said = refused(served.api(ANALYST).get("/views/violence-by-place/table", format=format_), 406, "not-acceptable")
    assert extra in str(said["title"])


@pytest.mark.parametrize(
    ("params", "code"),
    [({"format": "pdf"}, "wrong-format"), ({"by": "street"}, "no-such-table"), ({"where": "x=1"}, "bad-filter")],
)
def test_what_cannot_be_asked_is_refused_with_what_can(served: House, params: dict[str, str], code: str) -> None:
    refused(served.api(ANALYST).get("/views/violence-by-place/table", **params), 422, code)


def test_absent_and_none_of_your_business_look_alike(served: House) -> None:
    absent = served.api(ANALYST).get("/views/no-such-view/table")
    hidden = served.api(ANALYST).get("/submissions/sub_somebody-elses")
    assert refused(absent, 404, "not-found") == refused(hidden, 404, "not-found")


def test_the_snapshots_name_their_inputs(served: House) -> None:
    (snapshot,) = served.api(ANALYST).ok("/snapshots")["snapshots"]
    assert (snapshot["number"], snapshot["state"], snapshot["left_out"]) == (1, "in-force", [])
    assert [one["period"] for one in snapshot["inputs"]] == list(MONTHS)
    assert all(one["sha256"] == "" for one in snapshot["inputs"])  # another agency's


def test_an_explanation_tells_each_field_its_form_and_why(served: House) -> None:
    found = served.api(ANALYST).ok("/explain", dataset="police/street-crime-api")
    assert {one["field"] for one in found["fields"]} >= {"category", "month"}
    one = served.api(ANALYST).ok("/explain", dataset="police/street-crime-api", field="category")
    assert [field["field"] for field in one["fields"]] == ["category"]


def test_a_head_of_the_log_is_for_everybody_and_the_verification_for_the_auditor(served: House) -> None:
    head = served.api(ANALYST).ok("/audit/checkpoint")
    assert head["note"].startswith(f"svd-hub.invalid/log\n{head['size']}\n")
    with served.hub.database.reading() as reading:
        rows = [(one["index"], one["columns"], one["leaf_hash"]) for one in served.hub.audit.export(reading)][
            : head["size"]
        ]
    _, root, problems = check_log(iter(rows), iter([head["note"]]), head["verifier_key"])  # type: ignore[arg-type]
    assert (root.hex(), problems) == (head["root"], [])
    found = served.api(AUDITOR).ok("/audit/verification", purpose="lawfulness")
    assert found["verified"] is True
    assert found["problems"] == []
    assert served.api(UPLOADER).get("/audit/verification", purpose="lawfulness").status_code in (403, 404)


def test_a_party_without_the_right_is_told_the_reason_code(served: House) -> None:
    answer = served.api(ANALYST).post("/submissions", dataset="police/street-crime-api", period="2024-01")
    said = refused(answer, 403, "agreement.other-supplier")
    assert "agreement.other-supplier" in said["reasons"]  # type: ignore[operator]


def test_a_wrong_address_a_wrong_method_and_a_missing_parameter_are_problems_too(served: House) -> None:
    api = served.api(ANALYST)
    refused(api.get("/no/such/thing"), 404, "not-found")
    refused(api.post("/views"), 405, "bad-method")
    said = refused(api.get("/explain"), 422, "bad-parameter")
    assert "dataset" in str(said["title"])


def test_the_api_describes_itself_without_a_token(served: House) -> None:
    described = httpx2.get(f"{served.base_url}/api/v1/openapi.json").json()
    assert {"/v1/submissions", "/v1/views/{view}/table", "/v1/explain", "/v1/snapshots"} <= set(described["paths"])


def test_health_needs_no_token_and_tells_nothing_of_any_data(served: House) -> None:
    assert httpx2.get(f"{served.base_url}/healthz").json() == {"status": "ok"}
    assert httpx2.get(f"{served.base_url}/readyz").json() == {"status": "ok"}
    metrics = httpx2.get(f"{served.base_url}/metrics")
    assert metrics.headers["content-type"].startswith("text/plain")
    assert "hub_audit_entries" in metrics.text
    assert "bromley" not in metrics.text
    for header in ("X-Forwarded-For", "Forwarded"):
        passed_on = httpx2.get(f"{served.base_url}/metrics", headers={header: "203.0.113.9"})
        assert (passed_on.status_code, "hub_audit" in passed_on.text) == (404, False)


def test_an_assessment_is_built_listed_and_read_as_the_same_bytes(bare: House, served: House) -> None:
    api = served.api(ANALYST)
    built = api.post("/assessments", justification="test")
    assert built.status_code == 201, built.text
    (listed,) = api.ok("/assessments")["assessments"]
    assert (listed["id"], listed["sha256"]) == (built.json()["id"], built.json()["sha256"])
    assert {one["result_hash"] for one in listed["evidence"]}
    documents = [api.get(f"/assessments/{listed['id']}", justification="test") for _ in range(2)]
    assert documents[0].content == documents[1].content
    assert documents[0].headers["etag"] == f'"{listed["sha256"]}"'
    assert documents[0].headers["content-security-policy"] == "sandbox"
    refused(api.get("/assessments/asm_absent"), 404, "not-found")
    refused(bare.api(ANALYST).post("/assessments"), 409, "no-snapshot")


def test_without_a_snapshot_a_view_says_so(bare: House) -> None:
    refused(bare.api(ANALYST).get("/views/violence-by-place/table"), 409, "no-snapshot")


@pytest.mark.sqlite
def test_a_hub_whose_database_does_not_answer_is_alive_but_not_ready(bare: House) -> None:
    bare.hub.database.close()
    database = bare.hub.settings.state / "hub.sqlite"
    for path in database.parent.glob("hub.sqlite*"):
        path.unlink()
    database.mkdir()
    answer = httpx2.get(f"{bare.base_url}/readyz")
    assert answer.status_code == 503
    assert answer.json()["status"]
    assert httpx2.get(f"{bare.base_url}/healthz").status_code == 200


def test_an_expired_token_is_refused(bare: House) -> None:
    api = bare.api(ANALYST)
    api.ok("/views")
    bare.clock.advance(timedelta(days=2))
    assert api.get("/views").status_code == 401


def test_a_snapshot_is_built_through_the_api_once_there_is_something_to_freeze(bare: House) -> None:
    refused(bare.api(ANALYST).post("/snapshots"), 409, "nothing")
    bare.submit(UPLOADER, "police/street-crime-api", "2024-01", an_extract("2024-01"))
    built = bare.api(ANALYST).post("/snapshots")
    assert built.status_code == 201, built.text
    assert built.json()["snapshot"] == 1
    assert {view["id"] for view in built.json()["views"]} == {view.id for view in bare.hub.views.catalogue()}
    assert [measure["profile"] for measure in built.json()["measures"]] == ["open"]
