"""What the council asks people: the quarterly survey of how safe they feel, and the responses to consultations on the strategy.

Both are layouts of the hub. The survey is counts of equal answers; a response to a consultation is one row without a person.
"""

from __future__ import annotations

from collections import Counter

import numpy as np

from hub.synthetic.seasons import Clockwork, spelled
from hub.synthetic.spoiling import Plan, Spoil, to, to_blank
from hub.synthetic.stream import Month, Stream
from hub.synthetic.streams import Texts, choose
from hub.synthetic.table import Table, repeated
from hub.synthetic.volumes import STORY_FROM, STORY_WARD

RESPONDENTS = 520
"""Respondents of a quarter's round (set: a survey of an outer London borough)."""
_SAFE_BY_DARK = {"very-safe": 0.22, "fairly-safe": 0.41, "fairly-unsafe": 0.21, "very-unsafe": 0.11, "not-known": 0.05}
_SAFE_BY_DAY = {"very-safe": 0.58, "fairly-safe": 0.34, "fairly-unsafe": 0.05, "very-unsafe": 0.02, "not-known": 0.01}
_PROBLEM = {"very-big": 0.07, "fairly-big": 0.19, "not-very-big": 0.44, "none": 0.26, "not-known": 0.04}
_AGREEMENT = {
    "strongly-agree": 0.09, "agree": 0.38, "neither": 0.27, "disagree": 0.15, "strongly-disagree": 0.06, "not-known": 0.05,
}  # fmt: skip
_AGES = {"18-24": 0.10, "25-34": 0.16, "35-49": 0.27, "50-64": 0.25, "65+": 0.22}
_SEXES = {"F": 0.52, "M": 0.48}

CONSULTATIONS = {  # month -> responses of the month, in the weeks that a consultation was open
    "2025-01": 84,
    "2025-02": 142,
    "2025-03": 39,
    "2026-05": 66,
    "2026-06": 171,
    "2026-07": 58,
    "2026-11": 62,
}
_CONCERNS = {
    "knives": 0.21, "street-violence": 0.15, "night-violence": 0.08, "domestic-abuse": 0.10, "sexual-violence": 0.07,
    "robbery": 0.08, "gangs": 0.07, "drugs": 0.10, "antisocial-behaviour": 0.10, "hate-crime": 0.02, "other": 0.01, "none": 0.01,
}  # fmt: skip
_WHO = {
    "resident": 0.74, "worker": 0.09, "business": 0.05, "student": 0.04, "community": 0.05, "public-body": 0.02, "other": 0.01,
}  # fmt: skip
_NO_WARD = 0.10


def perception_survey(month: Month) -> Table:
    """A quarter's round: one row for each set of equal answers, with how many gave it."""
    rng = month.chance.named("survey", month.period)
    size = int(rng.poisson(RESPONDENTS))
    answers = {
        "safe_after_dark": choose(rng, _SAFE_BY_DARK, size),
        "safe_by_day": choose(rng, _SAFE_BY_DAY, size),
        "violence_problem": choose(rng, _PROBLEM, size),
        "knife_problem": choose(rng, _PROBLEM, size),
        "asb_problem": choose(rng, _PROBLEM, size),
        "partners_deal_with_it": choose(rng, _AGREEMENT, size),
        "age_band": choose(rng, _AGES, size),
        "sex": choose(rng, _SEXES, size),
    }
    counted = sorted(Counter(zip(*answers.values(), strict=True)).items())
    groups = np.array([group for group, _ in counted], dtype=object).reshape(len(counted), len(answers))
    return Table.of(
        {
            "survey_month": repeated(month.period, len(counted)),
            **{name: groups[:, place] for place, name in enumerate(answers)},
            "respondents": np.array([str(count) for _, count in counted], dtype=object),
        }
    )


def consultation_responses(month: Month) -> Table:
    """The responses that came in the month, in order of their day. People of the ward of the story name the night more often."""
    rng = month.chance.named("consultation", month.period)
    size = CONSULTATIONS.get(month.period, 0)
    received = np.sort(Clockwork.of(month.period, "other").draw(rng, size))
    areas = month.ground.areas[: len(month.ground.areas)]
    inside = [area for area in areas if area.shape is not None]
    ward = np.array([area.ward_code for area in inside], dtype=object)[rng.integers(len(inside), size=size)]
    story = ward == next(area.ward_code for area in inside if area.ward == STORY_WARD)
    concern = choose(rng, _CONCERNS, size)
    louder = story & (month.period >= STORY_FROM) & (rng.random(size) < 0.5)
    concern = np.where(louder, "night-violence", concern).astype(object)
    second = choose(rng, _CONCERNS, size)
    year = month.period[:4]
    number = 100 * int(month.period[5:]) + np.arange(size)
    nowhere = rng.random(size) < (0.0 if month.tidy else _NO_WARD)
    days: Texts = np.array([text[:10] for text in spelled(received)], dtype=object)
    return Table.of(
        {
            "response_ref": np.array([f"CSP-{year}-{one:06d}" for one in number], dtype=object),
            "consultation": repeated(f"strategy-{year}", size),
            "received_date": days,
            "respondent_type": choose(rng, _WHO, size),
            "top_concern": concern,
            "second_concern": np.where((second == concern) | (rng.random(size) < 0.3), "", second).astype(object),
            "agrees_with_priorities": choose(rng, _AGREEMENT, size),
            "feels_safe": choose(rng, _SAFE_BY_DARK, size),
            "age_band": np.where(rng.random(size) < 0.12, "", choose(rng, _AGES, size)).astype(object),
            "sex": np.where(rng.random(size) < 0.08, "", choose(rng, _SEXES, size)).astype(object),
            "ward_code": np.where(nowhere, "", ward).astype(object),
        }
    )


SURVEY_PLAN = Plan(
    left_out="safe_after_dark",
    added=("weight", "1.0"),
    refused=("email", "a@ravensbourne.example"),
    copies_raise="exact-copies",
    spoils=(
        Spoil("bad-date", 3, "survey_month", to("Nov-26")),
        Spoil("outside-period", 4, "survey_month", to("2026-08")),
        Spoil("not-in-code-list", 5, "safe_after_dark", to("safe")),
        Spoil("not-in-code-list", 4, "age_band", to("16-24")),
        Spoil("bad-type", 4, "respondents", to("3.5")),
        Spoil("out-of-range", 3, "respondents", to("-2")),
        Spoil("blank-required", 4, "respondents", to_blank),
        Spoil("blank-wanted", 5, "violence_problem", to_blank),
    ),
)
CONSULTATION_PLAN = Plan(
    left_out="top_concern",
    added=("comment_code", "12"),
    refused=("email", "a@ravensbourne.example"),
    ragged=2,
    copies=3,
    copies_raise="repeated-key",
    spoils=(
        Spoil("bad-date", 3, "received_date", lambda cell: f"{cell[8:10]}/{cell[5:7]}/{cell[:4]}"),
        Spoil("outside-period", 3, "received_date", to("2026-12-04")),
        Spoil("not-in-code-list", 4, "top_concern", to("knife crime")),
        Spoil("not-in-code-list", 3, "age_band", to("adult")),
        Spoil("bad-format", 3, "response_ref", lambda cell: f"no. {cell[-4:]}"),
        Spoil("bad-format", 2, "ward_code", to("Lantern Quay")),
        Spoil("blank-required", 3, "agrees_with_priorities", to_blank),
        Spoil("blank-required", 2, "response_ref", to_blank),
        Spoil("too-long", 2, "consultation", to("strategy-" + "2026-" * 14 + "end")),
    ),
)
SURVEY = Stream(dataset="council/perception-survey", write=perception_survey, plan=SURVEY_PLAN, every=3)
CONSULTATION = Stream(
    dataset="council/consultation-responses",
    write=consultation_responses,
    plan=CONSULTATION_PLAN,
    only=frozenset(CONSULTATIONS),
)
