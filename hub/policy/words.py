"""From a code to the sentence a person reads: who, what, which section."""

from __future__ import annotations

from hub.agreements.model import Agreement, Reason, Term
from hub.kit.authority import Form, Reader
from hub.kit.words import say
from hub.policy.library import PolicyLibrary
from hub.policy.world import Body, Clause, World

_NAMES_READER = frozenset(
    {
        "floor.s16-recipient",
        "floor.s17-recipient",
        "floor.s115-recipient",
        "floor.s17a-recipient",
        "floor.istv-recipient",
        "floor.health-rows",
        "floor.pseudonyms-of-two",
        "floor.rows-class",
        "floor.rows-gateway",
        "floor.rows-and-table",
        "floor.operator-reads-nothing",
        "floor.statistics-rows",
        "agreement.other-recipient",
    }
)
"""The codes whose trouble is the one who receives; of all others it is the supplier."""


class Sentences:
    """Says reasons in words."""

    def __init__(self, library: PolicyLibrary) -> None:
        self._library = library

    def of_clause(self, world: World, clause: Clause, code: str, reader: Reader, purpose: str) -> Reason:
        """Why one clause does not give the reader what was asked."""
        named = reader.agency if code in _NAMES_READER else clause.term.supplier
        return self.of_term(
            world, clause.agreement, clause.term, code, recipient=reader.agency, purpose=purpose, named=named
        )

    def of_term(
        self,
        world: World,
        agreement: Agreement,
        term: Term,
        code: str,
        *,
        recipient: str,
        purpose: str,
        named: str,
        **more: str,
    ) -> Reason:
        """A reason about a clause, with every value a sentence may use."""
        supplier = self._body(world, term.supplier)
        receiving = self._body(world, recipient)
        return Reason(
            code,
            say(
                f"policy.{code}",
                dataset=term.dataset,
                supplier=supplier.name,
                supplier_kind=self.kind(supplier.kind),
                recipient=receiving.name,
                recipient_kind=self.kind(receiving.kind),
                agreement=agreement.reference,
                clause=f"datasets[{term.number}]",
                gateway=agreement.gateway,
                purpose=self.purpose(purpose),
                profile=term.profile,
                data_class=term.data_class,
                starts_on=agreement.starts_on.isoformat(),
                expires_on=agreement.expires_on.isoformat(),
                **({"first": say("policy.another-agreement")} | more),
            ),
            self._library.sections.get(code, ""),
            (named,) if named else (),
        )

    def plain(self, code: str, *, section: str = "", bodies: tuple[str, ...] = (), **values: object) -> Reason:
        """A reason that is about no clause."""
        return Reason(code, say(f"policy.{code}", **values), section or self._library.sections.get(code, ""), bodies)

    def kind(self, kind: str) -> str:
        """A kind in words."""
        known = self._library.kinds.get(kind)
        return known.title if known else say("policy.unknown-kind-of-agency")

    def purpose(self, purpose: str) -> str:
        """A purpose in words, with its code."""
        known = self._library.purposes.get(purpose)
        return f"{known.title} ({purpose})" if known else say("policy.no-purpose-words")

    def form(self, form: Form) -> str:
        """A form in words."""
        return say(f"policy.form.{form.value}")

    def _body(self, world: World, agency: str) -> Body:
        return world.bodies.get(agency) or Body(agency, "", agency)
