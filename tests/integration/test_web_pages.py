"""The pages over the whole hub, without a browser: every form, every refusal, the same cells through page and download."""

import csv
import html
import io
import re
import socket
import time
from html.parser import HTMLParser

import httpx2
import pytest

from hub import audit
from tests.support.site import (
    AMBULANCE,
    ANALYST,
    AUDITOR,
    COUNCIL,
    GOVERNANCE_LEAD,
    HOSPITAL,
    POLICE,
    STRATEGIC,
    UPLOADER,
    a_site,
)

STREET, ISTV = "police/street-crime", "health/istv-assaults"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with a_site(tmp_path_factory.mktemp("site")) as made:
        yield made


class Rows(HTMLParser):
    """The rows of the table with an id; hidden signs count, what is only read out does not."""

    def __init__(self, html, ident):
        super().__init__()
        self.rows, self._ident, self._inside, self._depth, self._skip = [], ident, False, 0, 0
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self._inside = self._inside or (tag == "table" and values.get("id") == self._ident)
        if not self._inside:
            return
        if tag == "tr":
            self.rows.append([])
        elif tag in {"td", "th"}:
            self.rows[-1].append("")
        elif "govuk-visually-hidden" in (values.get("class") or ""):
            self._skip = 1

    def handle_endtag(self, tag):
        self._inside = self._inside and tag != "table"
        if tag == "span":
            self._skip = 0

    def handle_data(self, data):
        if self._inside and self.rows and self.rows[-1] and not self._skip:
            self.rows[-1][-1] += data.strip()


def submission_of(answer):
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def settled(visitor, path):
    """The submission's page once its check has ended."""
    for _ in range(40):
        page = visitor.get(path)
        if "Being checked" not in page.text:
            return page.text
    raise AssertionError("the check did not end")


# ---- who may open what -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/submit",
        "/submissions",
        "/views",
        "/agreements",
        "/snapshots",
        "/assessments",
        "/definitions",
        "/explain",
        "/audit",
        "/account",
    ],
)
def test_without_a_session_every_page_leads_to_sign_in(site, path):
    with site.visitor() as visitor:
        answer = visitor.get(path)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/login")


@pytest.mark.parametrize(
    ("agency", "role", "path", "status"),
    [
        (POLICE, UPLOADER, "/submit", 200),
        (COUNCIL, ANALYST, "/views/violence-by-place", 200),
        (COUNCIL, STRATEGIC, "/views/police-and-health?by=borough,quarter", 200),
        (COUNCIL, AUDITOR, "/audit", 200),
        (COUNCIL, AUDITOR, "/views/violence-by-place", 403),
        (COUNCIL, ANALYST, "/audit", 403),
        (COUNCIL, GOVERNANCE_LEAD, "/agreements/propose", 200),
        (COUNCIL, ANALYST, "/agreements/propose", 403),
        (COUNCIL, ANALYST, "/snapshots/1", 200),
        (COUNCIL, ANALYST, "/snapshots/99", 404),
        (COUNCIL, ANALYST, "/snapshots/x", 404),
        (COUNCIL, ANALYST, "/views/no-such-view", 404),
        (POLICE, UPLOADER, f"/submit/{ISTV}/2026-10", 403),
        (POLICE, UPLOADER, "/submit/no/such/2026-10", 404),
        (POLICE, UPLOADER, f"/submit/{STREET}/October", 422),
        (POLICE, UPLOADER, "/agreements/no-such-agreement", 404),
        (COUNCIL, ANALYST, "/views/violence-by-place?by=ward,quarter&area=E05000000", 422),
        (COUNCIL, ANALYST, f"/explain?dataset={STREET}", 200),
        (COUNCIL, ANALYST, "/explain?dataset=no/such", 404),
    ],
)
def test_a_page_opens_for_whom_the_policy_says(site, agency, role, path, status):
    with site.visitor(agency, role) as visitor:
        answer = visitor.get(path)
        assert answer.status_code == status
        assert "Traceback" not in answer.text


def test_a_refusal_names_the_reason_and_its_code(site):
    with site.visitor(COUNCIL, ANALYST) as visitor:
        page = visitor.get("/audit").text
    assert "You may not do this" in page
    assert re.search(r'<span class="hub-mono">[a-z.,\- ]+</span>', page)


@pytest.mark.parametrize(
    ("agency", "role", "words"),
    [
        (POLICE, UPLOADER, "Submit an extract"),
        (COUNCIL, ANALYST, "Look at the combined views"),
        (COUNCIL, GOVERNANCE_LEAD, "Who shares what with whom"),
        (COUNCIL, AUDITOR, "Read the audit log"),
        (COUNCIL, STRATEGIC, "strategic assessment"),
    ],
)
def test_everybody_lands_on_what_to_do_today(site, agency, role, words):
    with site.visitor(agency, role) as visitor:
        page = visitor.get("/").text
    assert "What do I do today?" in page
    assert words in page


# ---- submitting ----------------------------------------------------------------------------------------------------------


def test_a_clean_file_is_accepted_with_a_receipt(site):
    sample = site.sample(POLICE, "clean")
    with site.visitor(POLICE, UPLOADER) as visitor:
        path = submission_of(visitor.send(sample.dataset, sample.period, "may.csv", site.path(sample).read_bytes()))
        page = settled(visitor, path)
        assert "Accepted" in page
        assert sample.sha256 in page
        assert f"{sample.rows:,}" in page
        assert "Street-level crime, CSV layout, version 1.0.0" in page
        assert "Police crime and search counts for the serious violence duty, version 1" in page
        assert path in visitor.get("/submissions").text
        again = visitor.get(f"/submit/{sample.dataset}/{sample.period}").text
        assert "Already accepted for this month" in again


def test_a_dirty_file_comes_back_with_its_findings_grouped_by_cause(site):
    sample = site.sample(POLICE, "dirty")
    with site.visitor(POLICE, UPLOADER) as visitor:
        path = submission_of(visitor.send(sample.dataset, sample.period, "dirty.csv", site.path(sample).read_bytes()))
        page = settled(visitor, path)
    for code in sample.planted:
        assert page.count(f'href="/findings/{code}"') == 1
    assert page.count("How to mend it") >= len(sample.planted)
    assert "Send a mended file" in page


def test_the_agency_reads_back_what_stands_in_a_marked_cell_and_nobody_else_does(site):
    content = b"Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,Last outcome category,"
    content = b"Crime ID," + content + b"Context\r\n,2026-10,P,P,,,Somewhere,,,Burgling <b>boats</b>,,\r\n"
    with site.visitor(POLICE, UPLOADER) as visitor:
        path = submission_of(visitor.send(STREET, "2026-10", "boats.csv", content))
        page = settled(visitor, path)
        assert "boats</b>" not in page
        assert "boats&lt;" not in page
        href = next(one for one in re.findall(r'href="([^"]+/cells\?[^"]+)"', page) if "not-in-code-list" in one)
        shown = visitor.get(href.replace("&amp;", "&")).text
        assert "Burgling &lt;b&gt;boats&lt;/b&gt;" in shown
        assert visitor.get(f"{path}/cells?code=bad-type&field=Nothing").status_code == 404
    with site.visitor(AMBULANCE, UPLOADER) as other:
        assert other.get(href.replace("&amp;", "&")).status_code == 404


def test_the_form_says_how_each_column_is_written_and_the_report_offers_no_empty_look(site):
    sample = site.sample(POLICE, "missing-column")
    with site.visitor(POLICE, UPLOADER) as visitor:
        form = visitor.get(f"/submit/{STREET}/{sample.period}").text
        assert "One of: Anti-social behaviour; Bicycle theft;" in form
        assert "Such as " in form
        assert "nhs_hes" not in form
        content = site.path(sample).read_bytes()
        report = settled(visitor, submission_of(visitor.send(sample.dataset, sample.period, "m.csv", content)))
    assert "A needed column is missing" in report
    assert "Show what stands there" not in report


def test_a_floor_refusal_keeps_nothing_and_says_so(site):
    sample = site.sample(HOSPITAL, "refused")
    content = site.path(sample).read_bytes()
    with site.visitor(HOSPITAL, UPLOADER) as visitor:
        path = submission_of(visitor.send(sample.dataset, sample.period, "patients.csv", content))
        page = settled(visitor, path)
    assert "Nothing of this file was kept" in page
    assert "patients.csv" not in page
    assert sample.sha256 in page


def test_another_agency_s_submission_is_not_there(site):
    sample = site.sample(AMBULANCE, "clean")
    with site.visitor(AMBULANCE, UPLOADER) as visitor:
        path = submission_of(visitor.send(sample.dataset, sample.period, "a.csv", site.path(sample).read_bytes()))
        settled(visitor, path)
    with site.visitor(POLICE, UPLOADER) as other:
        theirs, nothing = other.get(path), other.get("/submissions/sub_00000000000000000000000000")
    assert theirs.status_code == nothing.status_code == 404
    assert re.sub(r'value="[0-9a-f]{64}"', "", theirs.text) == re.sub(r'value="[0-9a-f]{64}"', "", nothing.text)


def listed(visitor):
    return visitor.get("/submissions").text.count('href="/submissions/')


def test_a_forged_token_is_refused_before_the_first_byte_is_kept(site):
    with site.visitor(POLICE, UPLOADER) as visitor:
        before = listed(visitor)
        files = {"file": ("a.csv", b"a,b\n1,2\n", "text/csv")}
        answer = visitor.http.post(f"/submit/{STREET}/2026-10", data={"csrf_token": "0" * 64}, files=files)
        assert answer.status_code == 403
        assert listed(visitor) == before


def test_a_file_without_a_token_before_it_is_refused(site):
    with site.visitor(POLICE, UPLOADER) as visitor:
        before = listed(visitor)
        body = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\na,b\r\n--x--\r\n'
        kind = {"content-type": "multipart/form-data; boundary=x"}
        answer = visitor.http.post(f"/submit/{STREET}/2026-10", content=body, headers=kind)
        assert answer.status_code == 403
        assert listed(visitor) == before


def test_a_body_cut_off_before_its_end_is_absent(site):
    with site.visitor(POLICE, UPLOADER) as visitor:
        before = listed(visitor)
        token = visitor.token().encode()
        body = b'--x\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n' + token
        body += b'\r\n--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\nMonth\r\n2026-10\r\n'
        kind = {"content-type": "multipart/form-data; boundary=x"}
        answer = visitor.http.post(f"/submit/{STREET}/2026-10", content=body, headers=kind)
        assert answer.status_code == 422
        assert "did not arrive whole" in answer.text
        assert listed(visitor) == before


def sealed_files(site):
    return {path for path in (site.hub.settings.state / "vault").rglob("*") if path.is_file()}


def test_a_sender_who_goes_away_in_mid_file_leaves_nothing(site, caplog):
    host, port = site.base_url.removeprefix("http://").split(":")
    with site.visitor(POLICE, UPLOADER) as visitor:
        before, token = listed(visitor), visitor.token()
        cookie = visitor.http.cookies["hub-session"]
        files = sealed_files(site)
        head = f"POST /submit/{STREET}/2026-10 HTTP/1.1\r\nHost: {host}:{port}\r\nCookie: hub-session={cookie}\r\n"
        head += "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 5000000\r\n\r\n"
        head += f'--x\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n'
        head += '--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
        with socket.create_connection((host, int(port))) as line:
            line.sendall(head.encode() + b"Month,Crime type\r\n" * 20_000)
            time.sleep(0.3)
        for _ in range(50):
            if sealed_files(site) == files:
                break
            time.sleep(0.05)
        assert sealed_files(site) == files
        assert listed(visitor) == before
    assert "page failed" not in caplog.text


def test_a_form_without_a_file_says_what_to_do(site):
    with site.visitor(POLICE, UPLOADER) as visitor:
        answer = visitor.send(STREET, "2026-10", "", b"")
        assert answer.status_code == 422
        assert '<a href="#file">Choose a file to send' in answer.text


def test_a_line_without_an_end_is_refused_while_it_arrives(site):
    with site.visitor(POLICE, UPLOADER) as visitor:
        before = listed(visitor)
        answer = visitor.send(STREET, "2026-10", "long.csv", b"x" * (3 << 20))
        assert answer.status_code == 422
        assert 'id="file-error"' in answer.text
        assert listed(visitor) == before


def test_hostile_file_names_and_values_stay_text(site):
    with site.visitor(POLICE, UPLOADER) as visitor:
        content = b"Month,<script>alert(1)</script>\r\n2026-10,=cmd()\r\n"
        path = submission_of(visitor.send(STREET, "2026-10", "<script>alert(2)</script>.csv", content))
        page = settled(visitor, path)
    assert "<script>alert" not in page
    assert "cmd()" not in page


def test_an_accepted_submission_is_withdrawn_with_a_reason(site):
    sample = next(one for one in site.manifest.extracts if one.dataset == "police/stop-and-search")
    with site.visitor(POLICE, UPLOADER) as visitor:
        content = (site.folder / sample.path).read_bytes() + b"\r\n"
        sent = visitor.send(sample.dataset, sample.period, "again.csv", content)
        path = submission_of(sent)
        settled(visitor, path)
        without = visitor.post(f"{path}/withdraw", reason=" ")
        assert without.status_code == 422
        assert "Say why the submission is withdrawn" in without.text
        asked = visitor.post(f"{path}/withdraw", reason="sent by mistake")
        assert "erased for good" in asked.text
        assert "has been withdrawn" not in visitor.get(path).text
        answer = visitor.post(f"{path}/withdraw", reason="sent by mistake", sure="yes")
        assert "The submission has been withdrawn." in visitor.get(answer.headers["location"]).text


def test_a_returned_file_is_withdrawn_after_a_question_and_can_be_sent_again(site):
    sample = site.sample(POLICE, "missing-column")
    with site.visitor(POLICE, UPLOADER) as visitor:
        content = site.path(sample).read_bytes() + b"\r\n"
        path = submission_of(visitor.send(sample.dataset, sample.period, "returned.csv", content))
        settled(visitor, path)
        assert "nothing was counted from it" in visitor.get(path).text
        asked = visitor.post(f"{path}/withdraw", reason="the wrong month")
        assert "nothing was counted from it" in asked.text
        done = visitor.post(f"{path}/withdraw", reason="the wrong month", sure="yes")
        assert "The submission has been withdrawn." in visitor.get(done.headers["location"]).text
        assert visitor.send(sample.dataset, sample.period, "again.csv", content + b"\r\n").status_code == 303
        for wrong in ("x" * 1001, "two\nlines"):
            path = submission_of(visitor.send(sample.dataset, sample.period, "again.csv", content + wrong.encode()))
            settled(visitor, path)
            assert visitor.post(f"{path}/withdraw", reason=wrong, sure="yes").status_code == 422


# ---- looking ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["borough,month", "borough,quarter"])
def test_the_page_and_its_download_hold_the_same_cells(site, by):
    with site.visitor(COUNCIL, ANALYST) as visitor:
        page = visitor.get(f"/views/violence-by-place?by={by}").text
        href = re.search(r'href="(/views/violence-by-place/table\.csv[^"]*)"', page).group(1).replace("&amp;", "&")
        download = visitor.get(href)
    head, *rows = Rows(page, "cells").rows
    table = list(csv.reader(io.StringIO(download.text)))
    columns = [place for place, name in enumerate(table[0]) if ":" in name]
    assert len(head) - 1 == len(columns)
    shown = [[cell.replace(",", "") for cell in row[1:]] for row in rows]
    words = {"gap": "no data", "": "-"}
    assert shown == [[words.get(row[place], row[place]) for place in columns] for row in table[1:]]
    assert re.search(r'-snapshot-\d+\.csv"$', download.headers["content-disposition"])
    assert table[1][-1] in page


def test_filters_are_real_addresses_and_come_back_selected(site):
    with site.visitor(COUNCIL, ANALYST) as visitor:
        page = visitor.get("/views/violence-by-place?by=ward,quarter,kind&from=2026-Q3&to=2026-Q3").text
    assert '<option value="ward,quarter,kind" selected>' in page
    assert '<option value="2026-Q3" selected>' in page


def test_the_purpose_is_a_visible_choice_and_goes_with_the_download(site):
    with site.visitor(COUNCIL, ANALYST) as visitor:
        page = visitor.get("/views/police-and-health").text
        assert '<option value="svd.identify_kinds" selected>Identify the kinds of serious violence in the area' in page
        assert '<option value="svd.strategy_prepare">Prepare the serious violence strategy' in page
        assert "lpb.monitor" not in page
        chosen = visitor.get("/views/police-and-health?purpose=svd.strategy_prepare").text
        assert '<option value="svd.strategy_prepare" selected>' in chosen
        (download,) = re.findall(r'href="(/views/police-and-health/table.csv[^"]*)"', chosen)
        assert "purpose=svd.strategy_prepare" in download
        assert visitor.get(download.replace("&amp;", "&")).status_code == 200


def test_a_quarter_with_a_missing_month_is_a_named_gap(site):
    with site.visitor(COUNCIL, ANALYST) as visitor:
        page = visitor.get("/views/violence-by-place?by=borough,quarter").text
    assert "no figure for October to December 2026, because months of it are missing" in page
    assert "no data" in page


def test_every_look_at_a_view_is_an_entry_in_the_log(site):
    with site.hub.database.reading() as reading:
        before = audit.size(reading)
    with site.visitor(COUNCIL, ANALYST) as visitor:
        visitor.get("/views/police-and-health?by=borough,quarter")
    with site.hub.database.reading() as reading:
        after = audit.size(reading)
        kinds = {audit.entry(reading, index).columns["verb"] for index in range(before, after)}
    assert "disclosure" in kinds


def test_the_explanation_says_form_rules_and_agreement_for_each_field(site):
    with site.visitor(COUNCIL, ANALYST) as visitor:
        page = visitor.get(f"/explain?dataset={STREET}&purpose=svd.identify_kinds").text
    fields = [row[0] for row in Rows(page, "fields").rows[1:]]
    assert fields == list(site.hub.schemas.get(STREET).names)
    assert "counts only" in page


# ---- agreements, snapshots, assessments, audit ------------------------------------------------------------------------


def test_a_proposal_that_the_law_forbids_names_section_and_body(site):
    with site.hub.database.reading() as reading:
        one = next(one for one in site.hub.agreements.all(reading) if one.gateway == "pcsc_s16")
    document = one.document.replace(f"version: {one.version}", f"version: {one.version + 1}").replace(
        "ravensbourne-council", "ravensbourne-ambulance"
    )
    with site.visitor(POLICE, GOVERNANCE_LEAD) as visitor:
        answer = visitor.post("/agreements/propose", document=document)
    assert answer.status_code == 422
    assert "s.16" in answer.text
    assert "Ambulance" in answer.text


def test_an_unreadable_proposal_is_given_back_with_what_is_wrong(site):
    with site.visitor(COUNCIL, GOVERNANCE_LEAD) as visitor:
        answer = visitor.post("/agreements/propose", document="id: [<b>")
        assert answer.status_code == 422
        assert "id: [&lt;b&gt;" in answer.text
        empty = visitor.post("/agreements/propose", document=" ")
        assert "Paste the agreement" in empty.text


def test_an_agreement_says_who_has_yet_to_sign(site):
    with site.visitor(COUNCIL, GOVERNANCE_LEAD) as visitor:
        page = visitor.get("/agreements/ravensbourne-police-duty@1").text
        document = html.unescape(re.search(r"<pre[^>]*>(.*?)</pre>", page, re.DOTALL)[1])
        document = document.replace("agreement: ravensbourne-police-duty", "agreement: once-more")
        drafted = visitor.get(visitor.post("/agreements/propose", document=document).headers["location"]).text
        assert (drafted.count("not yet"), drafted.count("not needed")) == (2, 2)  # two do, a processor none
        assert "To end cannot be undone" in drafted
        ended = visitor.post("/agreements/once-more@1/change", change="end", reason="a test")
        assert ended.status_code == 303


def test_a_proposal_starts_from_an_agreement_that_exists(site):
    with site.visitor(COUNCIL, GOVERNANCE_LEAD) as visitor:
        page = visitor.get("/agreements/ravensbourne-police-duty@1").text
        (start,) = re.findall(r'href="(/agreements/propose\?from=[^"]+)"', page)
        form = visitor.get(start).text
        assert "agreement: ravensbourne-police-duty\nversion: 2\n" in form
        assert visitor.get("/agreements/propose?from=no-such@1").status_code == 404
    with site.visitor(POLICE, UPLOADER) as visitor:
        assert "/agreements/propose" not in visitor.get("/agreements/ravensbourne-police-duty@1").text


def test_suspending_bites_at_the_next_request_and_resuming_gives_it_back(site):
    with site.hub.database.reading() as reading:
        reference = next(
            one.reference
            for one in site.hub.agreements.all(reading)
            if any(term.supplier == POLICE and HOSPITAL in term.recipients for term in one.terms)
        )
    with site.visitor(POLICE, GOVERNANCE_LEAD) as governance, site.visitor(HOSPITAL, ANALYST) as reader:
        without = governance.post(f"/agreements/{reference}/change", change="suspend", reason="")
        assert without.status_code == 422
        seen = reader.get("/views/violence-by-place").text
        done = governance.post(f"/agreements/{reference}/change", change="suspend", reason="a test")
        assert "The agreement is suspended." in governance.get(done.headers["location"]).text
        assert reader.get("/views/violence-by-place").text != seen
        governance.post(f"/agreements/{reference}/change", change="resume", reason="the test is over")
        assert "Recorded crimes" in reader.get("/views/violence-by-place").text


def test_an_assessment_is_built_read_and_taken_away(site):
    with site.visitor(COUNCIL, ANALYST) as visitor:
        assert visitor.post("/assessments").status_code == 303
        listing = visitor.get("/assessments").text
        path = re.search(r'href="(/assessments/asm_[^"]+)"', listing).group(1)
        page = visitor.get(path)
        assert page.status_code == 200
        assert "Traceback" not in page.text
        document = visitor.get(f"{path}/document.html")
    assert document.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in document.headers["content-security-policy"]


def test_the_log_is_read_for_one_of_four_purposes_and_the_reading_is_logged(site):
    with site.visitor(COUNCIL, AUDITOR) as visitor:
        assert "Choose what you read the log for" in visitor.post("/audit", purpose="curiosity").text
        first = visitor.post("/audit", purpose="lawfulness").text
        assert "audit:read" in visitor.post("/audit", purpose="lawfulness").text
        rows = Rows(first, "entries").rows[1:]
        assert len(rows) == 100
        before = re.search(r'name="before" value="(\d+)"', first).group(1)
        older = Rows(visitor.post("/audit", purpose="lawfulness", before=before).text, "entries").rows[1:]
    assert int(older[0][0].replace(",", "")) == int(before) - 1


def test_an_auditor_signs_a_checkpoint_that_the_page_then_shows(site):
    with site.visitor(COUNCIL, AUDITOR) as visitor:
        assert visitor.post("/audit/checkpoint").status_code == 303
        page = visitor.get("/audit").text
    assert site.hub.settings.log_origin in page
    assert site.hub.audit.verifier_key.split("+")[0] in page


def test_a_token_is_made_shown_once_used_and_revoked_on_the_account_page(site):
    with site.visitor(POLICE, UPLOADER) as visitor, httpx2.Client(base_url=site.base_url) as program:
        nameless = visitor.post("/account/tokens", name=" ", scope="read", days="30")
        assert nameless.status_code == 422
        assert "Say what the token is for" in nameless.text
        assert visitor.post("/account/tokens", name="x", scope="everything", days="30").status_code == 422
        page = visitor.post("/account/tokens", name="Quarterly <workbook>", scope="read", days="30").text
        (token,) = re.findall(r"svdhub_[A-Za-z0-9_-]{43}", page)
        assert "Quarterly &lt;workbook&gt;" in page
        after = visitor.get("/account").text
        assert token not in after
        assert "In use" in after
        asked = {"headers": {"Authorization": f"Bearer {token}"}}
        assert program.get("/api/v1/submissions", **asked).status_code == 200
        (revoke,) = set(re.findall(r"/account/tokens/tok_[a-z0-9]+/revoke", after))
        with site.visitor(COUNCIL, ANALYST) as stranger:
            assert stranger.post(revoke).status_code == 404
        assert visitor.post(revoke).status_code == 303
        assert "Revoked" in visitor.get("/account").text
        assert program.get("/api/v1/submissions", **asked).status_code == 401


def test_whose_role_has_no_tokens_is_told_so(site):
    with site.visitor(COUNCIL, "governance_lead") as visitor:
        page = visitor.get("/account").text
        assert "Your role has no use for tokens" in page
        assert 'name="scope"' not in page
        assert visitor.post("/account/tokens", name="x", scope="read", days="30").status_code == 403


def test_a_new_snapshot_is_built_behind_the_page(site):
    with site.visitor(COUNCIL, ANALYST) as visitor:
        number = len(Rows(visitor.get("/snapshots").text, "snapshots").rows)
        assert visitor.post("/snapshots").status_code == 303
        for _ in range(400):
            page = visitor.get("/snapshots").text
            if 'data-running="yes"' not in page:
                break
        rows = Rows(page, "snapshots").rows
        assert rows[1][0] == str(number)
        assert rows[1][2] == "In force"
        assert visitor.get(f"/snapshots/{number}").status_code == 200
    with site.visitor(COUNCIL, STRATEGIC) as other:
        assert other.post("/snapshots").status_code == 403
