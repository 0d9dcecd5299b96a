"""`hub remind`: who has to be reminded of what is due, as letters or by mail."""

from __future__ import annotations

from pathlib import Path

import click

from hub.cli.local import hub_of, state_option
from hub.kit.errors import Invalid


@click.command()
@state_option
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help="Write a letter (.eml) for each agency here."
)
@click.option("--send", is_flag=True, help="Mail what agencies have not been told of yet (HUB_SMTP_URL).")
def remind(state: Path, out: Path | None, send: bool) -> None:
    """How many extracts each agency has late or due soon: counts alone. Nobody is mailed twice of the same."""
    from hub.app import letter_to, reminders_of_all, send_reminders

    with hub_of(state) as hub:
        if send and not hub.settings.smtp_url.get_secret_value():
            raise Invalid(
                "no mail server is named", code="no-mail-server", remedy="Set HUB_SMTP_URL and HUB_MAIL_FROM."
            )
        found = reminders_of_all(hub)
        for one in found:
            click.echo(f"{one.agency}\t{one.late} late\t{one.soon} due soon")
        if out is not None:
            out.mkdir(parents=True, exist_ok=True)
            with hub.database.reading() as reading:
                for one in found:
                    (out / f"{one.agency}.eml").write_bytes(letter_to(hub, reading, one).as_bytes())
        if send:
            done = send_reminders(hub)
            click.echo(
                f"{done.sent} mailed, {done.known} told before, {done.nowhere} without a mailbox, {done.failed} not taken",
                err=True,
            )
            if done.failed:
                raise click.exceptions.Exit(4)
