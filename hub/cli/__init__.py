"""The command line: translates words into one call, and the answer back.

stdout is data, stderr is talk. Exit codes: 0 done, 1 data errors, 2 usage, 3 refused by policy, 4 unavailable.
Commands are imported only when called, so that `hub check --help` answers at once.
"""

from __future__ import annotations

import importlib
import sys

import click

from hub.cli.telling import tell
from hub.kit.errors import HubError, Invalid, NotFound, NotPermitted, Refused, Unauthenticated, Unavailable

_COMMANDS = {
    "accept": "hub.cli.settling",
    "agency": "hub.cli.people",
    "assessment": "hub.cli.assessment",
    "audit": "hub.cli.audit",
    "calendar": "hub.cli.calendar",
    "check": "hub.cli.check",
    "context": "hub.cli.context",
    "definition": "hub.cli.definition",
    "demo": "hub.cli.demo",
    "diff": "hub.cli.diff",
    "doctor": "hub.cli.operate",
    "explain": "hub.cli.explain",
    "geography": "hub.cli.geography",
    "get": "hub.cli.remote",
    "init": "hub.cli.operate",
    "login": "hub.cli.remote",
    "person": "hub.cli.people",
    "policy": "hub.cli.policy",
    "profile": "hub.cli.profile",
    "provider": "hub.cli.people",
    "recheck": "hub.cli.settling",
    "remind": "hub.cli.remind",
    "rows": "hub.cli.remote",
    "schema": "hub.cli.schema",
    "scorecard": "hub.cli.scorecard",
    "serve": "hub.cli.operate",
    "snapshot": "hub.cli.snapshot",
    "submissions": "hub.cli.remote",
    "submit": "hub.cli.remote",
    "tour": "hub.cli.tour",
    "undo": "hub.cli.settling",
    "upgrade": "hub.cli.operate",
    "withdraw": "hub.cli.settling",
    "worker": "hub.cli.operate",
}


class _LateGroup(click.Group):
    """Imports a command's module when the command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        found = getattr(importlib.import_module(_COMMANDS[cmd_name]), cmd_name)
        return found if isinstance(found, click.Command) else None


@click.group(cls=_LateGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name=None, version=importlib.import_module("hub").__version__, prog_name="hub")
def hub() -> None:
    """The Serious Violence Duty data-sharing hub."""


def main() -> None:
    """Run the command line; errors of the hub become one line on stderr and an exit code, never a traceback."""
    try:
        ended = hub(standalone_mode=False)  # the exit code, where a command asked for one
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except HubError as error:
        tell(f"{error.title} [{error.code}]", err=True)
        if error.remedy:
            tell(error.remedy, err=True)
        sys.exit(exit_code(error))
    if isinstance(ended, int) and ended:
        sys.exit(ended)


def exit_code(error: HubError) -> int:
    """The exit code of an error."""
    if isinstance(error, Invalid):
        return 1
    if isinstance(error, NotPermitted | NotFound | Refused | Unauthenticated):
        return 3
    if isinstance(error, Unavailable):
        return 4
    return 1
