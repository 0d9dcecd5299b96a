"""Statistical disclosure control, as pure functions: profiles, lattices, masks, and the attacker that judges them."""

from hub.disclosure.attack import Asker, AttackReport, Leak, MeasureAttack, attack
from hub.disclosure.deduction import PublicRules
from hub.disclosure.lattice import AreaPlace, Lattice, months_of, quarter_of, year_of
from hub.disclosure.mask import PROPOSED, MaskRules, build_mask, thresholds_only
from hub.disclosure.model import (
    ALL_KINDS,
    AREA_LEVELS,
    KIND,
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
from hub.disclosure.profiles import EXACT, NHS_HES, ONS_10_5, OPEN, PROFILES, legend, profile_named, protect
from hub.disclosure.service import Protected, WholeMeasure, protect_measure, published_cells

__all__ = [
    "ALL_KINDS",
    "AREA_LEVELS",
    "EXACT",
    "KIND",
    "NHS_HES",
    "ONS_10_5",
    "OPEN",
    "PERIOD_LEVELS",
    "PROFILES",
    "PROPOSED",
    "AreaPlace",
    "Asker",
    "AttackReport",
    "CellKey",
    "CellState",
    "DroppedTable",
    "Lattice",
    "Leak",
    "MaskReport",
    "MaskRules",
    "Masked",
    "MaskedTable",
    "MeasureAttack",
    "Profile",
    "Protected",
    "PublicRules",
    "PublishedCell",
    "TableReport",
    "TableSpec",
    "WholeMeasure",
    "attack",
    "build_mask",
    "legend",
    "months_of",
    "profile_named",
    "protect",
    "protect_measure",
    "published_cells",
    "quarter_of",
    "thresholds_only",
    "year_of",
]
