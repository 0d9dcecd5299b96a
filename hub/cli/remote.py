"""Commands against a running hub: login, submit, submissions, get. The token is kept in a file that only its owner can read."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click

from hub.kit.errors import Unauthenticated

_TOKEN_FILE = Path("~/.config/svd-hub/token.json")


@click.command()
@click.option("--hub", "address", required=True, help="Address of the hub.")
@click.option("--token", prompt="Token (made on your account's page)", hide_input=True)
def login(address: str, token: str) -> None:
    """Keep a hub token for the commands submit, submissions and get."""
    from hub.cli.client import HubClient

    with HubClient(address, token=token.strip()) as client:
        client.get("/submissions")
    path = _TOKEN_FILE.expanduser()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump({"hub": address, "token": token.strip()}, file)
    click.echo(f"Kept in {path}", err=True)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--dataset", required=True)
@click.option("--period", required=True, help="The month the file is for, such as 2026-10.")
@click.option("--sheet", default="", help="The sheet of a workbook, where several have the columns.")
@click.option("--json", "as_json", is_flag=True)
def submit(file: Path, dataset: str, period: str, sheet: str, as_json: bool) -> None:
    """Submit an extract (CSV, XLSX or ODS) and print its report.

    A file above 8 MiB goes in parts: a broken connection or a restarted hub costs one part at most, and the same command,
    started again, goes on where it stopped.
    """
    from hub.cli.client import HubClient
    from hub.cli.sending import sender

    address, token = kept_login()
    with HubClient(address, token=token) as client:
        answer = sender(client, _TOKEN_FILE.expanduser().parent).send(file, dataset=dataset, period=period, sheet=sheet)
    report = answer["report"]
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
    else:
        click.echo(f"{answer['id']}: {report['outcome']}, {report['accepted_rows']} of {report['rows']} rows")
        for finding in report["findings"]:
            click.echo(f"{finding['severity']} {finding['code']}, {finding['count']}: {finding['message']}")
    if report["outcome"] in {"returned", "refused"}:
        raise click.exceptions.Exit(1)


@click.command()
@click.option("--dataset", default="")
def submissions(dataset: str) -> None:
    """The submissions of your agency, newest first."""
    from hub.cli.client import HubClient

    address, token = kept_login()
    with HubClient(address, token=token) as client:
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
    from hub.cli.client import HubClient

    address, token = kept_login()
    with HubClient(address, token=token) as client:
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
    from hub.cli.client import HubClient

    asked = {
        "purpose": purpose,
        "justification": justification,
        "supplier": supplier,
        "agreement": agreement,
        "month": month,
        "format": format_,
        "cursor": cursor,
    }
    address, token = kept_login()
    with HubClient(address, token=token) as client:
        click.echo(client.text(f"/datasets/{dataset}/rows", **asked), nl=format_ == "json")


def kept_login() -> tuple[str, str]:
    """Address and token that `hub login` kept. Unauthenticated when there is none."""
    path = _TOKEN_FILE.expanduser()
    if not path.exists():
        raise Unauthenticated("no token is kept", code="no-token", remedy="Run hub login first.")
    kept = json.loads(path.read_text(encoding="utf-8"))
    return str(kept["hub"]), str(kept["token"])
