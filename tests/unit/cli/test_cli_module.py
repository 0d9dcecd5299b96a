"""`python -m hub` is the command line."""

from __future__ import annotations

import hub.__main__
import hub.cli


def test_the_module_runs_the_command_line() -> None:
    assert hub.__main__.main is hub.cli.main
