"""The disclosure profiles, and how one turns counts into published cells."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from hub.disclosure.model import CellState, Counts, Profile, States
from hub.kit.errors import Invalid, Refused
from hub.kit.words import say

OPEN = Profile(name="open", threshold=0, round_to=1)
"""Public data (gateway `public_domain`): shown exactly, known to every attacker."""

EXACT = Profile(name="exact", threshold=0, round_to=1)
"""Controllers agree that these recipients may know each cell. Never for health data (the policy refuses it)."""

NHS_HES = Profile(name="nhs_hes", threshold=8, round_to=5)
"""NHS Digital's rule for sub-national counts since September 2018: 0 stays 0, 1 to 7 become `*`, others to the nearest 5."""

ONS_10_5 = Profile(name="ons_10_5", threshold=10, round_to=5, hides_zero=True)
"""ONS 10-5: counts below 10, zero included, are hidden; others to the nearest 5."""

PROFILES = {profile.name: profile for profile in (OPEN, EXACT, NHS_HES, ONS_10_5)}
"""The profiles that this release can apply, by name."""


def profile_named(name: str) -> Profile:
    """The profile called `name`. Refused for `cell_key`, which is planned but not built; Invalid for a name nobody knows."""
    remedy = say("disclosure.refused.remedy", names=", ".join(sorted(PROFILES)))
    if name == "cell_key":
        raise Refused(say("disclosure.refused.not-built"), code="profile-not-built", remedy=remedy)
    if name not in PROFILES:
        raise Invalid(say("disclosure.refused.unknown", name=name), code="unknown-profile", remedy=remedy)
    return PROFILES[name]


def protect(counts: Counts, profile: Profile, sensitive: npt.NDArray[np.bool_] | bool) -> tuple[States, Counts]:
    """Thresholds and rounding alone, cell by cell: (states, values), same shape as `counts`, no mask.

    `sensitive` says, for each cell or for all, whether zero is shown as `*`. The value of a hidden cell is 0. Counts below 0
    are Invalid. Safe only together with a mask: margins can give hidden cells away.
    """
    if counts.size and int(counts.min()) < 0:
        raise Invalid("A count is below zero", code="negative-count")
    small = counts < profile.threshold
    zero_shown = (counts == 0) & ~(np.asarray(sensitive, dtype=bool) | profile.hides_zero)
    states = np.where(small & ~zero_shown, CellState.STAR, CellState.NUMBER).astype(np.uint8)
    half = profile.round_to // 2
    rounded = (counts + half) // profile.round_to * profile.round_to
    return states, np.where(states == CellState.NUMBER, rounded, 0).astype(np.int64)


def legend(profile: Profile, *, zero_shown: bool) -> tuple[str, ...]:
    """What the signs of a table mean under a profile, in sentences; `zero_shown`: whether a 0 stands as 0 in it."""
    if not profile.hides:
        return (say("disclosure.legend.exact"),)
    highest = profile.threshold - 1
    star = "star" if zero_shown else "star-zero"
    sentences = [say(f"disclosure.legend.{star}", low=1, high=highest), say("disclosure.legend.withheld")]
    if profile.round_to > 1:
        sentences.append(say("disclosure.legend.rounded", step=profile.round_to))
    return tuple(sentences)
