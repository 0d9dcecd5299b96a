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

_WORKFLOW = "hub-job"
_QUEUE = "hub"
_VERSION = "hub-jobs-1"  # of its own: else a new release would leave the jobs of the old one lying
_MOST_TRIES = 3
_POLL = 0.3

_log = logging.getLogger("hub.work")


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
        self._client: Any = None

    def register(self, kind: str, stages: Sequence[Stage]) -> None:
        """Name the stages of a kind of job; each is called with the subject's id. Before `launch` only."""
        if self._launched:
            raise Bug("jobs are registered before they are launched")
        self._stages[kind] = tuple(stages)

    def launch(self, *, name: str = "local", queued: bool = False) -> None:
        """Start the workers and go on with what a killed process of this `name` left. `queued`: do what was sent, too."""
        from dbos import DBOS, DBOSConfig  # noqa: PLC0415 - takes half a second that a first page does not have

        config = DBOSConfig(
            name="svd-hub",
            application_version=_VERSION,
            executor_id=name,
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

        self._workflow = DBOS.workflow(name=_WORKFLOW, max_recovery_attempts=_MOST_TRIES)(run)
        DBOS.listen_queues([_QUEUE] if queued else [])
        DBOS.launch()
        if queued:
            DBOS.register_queue(_QUEUE, worker_concurrency=1, polling_interval_sec=_POLL, on_conflict="always_update")
        self._launched = True

    def close(self) -> None:
        """Stop the workers; what is under way goes on at the next launch."""
        if self._launched:
            from dbos import DBOS  # noqa: PLC0415

            DBOS.destroy(workflow_completion_timeout_sec=0, destroy_registry=True)
            self._launched = False
        if self._client is not None:
            self._client.destroy()
            self._client = None

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

    def send(self, kind: str, subject: str, *, alone: bool = False) -> str:
        """Queue the job for a process that does what was sent; the same pair is the same job. `alone`: while one of the
        kind waits or runs, that one is meant. Where there is no queue yet nothing is kept: workers look for themselves.
        """
        job = f"{kind}:{subject}"
        options = {"workflow_name": _WORKFLOW, "queue_name": _QUEUE, "workflow_id": job, "app_version": _VERSION}
        if alone:
            options |= {"deduplication_id": kind, "duplication_policy": "return-existing"}
        try:
            return str(self._asking().enqueue(options, kind, subject).get_workflow_id())
        except Exception as error:
            _log.warning("a job could not be queued: %s %s", kind, type(error).__name__)
            return job

    def last(self, kind: str) -> JobProgress | None:
        """The job of the kind that was sent last; None when there was none, or there is no queue yet."""
        try:
            (found,) = self._asking().list_workflows(
                workflow_id_prefix=f"{kind}:", limit=1, sort_desc=True, load_input=False, load_output=False
            )
        except Exception:  # no queue yet, or nothing in it
            return None
        return self._told(found.workflow_id, found.status)

    def progress(self, job: str) -> JobProgress:
        """How far the job is; NotFound when there is none of this id."""
        found = self._asking().list_workflows(workflow_ids=[job], load_input=False, load_output=False)
        if not found:
            raise NotFound("there is no such job")
        return self._told(job, found[0].status)

    def is_done(self, job: str) -> bool:
        """Whether there is such a job and it ended well; False too where there is no queue yet."""
        try:
            return self.progress(job).state is JobState.DONE
        except Exception:  # no such job, or no queue to ask
            return False

    def _told(self, job: str, status: str) -> JobProgress:
        kind, _, subject = job.partition(":")
        names = tuple(name for name, _ in self._stages.get(kind, ()))
        return JobProgress(job, kind, subject, _STATES.get(status, JobState.FAILED), self._at.get(job, ""), names)

    def _asking(self) -> Any:
        """A client of the queue, which needs no workers in this process."""
        from dbos import DBOSClient  # noqa: PLC0415

        with self._lock:
            if self._client is None:
                self._client = DBOSClient(system_database_url=self._url, retry_connection_errors=False)
            return self._client

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
