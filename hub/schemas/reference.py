"""The reference pages that are generated from the catalogue and the schemas; tests compare them with what is committed."""

from __future__ import annotations

from collections.abc import Iterator

from hub.kit.authority import Form
from hub.kit.words import catalogue as words
from hub.kit.words import say
from hub.schemas.compile import said_type
from hub.schemas.findings import FindingKind, catalogue
from hub.schemas.forms import generalisation_of, row_forms
from hub.schemas.model import SENSITIVITIES, DatasetSchema, Field, Rule
from hub.schemas.registry import SchemaRegistry


def findings_page() -> str:
    """docs/reference/findings.md."""
    lines = [say("schemas.reference.made"), f"# {say('schemas.reference.findings-title')}", ""]
    lines += [say("schemas.reference.findings-intro").strip(), ""]
    lines += ["| code | severity | floor | what it says | how to mend it |", "| --- | --- | --- | --- | --- |"]
    for kind in catalogue().values():
        lines.append(
            f"| [`{kind.code}`](findings/{kind.code}.md) | {kind.severity} | {kind.floor} | {_sentence(kind, 'message')} |"
            f" {_sentence(kind, 'remedy')} |"
        )
    return "\n".join(lines) + "\n"


def schemas_page(registry: SchemaRegistry) -> str:
    """docs/reference/schemas.md."""
    lines = [say("schemas.reference.made"), f"# {say('schemas.reference.schemas-title')}", ""]
    lines += [say("schemas.reference.schemas-intro").strip(), "", say("schemas.reference.schemas-keys").strip(), ""]
    for schema in registry.all():
        lines += _schema(schema)
    return "\n".join(lines).rstrip() + "\n"


def _sentence(kind: FindingKind, part: str) -> str:
    said = words()[f"schemas.finding.{kind.code}.{part}"]
    return said.strip().replace("{", "*").replace("}", "*").replace("|", "\\|")


def _schema(schema: DatasetSchema) -> list[str]:
    lines = [f"## `{schema.id}` {schema.version}: {schema.title}", "", schema.description, ""]
    lines += [
        f"- Sent by: {', '.join(schema.agency_kinds)}; {schema.cadence}; data class {schema.data_class}"
        + ("; health" if schema.health else ""),
        f"- Measure `{schema.measure}`: counts {_counted(schema)}, each one of the {schema.counting_basis}",
        f"- When: {', '.join(f'`{name}`' for name in schema.event_times)} (Europe/London)."
        f" Where: {', '.join((schema.place.kind, *(f'`{name}`' for name in schema.place.fields)))}."
        f" Kind: {f'`{schema.kind}`' if schema.kind else 'none'}",
        *_several_months(schema),
        f"- Refused: {', '.join(f'`{refused.name}`' for refused in schema.refused)} (and other names of the same)",
        *_written(schema),
        f"- Fingerprint: `{schema.fingerprint}`",
        "",
        "| column | | form | example | sensitivity | rows |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    lines += [_field(schema, field) for field in schema.columns]
    lines += [_derived(schema, field) for field in schema.derived]
    lines += ["", *(f"- {_rule(rule)}" for rule in schema.rules), ""]
    return lines


def _written(schema: DatasetSchema) -> Iterator[str]:
    blank = [f"`{text}`" for text in schema.missing_values if text]
    if blank:
        yield f"- Read as blank, and counted: {', '.join(blank)}"
    if len(schema.encodings) > 1:
        yield f"- Encodings, tried in turn: {', '.join(schema.encodings)}"


def _counted(schema: DatasetSchema) -> str:
    if schema.value:
        apart = f"; `{'`, `'.join(schema.key)}` tell rows apart" if schema.key else ""
        return f"the sum of `{schema.value}`{apart}"
    return f"distinct `{'`, `'.join(schema.key)}`" if schema.key else "rows (no key: never merged)"


def _several_months(schema: DatasetSchema) -> Iterator[str]:
    if schema.wide:
        yield (
            f"- One column a month, named `{schema.wide.columns}` (YYYYMM), in order and without a gap; each row becomes one row"
            f" a month, with `{schema.wide.month}` and `{schema.wide.value}`"
        )
    if schema.series:
        yield "- A series: each extract is a whole edition, its period the last month; only the newest edition counts"


def _derived(schema: DatasetSchema, field: Field) -> str:
    how = field.derived
    source = f"{'group of' if how and how.by == 'group' else 'band of'} `{how.field if how else ''}`"
    form = "; ".join(_form(field)).replace("|", "\\|")
    example = f"`{field.example}`" if field.example else ""
    role = f", {field.role}" if field.role else ""
    sensitivity = f"{field.sensitivity} {SENSITIVITIES[field.sensitivity]}"
    return f"| `{field.name}` | D, {source} | {form} | {example} | {sensitivity}{role} | {_rows(schema, field.name)} |"


def _field(schema: DatasetSchema, field: Field) -> str:
    need = "M" if field.required else "W" if field.wanted else "O"
    if field.optional_column:
        need += " (column)"
    form = "; ".join(_form(field)).replace("|", "\\|")
    example = f"`{field.example}`" if field.example else ""
    role = f", {field.role}" if field.role else ""
    role += f" (of `{field.reference_of}`)" if field.reference_of else ""
    sensitivity = f"{field.sensitivity} {SENSITIVITIES[field.sensitivity]}{role}"
    return f"| `{field.name}` | {need} | {form} | {example} | {sensitivity} | {_rows(schema, field.name)} |"


def _rows(schema: DatasetSchema, name: str) -> str:
    """The forms in which rows can show a field."""
    forms, coarser = row_forms(schema, name), generalisation_of(schema, name)
    said = [
        "clear" if Form.READ_CLEAR in forms else "",
        "pseudonym" if Form.READ_PSEUDONYMISED in forms else "",
        say(f"schemas.coarser.{coarser.value}") if coarser is not None else "",
    ]
    return ", ".join(filter(None, said)) or "never"


def _form(field: Field) -> Iterator[str]:
    yield said_type(field)
    if field.pattern:
        yield f"`{field.pattern}`"
    if field.max_length is not None:
        yield f"at most {field.max_length} characters"
    if field.minimum is not None:
        yield f"{field.minimum} to {field.maximum}"
    if field.codes is not None and field.codes.id:
        often = "several, with semicolons between, of" if field.several else "one of"
        yield f"{often} `{field.codes.id}` ({len(field.codes.codes)} codes)"
    elif field.codes is not None:
        yield "one of " + ", ".join(code.code for code in field.codes.codes)
    if field.trim:
        yield "blanks around it are taken off"
    if field.aliases:
        yield "earlier names: " + ", ".join(f"`{name}`" for name in field.aliases)
    if field.description:
        yield field.description.rstrip(".")


def _rule(rule: Rule) -> str:
    names = [f"`{name}`" for name in rule.fields]
    codes = ", ".join(rule.codes)
    return {
        "together": f"{' and '.join(names)}: all filled or all blank",
        "order": f"{names[0]} is not after {names[-1]}",
        "within-days": f"{names[-1]} is at most {rule.days} days after {names[0]}",
        "required-when": f"{names[0]} is filled when `{rule.when}` is {codes}",
        "required-unless": f"{names[0]} is filled unless `{rule.when}` is {codes}",
        "blank-when": f"{names[0]} is blank (a number: blank or 0) when `{rule.when}` is {codes}",
        "part-of": f"{names[0]} is the {rule.part} of {names[-1]}",
        "one-value": f"{names[0]} is the same in all rows",
        "period": f"{' and '.join(names)} lie in the month of the extract, in order",
    }[rule.rule] + f" ({rule.severity})"
