"""`hub demo`: an invented partnership on loopback; a page at once, the data built behind it with progress."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
import webbrowser
from pathlib import Path

import click

from hub.kit.errors import Conflict, HubError
from hub.settings import set_environment

_ADDRESS_FILE = "address"


@click.command()
@click.option("--port", type=int, default=8000, show_default=True)
@click.option("--no-browser", is_flag=True, help="Do not open a browser.")
@click.option(
    "--state",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="HUB_STATE",
    default=Path("hub-state/demo"),
    show_default=True,
)
@click.option("--months", type=click.IntRange(12, 36), default=36, show_default=True)
@click.option("--build-only", is_flag=True, hidden=True, help="Build the data of a demo that is being served.")
def demo(port: int, no_browser: bool, state: Path, months: int, build_only: bool) -> None:
    """Serve the demo partnership "Ravensbourne" (invented) on 127.0.0.1, personas one click away."""
    address = f"http://127.0.0.1:{port}"
    if build_only:
        _build(address, state, months)
        return
    _free(port)
    _claim(state, address)
    _serve(address, state.resolve(), port, months, browser=not no_browser)


def _serve(address: str, state: Path, port: int, months: int, *, browser: bool) -> None:
    """Serve in this process; once a page can be had, say so and start the builder in a process of its own."""
    import uvicorn

    set_environment(
        mode="demo",
        state=state,
        host="127.0.0.1",
        port=port,
        base_url=address,
        partnership="Ravensbourne Safer Partnership (invented)",
        demo_built_behind=True,
    )
    server = uvicorn.Server(
        uvicorn.Config(
            "hub.asgi:from_environment",
            factory=True,
            host="127.0.0.1",
            port=port,
            log_level="warning",
            access_log=False,
        )
    )
    builders: list[subprocess.Popen[bytes]] = []

    def begin() -> None:
        while not server.started and not server.should_exit:
            time.sleep(0.05)
        click.echo(f"The hub is at {address}. Everything in it is invented. Stop it with Ctrl-C.")
        if browser:
            webbrowser.open(address)
        options = ["--build-only", "--port", str(port), "--state", str(state), "--months", str(months)]
        builders.append(subprocess.Popen([sys.executable, "-m", "hub", "demo", *options], stdin=subprocess.DEVNULL))

    threading.Thread(target=begin, daemon=True).start()
    try:
        server.run()
    finally:
        for builder in builders:
            if builder.poll() is None:
                builder.terminate()
                builder.wait(timeout=20)


def _free(port: int) -> None:
    """Say that the port is taken, rather than fail in the middle of starting."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise Conflict(
                f"port {port} is in use", code="port-in-use", remedy="Name another port: make demo ARGS='--port 8010'."
            ) from error


def _claim(state: Path, address: str) -> None:
    """A state folder belongs to one address: its providers and people are known under it."""
    state.mkdir(parents=True, exist_ok=True)
    path = state / _ADDRESS_FILE
    if path.exists() and path.read_text(encoding="utf-8").strip() != address:
        known = path.read_text(encoding="utf-8").strip()
        raise Conflict(
            f"{state} was made for {known}",
            code="other-address",
            remedy="Use that port again, or another folder with --state.",
        )
    path.write_text(address + "\n", encoding="utf-8")


def _build(address: str, state: Path, months: int) -> None:
    from hub.app import RAVENSBOURNE, Progress, read_progress, seed_agreements, write_progress
    from hub.cli.context import load_context
    from hub.cli.geography import load_files
    from hub.cli.itinerary import demo as invented
    from hub.cli.local import hub_of
    from hub.cli.walk import Log, build_and_look, send_back, submit_all

    before = read_progress(state)
    if before is not None and before.complete:
        return
    stage = Progress(stage="writing")

    def tell(progress: Progress) -> None:
        nonlocal stage
        stage = progress
        write_progress(state, progress)

    try:
        tell(stage)
        with hub_of(state) as hub:
            seed_agreements(hub, RAVENSBOURNE)
        itinerary = invented(state / "extracts", months=months)
        tell(Progress(stage="geography"))
        with hub_of(state) as hub:
            load_files(hub, itinerary.geography)
            load_context(hub, itinerary.context)
        log = Log()
        submit_all(address, itinerary, log, tell)
        send_back(address, itinerary)
        build_and_look(address, itinerary, log, state, tell, look=False)
        tell(Progress(stage="done"))
    except HubError as error:
        write_progress(state, Progress(stage=stage.stage, done=stage.done, total=stage.total, failed=error.code))
        click.echo(f"Building the demo stopped: {error.title} [{error.code}]", err=True)
        raise
