"""Values of an agreed schema: what one extract of a dataset looks like, and what may never stand in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hub.geography.model import PlaceSpec

FIELD_TYPES = ("string", "integer", "number", "date", "datetime", "yearmonth", "boolean")
"""Types of a field, in Frictionless Table Schema words."""

DATED = ("date", "datetime", "yearmonth")
"""Types whose wrong values are `bad-date`."""

ROLES = ("", "event-time", "place", "kind", "key", "case-reference", "header")
"""What a field is to the hub. A `case-reference` is replaced by a keyed pseudonym before its row is sealed."""

SENSITIVITIES = {
    "P": "open or operational",
    "Q": "could help to single somebody out",
    "S": "special category (UK GDPR Art. 9)",
    "C": "criminal offence data (UK GDPR Art. 10)",
    "D": "direct identifier",
}
"""Sensitivity classes of a field; the strongest of a row is the row's."""

DATA_CLASSES = ("public", "aggregate", "anonymised_record", "pseudonymised_record", "personal")
"""How near a dataset's rows come to persons, from furthest to nearest."""

COUNTING_BASES = (
    "admissions",
    "attendances",
    "call-outs",
    "cases",
    "children",
    "collisions",
    "crimes",
    "incidents",
    "outcomes",
    "people",
    "reports",
    "respondents",
    "responses",
    "searches",
    "suspensions",
)
"""What one counted thing is. Different bases are never added up."""

ENCODINGS = ("utf-8", "windows-1252")
"""How the bytes of a file may be written. Only UTF-8 can be told for sure; another is tried where the schema says so,
and told in a finding.
"""

AGENCY_KINDS = (
    "local_authority",
    "chief_officer_police",
    "integrated_care_board",
    "local_health_board",
    "probation_provider",
    "youth_offending_team",
    "fire_rescue_authority",
    "educational",
    "prison",
    "youth_custody",
    "local_policing_body",
    "nhs_trust",
    "ambulance_trust",
    "housing_association",
    "vcs",
    "transport",
    "academic",
    "vru_host",
    "hub_operator",
)
"""Kinds of agency, as the identity room writes them."""

HEALTH_BODIES: Mapping[str, str] = {
    "integrated_care_board": "an integrated care board",
    "local_health_board": "a local health board",
    "nhs_trust": "an NHS trust",
    "ambulance_trust": "an ambulance trust",
}
"""Agency kinds whose rows can be patient information, with the words for a body of that kind."""

WHY_REFUSED = ("direct-identifier", "patient-information", "prediction")
"""Why a field is refused by name."""

RULES = (
    "together",
    "order",
    "within-days",
    "required-when",
    "required-unless",
    "blank-when",
    "part-of",
    "one-value",
    "period",
)
"""Kinds of cross-field rule."""

DERIVED_BY = ("group", "band")
"""Ways in which the hub computes a field: the group of a code, or the band of a whole number."""
PARTS = ("year", "hour")
"""What a field may repeat of another by the rule `part-of`: the year of a date, the hour of a time."""

ROW_NUMBER = "hub_row"
"""Column of accepted and quarantined relations: the record's number as a spreadsheet shows it; the header is row
1.
"""

MONTH = "hub_month"
"""Column of accepted relations: the month (`2026-10`) the event counts in, judged in Europe/London."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """One code of a list, valid in the months from `valid_from` to `valid_to` (both included; empty: no bound).

    `group`: the coarser class it belongs to, empty where the list has none.
    """

    code: str
    title: str
    valid_from: str = ""
    valid_to: str = ""
    group: str = ""

    def is_valid_in(self, period: str) -> bool:
        """Whether the code may be used for a month such as `2026-10`; an empty period asks for any time."""
        return not period or (self.valid_from <= period and (not self.valid_to or period <= self.valid_to))


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeList:
    """The values a coded field may have, and what they mean. `source` says whose list it is; `group_title` what its
    groups are called.
    """

    id: str
    title: str
    source: str
    codes: tuple[Code, ...]
    group_title: str = ""

    def valid_in(self, period: str) -> tuple[str, ...]:
        """The codes that may be used for a month; all of them for an empty period."""
        return tuple(code.code for code in self.codes if code.is_valid_in(period))

    def title_of(self, code: str) -> str:
        """What a code means; the code itself when the list does not know it."""
        return next((known.title for known in self.codes if known.code == code), code)

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups of its codes, each once, in the order of the list."""
        return tuple(dict.fromkeys(code.group for code in self.codes if code.group))


@dataclass(frozen=True, slots=True, kw_only=True)
class Derivation:
    """How the hub computes a field of a row. `by` is one of DERIVED_BY.

    `group`: the group of the code in `field`; blank where the code has none. `band`: the first of `bands` that the whole
    number in `field` lies in; `blank` where the number is blank.
    """

    field: str
    by: str
    bands: tuple[tuple[str, int, int | None], ...] = ()
    blank: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wide:
    """A table with one column a month: `columns` is the regular expression of their names, written as YYYYMM.

    The check turns each row into one row a month, with the fields `month` and `value` in place of the month columns.
    """

    columns: str
    month: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One column of an extract.

    `required`: the value must be there. `wanted`: a blank is counted as a warning. `optional_column`: the column
    itself may be left out. `formats` are strptime formats, the first is the one told to people. `minimum` and
    `maximum` are inclusive. `pattern` is a regular expression the whole value must match. `free_text` may hold
    anything a person typed; `scan` False: the pattern leaves no room for an identifier. `shown` False: kept for the
    hub's own use, shown to nobody. `aliases` are earlier names of the column, of the same meaning and unit. `trim`:
    blanks around the value are taken off, and counted. `several`: codes of the list with semicolons between them.
    `reference_of`: the dataset whose case references these are, so that both get the same pseudonyms; empty: its own.
    `derived`: the hub computes it at the check; an extract need not hold it.
    """

    name: str
    type: str
    title: str
    description: str = ""
    example: str = ""
    required: bool = False
    wanted: bool = False
    optional_column: bool = False
    codes: CodeList | None = None
    formats: tuple[str, ...] = ()
    true_values: tuple[str, ...] = ()
    false_values: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    pattern: str = ""
    max_length: int | None = None
    sensitivity: str = "P"
    role: str = ""
    free_text: bool = False
    scan: bool = True
    shown: bool = True
    reference_of: str = ""
    aliases: tuple[str, ...] = ()
    trim: bool = False
    several: bool = False
    derived: Derivation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedField:
    """A column that may never be sent. `why` is one of WHY_REFUSED; aliases are other names it goes by, compared
    without case or signs.
    """

    name: str
    why: str
    aliases: tuple[str, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """Every name it goes by, plain."""
        return frozenset(plain_name(name) for name in (self.name, *self.aliases))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule over several fields of one row.

    `together`: all of `fields` filled or all blank. `order`: `fields` = (earlier, later), not the other way round.
    `within-days`: the later at most `days` after the earlier. `required-when` / `required-unless`: `fields[0]` is
    filled when `when` has (has not) one of `codes`. `blank-when`: `fields[0]` is blank (a number: blank or 0) when
    `when` has one of `codes`. `part-of`: `fields` = (part, whole), the first repeats the `part` of the second.
    `one-value`: `fields[0]` is the same in all rows. `period`: `fields` = (start, end) lie in the submission's month,
    in order. A blank satisfies every rule but the first and the required ones.
    """

    rule: str
    fields: tuple[str, ...]
    severity: str = "error"
    when: str = ""
    codes: tuple[str, ...] = ()
    days: int = 0
    part: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetSchema:
    """The agreed shape of one dataset, one version.

    `fields` are those of the accepted rows: the columns of an extract, the two that a wide table becomes, and those the
    hub derives. `event_times`: the fields that say when, the first that is filled counts. `key`: what is counted is its
    distinct values; empty: rows. `value`: the rows are counts of things, and what is counted is the sum of this field;
    the key then only tells rows apart. `kind`: the field whose codes are the kinds of a view. `health`: rows come from a
    health body and can be patient information. `series`: each extract is a whole edition of the series up to its period,
    and only the newest edition counts. `missing_values` are the texts that mean blank; all but the empty one are counted.
    `encodings` are tried in order. `fewest_alike`: the k of the re-test of records, where the schema asks for more than
    the house does (hub/schemas/alike.py). `fingerprint` is the SHA-256 of everything above, code lists included.
    """

    id: str
    version: str
    title: str
    description: str
    agency_kinds: tuple[str, ...]
    data_class: str
    health: bool
    fields: tuple[Field, ...]
    refused: tuple[RefusedField, ...]
    key: tuple[str, ...]
    event_times: tuple[str, ...]
    place: PlaceSpec
    kind: str
    counting_basis: str
    cadence: str
    rules: tuple[Rule, ...] = ()
    missing_values: tuple[str, ...] = ("",)
    encodings: tuple[str, ...] = ("utf-8",)
    value: str = ""
    wide: Wide | None = None
    series: bool = False
    fewest_alike: int = 0
    fingerprint: str = field(default="", compare=False)

    @property
    def measure(self) -> str:
        """Id of the measure counted from it, such as `police/street-crime:crimes`."""
        return f"{self.id}:{self.counting_basis}"

    @property
    def event_time(self) -> str:
        """The field that says when."""
        return self.event_times[0]

    @property
    def names(self) -> tuple[str, ...]:
        """The fields of the accepted rows, in the agreed order."""
        return tuple(field.name for field in self.fields)

    @property
    def columns(self) -> tuple[Field, ...]:
        """The fields that an extract holds as columns of these names, in the agreed order."""
        unpivoted = (self.wide.month, self.wide.value) if self.wide else ()
        return tuple(field for field in self.fields if field.derived is None and field.name not in unpivoted)

    @property
    def column_names(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(field.name for field in self.columns)

    @property
    def derived(self) -> tuple[Field, ...]:
        """The fields that the hub computes."""
        return tuple(field for field in self.fields if field.derived is not None)

    @property
    def case_references(self) -> tuple[str, ...]:
        """The fields that are pseudonymised before a row is sealed."""
        return tuple(field.name for field in self.fields if field.role == "case-reference")

    @property
    def kinds(self) -> tuple[Code, ...]:
        """The codes of the kind field, with their titles."""
        codes = self.field(self.kind).codes if self.kind else None
        return codes.codes if codes else ()

    def field(self, name: str) -> Field:
        """The field of that name; KeyError when the schema has none."""
        for candidate in self.fields:
            if candidate.name == name:
                return candidate
        raise KeyError(name)


def plain_name(name: str) -> str:
    """A column name without case, spaces or signs: `NHS Number` and `nhs_number` are the same."""
    return "".join(sign for sign in name.casefold() if sign.isalnum())
