"""People and agencies over the API: what the pages do, and a token that only reads changes nothing."""

import pytest

from tests.support.site import COUNCIL, HOSPITAL, POLICE, STRATEGIC, UPLOADER, an_empty_site

ADMINISTRATOR, OPERATOR, HOST = "administrator", "operator", "ravensbourne-hosting"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with an_empty_site(tmp_path_factory.mktemp("api-people")) as made:
        yield made


class Api:
    """Somebody's token with these scopes."""

    def __init__(self, site, agency, role, *scopes):
        with site.visitor(agency, role) as visitor:
            csrf = visitor.get("/api/v1/session").json()["csrf_token"]
            said = {"name": "a test", "scopes": list(scopes) or ["read", "administer"]}
            made = visitor.http.post("/api/v1/tokens", json=said, headers={"X-CSRF-Token": csrf})
        self.headers = {"Authorization": f"Bearer {made.json()['token']}"}
        self.visitor = site.visitor()

    def ask(self, method, path, **body):
        said = {"json": body} if method in {"POST", "PUT"} else {"params": body}
        return self.visitor.http.request(method, f"/api/v1{path}", headers=self.headers, **said)


@pytest.fixture
def api(site):
    made = []

    def ask_as(*who):
        made.append(Api(site, *who))
        return made[-1]

    yield ask_as
    for one in made:
        one.visitor.http.close()


def test_people_are_brought_in_changed_suspended_restored_and_removed(api):
    admin = api(POLICE, ADMINISTRATOR)
    invited = admin.ask("POST", "/people", name="Noor", roles=["uploader"])
    assert (invited.status_code, len(invited.json()["code"])) == (201, 29)
    waiting = admin.ask("GET", "/people").json()["invitations"]
    assert [one["id"] for one in waiting] == [invited.json()["invitation"]]
    assert admin.ask("DELETE", f"/invitations/{waiting[0]['id']}").status_code == 200
    said = {"name": "Kim", "roles": ["analyst"], "provider": POLICE, "subject": "kim-api"}
    made = admin.ask("POST", "/people", **said).json()
    assert made["status"] == "active"
    at = f"/people/{made['id']}"
    assert admin.ask("PUT", f"{at}/roles", roles=["governance_lead"]).json()["roles"] == ["governance_lead"]
    assert admin.ask("PUT", f"{at}/suspension", reason="away").json()["status"] == "suspended"
    assert admin.ask("PUT", f"{at}/suspension", reason="gossip").status_code in {409, 422}
    assert admin.ask("DELETE", f"{at}/suspension").json()["status"] == "active"
    assert admin.ask("PUT", f"/agencies/{POLICE}/facilitator", person=made["id"]).status_code == 200
    assert admin.ask("GET", "/people").json()["facilitator"] == made["id"]
    gone = admin.ask("DELETE", at, reason="left").json()
    assert (gone["status"], gone["roles"]) == ("removed", [])
    assert [one["event"] for one in gone["history"]] == ["add", "set-roles", "disable", "enable", "remove"]


CHANGES = [
    ("POST", "/people", {"name": "X", "roles": ["analyst"]}),
    ("PUT", "/people/{own}/roles", {"roles": ["analyst"]}),
    ("PUT", "/people/{own}/suspension", {"reason": "left"}),
    ("DELETE", "/people/{own}/suspension", {}),
    ("DELETE", "/people/{own}", {"reason": "left"}),
    ("DELETE", "/invitations/inv_1", {}),
    ("PUT", f"/agencies/{POLICE}/facilitator", {"person": "{own}"}),
    ("POST", "/agencies", {"id": "x", "name": "X", "kind": "vcs"}),
    ("POST", f"/agencies/{POLICE}/provider", {"issuer": "i", "client_id": "c", "client_secret": "s"}),
    ("POST", f"/agencies/{POLICE}/administrator", {"name": "X"}),
]


def about(body, own):
    return {key: own if value == "{own}" else value for key, value in body.items()}


@pytest.mark.parametrize("scopes", [("read",), ("read", "submit")], ids=["read", "submit"])
def test_a_token_that_is_not_made_to_administer_changes_nothing(site, api, scopes):
    admin = api(POLICE, ADMINISTRATOR, *scopes)
    own = next(one["id"] for one in admin.ask("GET", "/people").json()["people"])
    for method, path, body in CHANGES:
        answer = admin.ask(method, path.replace("{own}", own), **about(body, own))
        assert (answer.status_code, answer.json()["code"]) == (403, "token-scope"), path


def test_without_the_role_the_scope_opens_nothing(site, api):
    somebody = api(POLICE, UPLOADER)
    with site.hub.database.reading() as reading:
        own = site.hub.identity.people(reading, agency=POLICE)[0].id
    for method, path, body in CHANGES:
        assert somebody.ask(method, path.replace("{own}", own), **about(body, own)).status_code == 403, path
    assert somebody.ask("GET", "/people").status_code == 403


def test_another_agency_is_not_there(site, api):
    admin = api(POLICE, ADMINISTRATOR)
    with site.hub.database.reading() as reading:
        other = site.hub.identity.people(reading, agency=HOSPITAL)[0].id
    assert admin.ask("GET", f"/people/{other}").status_code == 404
    assert admin.ask("PUT", f"/people/{other}/suspension", reason="left").status_code == 404
    assert admin.ask("PUT", f"/agencies/{HOSPITAL}/facilitator", person=other).status_code == 404


def test_the_operator_brings_an_agency_in_and_names_nobody_in_one_that_has_an_administrator(api):
    operator = api(HOST, OPERATOR)
    assert operator.ask("POST", "/agencies", id="a-school", name="A School", kind="educational").status_code == 201
    provider = {"issuer": "https://school.example", "client_id": "c", "client_secret": "s"}
    connected = operator.ask("POST", "/agencies/a-school/provider", **provider)
    assert connected.json()["redirect_uri"].endswith("/login/callback/a-school")
    first = operator.ask("POST", "/agencies/a-school/administrator", name="Vic")
    assert len(first.json()["code"]) == 29
    refused = operator.ask("POST", f"/agencies/{POLICE}/administrator", name="Mallory")
    assert (refused.status_code, refused.json()["code"]) == (409, "administered")
    listed = {one["id"]: one for one in operator.ask("GET", "/agencies").json()["agencies"]}
    assert listed["a-school"]["administered"] is False
    assert "facilitator" not in listed[POLICE]
    assert operator.ask("GET", "/people").status_code == 403


def test_the_lead_sees_whom_each_authority_named(site, api):
    listed = api(COUNCIL, STRATEGIC, "read").ask("GET", "/agencies").json()["agencies"]
    assert listed
    assert {one["needs_facilitator"] for one in listed} == {True}
    assert all(set(one) == {"id", "name", "kind", "needs_facilitator", "facilitator"} for one in listed)
