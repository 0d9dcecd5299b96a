"""The pages of people and agencies over a served hub, by somebody without JavaScript."""

import re

import pytest

from tests.support.site import AUDITOR, COUNCIL, GOVERNANCE_LEAD, HOSPITAL, POLICE, STRATEGIC, UPLOADER, an_empty_site

ADMINISTRATOR, OPERATOR, HOST = "administrator", "operator", "ravensbourne-hosting"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with an_empty_site(tmp_path_factory.mktemp("people")) as made:
        yield made


@pytest.fixture
def admin(site):
    with site.visitor(POLICE, ADMINISTRATOR) as visitor:
        yield visitor


@pytest.fixture
def operator(site):
    with site.visitor(HOST, OPERATOR) as visitor:
        yield visitor


def code_in(page):
    return re.search(r'id="code">([A-Z2-7-]{29})<', page.text)[1]


def person_named(site, name, agency=POLICE):
    with site.hub.database.reading() as reading:
        return next(one for one in site.hub.identity.people(reading, agency=agency) if one.name == name)


def taken_up(site, code, agency=POLICE):
    """Somebody new brings a code and signs in at the agency's provider."""
    visitor = site.visitor()
    brought = visitor.http.post("/login/invitation", data={"code": code})
    assert brought.status_code == 303, brought.text
    ready = visitor.get("/login/invitation")
    assert f"/login/start/{agency}" in ready.text
    answer = visitor.http.get(f"/login/start/{agency}")
    chooser = visitor.http.get(answer.headers["location"])
    href = re.search(r'href="(authorize\?[^"]*login_hint=newcomer[^"]*)"', chooser.text)[1].replace("&amp;", "&")
    answer = visitor.http.get(f"/demo-provider/{agency}/{href}")
    while answer.has_redirect_location and answer.headers["location"] != "/":
        answer = visitor.http.get(answer.headers["location"])
    return visitor, answer


def test_an_administrator_invites_somebody_who_then_signs_in_with_the_roles_given(site, admin):
    page = admin.post("/people/invite", name="Noor Example", role_uploader="yes", role_analyst="yes", subject="")
    code = code_in(page)
    assert "Noor Example" in admin.get("/people").text
    visitor, answer = taken_up(site, code)
    with visitor:
        assert answer.headers["location"] == "/"
        assert "Noor Example" in visitor.get("/").text
        assert visitor.get("/submit").status_code == 200
    made = person_named(site, "Noor Example")
    assert made.roles == {"uploader", "analyst"}
    shown = admin.get(f"/people/{made.id}").text
    assert made.subject in shown
    assert "Brought in" in shown
    assert code not in admin.get("/people").text
    with site.visitor() as late:
        assert late.http.post("/login/invitation", data={"code": code}).status_code == 422


def test_what_is_missing_in_an_invitation_is_said(admin):
    for said, wanted in (({"role_uploader": "yes"}, "Say the person"), ({"name": "Kim"}, "Choose at least one role")):
        page = admin.post("/people/invite", **said)
        assert page.status_code == 422
        assert wanted in page.text
        assert "<title>Error: " in page.text


def test_somebody_whose_account_is_known_is_brought_in_at_once_and_once(site, admin):
    said = {"name": "Kim Known", "role_governance_lead": "yes", "subject": "kim"}
    assert admin.post("/people/invite", **said).headers["location"] == "/people?done=enrolled"
    again = admin.post("/people/invite", **said)
    assert (again.status_code, "already known" in again.text) == (422, True)
    with site.visitor() as visitor:
        visitor.sign_in(POLICE, "kim")
        assert visitor.get("/agreements").status_code == 200


def test_suspending_asks_first_signs_out_at_once_and_is_undone(site, admin):
    with site.visitor(POLICE, UPLOADER) as colleague:
        person = person_named(site, site.persona(POLICE, UPLOADER))
        asked = admin.get(f"/people/{person.id}/suspend")
        assert "Suspend" in asked.text
        assert colleague.get("/submit").status_code == 200
        assert "Say why" in admin.post(f"/people/{person.id}/suspend").text
        done = admin.post(f"/people/{person.id}/suspend", reason="security")
        assert done.headers["location"] == f"/people/{person.id}?done=suspended"
        assert colleague.get("/submit").status_code == 303
        page = admin.get(done.headers["location"]).text
        assert "The account may be in wrong hands" in page
        admin.post(f"/people/{person.id}/restore")
        assert not person_named(site, person.name).disabled


def test_roles_change_on_the_page_and_hold_at_the_next_click(site, admin):
    admin.post("/people/invite", name="Robin Roles", role_governance_lead="yes", subject="robin")
    person = person_named(site, "Robin Roles")
    with site.visitor() as visitor:
        visitor.sign_in(POLICE, "robin")
        assert 'href="/submit"' not in visitor.get("/").text
        admin.post(f"/people/{person.id}/roles", role_uploader="yes")
        assert 'href="/submit"' in visitor.get("/").text
    assert person_named(site, "Robin Roles").roles == {"uploader"}
    nothing = admin.post(f"/people/{person.id}/roles")
    assert (nothing.status_code, "at least one role" in nothing.text) == (422, True)


def test_the_last_administrator_cannot_leave(site, admin):
    me = next(one for one in people_of(site) if "administrator" in one.roles)
    for path in ("suspend", "remove"):
        page = admin.post(f"/people/{me.id}/{path}", reason="left")
        assert (page.status_code, "keeps at least one administrator" in page.text) == (422, True)
    own = admin.post(f"/people/{me.id}/roles", role_administrator="yes", role_auditor="yes")
    assert own.status_code == 403


def people_of(site, agency=POLICE):
    with site.hub.database.reading() as reading:
        return site.hub.identity.people(reading, agency=agency)


def test_removing_is_for_good(site, admin):
    admin.post("/people/invite", name="Lee Leaving", role_analyst="yes", subject="lee")
    person = person_named(site, "Lee Leaving")
    assert "cannot be undone" in admin.get(f"/people/{person.id}/remove").text
    assert admin.post(f"/people/{person.id}/remove", reason="left").headers["location"] == "/people?done=removed"
    assert "Lee Leaving" not in admin.get("/people").text
    assert "Removed" in admin.get(f"/people/{person.id}").text
    assert admin.get(f"/people/{person.id}/remove").status_code == 404


def test_another_agencys_people_are_not_there(site, admin):
    other = people_of(site, HOSPITAL)[0]
    for path in ("", "/suspend", "/remove"):
        assert admin.get(f"/people/{other.id}{path}").status_code == 404
    for path in ("/roles", "/suspend", "/restore", "/remove"):
        assert admin.post(f"/people/{other.id}{path}", reason="left", role_analyst="yes").status_code == 404
    assert other.name not in admin.get("/people").text


@pytest.mark.parametrize(
    ("agency", "role", "people", "agencies"),
    [
        (POLICE, ADMINISTRATOR, 200, 403),
        (POLICE, UPLOADER, 403, 403),
        (COUNCIL, AUDITOR, 403, 403),
        (COUNCIL, STRATEGIC, 403, 200),
        (COUNCIL, GOVERNANCE_LEAD, 200, 200),
        (POLICE, GOVERNANCE_LEAD, 200, 403),
        (HOST, OPERATOR, 403, 200),
    ],
)
def test_who_sees_which_page(site, agency, role, people, agencies):
    with site.visitor(agency, role) as visitor:
        assert visitor.get("/people").status_code == people
        assert visitor.get("/agencies").status_code == agencies
        assert ('href="/agencies"' in visitor.get("/account").text) is (
            agencies == 200
        )  # in the menu just where it opens
        assert ('href="/agencies"' in visitor.get("/").text) is (agencies == 200)


def test_without_the_forms_token_nothing_is_changed(site, admin):
    person = people_of(site)[0]
    for path in ("/people/invite", "/people/facilitator", f"/people/{person.id}/suspend", f"/people/{person.id}/roles"):
        assert admin.http.post(path, data={"reason": "left"}).status_code == 403
    assert not person_named(site, person.name).disabled


def test_a_facilitator_is_named_and_stands_on_the_agreement_and_in_the_leads_list(site, admin):
    person = people_of(site)[0]
    assert admin.post("/people/facilitator", person=person.id).status_code == 303
    agreement = re.search(r'href="(/agreements/[^"?]+@\d+)"', admin.get("/agreements").text)[1]
    shown = admin.get(agreement).text
    assert "Named facilitator" in shown
    assert person.name in shown
    with site.visitor(COUNCIL, STRATEGIC) as lead:
        listed = lead.get("/agencies").text
    assert person.name in listed
    assert "Hosting" not in listed


def test_the_operator_sees_no_name_of_an_agencys_people(site, operator):
    police = operator.get(f"/agencies/{POLICE}").text
    assert "decides itself" in police
    for page in (police, operator.get("/agencies").text):
        for person in people_of(site):
            assert person.name not in page


def test_the_operator_brings_an_agency_in_and_then_has_no_say_in_it(site, operator):
    wrong = operator.post("/agencies/add", id="A B", name="A", kind="vcs")
    assert wrong.status_code == 422
    assert operator.post("/agencies/add", id="a-charity", name="A Charity", kind="vcs").status_code == 303
    assert operator.post("/agencies/a-charity/administrator", first_name="Vic").status_code == 422  # no provider yet
    provider = {"issuer": f"{site.base_url}/demo-provider/a-charity", "client_id": "c", "client_secret": "s"}
    bad = operator.post(
        "/agencies/a-charity/provider", **provider | {"issuer": "http://elsewhere"}, subject_claim="sub"
    )
    assert (bad.status_code, "An issuer is an https address" in bad.text) == (422, True)
    assert operator.post("/agencies/a-charity/provider", **provider, subject_claim="sub").status_code == 303
    invited = operator.post("/agencies/a-charity/administrator", first_name="Vic", first_subject="")
    assert code_in(invited)
    assert operator.post("/agencies/a-charity/administrator", first_name="Vic", first_subject="vic").status_code == 303
    for path, said in (("provider", provider | {"subject_claim": "sub"}), ("administrator", {"first_name": "Mallory"})):
        refused = operator.post(f"/agencies/a-charity/{path}", **said)
        assert (refused.status_code, "This agency has an administrator" in refused.text) == (422, True)


def test_an_agency_is_shut_out_after_a_question_and_let_in_again(site, operator):
    with site.visitor(HOSPITAL, UPLOADER) as somebody:
        assert somebody.get("/").status_code == 200
        assert "Shut out" in operator.get(f"/agencies/{HOSPITAL}/shut-out").text
        assert operator.post(f"/agencies/{HOSPITAL}/shut-out").headers["location"].endswith("?done=out")
        assert somebody.get("/").status_code == 303
    assert operator.post(f"/agencies/{HOSPITAL}/let-in").status_code == 303
    with site.visitor(HOSPITAL, UPLOADER) as somebody:
        assert somebody.get("/").status_code == 200


def test_an_unknown_agency_or_code_says_so(site, operator):
    assert operator.get("/agencies/nobody").status_code == 404
    with site.visitor() as visitor:
        assert visitor.get("/login/invitation").status_code == 200
        for code in ("", "AAAA-BBBB", "x" * 60, "\x00"):
            page = visitor.http.post("/login/invitation", data={"code": code})
            assert page.status_code == 422
        cross = visitor.http.post("/login/invitation", data={"code": "A"}, headers={"Sec-Fetch-Site": "cross-site"})
        assert cross.status_code == 403


def test_an_address_that_starts_too_many_sign_ins_waits(tmp_path):
    with an_empty_site(tmp_path, logins_a_minute=2) as site, site.visitor() as visitor:
        answers = [visitor.http.get(f"/login/start/{POLICE}") for _ in range(3)]
        assert [one.status_code for one in answers] == [303, 303, 429]
        assert "Wait a minute" in answers[2].text or "Too many sign-ins" in answers[2].text
        assert visitor.http.post("/login/invitation", data={"code": "AAAA"}).status_code == 429
