"""`hub tour`: the main job without a browser, over HTTP with real logins; exit 0 only if each step worked."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hub.kit.errors import Conflict
from hub.settings import child_environment

if TYPE_CHECKING:
    from hub.app import Progress


@click.command()
@click.option("--state", type=click.Path(path_type=Path, file_okay=False), required=True, help="A fresh folder.")
@click.option(
    "--data", type=click.Path(path_type=Path, file_okay=False, exists=True), help="Real public data; else the demo's."
)
@click.option(
    "--profile", type=click.Choice(["open", "nhs_hes"]), default="open", show_default=True, help="For --data."
)
@click.option("--months", type=click.IntRange(12, 36), default=36, show_default=True, help="Of the demo's data.")
@click.option("--json", "as_json", is_flag=True)
def tour(state: Path, data: Path | None, profile: str, months: int, as_json: bool) -> None:
    """Set up a partnership, submit, snapshot, query, assess, verify; the assessment is written into the state folder."""
    from hub.cli.client import free_port, server
    from hub.cli.context import load_context
    from hub.cli.geography import load_files
    from hub.cli.itinerary import demo, real
    from hub.cli.local import hub_of
    from hub.cli.walk import Log, build_and_look, submit_all, verify

    if state.exists() and any(state.iterdir()):
        raise Conflict(f"{state} is not empty", code="state-exists", remedy="The tour needs a fresh folder.")
    state.mkdir(parents=True, exist_ok=True)
    log = Log()
    talk = _talker(as_json)
    with log.step("write"):
        itinerary = real(data, profile=profile) if data else demo(state / "extracts", months=months)
    port = free_port()
    environment = child_environment(
        mode="demo",
        state=state,
        base_url=f"http://127.0.0.1:{port}",
        port=port,
        demo_partnership=itinerary.partnership,
        partnership="Tour",
    )
    with ExitStack() as stack:
        with log.step("server"):
            address = stack.enter_context(server(environment, port=port, log=state / "server.log"))
        with log.step("geography"), hub_of(state) as hub:
            load_files(hub, itinerary.geography)
            load_context(hub, itinerary.context)
        with log.step("submit"):
            submit_all(address, itinerary, log, talk)
        build_and_look(address, itinerary, log, state, talk)
        verify(address, itinerary, log)
    if as_json:
        click.echo(json.dumps(asdict(log), ensure_ascii=False))
    else:
        rows = sum(one["rows"] for one in log.submissions)
        click.echo(f"{len(log.submissions)} submissions, {rows} rows, snapshot {log.snapshot}")
        for view in log.views:
            click.echo(f"{view['id']}: {view['cells']} cells, {view['suppressed']} suppressed")
        click.echo(f"assessment: {log.assessment}")
        click.echo(f"audit: {log.audit['entries']} entries, verified")


def _talker(quiet: bool) -> Callable[[Progress], None]:
    import sys

    def talk(progress: Progress) -> None:
        if not quiet and sys.stderr.isatty():
            count = f" {progress.done}/{progress.total}" if progress.total else ""
            click.echo(f"\r{progress.stage}{count}    ", nl=False, err=True)

    return talk
