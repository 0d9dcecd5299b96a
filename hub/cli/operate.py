"""`hub init`, `hub serve`, `hub doctor`, `hub upgrade`: a real installation."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hub.cli.local import hub_of, state_option
from hub.kit.errors import Conflict

if TYPE_CHECKING:
    from hub.settings import Settings


@click.command()
@state_option
@click.option("--operator", required=True, help="Name of the body that runs the hub.")
def init(state: Path, operator: str) -> None:
    """Make a state folder: root key, database, and the operator as the first agency."""
    from hub.app import build
    from hub.kit.authority import Reader
    from hub.settings import read_settings

    if (state / "root.key").exists():
        raise Conflict(f"{state} is a state folder already", code="state-exists")
    made = build(read_settings(state=state))
    with made.database.unit_of_work() as uow:
        reader = Reader(agency="hub-operator", task="set-up")
        made.identity.add_agency(uow, reader, id="hub-operator", name=operator, kind="hub_operator")
    made.close()
    click.echo(
        f"Made {state}. Keep a copy of {state / 'root.key'} somewhere else: without it nothing can be read.", err=True
    )
    click.echo(
        "Next: hub provider add hub-operator ..., hub person add hub-operator ..., then hub agency add for each agency.",
        err=True,
    )


@click.command()
def serve() -> None:
    """Serve the hub that the settings (HUB_…) describe."""
    import uvicorn

    from hub.settings import read_settings

    uvicorn.run("hub.asgi:from_environment", factory=True, **served_with(read_settings()))


def served_with(settings: Settings) -> dict[str, Any]:
    """How the server listens. Behind a proxy that is not believed every request has the proxy's address: then all people together
    would have the sign-ins of one.
    """
    return {
        "host": settings.host,
        "port": settings.port,
        "forwarded_allow_ips": settings.proxies,
        "log_level": "warning",
        "access_log": False,
        "server_header": False,
    }


@click.command()
@state_option
def doctor(state: Path) -> None:
    """See that key, database, log and vault of a state folder are well."""
    with hub_of(state) as hub:
        from hub.db import revision_of

        with hub.database.reading() as reading:
            log = hub.audit.verify(reading)
            strays = hub.vault.sweep(reading)
            lost = hub.vault.lost(reading)
        click.echo(f"database: {hub.database.engine.dialect.name}, revision {revision_of(hub.database)}")
        click.echo(f"log: {log.entries} entries, {'verified' if log.verified else 'DAMAGED'}")
        click.echo(f"vault: {strays} stray files removed, {len(lost)} sealed objects DAMAGED or gone")
        for one in lost:
            click.echo(f"restore from a backup: {one}", err=True)
        for problem in log.problems:
            click.echo(problem, err=True)
        if lost or not log.verified:
            raise click.exceptions.Exit(1)


@click.command()
@state_option
def upgrade(state: Path) -> None:
    """Bring the database of a state folder to the tables of this release."""
    with hub_of(state) as hub:
        from hub.db import revision_of

        click.echo(f"revision {revision_of(hub.database)}")


@click.command()
@click.option("--name", default="worker", show_default=True, help="Name of this worker; each that runs has its own.")
def worker(name: str) -> None:
    """Check files and build snapshots for servers that are told to leave that to others (HUB_WORK=apart)."""
    import signal

    from hub.app import Worker, build
    from hub.settings import read_settings

    made = build(read_settings())
    working = Worker(made, name=name)
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, lambda _sign, _frame: working.stop())
    click.echo(f"Working as {name}.", err=True)
    working.run()
    made.close()
