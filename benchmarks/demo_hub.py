"""The demo partnership with its snapshot built, without a server: what `hub demo` makes, through the same verbs."""

from __future__ import annotations

from pathlib import Path

from hub.app import PARTNERSHIPS, Hub, build, build_snapshot, seed
from hub.intake import ATTESTATION
from hub.kit.authority import Action, Reader
from hub.settings import Mode, Settings
from hub.synthetic import FOUR_DATASETS, write_partnership


def demo_hub(state: Path, *, months: int) -> Hub:
    """A hub in `state` with `months` months of the demo submitted, checked, frozen and built."""
    hub = build(Settings(mode=Mode.DEMO, state=state))
    seed(hub, PARTNERSHIPS["ravensbourne-four"])
    files = state / "extracts"
    manifest = write_partnership(files, months=months, datasets=FOUR_DATASETS)
    with hub.database.unit_of_work() as uow:
        permit = hub.policy.permit(uow, _reader(hub, "operator"), Action.GEOGRAPHY_LOAD, "geography")
        hub.geography.load_all(uow, permit, [files / one.path for one in manifest.geography])
    for one in manifest.extracts:
        uploader = _reader(hub, "uploader", agency=one.agency)
        with hub.database.unit_of_work() as uow:
            permit = hub.policy.permit(uow, uploader, Action.SUBMISSION_CREATE, one.dataset)
        receiving = hub.intake.receive(
            permit,
            agency=one.agency,
            dataset=one.dataset,
            period=one.period,
            file_name=Path(one.path).name,
            attestation=ATTESTATION,
        )
        receiving.write((files / one.path).read_bytes())
        with hub.database.unit_of_work() as uow:
            received = receiving.complete(uow)
        hub.intake.check_apart(received.id)
    build_snapshot(hub, _reader(hub, "operator"))
    return hub


def analyst(hub: Hub) -> Reader:
    """The council's analyst."""
    return _reader(hub, "analyst", agency="ravensbourne-council")


def _reader(hub: Hub, role: str, *, agency: str = "") -> Reader:
    with hub.database.reading() as reading:
        people = hub.identity.people(reading)
    person = next(one for one in people if role in {held.value for held in one.roles} and agency in ("", one.agency))
    return Reader(agency=person.agency, person=person.id, roles=frozenset(held.value for held in person.roles))
