"""The partners' streams keep to their schemas, their volumes and the rates of their defects, and are the same for the same seed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date

import numpy as np
import pytest

from hub.schemas import Outcome
from hub.synthetic import caseload, disorder, fire, roads, schools, social_care, tenancies, transport, youth
from hub.synthetic.children import children
from hub.synthetic.places import Places, places
from hub.synthetic.spoiling import refused, spoilt, without_a_column
from hub.synthetic.stream import Stream
from hub.synthetic.streams import Streams
from hub.synthetic.table import Table
from hub.synthetic.volumes import OUTSIDE_BOROUGH
from tests.support.choosing import some
from tests.support.schemas import FEW, is_clean, schema_of
from tests.support.synthetic_partners import CHANCE, a_month, last, report_on, seen

PERIOD, NEXT = "2026-10", "2026-11"
MONTHS = last(12)
STREAMS = [
    pytest.param(module.STREAM, id=module.STREAM.dataset)
    for module in (caseload, disorder, fire, roads, schools, social_care, tenancies, transport, youth)
]


def rates(stream: Stream, column: str, *texts: str) -> float:
    """Share of cells of a column that are one of these texts, over a year."""
    cells = np.concatenate([stream.write(a_month(period)).column(column) for period in MONTHS])
    return float(np.isin(cells, texts or [""]).mean())


@pytest.mark.parametrize("stream", some(STREAMS, every=2))
def test_a_partner_s_month_has_the_columns_of_its_schema_and_is_accepted_with_warnings(stream: Stream) -> None:
    table = stream.write(a_month(PERIOD))
    assert table.header == schema_of(stream.dataset).column_names
    report = report_on(stream.dataset, table, PERIOD)
    assert (report.outcome, report.accepted_rows) == (Outcome.ACCEPTED_WITH_WARNINGS, len(table))


@pytest.mark.parametrize("stream", some(STREAMS, every=3))
def test_a_partner_s_tidy_month_has_nothing_to_find(stream: Stream) -> None:
    table = stream.write(a_month(NEXT, tidy=True))
    report = report_on(stream.dataset, table, NEXT)
    assert (is_clean(report), report.accepted_rows) == (True, len(table))


@pytest.mark.parametrize("stream", STREAMS)
def test_a_partner_s_spoilt_month_is_found_out_in_a_dozen_ways(stream: Stream) -> None:
    made = spoilt(CHANCE, stream.dataset, stream.plan, stream.write(a_month(NEXT, tidy=True)))
    assert len(made.planted) >= 12
    report = report_on(stream.dataset, made.content, NEXT, part=True)
    assert report.outcome is Outcome.PART_ACCEPTED
    found: Counter[str] = Counter()
    for finding in report.findings:
        found[finding.code] += finding.count
    follows = {"long-gap"}  # a date moved to another month is also far from the other date
    assert {code: found[code] for code in made.planted if code not in follows} == {
        code: count for code, count in made.planted.items() if code not in follows
    }
    assert all(found[code] >= count for code, count in made.planted.items())
    assert set(found) - set(made.planted) <= {"no-place", "exact-copies", FEW}


@pytest.mark.parametrize("stream", some(STREAMS, every=3))
def test_a_partner_s_month_without_a_column_or_with_a_refused_one_comes_back_for_it(stream: Stream) -> None:
    clean = stream.write(a_month(NEXT, tidy=True))
    without = report_on(stream.dataset, without_a_column(stream.plan, clean).content, NEXT)
    assert [(one.code, one.field) for one in without.findings] == [("missing-column", stream.plan.left_out)]
    bad = refused(CHANCE, stream.plan, clean)
    assert bad is not None
    report = report_on(stream.dataset, bad.content, NEXT)
    assert (report.outcome, [one.code for one in report.findings]) == (Outcome.REFUSED, ["refused-field"])


@pytest.mark.parametrize("stream", STREAMS)
def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(stream: Stream) -> None:
    assert stream.write(a_month(PERIOD)).csv() == stream.write(a_month(PERIOD)).csv()
    assert stream.write(a_month(PERIOD)).csv() != stream.write(a_month(PERIOD, seed=7)).csv()


@pytest.mark.parametrize(
    ("stream", "mean"),
    [
        (fire.STREAM, 250),
        (roads.STREAM, 70),
        (transport.STREAM, 64),
        (disorder.STREAM, 180),
        (tenancies.STREAM, 72),
        (caseload.STREAM, 1200),
        (social_care.STREAM, 270),
        (youth.STREAM, 25),
    ],
)
def test_a_partner_s_months_keep_their_mean(stream: Stream, mean: float) -> None:
    assert np.mean([len(stream.write(a_month(period))) for period in MONTHS]) == pytest.approx(mean, rel=0.10)


def test_deliberate_fires_keep_their_number_and_three_in_five_lie_behind_a_police_record() -> None:
    files = [(fire.fire_file(CHANCE, places(), seen(period).events, period), seen(period).events) for period in MONTHS]
    deliberate = sum(int(one.deliberate.sum()) for one, _ in files)
    assert deliberate / len(MONTHS) == pytest.approx(15, rel=0.15)
    known = sum(int((one.event >= 0).sum()) for one, _ in files)
    assert known / deliberate == pytest.approx(0.60, abs=0.04)
    assert 0.02 <= known / sum(len(one.table) for one, _ in files) <= 0.045
    for one, events in files:
        tied = one.event[one.event >= 0]
        assert set(events.kind[tied]) <= {"criminal-damage-arson"}
        assert set(one.table.column("deliberate_flag")[one.event >= 0]) == {"Y"}


def test_fire_files_have_the_defects_of_the_brigade_s_at_their_rates() -> None:
    assert rates(fire.STREAM, "Easting_m", "NULL") == pytest.approx(0.515, rel=0.10)
    kinds = np.concatenate([fire.STREAM.write(a_month(period)).column("PropertyType") for period in MONTHS])
    assert np.mean([text != text.strip() for text in kinds]) == pytest.approx(0.84, rel=0.10)
    wards = np.concatenate([fire.STREAM.write(a_month(period)).column("IncGeo_WardName") for period in MONTHS])
    assert np.mean([text.isupper() for text in wards]) == pytest.approx(0.5, rel=0.15)
    assert rates(fire.STREAM, "USRN", "NULL") == pytest.approx(fire.NULLS["USRN"], rel=0.30)


@pytest.mark.parametrize(
    ("stream", "column", "rate"),
    [
        (transport.STREAM, "easting", transport.NO_PLACE),
        (disorder.STREAM, "easting", disorder.NO_PLACE),
        (disorder.STREAM, "incident_datetime", disorder.NO_TIME),
        (disorder.STREAM, "reporter_type", disorder.NO_REPORTER),
        (tenancies.STREAM, "lsoa21", tenancies.NO_PLACE),
        (tenancies.STREAM, "action", tenancies.NO_ACTION),
        (caseload.STREAM, "home_lsoa21", caseload.NO_HOME),
        (caseload.STREAM, "ethnicity", caseload.NO_ETHNICITY),
    ],
)
def test_cells_are_blank_at_their_rate(stream: Stream, column: str, rate: float) -> None:
    assert rates(stream, column) == pytest.approx(rate, rel=0.30)


def test_words_of_places_are_withheld_at_the_measured_rate() -> None:
    assert rates(disorder.STREAM, "location_text", "Redacted") == pytest.approx(0.15, rel=0.30)


def test_a_few_rows_lie_beyond_the_borough() -> None:
    report = report_on("fire/incidents", fire.STREAM.write(a_month(PERIOD)), PERIOD)
    outside = {finding.code: finding.count for finding in report.findings}.get("outside-area", 0)
    assert 0 < outside <= 4 * OUTSIDE_BOROUGH * report.rows


def test_reports_cases_and_transport_share_events_with_police_at_their_rates() -> None:
    ground = places()
    shares: dict[str, list[float]] = {"disorder": [], "tenancies": [], "transport": []}
    for period in MONTHS:
        events = seen(period).events
        shares["disorder"].extend(disorder.disorder_file(CHANCE, ground, events, period).event >= 0)
        shares["tenancies"].extend(tenancies.tenancy_file(CHANCE, ground, events, period).event >= 0)
        shares["transport"].extend(transport.transport_file(CHANCE, ground, events, period).event >= 0)
    assert np.mean(shares["disorder"]) == pytest.approx(disorder.KNOWN_TO_POLICE, rel=0.15)
    assert np.mean(shares["tenancies"]) == pytest.approx(tenancies.KNOWN_TO_POLICE, rel=0.15)
    assert np.mean(shares["transport"]) == pytest.approx(transport.KNOWN_TO_POLICE, rel=0.30)


def test_most_people_under_supervision_stay_from_month_to_month_as_they_were() -> None:
    before, after = (caseload.caseload(CHANCE, places(), period, tidy=True) for period in ("2026-09", "2026-10"))
    there, then = ({row[0]: row for row in table.rows()} for table in (before, after))
    assert len(there) == len(before)
    both = there.keys() & then.keys()
    assert 0.88 <= len(both) / len(there) <= 0.98
    changing = {"snapshot_date", "age"}
    kept = [place for place, name in enumerate(before.header) if name not in changing]
    assert all(there[crn][place] == then[crn][place] for crn in both for place in kept)


def test_supervised_people_are_adults_and_few_are_of_very_high_risk() -> None:
    table = caseload.STREAM.write(a_month(PERIOD))
    ages = table.column("age").astype(int)
    assert ages.min() >= 18
    assert 30 <= np.median(ages) <= 42
    levels = Counter(table.column("rosh_community"))
    assert levels["MEDIUM"] > levels["LOW"] > 0
    assert 0.14 <= (levels["HIGH"] + levels["VERY_HIGH"]) / len(table) <= 0.27


def of_three_years(column: str, write: Callable[[Streams, Places, str], Table]) -> np.ndarray:
    """A column of the children's streams over all months of the demo: they look at no event."""
    return np.concatenate([write(CHANCE, places(), period).column(column) for period in last(36)])


def test_the_children_that_two_services_know_are_as_many_as_measured() -> None:
    them = children(CHANCE)
    assert np.mean(them.suspended[them.youth]) == pytest.approx(0.85, abs=0.05)
    assert 0.60 <= np.mean(them.in_need[them.youth]) <= 0.80
    assert np.mean(them.sex[them.youth] == "M") == pytest.approx(0.86, abs=0.05)
    assert np.mean(them.in_need) > np.mean(them.suspended) > np.mean(them.youth)


def test_no_reference_of_a_child_is_the_same_in_two_services() -> None:
    digits = [
        {int("".join(sign for sign in text if sign.isdigit())) for text in of_three_years(column, write)}
        for column, write in (
            ("child_ref", youth.outcomes),
            ("pupil_ref", schools.suspensions),
            ("LAchildID", social_care.need_file),
        )
    ]
    by_chance = len(digits[0]) * len(digits[1]) / 1_000_000
    assert len(digits[0] & digits[1]) <= 10 * by_chance + 3
    assert len(digits[0] & digits[2]) <= 10 * len(digits[0]) * len(digits[2]) / 1_000_000 + 3


def test_most_outcomes_are_of_boys_of_fifteen_to_seventeen_and_a_fifth_of_offences_are_serious() -> None:
    ages = of_three_years("age_at_outcome", youth.outcomes).astype(int)
    assert (ages.min(), ages.max()) >= (10, 17)
    assert np.bincount(ages).argmax() in (15, 16, 17)
    assert np.mean(of_three_years("sex", youth.outcomes) == "M") == pytest.approx(0.86, abs=0.06)
    assert 0.12 <= np.mean(np.isin(of_three_years("offence_ho", youth.outcomes), youth.SERIOUS)) <= 0.27


def test_suspensions_fall_on_school_days_two_hundred_in_a_month_of_school() -> None:
    days = of_three_years("start_date", schools.suspensions)
    months = Counter(text[:7] for text in days)
    august = {month for month in months if month.endswith("-08")}
    assert all(months[month] <= 3 for month in august)
    rest = [text for text in days if text[:7] not in august]
    assert all(schools.is_school_day(date.fromisoformat(text)) for text in set(rest))
    assert len(rest) / (len(months) - len(august)) == pytest.approx(204, rel=0.10)


def test_three_in_a_hundred_suspensions_are_for_a_weapon_and_two_exclusions_permanent() -> None:
    category, reason = (of_three_years(name, schools.suspensions) for name in ("category", "reason_1"))
    assert np.mean(reason[category != "PERM"] == "OW") == pytest.approx(0.03, rel=0.30)
    assert np.mean(category == "PERM") * 204 == pytest.approx(4, rel=0.30)


def test_about_2700_episodes_of_need_are_open_at_any_time() -> None:
    for period in ("2024-06", "2026-10"):
        assert social_care.open_at_end(CHANCE, period) == pytest.approx(2700, rel=0.10)


def test_what_followed_after_the_extract_was_made_is_blank_in_it() -> None:
    table = social_care.STREAM.write(a_month(PERIOD))
    for name in ("AssessmentActualStartDate", "AssessmentAuthorisationDate", "CINclosureDate", "CPPstartDate"):
        assert max(table.column(name)) <= "2026-11-12"
    assert 0 < np.mean(table.column("AssessmentAuthorisationDate") != "") < 0.8


@pytest.mark.parametrize(
    ("column", "write", "rate"),
    [
        ("home_lsoa21", youth.outcomes, youth.NO_HOME),
        ("care_status", youth.outcomes, youth.NO_CARE),
        ("home_lsoa21", schools.suspensions, schools.NO_HOME),
        ("ethnicity", schools.suspensions, schools.NO_ETHNICITY),
        ("send", schools.suspensions, schools.NO_SEND),
        ("home_lsoa21", social_care.need_file, social_care.NO_HOME),
    ],
)
def test_cells_about_children_are_blank_at_their_rate(
    column: str, write: Callable[[Streams, Places, str], Table], rate: float
) -> None:
    assert np.mean(of_three_years(column, write) == "") == pytest.approx(rate, rel=0.30)


def test_collisions_hurt_somebody_and_as_badly_as_they_say() -> None:
    table = roads.STREAM.write(a_month(PERIOD))
    hurt = {name: table.column(name).astype(int) for name in table.header if name.startswith(("adults", "children"))}
    assert sum(hurt.values()).min() >= 1
    for level, what in (("1", "killed"), ("2", "seriously_injured"), ("3", "slightly_injured")):
        worst = table.column("collision_severity") == level
        assert np.all(hurt[f"adults_{what}"][worst] + hurt[f"children_{what}"][worst] >= 1)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [2022, 7])
def test_volumes_of_two_years_hold_for_more_than_one_seed(seed: int) -> None:
    means = {
        fire: 250,
        roads: 70,
        transport: 64,
        disorder: 180,
        tenancies: 72,
        caseload: 1200,
        social_care: 270,
        youth: 25,
    }
    for module, mean in means.items():
        sizes = [len(module.STREAM.write(a_month(period, seed=seed))) for period in last(24)]
        assert np.mean(sizes) == pytest.approx(mean, rel=0.10), module.STREAM.dataset
