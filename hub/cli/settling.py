"""`hub accept`, `hub undo`, `hub recheck`, `hub withdraw`: what becomes of a submission after its check, as the page does."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from hub.cli.kept import connected
from hub.cli.profile import read_document
from hub.cli.telling import tell


@click.command()
@click.argument("submission")
@click.option("--attest", is_flag=True, help="Give your word for the statements, without being asked for it.")
@click.option("--explain", multiple=True, metavar="CODE:FIELD=TEXT", help="Explain a question of the report.")
@click.option("--json", "as_json", is_flag=True)
def accept(submission: str, attest: bool, explain: tuple[str, ...], as_json: bool) -> None:
    """Let the rows of a checked SUBMISSION in, on your word."""
    said = explanations(explain)
    with connected() as client:
        standing = client.get(f"/submissions/{submission}")
        if not attest and standing["state"] == "checked":
            attest = asked_to_attest(standing["attestation"])
        word = {"attest": attest, "explanations": said, "checked_as": standing["checked_as"] or ""}
        _tell(client.tell(f"/submissions/{submission}/accept", word), as_json)


@click.command()
@click.argument("submission")
@click.option("--reason", default="", help="Why; it goes into the log.")
@click.option("--json", "as_json", is_flag=True)
def undo(submission: str, reason: str, as_json: bool) -> None:
    """Take the acceptance of SUBMISSION back: it waits for your word again, and what it superseded counts again."""
    with connected() as client:
        _tell(client.tell(f"/submissions/{submission}/undo", {"reason": reason}), as_json)


@click.command()
@click.argument("submission")
@click.option(
    "--profile",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="How to read it: JSON as `hub profile propose` writes it.",
)
@click.option("--remember", is_flag=True, help="Read the agency's next files of the dataset so too.")
@click.option("--json", "as_json", is_flag=True)
def recheck(submission: str, profile: Path | None, remember: bool, as_json: bool) -> None:
    """Have the kept file of SUBMISSION checked again, as the schema and the agreements are now. Nothing is sent."""
    said = {"profile": read_document(profile), "remember": remember} if profile is not None else {}
    with connected() as client:
        answer = client.recheck(submission, said)
    _tell(answer, as_json)
    tell_findings(answer)


@click.command()
@click.argument("submission")
@click.option("--reason", required=True, help="Why; it goes into the log.")
@click.option("--json", "as_json", is_flag=True)
def withdraw(submission: str, reason: str, as_json: bool) -> None:
    """Take SUBMISSION back for good: its files are erased, its record stays."""
    with connected() as client:
        _tell(client.tell(f"/submissions/{submission}/withdraw", {"reason": reason}), as_json)


def explanations(said: Iterable[str]) -> dict[str, str]:
    """The options `CODE:FIELD=TEXT` as a document. UsageError: one is of another form."""
    found = {}
    for one in said:
        name, sign, text = one.partition("=")
        if not sign or ":" not in name:
            raise click.UsageError(
                f"--explain {one!r}: write CODE:FIELD=TEXT, such as volume-step:=A new system since May"
            )
        found[name.strip()] = text.strip()
    return found


def asked_to_attest(lines: Iterable[str]) -> bool:
    """Show the statements on a terminal and ask; elsewhere nobody can be asked, and the answer is no."""
    if not sys.stdin.isatty():
        return False
    for line in lines:
        click.echo(line, err=True)
    return click.confirm("Do you attest to this?", default=False, err=True)


def tell_findings(answer: dict[str, Any], *, talk: bool = True) -> None:
    """The findings of a report, a line each; exit code 1 where the file comes back."""
    for finding in answer["report"]["findings"] if talk else ():
        tell(f"{finding['severity']} {finding['code']}, {finding['count']}: {finding['message']}")
    if answer["report"]["outcome"] in {"returned", "refused"}:
        raise click.exceptions.Exit(1)


def tell_waiting(answer: dict[str, Any]) -> None:
    """On stderr: that the rows do not count yet, and what to do."""
    if answer["state"] != "checked":
        return
    asked = [one for one in answer["report"]["findings"] if one["severity"] == "query"]
    explained = "".join(f' --explain "{one["code"]}:{one["field"]}=…"' for one in asked)
    click.echo("Checked, and not accepted yet: nothing counts before you give your word.", err=True)
    click.echo(f"hub accept {answer['id']} --attest{explained}", err=True)


def _tell(answer: dict[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
    else:
        click.echo(f"{answer['id']}: {answer['state']}, {answer['accepted_rows']} of {answer['rows']} rows")
