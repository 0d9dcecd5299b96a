"""Jobs over DBOS durable workflows (SQLite embedded, PostgreSQL in production)."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from hub.kit.errors import Bug, HubError, NotFound

Stage = tuple[str, Callable[[str], None]]


class JobState(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class JobProgress:
    """How far a job is: `stage` is the name of the stage at work, `stages` all of them in order."""

    id: str
    kind: str
    subject: str
    state: JobState
    stage: str
    stages: tuple[str, ...]


class StageFailed(HubError):
    """A stage ended with an error; `code` is all that is kept of it."""

    def __init__(self, code: str) -> None:
        super().__init__(f"stage failed: {code}", code=code)


class Jobs:
    """Starts jobs and tells how far they are. One per process, because DBOS is."""

    def __init__(self, *, database_url: str) -> None:
        self._url = database_url
        self._stages: dict[str, tuple[Stage, ...]] = {}
        self._at: dict[str, str] = {}
        self._lock = threading.Lock()
        self._launched = False
        self._workflow: Callable[[str, str], None] | None = None

    def register(self, kind: str, stages: Sequence[Stage]) -> None:
        """Name the stages of a kind of job; each is called with the subject's id. Before `launch` only."""
        if self._launched:
            raise Bug("jobs are registered before they are launched")
        self._stages[kind] = tuple(stages)

    def launch(self) -> None:
        """Start the workers and go on with what a killed process left."""
        from dbos import DBOS, DBOSConfig  # noqa: PLC0415 - takes half a second that a first page does not have

        config = DBOSConfig(
            name="svd-hub",
            application_version="hub-jobs-1",  # else a new release would leave the jobs of the old one lying
            system_database_url=self._url,
            use_listen_notify=not self._url.startswith("sqlite"),
            log_level="ERROR",
            enable_otlp=False,
        )
        logging.getLogger("dbos").setLevel(
            logging.ERROR
        )  # it advertises a console and quotes arguments at lower levels
        DBOS(config=config)

        def run(kind: str, subject: str) -> None:
            self._run(kind, subject)

        self._workflow = DBOS.workflow(name="hub-job")(run)
        DBOS.launch()
        self._launched = True

    def close(self) -> None:
        """Stop the workers; what is under way goes on at the next launch."""
        if self._launched:
            from dbos import DBOS  # noqa: PLC0415

            DBOS.destroy(workflow_completion_timeout_sec=0, destroy_registry=True)
            self._launched = False

    def start(self, kind: str, subject: str) -> str:
        """Start the job of `kind` for `subject`; the same pair is the same job, started once."""
        if kind not in self._stages:
            raise NotFound(f"no kind of job is called {kind}")
        if self._workflow is None:
            raise Bug("jobs are not launched")
        from dbos import DBOS, SetWorkflowID  # noqa: PLC0415

        job = f"{kind}:{subject}"
        with SetWorkflowID(job):
            DBOS.start_workflow(self._workflow, kind, subject)
        return job

    def progress(self, job: str) -> JobProgress:
        """How far the job is; NotFound when there is none of this id."""
        from dbos import DBOS  # noqa: PLC0415

        kind, _, subject = job.partition(":")
        status = DBOS.get_workflow_status(job) if kind in self._stages else None
        if status is None:
            raise NotFound("there is no such job")
        names = tuple(name for name, _ in self._stages[kind])
        return JobProgress(
            job, kind, subject, _STATES.get(status.status, JobState.FAILED), self._at.get(job, ""), names
        )

    def wait(self, job: str) -> JobProgress:
        """Wait until the job has ended, then tell how."""
        from dbos import DBOS  # noqa: PLC0415

        try:
            DBOS.retrieve_workflow(job).get_result()
        except Exception:  # whatever ended the job, its state says so
            return self.progress(job)
        return self.progress(job)

    def _run(self, kind: str, subject: str) -> None:
        from dbos import DBOS  # noqa: PLC0415

        for name, work in self._stages[kind]:
            with self._lock:
                self._at[f"{kind}:{subject}"] = name
            DBOS.run_step({"name": name}, _without_result, work, subject)


def _without_result(work: Callable[[str], None], subject: str) -> None:
    """Run a stage and keep nothing of what it returns or of what an error says: DBOS stores both (promise P7)."""
    try:
        work(subject)
    except Exception as error:
        code = error.code if isinstance(error, HubError) else type(error).__name__
        raise StageFailed(code) from None


_STATES: Mapping[str, Any] = {
    "ENQUEUED": JobState.WAITING,
    "PENDING": JobState.RUNNING,
    "SUCCESS": JobState.DONE,
}
