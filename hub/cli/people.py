"""`hub agency`, `hub provider`, `hub person`: bring agencies in, at the console of the hub.

Who an agency's people are is the agency's own business: here only its first administrator is made, and the hub's own operators.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hub.cli.local import hub_of, someone_with, state_option
from hub.identity.model import AgencyKind, Reason, Role
from hub.kit.authority import Action, Permit, Reader
from hub.kit.clock import stamp
from hub.kit.errors import NotFound

if TYPE_CHECKING:
    from hub.app import Hub
    from hub.db import UnitOfWork

_OWN = "hub-operator"


@click.group()
def agency() -> None:
    """Agencies of the partnership."""


@agency.command("add")
@click.argument("agency_id")
@click.option("--name", required=True, help="Its name for people.")
@click.option(
    "--kind", required=True, type=click.Choice([kind.value for kind in AgencyKind]), help="What it is in law."
)
@state_option
def add_agency(agency_id: str, name: str, kind: str, state: Path) -> None:
    """Add an agency; its provider and its first administrator come next."""
    with hub_of(state) as hub, hub.database.unit_of_work() as uow:
        made = hub.identity.register_agency(
            uow, _permit(hub, uow, Action.AGENCY_ADD), id=agency_id, name=name, kind=kind
        )
    click.echo(made.id)
    click.echo(f"Next: hub provider add {made.id} ..., then hub person add {made.id} ...", err=True)


@agency.command("list")
@state_option
def list_agencies(state: Path) -> None:
    """Each agency: id, kind, whether it has a provider, an administrator and a facilitator, and whether it is shut out."""
    with hub_of(state) as hub:
        with hub.database.unit_of_work() as uow:
            _permit(hub, uow, Action.AGENCY_READ)
        with hub.database.reading() as reading:
            with_provider = {one.agency for one in hub.identity.providers(reading)}
            for one in hub.identity.agencies(reading):
                said = (
                    ("provider", one.id in with_provider),
                    ("administrator", hub.identity.is_administered(reading, one.id)),
                    ("facilitator", hub.identity.facilitator(reading, one.id) is not None),
                    ("shut-out", one.disabled),
                )
                has = " ".join(name for name, true in said if true)
                click.echo(f"{one.id}\t{one.kind}\t{has}\t{one.name}")


@agency.command("shut-out")
@click.argument("agency_id")
@click.confirmation_option(prompt="Its people are signed out and their tokens end now. Go on?")
@state_option
def shut_out(agency_id: str, state: Path) -> None:
    """Let none of an agency's people in; their sessions and tokens end now."""
    with hub_of(state) as hub, hub.database.unit_of_work() as uow:
        hub.identity.shut_out_agency(uow, _permit(hub, uow, Action.AGENCY_SUSPEND, agency_id))


@agency.command("let-in")
@click.argument("agency_id")
@state_option
def let_in(agency_id: str, state: Path) -> None:
    """Let an agency's people in again."""
    with hub_of(state) as hub, hub.database.unit_of_work() as uow:
        hub.identity.let_agency_in(uow, _permit(hub, uow, Action.AGENCY_SUSPEND, agency_id))


@click.group()
def provider() -> None:
    """The OpenID providers through which agencies sign in."""


@provider.command("add")
@click.argument("agency_id")
@click.option("--issuer", required=True, help="Exactly as its discovery document states it.")
@click.option("--client-id", required=True)
@click.option("--client-secret", prompt=True, hide_input=True, envvar="HUB_CLIENT_SECRET", help="Asked for if not set.")
@click.option("--id", "provider_id", default="", help="Stands in the redirect URI; the agency's id if not said.")
@click.option("--subject-claim", type=click.Choice(["sub", "oid"]), default="sub", show_default=True)
@state_option
def add_provider(agency_id: str, state: Path, *, provider_id: str, **said: str) -> None:
    """Connect an agency's provider; prints the redirect URI to register there."""
    with hub_of(state) as hub:
        with hub.database.unit_of_work() as uow:
            permit = _permit(hub, uow, Action.AGENCY_SET_UP, agency_id)
            made = hub.identity.connect_provider(uow, permit, id=provider_id, **said)
        click.echo(hub.identity.redirect_uri(made.id))


@provider.command("renew-secret")
@click.argument("provider_id")
@click.option("--client-secret", prompt=True, hide_input=True, envvar="HUB_CLIENT_SECRET", help="Asked for if not set.")
@state_option
def renew_secret(provider_id: str, client_secret: str, state: Path) -> None:
    """Replace a provider's client secret before it runs out."""
    with hub_of(state) as hub, hub.database.unit_of_work() as uow:
        known = next((one for one in hub.identity.providers(uow) if one.id == provider_id), None)
        if known is None:
            raise NotFound(f"there is no provider {provider_id}", code="unknown-provider")
        permit = _permit(hub, uow, Action.AGENCY_SET_UP, known.agency)
        hub.identity.renew_client_secret(uow, permit, provider=provider_id, client_secret=client_secret)


@click.group()
def person() -> None:
    """The first administrator of each agency, and the hub's operators."""


@person.command("add")
@click.argument("agency_id")
@click.option("--name", required=True)
@click.option("--subject", default="", help="The account at the provider; without it an invitation code is printed.")
@click.option(
    "--provider", "provider_id", default="", help="Which of the agency's providers; the agency's id if not said."
)
@click.option("--role", "roles", multiple=True, help="Further roles beside administrator, where one person does all.")
@state_option
def add_person(
    agency_id: str, name: str, state: Path, *, subject: str, provider_id: str, roles: tuple[str, ...]
) -> None:
    """Add an agency's first administrator (or, to the hub's own agency, an operator): by account or by invitation."""
    from hub.identity import Invited

    first = Role.OPERATOR if agency_id == _OWN else Role.ADMINISTRATOR
    with hub_of(state) as hub, hub.database.unit_of_work() as uow:
        permit = _permit(hub, uow, Action.AGENCY_SET_UP, agency_id)
        made = hub.identity.first_person(
            uow, permit, name=name, roles={first.value, *roles}, provider=provider_id, subject=subject
        )
    if isinstance(made, Invited):
        click.echo(made.code)
        until = stamp(made.invitation.expires_at)
        click.echo(f"Hand this code over yourself. It is good once, until {until}, and is not shown again.", err=True)
    else:
        click.echo(made.id)


@person.command("remove")
@click.argument("person_id")
@click.option("--reason", required=True, type=click.Choice([reason.value for reason in Reason]))
@state_option
def remove_person(person_id: str, reason: str, state: Path) -> None:
    """Remove one of the hub's operators; an agency removes its own people."""
    with hub_of(state) as hub, hub.database.unit_of_work() as uow:
        permit = _permit(hub, uow, Action.AGENCY_SET_UP, _OWN)
        hub.identity.dismiss_operator(uow, permit, person=person_id, reason=reason)


def _permit(hub: Hub, uow: UnitOfWork, action: Action, agency_id: str = "") -> Permit:
    """The permit of the installation's operator; of whoever holds the state folder, while there is no operator yet."""
    resource = f"agency/{agency_id}" if agency_id else "agencies"
    try:
        reader = someone_with(hub, Role.OPERATOR.value)
    except NotFound:
        reader = Reader(agency=_OWN, task="set-up")
    return hub.policy.permit(uow, reader, action, resource)
