"""Who will see this: agreements by their titles, each a link, and no column that says the same in every row."""

from __future__ import annotations

from datetime import UTC, datetime

from hub.kit.authority import Form
from hub.snapshots import SeenAs, SeenField
from hub.web.dates import spoken_until
from hub.web.elements import Link
from hub.web.pages.seen_by import SeenGroup, seen_by_page
from tests.support.web import a_frame, a_renderer

ONE, TWO = "police-crime@1", "police-searches@2"
TITLES = {ONE: "Police crime counts, version 1", TWO: "Police searches, version 2"}


def seen(**clauses: tuple[str, ...]) -> SeenAs:
    fields = tuple(
        SeenField(name=name, title=name, form=Form.COUNT, coarser=None, clauses=said) for name, said in clauses.items()
    )
    references = tuple(dict.fromkeys(one.partition(" ")[0] for said in clauses.values() for one in said))
    return SeenAs(
        agencies=("council",),
        names=("The council",),
        rows=None,
        counts=True,
        agreements=references,
        purposes=("svd.identify_kinds",),
        profiles=("nhs_hes",),
        expires_at=datetime(2036, 1, 1, tzinfo=UTC),
        fields=fields,
    )


def group(one: SeenAs) -> SeenGroup:
    page = seen_by_page([one], heading="Crime, May 2026", purposes={"svd.identify_kinds": "Kinds"}, agreements=TITLES)
    html = a_renderer().html("seen_by.html", a_frame(page.heading), page=page)
    assert all(f'<a class="govuk-link" href="/agreements/{name}">{TITLES[name]}</a>' in html for name in one.agreements)
    assert "datasets[" not in html
    (made,) = page.groups
    return made


def test_an_agreement_is_named_by_its_title_and_leads_to_its_page() -> None:
    made = group(seen(Month=(f"{ONE} datasets[0]",), Place=(f"{ONE} datasets[0]",)))
    (fact,) = [one for one in made.facts if one.links]
    assert fact.links == (Link(TITLES[ONE], f"/agreements/{ONE}"),)
    assert [column.text for column in made.fields.columns] == ["Column", "What it holds", "How they see it"]


def test_where_columns_come_under_different_agreements_each_row_says_under_which() -> None:
    both = group(seen(Month=(f"{ONE} datasets[0]", f"{TWO} datasets[1]"), Place=(f"{TWO} datasets[1]",)))
    assert both.fields.columns[-1].text == "Agreement"
    assert [row[-1].text for row in both.fields.rows] == [f"{TITLES[ONE]}, {TITLES[TWO]}", TITLES[TWO]]


def test_a_term_ends_with_its_last_day_as_everywhere_else() -> None:
    (fact,) = [one for one in group(seen(Month=(f"{ONE} datasets[0]",))).facts if one.key == "Until"]
    assert fact.text == "31 December 2035"
    noon = datetime(2026, 7, 1, 11, 0, tzinfo=UTC)
    assert spoken_until(noon) == "1 July 2026, 12:00"
