"""Rules between the columns of a row, as predicates of SQL."""

from __future__ import annotations

from collections.abc import Mapping, Set

from hub.engine import quoted
from hub.kit.spoken import spoken_month
from hub.schemas.model import ROW_NUMBER, DatasetSchema, Rule
from hub.schemas.period import first_day, next_first_day, repeated_hour
from hub.schemas.probe import EXTRACT, Probe, listed


def rule_probes(schema: DatasetSchema, present: Set[str], typed: Mapping[str, str], period: str) -> list[Probe]:
    """The rules whose columns the file has. `typed` is the SQL of the columns with their types; an empty period asks nothing
    of months.
    """
    return [
        probe
        for rule in schema.rules
        if present >= {*rule.fields, *filter(None, (rule.when,))}
        for probe in _rule_probes(schema, rule, _comparable(schema, rule, typed), period)
    ]


def _comparable(schema: DatasetSchema, rule: Rule, typed: Mapping[str, str]) -> Mapping[str, str]:
    """A date is compared with a time by the day: what happened at noon was recorded no earlier on the same day."""
    if {schema.field(name).type for name in rule.fields} != {"date", "datetime"}:
        return typed
    return {**typed, **{name: f"CAST({typed[name]} AS DATE)" for name in rule.fields}}


def _rule_probes(schema: DatasetSchema, rule: Rule, typed: Mapping[str, str], period: str) -> list[Probe]:
    if rule.rule == "period":
        return _bounds_probes(rule, typed, period)
    if rule.rule in ("order", "within-days"):
        return [_order_probe(schema, rule, typed)]
    return [_RULE_PROBES[rule.rule](rule, typed)]


def _together_probe(rule: Rule, _: Mapping[str, str]) -> Probe:
    blanks = [f"({quoted(name)} IS NULL)" for name in rule.fields]
    wrong = " OR ".join(f"{blanks[0]} <> {other}" for other in blanks[1:])
    return Probe("half-filled", "", f"({wrong})", {"fields": _names(rule.fields)})


def _order_probe(schema: DatasetSchema, rule: Rule, typed: Mapping[str, str]) -> Probe:
    first, last = (typed[name] for name in rule.fields)
    words = {"earlier": rule.fields[0], "later": rule.fields[-1]}
    if rule.rule == "order":
        return Probe("out-of-order", rule.fields[1], _before(schema, rule, first, last), words)
    words |= {"days": str(rule.days)}
    return Probe("long-gap", rule.fields[0], f"{last} > {first} + INTERVAL {rule.days} DAY", words)


def _before(schema: DatasetSchema, rule: Rule, first: str, last: str) -> str:
    """The later before the earlier. Of two times in the hour that clocks show twice nobody can tell which was first."""
    wrong = f"{last} < {first}"
    if {schema.field(name).type for name in rule.fields} != {"datetime"}:
        return wrong
    same_day = f"CAST({first} AS DATE) = CAST({last} AS DATE)"
    return f"({wrong} AND NOT ({same_day} AND {repeated_hour(first)} AND {repeated_hour(last)}))"


def _bounds_probes(rule: Rule, typed: Mapping[str, str], period: str) -> list[Probe]:
    if not period:
        return []
    begin, finish = (typed[name] for name in rule.fields)
    start, end = first_day(period), next_first_day(period)
    wrong = f"({begin} < DATE '{start}' OR {finish} >= DATE '{end}' OR {finish} < {begin})"
    return [Probe("bad-period", rule.fields[0], wrong, {"fields": _names(rule.fields), "period": spoken_month(period)})]


def _required_probe(rule: Rule, _: Mapping[str, str]) -> Probe:
    code = "blank-required-here" if rule.severity == "error" else "blank-expected"
    here = "IN" if rule.rule == "required-when" else "NOT IN"
    blank = f"({quoted(rule.fields[0])} IS NULL AND {quoted(rule.when)} {here} {listed(rule.codes)})"
    return Probe(code, rule.fields[0], blank, {"when": rule.when})


def _blank_probe(rule: Rule, typed: Mapping[str, str]) -> Probe:
    column, value = quoted(rule.fields[0]), typed[rule.fields[0]]
    filled = f"{column} IS NOT NULL" if value == column else f"{column} IS NOT NULL AND {value} IS DISTINCT FROM 0"
    return Probe(
        "filled-here",
        rule.fields[0],
        f"({filled} AND {quoted(rule.when)} IN {listed(rule.codes)})",
        {"when": rule.when},
    )


def _one_value_probe(rule: Rule, typed: Mapping[str, str]) -> Probe:
    value = typed[rule.fields[0]]
    # the first row decides: no row is better than another, and all that differ from it are named
    first = f"(SELECT arg_min({value}, {ROW_NUMBER}) FROM {EXTRACT})"
    return Probe("several-values", rule.fields[0], f"{value} <> {first}", {})


def _part_probe(rule: Rule, typed: Mapping[str, str]) -> Probe:
    part, whole = rule.fields
    said = {"year": f"year({typed[whole]})", "hour": f"hour(TRY_CAST({typed[whole]} AS TIME))"}[rule.part]
    words = {"whole": whole}
    return Probe("disagrees", part, f"({typed[part]} <> {said})", words)


_RULE_PROBES = {
    "together": _together_probe,
    "required-when": _required_probe,
    "required-unless": _required_probe,
    "blank-when": _blank_probe,
    "part-of": _part_probe,
    "one-value": _one_value_probe,
}


def _names(names: tuple[str, ...]) -> str:
    return ", ".join(names)
