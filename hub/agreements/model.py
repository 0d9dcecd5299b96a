"""What an agreement says, and the states it goes through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from hub.kit.authority import Form
from hub.kit.errors import Refused

ALL_FIELDS = "*"
"""The key under which a term says the form of every field that it does not name."""

LEGAL_TIME = ZoneInfo("Europe/London")
"""Days of an agreement begin and end at midnight in England."""


class PartyRole(StrEnum):
    """What a party is to the data (UK GDPR Articles 4 and 28)."""

    CONTROLLER = "controller"
    PROCESSOR = "processor"
    RECIPIENT = "recipient"


SIGNING = (PartyRole.CONTROLLER, PartyRole.RECIPIENT)
"""The roles whose agencies all have to sign. A processor acts on the controllers' instructions: it is bound, not asked."""


class Status(StrEnum):
    """What the parties have made of an agreement. Days are another matter: see `Standing`."""

    DRAFT = "draft"
    IN_FORCE = "in-force"
    SUSPENDED = "suspended"
    ENDED = "ended"


class Standing(StrEnum):
    """How an agreement stands at one moment: its status and its days together. Only `in-force` grants anything."""

    DRAFT = "draft"
    NOT_STARTED = "not-started"
    IN_FORCE = "in-force"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    ENDED = "ended"


TRANSITIONS: Mapping[Status, Mapping[str, Status]] = {
    Status.DRAFT: {"signed": Status.DRAFT, "came-into-force": Status.IN_FORCE, "ended": Status.ENDED},
    Status.IN_FORCE: {"suspended": Status.SUSPENDED, "superseded": Status.ENDED, "ended": Status.ENDED},
    Status.SUSPENDED: {"resumed": Status.IN_FORCE, "superseded": Status.ENDED, "ended": Status.ENDED},
    Status.ENDED: {},
}
"""Which event leads from which status to which. `proposed` begins every history, in `draft`."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is refused or permitted: a stable code, a sentence, the section of law or the rule, the agencies it names."""

    code: str
    sentence: str
    section: str = ""
    bodies: tuple[str, ...] = ()


class ProposalRefused(Refused):
    """The law, or another agreement, forbids this agreement; `reasons` name each section and the body concerned."""

    code = "agreement-refused"

    def __init__(self, title: str, *, reasons: tuple[Reason, ...], remedy: str = "") -> None:
        super().__init__(title, code=reasons[0].code if reasons else None, remedy=remedy)
        self.reasons = reasons


@dataclass(frozen=True, slots=True)
class Party:
    """An agency in an agreement. `lead` marks the agency that leads the partnership."""

    agency: str
    role: PartyRole
    lead: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One clause: what of one dataset from one supplier reaches which recipients, in which form.

    A recipient equal to the supplier means the supplier's own rows. `combine_with` names, dataset by dataset, what it may stand
    beside in one snapshot; nothing else may. `keep_returned_days`: how long a returned file is kept for mending; `recheck_days`:
    how long the sealed original of an accepted file is kept for a re-check; `due_working_days`: how many working days after the
    end of a period its extract is due, None where the agreement leaves that to the hub's setting.
    """

    number: int
    dataset: str
    supplier: str
    data_class: str
    profile: str
    forms: Mapping[str, Form]
    recipients: tuple[str, ...]
    purposes: tuple[str, ...]
    combine_with: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()
    part_accept: bool = False
    keep_returned_days: int = 30
    recheck_days: int = 30
    due_working_days: int | None = None

    def form_of(self, field_name: str) -> Form | None:
        """The form agreed for a field; None when the term does not reach it."""
        return self.forms.get(field_name, self.forms.get(ALL_FIELDS))

    @property
    def discloses_rows(self) -> bool:
        """Whether any field is agreed in a form of rows rather than of counts."""
        return any(form is not Form.COUNT for form in self.forms.values())


@dataclass(frozen=True, slots=True)
class LawyerMark:
    """What a lawyer of the deployment must confirm, as read on which day, and whether one has."""

    must_confirm: tuple[str, ...]
    as_of: date
    confirmed_on: date | None = None
    confirmed_by: str = ""


@dataclass(frozen=True, slots=True)
class SignOff:
    """One person's signature for one agency. `person` is the hub's own id."""

    agency: str
    person: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AgreementEvent:
    """One event in an agreement's history: proposed, signed, came-into-force, suspended, resumed, superseded, ended."""

    sequence: int
    agreement: str
    version: int
    event: str
    status: Status
    agency: str
    person: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """One version of an agreement as it stands now. `document` is what was proposed, word for word; `sha256` is of its bytes."""

    id: str
    version: int
    title: str
    parties: tuple[Party, ...]
    gateway: str
    purposes: tuple[str, ...]
    terms: tuple[Term, ...]
    starts_on: date
    expires_on: date
    lawful_basis: str
    lawyer: LawyerMark
    dpia: str
    document: str
    sha256: str
    status: Status = Status.DRAFT
    author: str = ""
    author_agency: str = ""
    suspended_by: str = ""
    sign_offs: tuple[SignOff, ...] = ()
    has_been_in_force: bool = False
    _at: tuple[datetime, datetime] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        first = datetime.combine(self.starts_on, time.min, LEGAL_TIME).astimezone(UTC)
        after = datetime.combine(self.expires_on + timedelta(days=1), time.min, LEGAL_TIME).astimezone(UTC)
        object.__setattr__(self, "_at", (first, after))

    @property
    def reference(self) -> str:
        """What a grant cites, such as `ravensbourne-street-crime@1`."""
        return f"{self.id}@{self.version}"

    @property
    def starts_at(self) -> datetime:
        """The first second: midnight in England at the start of `starts_on`."""
        return self._at[0]

    @property
    def expires_at(self) -> datetime:
        """The first second at which it grants nothing any more: midnight in England at the end of `expires_on`."""
        return self._at[1]

    def standing(self, at: datetime) -> Standing:
        """How it stands at `at`, to the second."""
        if self.status is not Status.IN_FORCE:
            return Standing(self.status.value)
        if at < self.starts_at:
            return Standing.NOT_STARTED
        return Standing.IN_FORCE if at < self.expires_at else Standing.EXPIRED

    def agencies(self, *roles: PartyRole) -> tuple[str, ...]:
        """The parties in these roles, in document order; all parties when none is named."""
        return tuple(party.agency for party in self.parties if not roles or party.role in roles)

    @property
    def lead(self) -> str:
        """The agency that leads the partnership by this agreement; empty when it names none."""
        return next((party.agency for party in self.parties if party.lead), "")

    @property
    def missing_signatures(self) -> tuple[str, ...]:
        """The controllers and recipients that have not signed yet."""
        signed = {sign_off.agency for sign_off in self.sign_offs}
        return tuple(agency for agency in self.agencies(*SIGNING) if agency not in signed)

    @property
    def is_signed(self) -> bool:
        """Whether it may come into force: each controller and recipient has signed, at least two agencies in all."""
        return not self.missing_signatures and len({sign_off.agency for sign_off in self.sign_offs}) >= 2


@dataclass(frozen=True, slots=True)
class SupplyTerms:
    """How one agency supplies one dataset now: the strictest of its terms in force, and the agreements they stand in."""

    agreements: tuple[str, ...]
    profile: str
    part_accept: bool
    keep_returned_days: int
    recheck_days: int
