"""Statistical disclosure control, as pure functions: profiles, lattices, masks, and the attacker that judges them."""

from hub.disclosure.lattice import AreaPlace, Lattice, months_of, quarter_of, year_of
from hub.disclosure.mask import PROPOSED, MaskRules, build_mask, thresholds_only
from hub.disclosure.model import (
    ALL_KINDS,
    AREA_LEVELS,
    PERIOD_LEVELS,
    CellKey,
    CellState,
    DroppedTable,
    Masked,
    MaskedTable,
    MaskReport,
    Profile,
    PublishedCell,
    TableReport,
    TableSpec,
)
from hub.disclosure.profiles import EXACT, NHS_HES, ONS_10_5, OPEN, PROFILES, profile_named, protect

__all__ = [
    "ALL_KINDS",
    "AREA_LEVELS",
    "EXACT",
    "NHS_HES",
    "ONS_10_5",
    "OPEN",
    "PERIOD_LEVELS",
    "PROFILES",
    "PROPOSED",
    "AreaPlace",
    "CellKey",
    "CellState",
    "DroppedTable",
    "Lattice",
    "MaskReport",
    "MaskRules",
    "Masked",
    "MaskedTable",
    "Profile",
    "PublishedCell",
    "TableReport",
    "TableSpec",
    "build_mask",
    "months_of",
    "profile_named",
    "protect",
    "quarter_of",
    "thresholds_only",
    "year_of",
]
