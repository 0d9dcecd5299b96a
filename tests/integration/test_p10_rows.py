"""Promise P10 with granted rows: a reader of another agency who holds generalised rows works out no hidden cell beyond them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import product

import pytest

from hub.db import UnitOfWork
from hub.disclosure import CellKey, attack
from hub.kit.authority import Action, Permit
from hub.views import Measure
from hub.views.asker import ReaderAsker
from tests.support.partnerships import PURPOSE, RAVENSBOURNE_2025, House, a_copy, made
from tests.support.rows import STREET, agree_in, an_agreement

COUNCIL, HOSPITAL = "ravensbourne-council-analyst", "ravensbourne-hospital-analyst"
FORMS = {"Month": "read_generalised", "LSOA code": "read_generalised", "Crime type": "read_clear"}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    copy = a_copy(made(RAVENSBOURNE_2025, tmp_path_factory), tmp_path_factory.mktemp("rows-attack"))
    agree_in(
        copy.hub,
        an_agreement(
            "ravensbourne-street-rows",
            STREET,
            FORMS,
            recipients=("ravensbourne-council",),
            supplier="ravensbourne-police",
            processor="ravensbourne-hosting",
        ),
    )
    yield copy
    copy.hub.close()


@pytest.fixture(scope="module")
def counted(house: House) -> Mapping[CellKey, int]:
    """What the council counts from its rows: every ward, month and kind, the empty ones too."""
    hub = house.hub
    with hub.database.unit_of_work() as uow:
        grant = hub.policy.grant(uow, house.reader(COUNCIL), [STREET], purpose=PURPOSE, justification="attack")
        page = hub.rows.whole(uow, grant, STREET)
        index = hub.geography.current(uow)
    assert index is not None
    found = Counter((ward, month, kind) for month, ward, kind in page.rows if ward is not None)
    assert sum(found.values()) > 1_000
    wards = [ward.code for ward in index.tree.level("ward")]
    kinds = hub.schemas.get(STREET).kinds
    every = product(wards, page.months, [code.code for code in kinds])
    return {CellKey(*one): found[one] for one in every}


def asker_of(house: House, uow: UnitOfWork, name: str, counted: Mapping[CellKey, int]) -> ReaderAsker:
    """Everything that somebody's permits open, beside what they count from their rows of street crime."""
    reader = house.reader(name)

    def permit_for(view: str) -> Permit:
        return house.hub.policy.permit(uow, reader, Action.VIEW_READ, view, purpose=PURPOSE)

    def known(measure: Measure) -> Mapping[CellKey, int] | None:
        return counted if measure.dataset == STREET else None

    return ReaderAsker(views=house.hub.views, uow=uow, permit_for=permit_for, known=known)


def test_the_holder_of_generalised_rows_finds_nothing_in_the_tables(
    house: House, counted: Mapping[CellKey, int]
) -> None:
    with house.hub.database.unit_of_work() as uow:
        asker = asker_of(house, uow, COUNCIL, counted)
        names = {spec.name for measure in asker.measures() if STREET in measure for spec in asker.tables(measure)}
        report = attack([asker])
    assert (report.is_clean, report.leaks) == (True, ())
    assert names  # tables that the rows tell are shown
    assert not [name for name in names if name.startswith("lsoa21")]  # and the finer one is not
    (street,) = [one for one in report.measures if STREET in one.measure]
    assert street.known == len(counted)  # the attacker has the rows
    assert sum(one.hidden for one in report.measures) > 40


def test_the_finer_table_is_not_shown_to_the_holder_but_to_others(house: House) -> None:
    assert STREET not in {column.dataset for column in house.table(COUNCIL, by="lsoa21,year").columns}
    assert STREET in {column.dataset for column in house.table(HOSPITAL, by="lsoa21,year").columns}
    assert STREET in {column.dataset for column in house.table(COUNCIL, by="ward,quarter,kind").columns}
