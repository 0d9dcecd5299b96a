"""A month against the agency's own months before it: what is unusual enough to ask about. Pure: counts in, queries out.

Nothing here returns a file. A query is asked once and answered by the submitter; so the rules are made to be quiet: limits are
robust (median and moving ranges, as XmR charts use them: Wheeler, Understanding Variation, 1993), small numbers are left alone,
and a month that is as it was a year ago is not asked about. How often they are wrong is measured in
docs/explanation/queries-against-history.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import pi, sqrt
from statistics import median

from hub.intake.query import COUNTED, PERCENT, Moved, Query
from hub.intake.summary import MonthCounts
from hub.kit.spoken import months_until

LEAST_MONTHS = 6
"""With fewer earlier months nothing is asked."""

RECENT, REACH = 12, 24
"""What is usual is told from the newest 12 months that there are, of the 24 before."""

MOVES = 3.145
"""Natural limits lie so many median moving ranges beside the median (3 / 0.954: Wheeler's constant for medians)."""

LEAST_MOVES = 5
NOISE = 3
"""Counts vary by their square root by chance alone: so many of them are no step."""

LEAST_SHARE, LEAST_STEP = 0.2, 10
"""A smaller part of the usual count, or a smaller number, is no step."""

LARGE, FALL = 100, 0.6
"""Of a usual count of 100 and more, a fall below six tenths of it, or a rise beyond the reverse, is always a step."""

CUT_FROM, CUT_BELOW = 40, 0.25
"""A month below a quarter of the usual is a truncated month, where 40 and more are usual: as in wide tables."""

SEASON_SHARE = 0.15
"""A month within so much of the same month a year ago (or within chance of it) is as the season is."""

BLANK_POINTS, BLANK_ROWS = 0.05, 10
"""The share of blanks steps by at least five points, and by ten rows."""

APPEARED, VANISHED = 5, 10
"""A code that was never there appears with five; a code of which ten were to be expected vanishes."""

LEAST_MIX, LEAST_ROWS = 0.15, 50
"""A mix shifts by at least 15 points, and is compared from 50 counted things on."""

MADS = 4.0
"""So many scaled median deviations from the median are no longer usual (1.4826 times the deviation is a standard one)."""

_SCALE = 1.4826
_MOST_MOVED = 10
_OUTLYING = ("outside", "unlocated")


def months_before(month: str) -> tuple[str, ...]:
    """The 24 months before, oldest first."""
    return tuple(sorted(months_until(month, REACH + 1)))[:-1]


def queries(
    month: str, now: MonthCounts, past: Mapping[str, MonthCounts], *, fresh: Mapping[str, frozenset[str]] | None = None
) -> tuple[Query, ...]:
    """What to ask of a month, given the months that the agency sent before: of its volume, blanks and mix.

    `past` may hold any months; those of the two years before are looked at, missing ones are no zero. `fresh`: for each
    coded field the codes that are valid only since lately, which may appear without a question.
    """
    known = {name: past[name] for name in months_before(month) if name in past}
    if len(known) < LEAST_MONTHS:
        return ()
    volume = volume_query(month, now.counted, {name: one.counted for name, one in known.items()})
    found = [volume] if volume else []
    found += [one for name in sorted(now.blanks) if (one := blanks_query(month, name, now, known))]
    for name in sorted({*now.mix, *(field for one in known.values() for field in one.mix)}):
        mixes = {held: one.mix[name] for held, one in known.items() if name in one.mix}
        found += mix_queries(month, name, now.mix.get(name, {}), mixes, fresh=(fresh or {}).get(name, frozenset()))
    return tuple(found)


# ---- volume ------------------------------------------------------------------------------------------------------------


def volume_query(month: str, now: int, past: Mapping[str, int]) -> Query | None:
    """`truncated-period` where the month holds less than a quarter of the usual, else `volume-step` outside the limits."""
    recent = _recent(past)
    if len(recent) < LEAST_MONTHS:
        return None
    usual = median(recent)
    low, high = volume_limits(past)
    cut = usual >= CUT_FROM and now < CUT_BELOW * usual
    if (low <= now <= high and not cut) or _as_the_season(month, now, past):
        return None
    return Query(
        code="truncated-period" if cut else "volume-step",
        field="",
        month=month,
        count=now,
        unit=COUNTED,
        now=now,
        usual=_whole(usual),
        low=_whole(low),
        high=_whole(high),
        series=_series(month, past),
    )


def volume_limits(past: Mapping[str, int]) -> tuple[float, float]:
    """What the months before let expect: the median of the newest twelve, and as far around it as months move by habit.

    At least three square roots, a fifth of the median and ten; of a large series never more than six tenths down.
    """
    recent = _recent(past)
    usual = median(recent)
    moves = [
        abs(past[after] - past[before])
        for before, after in pairwise(sorted(past))
        if months_until(after, 2)[1] == before
    ]
    habit = MOVES * median(moves) if len(moves) >= LEAST_MOVES else NOISE * _SCALE * _deviation(recent)
    reach = max(habit, NOISE * sqrt(usual), LEAST_SHARE * usual, LEAST_STEP)
    low, high = max(0.0, usual - reach), usual + reach
    return (max(low, FALL * usual), min(high, usual / FALL)) if usual >= LARGE else (low, high)


def _as_the_season(month: str, now: int, past: Mapping[str, int]) -> bool:
    """Whether the month is as the same month was a year ago, or two."""
    for years in (1, 2):
        then = past.get(f"{int(month[:4]) - years:04d}{month[4:]}")
        if then is not None and abs(now - then) <= max(NOISE * sqrt(then), SEASON_SHARE * then, LEAST_STEP):
            return True
    return False


# ---- blanks ------------------------------------------------------------------------------------------------------------


def blanks_query(month: str, field: str, now: MonthCounts, past: Mapping[str, MonthCounts]) -> Query | None:
    """`blanks-step` where the share of blanks of a field is another than usual."""
    shares = {name: (one.blanks[field], one.rows) for name, one in past.items() if field in one.blanks}
    return _share_query("blanks-step", month, field, (now.blanks[field], now.rows), shares)


def _share_query(
    code: str, month: str, field: str, now: tuple[int, int], past: Mapping[str, tuple[int, int]]
) -> Query | None:
    """A share (part, whole) against the shares of the months before: outside chance, habit, and five points."""
    recent = [past[name] for name in sorted(past) if past[name][1]][-RECENT:]
    part, rows = now
    if len(recent) < LEAST_MONTHS or not rows:
        return None
    shares = [one / whole for one, whole in recent]
    usual = median(shares)
    pooled = (sum(one for one, _ in recent) + 1) / (sum(whole for _, whole in recent) + 2)
    chance = NOISE * sqrt(pooled * (1 - pooled) / rows)
    reach = max(chance, MADS * _SCALE * _deviation(shares), BLANK_POINTS)
    share = part / rows
    if abs(share - usual) <= reach or abs(share - usual) * rows < BLANK_ROWS:
        return None
    return Query(
        code=code,
        field=field,
        month=month,
        count=part if code == "blanks-step" else rows - part,
        unit=PERCENT,
        now=_percent(share),
        usual=_percent(usual),
        low=_percent(max(0.0, usual - reach)),
        high=_percent(min(1.0, usual + reach)),
        series=_series(month, {name: _percent(one / whole) for name, (one, whole) in past.items() if whole}),
    )


# ---- the mix of codes -----------------------------------------------------------------------------------------------------


def mix_queries(
    month: str,
    field: str,
    now: Mapping[str, int],
    past: Mapping[str, Mapping[str, int]],
    *,
    fresh: frozenset[str] = frozenset(),
) -> list[Query]:
    """`category-appeared`, `category-vanished`; where neither is, `mix-shift`: one cause is asked about once."""
    recent = {name: past[name] for name in sorted(past)[-RECENT:]}
    if len(recent) < LEAST_MONTHS:
        return []
    known = {code for one in past.values() for code in one}
    came = {code: count for code, count in now.items() if count >= APPEARED and code not in known and code not in fresh}
    gone = _vanished(now, recent)
    found = []
    if came:
        parts = tuple(Moved(code, count, 0) for code, count in _largest(came))
        found.append(_category_query("category-appeared", sum(came.values()), 0, past, parts, month=month, field=field))
    if gone:
        parts = tuple(Moved(code, 0, _whole(usual)) for code, usual in _largest(gone))
        usual = _whole(sum(gone.values()))
        found.append(_category_query("category-vanished", 0, usual, past, parts, month=month, field=field))
    shift = None if found else _shift_query("mix-shift", month, field, now, past)
    return found + ([shift] if shift else [])


def _vanished(now: Mapping[str, int], recent: Mapping[str, Mapping[str, int]]) -> dict[str, float]:
    """The codes of which there is none, with how many of so many things were to be expected."""
    whole = sum(now.values())
    totals = {name: sum(one.values()) for name, one in recent.items()}
    expected = {
        code: whole * median(one.get(code, 0) / totals[name] for name, one in recent.items() if totals[name])
        for code in {code for one in recent.values() for code in one} - set(now)
        if any(totals.values())
    }
    return {code: usual for code, usual in expected.items() if usual >= VANISHED}


def _category_query(
    code: str,
    now: int,
    usual: int,
    past: Mapping[str, Mapping[str, int]],
    parts: tuple[Moved, ...],
    *,
    month: str,
    field: str,
) -> Query:
    """A query about codes that came or went; its series is of all of them together."""
    codes = {one.code for one in parts}
    held = {name: sum(count for code, count in one.items() if code in codes) for name, one in past.items()}
    return Query(
        code=code,
        field=field,
        month=month,
        count=len(parts),
        unit=COUNTED,
        now=now,
        usual=usual,
        low=None,
        high=None,
        series=_series(month, held),
        parts=parts[:_MOST_MOVED],
    )


def _shift_query(
    code: str, month: str, field: str, now: Mapping[str, int], past: Mapping[str, Mapping[str, int]]
) -> Query | None:
    """Whether the shares of the codes moved further than they do from month to month, and than chance moves them.

    The distance is the total variation: how much of the whole would have to be elsewhere.
    """
    recent = {name: past[name] for name in sorted(past)[-RECENT:]}
    sizes = {name: sum(one.values()) for name, one in recent.items()}
    whole = sum(now.values())
    large = [name for name, size in sizes.items() if size >= LEAST_ROWS]
    if whole < LEAST_ROWS or len(large) < LEAST_MONTHS:
        return None
    usual = _pooled([recent[name] for name in large])
    habits = [distance(recent[name], _pooled([recent[other] for other in large if other != name])) for name in large]
    chance = sum(sqrt(share * (1 - share) / whole) for share in usual.values()) / sqrt(2 * pi)
    limit = max(LEAST_MIX, 2 * chance, median(habits) + MADS * _SCALE * _deviation(habits))
    if distance(now, usual) <= limit:
        return None
    moves = sorted({*now, *usual}, key=lambda name: (-abs(now.get(name, 0) / whole - usual.get(name, 0)), name))
    most = moves[0]
    return Query(
        code=code,
        field=field,
        month=month,
        count=whole,
        unit=PERCENT,
        now=_percent(now.get(most, 0) / whole),
        usual=_percent(usual.get(most, 0)),
        low=None,
        high=None,
        series=_series(month, {name: _percent(past[name].get(most, 0) / sizes[name]) for name in large}),
        parts=tuple(
            Moved(name, _percent(now.get(name, 0) / whole), _percent(usual.get(name, 0)))
            for name in moves[:_MOST_MOVED]
        ),
    )


def distance(now: Mapping[str, int], usual: Mapping[str, float]) -> float:
    """Total variation between the shares of counts and other shares: 0 the same, 1 nothing in common."""
    whole = sum(now.values())
    return sum(abs(now.get(code, 0) / whole - usual.get(code, 0)) for code in {*now, *usual}) / 2


def _pooled(mixes: Sequence[Mapping[str, int]]) -> dict[str, float]:
    whole = sum(sum(one.values()) for one in mixes)
    summed: dict[str, int] = {}
    for one in mixes:
        for code, count in one.items():
            summed[code] = summed.get(code, 0) + count
    return {code: count / whole for code, count in summed.items()}


# ---- places -----------------------------------------------------------------------------------------------------------


def place_query(month: str, field: str, now: Mapping[str, int], past: Mapping[str, Mapping[str, int]]) -> Query | None:
    """`place-shift` where another share of the rows lies in the areas than usual, or the rows lie in other wards."""
    known = {name: past[name] for name in months_before(month) if past.get(name)}
    located = {name: (_located(one), sum(one.values())) for name, one in known.items()}
    share = _share_query("place-shift", month, field, (_located(now), sum(now.values())), located)
    if share is not None:
        return share
    wards = {name: _wards(one) for name, one in known.items()}
    return _shift_query("place-shift", month, field, _wards(now), wards)


def _located(places: Mapping[str, int]) -> int:
    return sum(_wards(places).values())


def _wards(places: Mapping[str, int]) -> dict[str, int]:
    return {name: count for name, count in places.items() if name not in _OUTLYING}


# ---- inside -----------------------------------------------------------------------------------------------------------


def _recent(past: Mapping[str, int]) -> list[int]:
    return [past[name] for name in sorted(past)[-RECENT:]]


def _series(month: str, past: Mapping[str, float]) -> tuple[tuple[str, float | None], ...]:
    """The months before from the first that is there, with None for a missing one."""
    first = min(past)
    return tuple((name, past.get(name)) for name in months_before(month) if name >= first)


def _deviation(values: Sequence[float]) -> float:
    """The median distance from the median."""
    middle = median(values)
    return median(abs(value - middle) for value in values)


def _largest(counts: Mapping[str, float]) -> list[tuple[str, int]]:
    return [(code, _whole(counts[code])) for code in sorted(counts, key=lambda code: (-counts[code], code))]


def _whole(number: float) -> int:
    """To the nearest whole number, halves up."""
    return int(number + 0.5)


def _percent(share: float) -> float:
    """A share in percent, with one decimal."""
    return int(share * 1000 + 0.5) / 10
