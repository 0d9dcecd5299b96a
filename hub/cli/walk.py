"""The main job over HTTP, step by step: what `hub tour` does to the end and `hub demo` does behind its pages."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

from hub.app import PARTNERSHIPS, Progress
from hub.cli.client import HubClient
from hub.cli.itinerary import Extract, Itinerary
from hub.kit.errors import HubError

Tell = Callable[[Progress], None]

ACCEPTED = frozenset({"accepted", "accepted-with-warnings", "part-accepted"})
_EXPLANATION = "The figures are as the source has them."
_AT_ONCE = 2
"""A check is half Python and half engine: two at a time keep two cores busy."""


class StepFailed(HubError):
    """A step of the walk did not do what it is for."""

    code = "step-failed"


@dataclass(slots=True)
class Log:
    """What the walk did, in the form of `hub tour --json`."""

    submissions: list[dict[str, Any]] = field(default_factory=list)
    snapshot: int = 0
    views: list[dict[str, Any]] = field(default_factory=list)
    dropped: dict[str, dict[str, str]] = field(default_factory=dict)
    notes: dict[str, list[str]] = field(default_factory=dict)
    assessment: str = ""
    audit: dict[str, Any] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time a step."""
        start = time.monotonic()
        yield
        self.seconds[name] = round(time.monotonic() - start, 2)


def submit_all(address: str, itinerary: Itinerary, log: Log, tell: Tell) -> None:
    """Each agency's uploader logs in through its own provider and submits its extracts, two agencies at a time.

    The log lists them agency by agency, as the itinerary names them. The first that fails ends the walk.
    """
    by_agency: dict[str, list[Extract]] = defaultdict(list)
    for extract in itinerary.extracts:
        by_agency[extract.agency].append(extract)
    told = _Told(len(itinerary.extracts), tell)
    sent: dict[str, list[dict[str, Any]]] = {agency: [] for agency in by_agency}
    longest = sorted(by_agency, key=lambda agency: -len(by_agency[agency]))
    try:
        with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
            running = [
                pool.submit(_submit, address, itinerary.partnership, by_agency[agency], sent[agency], told)
                for agency in longest
            ]
            for one in as_completed(running):
                told.stopped = told.stopped or one.exception() is not None
            for one in running:
                one.result()
    finally:
        log.submissions += [submission for agency in by_agency for submission in sent[agency]]


def send_back(address: str, itinerary: Itinerary) -> None:
    """Submit the files that come back, each by its agency's uploader."""
    for extract in itinerary.returned:
        uploader = PARTNERSHIPS[itinerary.partnership].person(extract.agency, "uploader")
        with HubClient(address) as client:
            client.login(extract.agency, uploader.id)
            client.submit(extract.path, dataset=extract.dataset, period=extract.period, attest="true")


class _Told:
    """Progress that several uploads count up together."""

    def __init__(self, total: int, tell: Tell) -> None:
        self.stopped = False
        self._done, self._total, self._tell = 0, total, tell
        self._lock = Lock()

    def one_more(self) -> None:
        with self._lock:
            self._done += 1
            self._tell(Progress(stage="submissions", done=self._done, total=self._total))


def _submit(
    address: str, partnership: str, extracts: Sequence[Extract], sent: list[dict[str, Any]], told: _Told
) -> None:
    agency = extracts[0].agency
    uploader = PARTNERSHIPS[partnership].person(agency, "uploader")
    with HubClient(address) as client:
        client.login(agency, uploader.id)
        for extract in extracts:
            if told.stopped:
                break
            sent_now = client.submit(extract.path, dataset=extract.dataset, period=extract.period, attest="true")
            answer = sent_now["report"]
            if sent_now["state"] == "checked":
                client.tell(f"/submissions/{sent_now['id']}/accept", _word_for(answer))
            told.one_more()
            sent.append(
                {
                    "agency": agency,
                    "dataset": extract.dataset,
                    "period": extract.period,
                    "file": extract.path.name,
                    "rows": answer["rows"],
                    "accepted_rows": answer["accepted_rows"],
                    "outcome": answer["outcome"],
                    "findings": {one["code"]: one["count"] for one in answer["findings"]},
                }
            )
            if answer["outcome"] not in ACCEPTED:
                raise StepFailed(f"{extract.path.name}: {answer['outcome']}")


def _word_for(report: dict[str, Any]) -> dict[str, Any]:
    """The word of a sender who knows why the figures are as they are: they are real, or invented, as the walk is told."""
    asked = [one for one in report["findings"] if one["severity"] == "query"]
    return {"attest": True, "explanations": {f"{one['code']}:{one['field']}": _EXPLANATION for one in asked}}


def build_and_look(address: str, itinerary: Itinerary, log: Log, out: Path, tell: Tell, *, look: bool = True) -> None:
    """The partnership analyst builds a snapshot, asks the views, and builds the assessment into `out`."""
    analyst = PARTNERSHIPS[itinerary.partnership].person(itinerary.lead, "analyst")
    with HubClient(address) as client:
        client.login(itinerary.lead, analyst.id, scopes=("read", "submit"))
        tell(Progress(stage="snapshot"))
        with log.step("snapshot"):
            built = client.post("/snapshots")
        log.snapshot = built["snapshot"]
        log.views = built["views"]
        log.dropped = {one["id"]: one["dropped"] for one in built["measures"] if one["dropped"]}
        if look:
            with log.step("query"):
                _look(client, [view["id"] for view in log.views], log)
        tell(Progress(stage="assessment"))
        with log.step("assessment"):
            made = client.post("/assessments", justification="tour")
            out.mkdir(parents=True, exist_ok=True)
            path = out / "assessment.html"
            path.write_bytes(client.text(f"/assessments/{made['id']}", justification="tour").encode())
            log.assessment = str(path)


def verify(address: str, itinerary: Itinerary, log: Log) -> None:
    """The auditor has the log recomputed."""
    auditor = PARTNERSHIPS[itinerary.partnership].person(itinerary.lead, "auditor")
    with log.step("audit"), HubClient(address) as client:
        client.login(itinerary.lead, auditor.id, scopes=("read",))
        client.get("/audit/checkpoint")
        found = client.get("/audit/verification", purpose="lawfulness")
    log.audit = {"entries": found["entries"], "verified": found["verified"]}
    if not found["verified"]:
        raise StepFailed("the audit log does not hold")


def _look(client: HubClient, views: Sequence[str], log: Log) -> None:
    for view in views:
        offer = client.get(f"/views/{view}")
        log.notes[view] = [note["sentence"] for note in offer["notes"]]
        for table in offer["tables"]:
            by = ",".join(table["by"])
            document = client.get(f"/views/{view}/table", by=by, format="json")
            text = client.text(f"/views/{view}/table", by=by, format="csv")
            if document["provenance"]["result_hash"] not in text:
                raise StepFailed(f"{view} by {by}: CSV and JSON are of different cells")
