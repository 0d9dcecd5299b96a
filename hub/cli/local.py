"""What commands over a state folder share: the option, the hub, and the operator as reader."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hub.kit.authority import Reader
from hub.kit.errors import NotFound

if TYPE_CHECKING:
    from hub.app import Hub


def state_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--state DIR`, or `HUB_STATE`."""
    return click.option(
        "--state",
        type=click.Path(path_type=Path, file_okay=False),
        envvar="HUB_STATE",
        default=Path("hub-state"),
        show_default=True,
        help="The state folder.",
    )(command)


@contextmanager
def hub_of(state: Path) -> Iterator[Hub]:
    """The hub of a state folder."""
    from hub.app import build
    from hub.settings import read_settings

    if not state.exists():
        raise NotFound(
            f"there is no state folder {state}",
            code="no-state",
            remedy="Make one with hub init, or name another with --state.",
        )
    made = build(read_settings(state=state))
    try:
        yield made
    finally:
        made.close()


def person_of(hub: Hub, name: str) -> Reader:
    """The person of that id, or of that subject at their provider, as the policy sees them."""
    with hub.database.reading() as reading:
        for person in hub.identity.people(reading):
            if name in (person.id, person.subject):
                return Reader(
                    agency=person.agency, person=person.id, roles=frozenset(role.value for role in person.roles)
                )
    raise NotFound(f"the hub knows nobody called {name}", code="unknown-person")


def someone_with(hub: Hub, role: str) -> Reader:
    """The first person with a role: the operator's commands run as the installation's operator."""
    with hub.database.reading() as reading:
        for person in hub.identity.people(reading):
            if role in {one.value for one in person.roles} and not person.disabled:
                return Reader(
                    agency=person.agency, person=person.id, roles=frozenset(one.value for one in person.roles)
                )
    raise NotFound(f"nobody has the role {role}", code="nobody-with-role", remedy="Name a person with --as.")
