"""The pages in a real browser: accessible (WCAG 2.2 A and AA by axe), without JavaScript, by keyboard, on 320 pixels."""

import re

import pytest

from tests.support.browser import a_browser, picture, sideways_pixels, violations, wants_pictures, watch
from tests.support.site import ANALYST, AUDITOR, COUNCIL, GOVERNANCE_LEAD, HOSPITAL, POLICE, STRATEGIC, UPLOADER, a_site

pytestmark = pytest.mark.browser

STREET = "police/street-crime"
ADMINISTRATOR, OPERATOR, HOST = "administrator", "operator", "ravensbourne-hosting"
PAGES = [
    ("login", "", "", "/login"),
    ("chooser", "", "", f"/login/start/{POLICE}"),
    ("accessibility", "", "", "/accessibility"),
    ("home", POLICE, UPLOADER, "/"),
    ("submit", POLICE, UPLOADER, "/submit"),
    ("upload", POLICE, UPLOADER, f"/submit/{STREET}/2026-11"),
    ("submissions", POLICE, UPLOADER, "/submissions"),
    ("forbidden", POLICE, UPLOADER, "/audit"),
    ("not-found", POLICE, UPLOADER, "/nothing-here"),
    ("calendar", POLICE, UPLOADER, "/calendar?state=all"),
    ("calendar-partnership", COUNCIL, ANALYST, "/calendar?of=partnership"),
    ("reminders", COUNCIL, ANALYST, "/calendar/reminders"),
    ("mailbox", POLICE, ADMINISTRATOR, "/calendar/mailbox"),
    ("scorecard", POLICE, UPLOADER, "/scorecard"),
    ("scorecard-lead", COUNCIL, STRATEGIC, "/scorecard"),
    ("views", COUNCIL, ANALYST, "/views"),
    ("view-months", COUNCIL, ANALYST, "/views/violence-by-place"),
    ("view", COUNCIL, ANALYST, "/views/violence-by-place?by=borough,month,kind"),
    ("view-wards", COUNCIL, ANALYST, "/views/violence-by-place?by=ward,quarter"),
    ("view-beside", COUNCIL, ANALYST, "/views/police-and-health"),
    ("view-map", COUNCIL, ANALYST, f"/views/violence-by-place?by=ward,quarter&measure={STREET}:crimes@{POLICE}"),
    ("view-week", COUNCIL, ANALYST, "/views/when?by=borough,month,when"),
    ("view-coverage", COUNCIL, ANALYST, "/views/coverage"),
    ("explain", COUNCIL, ANALYST, f"/explain?dataset={STREET}&purpose=svd.identify_kinds"),
    ("snapshots", COUNCIL, ANALYST, "/snapshots"),
    ("snapshot", COUNCIL, ANALYST, "/snapshots/1"),
    ("assessments", COUNCIL, ANALYST, "/assessments"),
    ("definitions", COUNCIL, STRATEGIC, "/definitions"),
    ("definition", COUNCIL, STRATEGIC, "/definitions/thames-valley@1"),
    ("agreements", COUNCIL, GOVERNANCE_LEAD, "/agreements"),
    ("propose", COUNCIL, GOVERNANCE_LEAD, "/agreements/propose"),
    ("audit", COUNCIL, AUDITOR, "/audit"),
    ("invitation", "", "", "/login/invitation"),
    ("people", POLICE, ADMINISTRATOR, "/people"),
    ("invite", POLICE, ADMINISTRATOR, "/people/invite"),
    ("agencies", HOST, OPERATOR, "/agencies"),
    ("agency", HOST, OPERATOR, f"/agencies/{POLICE}"),
    ("agency-add", HOST, OPERATOR, "/agencies/add"),
    ("agency-shut-out", HOST, OPERATOR, f"/agencies/{POLICE}/shut-out"),
    ("facilitators", COUNCIL, STRATEGIC, "/agencies"),
]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with a_site(tmp_path_factory.mktemp("site"), months=36 if wants_pictures() else 4) as made:
        yield made


@pytest.fixture(scope="module")
def browser():
    with a_browser() as made:
        yield made


@pytest.fixture(scope="module")
def contexts(site, browser):
    """One browser context for each person and kind of browser, signed in once by clicking on the person."""
    made = {}

    def context(agency, role, *, script=True, width=1100):
        key = (agency, role, script, width)
        if key not in made:
            made[key] = browser.new_context(
                base_url=site.base_url, java_script_enabled=script, viewport={"width": width, "height": 800}
            )
            if agency:
                page = made[key].new_page()
                page.goto("/login")
                page.get_by_role("link", name=site.persona(agency, role), exact=True).click()
                page.get_by_role("heading", name="What do I do today?").wait_for()
                page.close()
        return made[key]

    yield context
    for one in made.values():
        one.close()


@pytest.fixture
def open_page(site, contexts):
    """Opens a page as a person; at the end no page may have made trouble."""
    opened = []

    def page(agency="", role="", path="/", **kind):
        one = contexts(agency, role, **kind).new_page()
        opened.append((one, watch(one, site.base_url)))
        one.goto(path)
        return one

    yield page
    for one, troubles in opened:
        one.close()
        assert troubles == []


def send(page, path):
    page.set_input_files("input[type=file]", str(path))
    page.get_by_role("button", name="Send the file").click()
    page.wait_for_url(re.compile(r"/submissions/sub_"))


def settled(page):
    """Wait until the check has ended; without JavaScript the page's own refresh brings it about."""
    page.get_by_role("heading", name="What the checks found").wait_for(timeout=30_000)


# ---- accessible --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("one", PAGES, ids=[page[0] for page in PAGES])
def test_axe_finds_nothing_and_the_page_reflows_at_320_pixels(one, open_page, tmp_path):
    name, agency, role, path = one
    page = open_page(agency, role, path)
    assert violations(page) == []
    picture(page, name, tmp_path)
    page.set_viewport_size({"width": 320, "height": 640})
    assert sideways_pixels(page) == 0


@pytest.mark.parametrize(("agency", "condition"), [(POLICE, "dirty"), (POLICE, "clean"), (HOSPITAL, "refused")])
def test_axe_finds_nothing_on_a_report(agency, condition, site, open_page, tmp_path):
    sample = site.sample(agency, condition)
    page = open_page(agency, UPLOADER, f"/submit/{sample.dataset}/{sample.period}")
    send(page, site.path(sample))
    settled(page)
    assert violations(page) == []
    picture(page, f"report-{condition}", tmp_path)
    page.set_viewport_size({"width": 320, "height": 640})
    assert sideways_pixels(page) == 0


def test_axe_finds_nothing_on_an_agreement_an_assessment_and_log_entries(open_page):
    page = open_page(COUNCIL, GOVERNANCE_LEAD, "/agreements")
    page.locator("tbody a").first.click()
    assert violations(page) == []
    page = open_page(COUNCIL, ANALYST, "/assessments")
    page.get_by_role("button", name="Build an assessment now").click()
    page.locator("tbody a").first.click()
    assert violations(page) == []
    assert sideways_pixels(page) == 0
    page = open_page(COUNCIL, AUDITOR, "/audit")
    page.get_by_label("Verifying that processing is lawful").check()
    page.get_by_role("button", name="Read the log").click()
    page.get_by_role("table").wait_for()
    assert violations(page) == []


def test_axe_finds_nothing_on_a_person_on_the_question_before_suspending_and_on_a_code(site, open_page):
    page = open_page(POLICE, ADMINISTRATOR, "/people")
    page.get_by_role("link", name=site.persona(POLICE, UPLOADER)).click()
    assert violations(page) == []
    page.get_by_role("button", name="Suspend").click()
    page.get_by_role("button", name="Suspend").click()  # no reason chosen: the error summary
    assert page.title().startswith("Error: ")
    assert violations(page) == []
    page.set_viewport_size({"width": 320, "height": 640})
    assert sideways_pixels(page) == 0
    page.goto("/people/invite")
    page.get_by_label("Name", exact=True).fill("Sam Example")
    page.get_by_label("Uploader").check()
    page.get_by_role("button", name="Bring in").click()
    page.locator("#code").wait_for()
    assert violations(page) == []
    assert sideways_pixels(page) == 0


# ---- without JavaScript --------------------------------------------------------------------------------------------------


def test_without_javascript_a_file_is_sent_and_its_report_read(site, open_page):
    sample = site.sample(POLICE, "missing-column")
    page = open_page(POLICE, UPLOADER, "/submit", script=False)
    page.get_by_label("Dataset").select_option(sample.dataset)
    page.get_by_label("Reporting period").select_option(sample.period)
    page.get_by_role("button", name="Continue").click()
    send(page, site.path(sample))
    settled(page)
    assert page.get_by_text("missing-column").count() >= 1
    assert page.get_by_text("How to mend it").count() >= 1


@pytest.mark.parametrize("script", [False, pytest.param(True, marks=pytest.mark.slow)], ids=["no-script", "script"])
def test_each_cause_of_a_long_report_opens_from_the_summary_and_holds_what_is_needed_to_mend_it(
    script, site, open_page
):
    sample = site.sample(POLICE, "dirty")
    page = open_page(POLICE, UPLOADER, f"/submit/{sample.dataset}/{sample.period}", script=script, width=320)
    send(page, site.path(sample))
    settled(page)
    assert page.evaluate("document.documentElement.scrollHeight") < 9_000
    assert page.get_by_text("How to mend it:").filter(visible=True).count() == 0
    links = page.locator(".hub-contents a").all()
    assert len(links) == len(set(sample.planted))
    for done, link in enumerate(links, 1):
        link.click()
        cause = page.locator(str(link.get_attribute("href")))
        assert cause.get_by_text("How to mend it:").first.is_visible()
        assert page.locator("details.hub-finding[open]").count() == done
    assert sideways_pixels(page) == 0
    assert violations(page) == [] if script else True


def test_without_javascript_filters_and_navigation_work_on_a_small_screen(open_page):
    page = open_page(COUNCIL, ANALYST, "/", script=False, width=320)
    page.get_by_role("link", name="Views", exact=True).click()
    page.get_by_role("link", name="Violence by place").click()
    page.get_by_label("Show", exact=True).select_option("ward,quarter")
    page.get_by_role("button", name="Apply").click()
    assert "by=ward%2Cquarter" in page.url
    assert page.locator("svg.hub-chart").count() >= 1
    assert page.get_by_role("row").count() > 20
    assert sideways_pixels(page) == 0


def test_without_javascript_a_form_without_a_file_says_what_is_wrong(open_page):
    page = open_page(POLICE, UPLOADER, f"/submit/{STREET}/2026-11", script=False)
    page.get_by_role("button", name="Send the file").click()
    assert page.title().startswith("Error: ")
    page.get_by_role("link", name=re.compile("Choose a file")).click()
    assert page.url.endswith("#file")


def test_without_javascript_somebody_is_brought_in_and_the_roles_are_changed_on_a_small_screen(site, open_page):
    page = open_page(POLICE, ADMINISTRATOR, "/people/invite", script=False, width=320)
    page.get_by_label("Name", exact=True).fill("Noa Script")
    page.get_by_label("Analyst").check()
    page.get_by_label("Account at your sign-in service").fill("noa")
    page.get_by_role("button", name="Bring in").click()
    page.get_by_role("link", name="Noa Script").click()
    page.get_by_label("Uploader").check()
    page.get_by_role("button", name="Save the roles").click()
    page.get_by_text("The roles are saved.").wait_for()
    assert page.get_by_label("Uploader").is_checked()
    assert sideways_pixels(page) == 0


# ---- keyboard -----------------------------------------------------------------------------------------------------------


def focused(page):
    return page.evaluate("document.activeElement.textContent.trim()")


def test_by_keyboard_alone_one_signs_in_skips_to_the_content_and_filters_a_view(site, open_page):
    page = open_page(path="/login")
    name = site.persona(COUNCIL, ANALYST)
    for _ in range(40):
        page.keyboard.press("Tab")
        if focused(page) == name:
            break
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="What do I do today?").wait_for()
    page.goto("/views/violence-by-place")
    page.keyboard.press("Tab")
    assert focused(page) == "Skip to main content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "by"
    page.keyboard.press("ArrowDown")
    for _ in range(10):
        page.keyboard.press("Tab")
        if focused(page) == "Apply":
            break
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("by=borough%2Cmonth%2Ckind"))


def test_focus_is_always_seen(open_page):
    page = open_page(COUNCIL, ANALYST, "/views/violence-by-place")
    for _ in range(25):
        page.keyboard.press("Tab")
        style = page.evaluate(
            """() => { const s = getComputedStyle(document.activeElement);
            return [s.outlineStyle, s.outlineWidth, s.boxShadow, s.backgroundColor]; }"""
        )
        assert style[0] != "none" or style[2] != "none", focused(page)


def test_after_a_mistake_the_keyboard_stands_on_the_error_summary(open_page):
    page = open_page(COUNCIL, GOVERNANCE_LEAD, "/agreements/propose")
    page.get_by_role("button", name="Propose").click()
    page.get_by_role("alert").wait_for()
    assert page.evaluate("document.activeElement.className").startswith("govuk-error-summary")
    assert violations(page) == []


# ---- enhancement ----------------------------------------------------------------------------------------------------------


def test_with_javascript_a_refused_upload_shows_its_error_without_leaving_the_page(site, open_page, tmp_path):
    long = tmp_path / "long.csv"
    long.write_bytes(b"x" * (3 << 20))
    page = open_page(POLICE, UPLOADER, f"/submit/{STREET}/2026-11")
    page.set_input_files("input[type=file]", str(long))
    page.get_by_role("button", name="Send the file").click()
    page.get_by_role("alert").wait_for()
    assert page.evaluate("document.activeElement.className").startswith("govuk-error-summary")
    assert page.url.endswith(f"/submit/{STREET}/2026-11")


def test_sorting_puts_hidden_cells_last_whichever_way(open_page):
    page = open_page(COUNCIL, ANALYST, "/views/violence-by-place?by=borough,month,kind&measure=")
    table = page.locator("table.hub-table").last
    hidden = table.locator("thead button").evaluate_all(
        """buttons => buttons.map(b => b.closest("th").cellIndex).find(index =>
        [...b_cells(index)].includes("*")); function b_cells(index) {
        return [...document.querySelectorAll("table.hub-table:last-of-type tbody tr")].map(
        row => row.cells[index].querySelector("[aria-hidden]")?.textContent ?? ""); }"""
    )
    if hidden is None:
        pytest.fail("the sample holds no hidden cell to sort by")
    button = table.locator("thead button").nth(hidden)
    for _ in range(2):
        button.click()
        texts = table.locator(f"tbody tr td:nth-child({hidden + 1})").all_inner_texts()
        numbers = [text.strip()[:1].isdigit() for text in texts]
        assert numbers == sorted(numbers, reverse=True)


def test_the_menu_folds_on_a_small_screen_and_says_so(open_page):
    page = open_page(COUNCIL, ANALYST, "/", width=320)
    button = page.get_by_role("button", name="Menu")
    assert button.get_attribute("aria-expanded") == "false"
    assert not page.get_by_role("link", name="Views", exact=True).is_visible()
    button.click()
    assert button.get_attribute("aria-expanded") == "true"
    assert page.get_by_role("link", name="Views", exact=True).is_visible()
