"""What an agency could do next, in sentences: the two or three most useful things, and what goes well. Pure.

Feedback that a hospital can act on: what to do, about which file, in its own words for the columns; no blame, no marks out of ten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from hub.intake.calendar import Arrival
from hub.intake.periods import Span
from hub.intake.scorecard import Repeat, Score, total
from hub.kit.words import say
from hub.schemas import catalogue

MOST = 3
"""More than three things to do are done by nobody."""

_WELL_PLACED, _WELL_FILLED = 95.0, 98.0
_ILL_PLACED, _ILL_FILLED = 90.0, 90.0
_SOME_PERIODS = 3
_SAID_APART = frozenset({"blank-wanted", "no-place"})


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing to do: the dataset it is about, a stable code, the sentence. The lower `rank`, the more it helps."""

    rank: int
    dataset: str
    code: str
    text: str

    def as_json(self) -> dict[str, str]:
        """The advice as the API writes it."""
        return {"dataset": self.dataset, "code": self.code, "text": self.text}


def advice_on(scores: Sequence[Score]) -> tuple[Advice, ...]:
    """The most useful things to do, over all datasets: at most three."""
    everything = [one for score in scores for one in _advices(score)]
    return tuple(sorted(everything, key=lambda one: (one.rank, one.dataset))[:MOST])


def praise_of(score: Score) -> tuple[str, ...]:
    """What goes well."""
    return tuple(_praises(score))


def _advices(score: Score) -> Iterator[Advice]:
    for rank, (code, sentence) in enumerate(_SAID):
        text = sentence(score)
        if text:
            yield Advice(rank, score.dataset, code, text)


def _returned(score: Score) -> str:
    waiting = [one.span for one in score.marks if one.line.state in {Arrival.RETURNED, Arrival.REFUSED}]
    return say("scorecard.advice.returned", periods=_spoken(waiting)) if waiting else ""


def _word(score: Score) -> str:
    waiting = [one.span for one in score.marks if one.line.state is Arrival.CHECKED]
    return say("scorecard.advice.checked", periods=_spoken(waiting)) if waiting else ""


def _late(score: Score) -> str:
    late = [one for one in score.marks if one.line.state is Arrival.LATE]
    if not late:
        return ""
    return say("scorecard.advice.late", periods=_spoken([one.span for one in late]), days=f"{late[0].line.days_late:,}")


def _repeated(score: Score) -> str:
    worst = next((one for one in score.repeats if _is_worth_saying(one)), None)
    if worst is None:
        return ""
    title = catalogue()[worst.code].title
    about = f"{title} ({worst.field})" if worst.field else title
    count = say(f"scorecard.{'time' if worst.count == 1 else 'times'}", count=f"{worst.count:,}")
    return say("scorecard.advice.repeated", about=about, files=worst.files, count=count, remedy=worst.remedy)


def _is_worth_saying(one: Repeat) -> bool:
    """An error always; a warning about a tenth of the rows, where nothing else says it."""
    return one.severity == "error" or (one.code not in _SAID_APART and 10 * one.count >= one.rows)


def _gap(score: Score) -> str:
    gaps = [one.span for one in score.marks if one.line.state is Arrival.GAP]
    return say("scorecard.advice.gap", periods=_spoken(gaps)) if gaps else ""


def _ill_placed(score: Score) -> str:
    newest = score.newest
    percent = newest.placed.percent if newest else None
    if newest is None or percent is None or percent >= _ILL_PLACED:
        return ""
    rows = newest.placed.whole - newest.placed.part
    return say("scorecard.advice.placed", rows=f"{rows:,}", of=f"{newest.placed.whole:,}", period=newest.span.spoken)


def _ill_filled(score: Score) -> str:
    worst = next(iter(score.blanks), None)
    if worst is None or (worst[1].percent or 0) < 100 - _ILL_FILLED:
        return ""
    return say("scorecard.advice.filled", field=worst[0], percent=f"{worst[1].percent:.0f}")


def _tries(score: Score) -> str:
    last = [one.line.attempts for one in score.sent if one.line.attempts][-_SOME_PERIODS:]
    if len(last) < _SOME_PERIODS or sum(last) < 2 * len(last):
        return ""
    return say("scorecard.advice.tries", files=sum(last), periods=len(last))


def _slow(score: Score) -> str:
    said = score.punctuality
    if said.there < _SOME_PERIODS or 2 * said.in_time >= said.there or said.median_days is None:
        return ""
    return say("scorecard.advice.slow", days=f"{said.median_days:.0f}", in_time=said.in_time, there=said.there)


_SAID: tuple[tuple[str, Callable[[Score], str]], ...] = (
    ("returned", _returned),
    ("checked", _word),
    ("late", _late),
    ("repeated", _repeated),
    ("placed", _ill_placed),
    ("filled", _ill_filled),
    ("gap", _gap),
    ("tries", _tries),
    ("slow", _slow),
)
"""From what helps most to what helps least."""


def _praises(score: Score) -> Iterator[str]:
    said, sent = score.punctuality, score.sent
    if said.asked >= _SOME_PERIODS and said.asked == said.there == said.in_time:
        yield say("scorecard.praise.in_time", periods=said.asked)
    elif len(sent) >= _SOME_PERIODS and len(sent) == len(score.marks):
        yield say("scorecard.praise.whole", periods=len(sent))
    placed = total(one.placed for one in sent).percent
    if placed is not None and placed >= _WELL_PLACED:
        yield say("scorecard.praise.placed", percent=f"{placed:.0f}")
    filled = total(one.filled for one in sent).percent
    if filled is not None and filled >= _WELL_FILLED:
        yield say("scorecard.praise.filled", percent=f"{filled:.0f}")
    if len(sent) >= _SOME_PERIODS and all(one.line.attempts <= 1 for one in sent[-_SOME_PERIODS:]):
        yield say("scorecard.praise.first", periods=_SOME_PERIODS)
    for code in score.ended[:1]:
        yield say("scorecard.praise.ended", about=catalogue()[code].title)


def _spoken(spans: Sequence[Span]) -> str:
    """`July 2026`; `July and August 2026` as two; more than three are counted."""
    if len(spans) > MOST:
        return say("scorecard.many", count=len(spans), first=spans[0].spoken, last=spans[-1].spoken)
    names = [one.spoken for one in spans]
    return names[0] if len(names) == 1 else say("scorecard.and", first=", ".join(names[:-1]), last=names[-1])
