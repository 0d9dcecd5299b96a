"""The stages of a check, for the page of a submission that is under way."""

from __future__ import annotations

from hub.intake import CheckProgress, Stage
from hub.kit.words import say
from hub.web.elements import Progress, Step

_SHOWN = tuple(stage for stage in Stage if stage is not Stage.DONE)


def check_progress(found: CheckProgress) -> Progress | None:
    """The stages with the one at work, and a bar; nothing once the check is done."""
    if found.stage is Stage.DONE:
        return None
    here = _SHOWN.index(found.stage)
    steps = [_step(place, stage, here) for place, stage in enumerate(_SHOWN)]
    return Progress(say("web.stages.title"), "", tuple(steps), percent=round(100 * found.fraction))


def _step(place: int, stage: Stage, here: int) -> Step:
    """A file has arrived whole before anything is told of it: the first stage is done, and the next one waits its turn."""
    following = "running" if place == here else "waiting"
    state = "done" if stage is Stage.RECEIVED or place < here else following
    return Step(say(f"web.stages.{stage.value}"), state)
