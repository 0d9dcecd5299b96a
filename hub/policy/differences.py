"""Where agreements over one dataset of one supplier say different things and both stand: both named, and what the hub does. Pure.

What cannot stand together is refused when it is proposed, and no matter here: two disclosure profiles of one dataset, a field that
one gives and another keeps, two leads of one partnership (`Proposals`). What is told here is lawful, but somebody should know it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import combinations

from hub.agreements.model import Agreement, Standing, Term
from hub.kit.authority import Form
from hub.kit.words import say
from hub.policy.forms import forms_of
from hub.policy.model import Difference
from hub.policy.words import Sentences
from hub.policy.world import Clause, World

_SUPPLY: Mapping[str, Callable[[Term], object]] = {
    "keep_returned_days": lambda term: term.keep_returned_days,
    "recheck_days": lambda term: term.recheck_days,
    "part_accept": lambda term: term.part_accept,
    "due_working_days": lambda term: term.due_working_days,
}
"""What a term says of how a dataset is supplied: of all in force together the strictest holds (`Agreements.supply_terms`). None: it
says nothing, and leaves it to the hub's setting.
"""

_STANDING = (Standing.DRAFT, Standing.NOT_STARTED, Standing.IN_FORCE)
"""How an agreement stands that grants something, or may come to."""


class Differences:
    """Tells them in words."""

    def __init__(self, sentences: Sentences) -> None:
        self._sentences = sentences

    def in_force(self, world: World, clauses: Iterable[Clause], agency: str, *, at: datetime) -> tuple[Difference, ...]:
        """Those among clauses in force of agreements that name the agency."""
        return self.of(
            world,
            (
                one
                for one in clauses
                if one.agreement.standing(at) is Standing.IN_FORCE and agency in one.agreement.agencies()
            ),
        )

    def beside(self, world: World, agreement: Agreement, agency: str, *, at: datetime) -> tuple[Difference, ...]:
        """Those between an agreement and the others that name the agency and grant something, or may come to."""
        if agreement.standing(at) not in _STANDING:
            return ()
        found = self.of(
            world,
            (
                clause
                for clause in world.clauses
                if clause.agreement.reference == agreement.reference
                or (
                    clause.agreement.id != agreement.id
                    and agency in clause.agreement.agencies()
                    and clause.agreement.standing(at) in _STANDING
                )
            ),
        )
        return tuple(one for one in found if agreement.reference in one.agreements)

    def of(self, world: World, clauses: Iterable[Clause]) -> tuple[Difference, ...]:
        """Every difference among these clauses, each once, dataset by dataset and supplier by supplier."""
        groups: dict[tuple[str, str], list[Clause]] = {}
        for clause in clauses:
            groups.setdefault((clause.term.dataset, clause.term.supplier), []).append(clause)
        return tuple(
            one
            for _, group in sorted(groups.items(), key=lambda pair: pair[0])
            for one in (*self._of_supply(world, group), *self._of_recipients(world, group))
        )

    def _of_supply(self, world: World, group: list[Clause]) -> Iterator[Difference]:
        for name, value_of in _SUPPLY.items():
            said = [(clause, value) for clause in group if (value := value_of(clause.term)) is not None]
            if len({value for _, value in said}) > 1:
                words = "; ".join(
                    dict.fromkeys(
                        say("policy.differs.says", clause=one.agreement.reference, value=_value(name, value))
                        for one, value in said
                    )
                )
                yield self._difference(world, [clause for clause, _ in said], name, said=words)

    def _of_recipients(self, world: World, group: list[Clause]) -> Iterator[Difference]:
        """What two agreements give one other agency for one purpose: another form of a field, or until another day."""
        for one, other in combinations(group, 2):
            recipients = [
                agency
                for agency in one.term.recipients
                if agency in other.term.recipients and agency != one.term.supplier
            ]
            if one.agreement.id == other.agreement.id or not recipients or not _purpose_of_both(one.term, other.term):
                continue
            named = ", ".join(world.bodies[agency].name for agency in recipients)
            for (first, second), names in _forms(one, other).items():
                yield self._difference(
                    world,
                    [one, other],
                    "fields",
                    recipients=named,
                    fields=", ".join(names),
                    first=one.agreement.reference,
                    first_form=self._sentences.form(first),
                    second=other.agreement.reference,
                    second_form=self._sentences.form(second),
                )
            if one.agreement.expires_on != other.agreement.expires_on:
                yield self._difference(
                    world,
                    [one, other],
                    "expires_on",
                    recipients=named,
                    first=one.agreement.reference,
                    first_on=one.agreement.expires_on.isoformat(),
                    second=other.agreement.reference,
                    second_on=other.agreement.expires_on.isoformat(),
                )

    def _difference(self, world: World, about: list[Clause], name: str, **values: str) -> Difference:
        term = about[0].term
        supplier = world.bodies[term.supplier].name
        return Difference(
            field=name,
            dataset=term.dataset,
            supplier=term.supplier,
            agreements=tuple(sorted({clause.agreement.reference for clause in about})),
            sentence=say(f"policy.differs.{name}", dataset=term.dataset, supplier=supplier, **values),
        )


def _forms(one: Clause, other: Clause) -> dict[tuple[Form, Form], list[str]]:
    """Fields that rows under both agreements show, each in another form, by the two forms."""
    if one.schema is None:
        return {}
    mine, theirs = forms_of(one.term, one.schema), forms_of(other.term, one.schema)
    found: dict[tuple[Form, Form], list[str]] = {}
    for name in mine:
        if name in theirs and mine[name] is not theirs[name]:
            found.setdefault((mine[name], theirs[name]), []).append(name)
    return found


def _purpose_of_both(one: Term, other: Term) -> bool:
    return bool(set(one.purposes) & set(other.purposes))


def _value(name: str, value: object) -> str:
    if isinstance(value, bool):
        return say(f"policy.differs.{'yes' if value else 'no'}")
    return say(f"policy.differs.{'working-days' if name == 'due_working_days' else 'days'}", days=value)
