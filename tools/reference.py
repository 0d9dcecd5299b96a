"""Write the generated reference under docs/reference, or (`--check`) fail when it differs from the code."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import click

from hub import cli
from hub.assessment import indicators_page
from hub.definitions import Definitions, definitions_page
from hub.intake.history_page import queries_page
from hub.policy import PolicyLibrary, kinds_page, policies_page
from hub.schemas import SchemaRegistry, catalogue, finding_markdown, prescribed_sets
from hub.schemas.prescribed import prescribed_page
from hub.schemas.reference import findings_page, schemas_page
from hub.settings import Settings
from hub.synthetic.reference import demo_page
from tools.errors_page import errors_page


def settings_page() -> str:
    """Every setting with its default and what it is for."""
    lines = [
        "# Settings",
        "",
        "Read once from the environment. Generated from `hub/settings.py`.",
        "",
        "| variable | default | what it is |",
        "|---|---|---|",
    ]
    for name, field in Settings.model_fields.items():
        default = "" if "SecretStr" in str(field.annotation) else str(getattr(field.default, "value", field.default))
        lines.append(f"| `HUB_{name.upper()}` | {f'`{default}`' if default else ''} | {field.description} |")
    return "\n".join(lines) + "\n"


def commands_page() -> str:
    """Every command with its help, as `--help` prints it."""
    lines = [
        "# Commands",
        "",
        "Generated from the program itself. stdout is data, stderr is talk; exit codes: 0 done, 1 data errors, 2 usage, 3 refused by policy, 4 unavailable.",
    ]

    def walk(command: click.Command, path: str) -> None:
        context = click.Context(command, info_name=path, terminal_width=100, max_content_width=100)
        lines.extend(["", f"## {path}", "", "```", command.get_help(context), "```"])
        if isinstance(command, click.Group):
            for name in command.list_commands(context):
                inner = command.get_command(context, name)
                if inner is not None and not inner.hidden:
                    walk(inner, f"{path} {name}")

    walk(cli.hub, "hub")
    return "\n".join(lines) + "\n"


def pages() -> dict[str, str]:
    """File name to text."""
    registry = SchemaRegistry.from_folder()
    demo = ROOT / "docs" / "reference" / "demo-partnership.md"
    return {
        "agency-kinds.md": kinds_page(PolicyLibrary()),
        "commands.md": commands_page(),
        "definitions.md": definitions_page(Definitions.from_folder().all()),
        "demo-partnership.md": demo_page(
            demo.read_text(encoding="utf-8"), {schema.id: schema.title for schema in registry.all()}
        ),
        "errors.md": errors_page(),
        "indicators.md": indicators_page(),
        "findings.md": findings_page(),
        "policies.md": policies_page(PolicyLibrary()),
        "prescribed-information.md": prescribed_page(prescribed_sets(registry)),
        "queries.md": queries_page(),
        "schemas.md": schemas_page(registry),
        "settings.md": settings_page(),
    } | {f"findings/{code}.md": finding_markdown(code) for code in catalogue()}


def main() -> int:
    """Write or check."""
    folder = ROOT / "docs" / "reference"
    folder.mkdir(parents=True, exist_ok=True)
    wrong = 0
    made = pages()
    for path in sorted((folder / "findings").glob("*.md")):
        if f"findings/{path.name}" not in made:
            print(f"{path.relative_to(ROOT)} is the page of no code")
            wrong = 1
            if "--check" not in sys.argv:
                path.unlink()
    for name, text in made.items():
        path = folder / name
        if "--check" in sys.argv:
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                print(f"{path.relative_to(ROOT)} differs from the code: run `make docs`")
                wrong = 1
        else:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return wrong if "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
