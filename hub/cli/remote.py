"""Commands against a running hub: login, submit, submissions, get. The token is kept in a file that only its owner can read."""

from __future__ import annotations

import json
from pathlib import Path

import click

from hub.cli.kept import TOKEN_FILE, connected, keep
from hub.cli.settling import asked_to_attest, tell_findings, tell_waiting


@click.command()
@click.option("--hub", "address", required=True, help="Address of the hub.")
@click.option("--token", prompt="Token (made on your account's page)", hide_input=True)
def login(address: str, token: str) -> None:
    """Keep a hub token for the commands submit, submissions and get."""
    from hub.cli.client import HubClient

    with HubClient(address, token=token.strip()) as client:
        client.get("/submissions")
    click.echo(f"Kept in {keep(address, token.strip())}", err=True)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--dataset", required=True)
@click.option("--period", required=True, help="The month the file is for, such as 2026-10.")
@click.option("--sheet", default="", help="The sheet of a workbook, where several have the columns.")
@click.option("--attest", is_flag=True, help="Give your word for the statements: what passes is accepted at once.")
@click.option("--json", "as_json", is_flag=True)
def submit(file: Path, dataset: str, period: str, sheet: str, attest: bool, as_json: bool) -> None:
    """Submit an extract (CSV, XLSX, ODS, Parquet, or a zip of one) and print its report.

    Without --attest what passes its checks waits until you have given your word (`hub accept`); on a terminal you are asked.
    A file above 8 MiB goes in parts: a broken connection or a restarted hub costs one part at most, and the same command,
    started again, goes on where it stopped.
    """
    from hub.cli.sending import sender

    with connected() as client:
        how = {"sheet": sheet, "attest": "true" if attest else ""}
        answer = sender(client, TOKEN_FILE.expanduser().parent).send(file, dataset=dataset, period=period, **how)
        asks = any(one["severity"] == "query" for one in answer["report"]["findings"])
        if answer["state"] == "checked" and not asks and asked_to_attest(answer["attestation"]):
            said = {"attest": True, "explanations": {}, "checked_as": answer["checked_as"]}
            answer |= client.tell(f"/submissions/{answer['id']}/accept", said)
    report = answer["report"]
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
    else:
        click.echo(f"{answer['id']}: {report['outcome']}, {report['accepted_rows']} of {report['rows']} rows")
    tell_waiting(answer)
    tell_findings(answer, talk=not as_json)


@click.command()
@click.option("--dataset", default="")
def submissions(dataset: str) -> None:
    """The submissions of your agency, newest first."""
    with connected() as client:
        for one in client.get("/submissions", dataset=dataset)["submissions"]:
            click.echo(f"{one['id']}\t{one['dataset']}\t{one['period']}\t{one['state']}\t{one['rows']} rows")


@click.command()
@click.argument("view")
@click.option("--by", default="")
@click.option("--where", default="")
@click.option("--format", "format_", type=click.Choice(["csv", "json", "xlsx"]), default="csv", show_default=True)
@click.option("--justification", default="")
def get(view: str, by: str, where: str, format_: str, justification: str) -> None:
    """A protected table of a view, to stdout."""
    with connected() as client:
        asked = {"by": by, "where": where, "format": format_, "justification": justification}
        click.echo(client.content(f"/views/{view}/table", **asked), nl=format_ == "json")


@click.command()
@click.argument("dataset")
@click.option("--purpose", required=True, help="Why the data may be used, such as svd.identify_kinds.")
@click.option("--justification", default="", help="Why you need these rows; it goes into the log.")
@click.option("--supplier", default="", help="The agency whose rows are meant, where several supply the dataset.")
@click.option("--agreement", default="", help="The agreement under which, where several give rows.")
@click.option("--month", default="", help="One month of them, such as 2026-10.")
@click.option("--format", "format_", type=click.Choice(["csv", "json"]), default="csv", show_default=True)
@click.option("--cursor", default="", help="Where a page of JSON goes on.")
def rows(
    dataset: str,
    purpose: str,
    justification: str,
    supplier: str,
    agreement: str,
    month: str,
    format_: str,
    cursor: str,
) -> None:
    """Rows that an agreement lets you read, each field in the form agreed, to stdout: CSV whole, JSON a page at a time."""
    asked = {
        "purpose": purpose,
        "justification": justification,
        "supplier": supplier,
        "agreement": agreement,
        "month": month,
        "format": format_,
        "cursor": cursor,
    }
    with connected() as client:
        click.echo(client.text(f"/datasets/{dataset}/rows", **asked), nl=format_ == "json")
