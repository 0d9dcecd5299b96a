"""The marked file over HTTP."""

from __future__ import annotations

import io

import openpyxl

from tests.support.hubs import ANALYST, API, UPLOADER, an_extract
from tests.support.partnerships import Api, House

PERIOD = "2024-01"


def test_a_file_is_given_back_as_a_workbook_or_csv_and_to_nobody_else(bare: House) -> None:
    api = bare.api(UPLOADER)
    sent = api.send(API, PERIOD, an_extract(PERIOD, category="unheard-of"), name="jan.csv").json()
    assert sent["state"] == "part-accepted"
    path = f"/submissions/{sent['id']}/marked"
    answer = api.http.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].endswith("spreadsheetml.sheet")
    assert answer.headers["content-disposition"].endswith('-2024-01-marked.xlsx"')
    assert "no-store" in answer.headers["cache-control"]
    front, sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets
    assert (front["A1"].value, sheet["D2"].value, sheet["D2"].fill.fill_type) == ("What to mend", "unheard-of", "solid")
    csv = api.http.get(path, params={"format": "csv"})
    assert csv.headers["content-type"] == "text/csv; charset=utf-8"
    assert "Hub: what is wrong" in csv.text
    assert api.http.get(path, params={"format": "pdf"}).status_code == 422
    assert bare.api(ANALYST).http.get(path).status_code == 404
    with Api(bare.base_url, bare.token(UPLOADER, scopes=("read",))) as looking:
        assert (looking.get(path).status_code, looking.get(path).json()["code"]) == (403, "token-scope")


def test_those_who_send_a_dataset_get_its_template_with_the_codes_of_the_month(bare: House) -> None:
    api, path = bare.api(UPLOADER), f"/schemas/{API}/template"
    answer = api.http.get(path, params={"period": PERIOD})
    assert answer.status_code == 200, answer.text
    assert (
        answer.headers["content-disposition"] == 'attachment; filename="police-street-crime-api-2024-01-template.xlsx"'
    )
    assert openpyxl.load_workbook(io.BytesIO(answer.content)).sheetnames[0] == "Extract"
    assert api.http.get(path, params={"period": "May"}).status_code == 422
    assert bare.api(ANALYST).http.get(path).status_code == 403
    assert api.http.get("/schemas/no/such/template").status_code in (403, 404)
