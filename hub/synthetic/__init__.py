"""A made-up partnership, "Ravensbourne": truth first, then each agency's view of it, written as files.

    write_partnership(folder, seed=2022, months=36) -> Manifest      extracts, geography, samples, truth, manifest.json
    write_context(folder) -> paths                                    population and deprivation, for `hub context load`
    AGENCIES, PARTNERS, PERSONAS, DATASETS                            who is who in the demo, and what they submit
    FOUR, FOUR_PERSONAS, FOUR_DATASETS                                a small partnership within it, quick to set up

Everything is invented and says so. Nothing here touches the hub: the files go through the same door as anybody's.
"""

from hub.synthetic.agencies import AGENCIES, FOUR, FOUR_DATASETS, PARTNERS, DemoAgency
from hub.synthetic.context import write_context
from hub.synthetic.model import (
    NOTICE,
    PARTNERSHIP,
    ExtractFile,
    GeographyFile,
    Manifest,
    SampleFile,
    TruthSummary,
)
from hub.synthetic.personas import FOUR_PERSONAS, PERSONAS, Persona, persona
from hub.synthetic.service import DATASETS, write_partnership

__all__ = [
    "AGENCIES",
    "DATASETS",
    "FOUR",
    "FOUR_DATASETS",
    "FOUR_PERSONAS",
    "NOTICE",
    "PARTNERS",
    "PARTNERSHIP",
    "PERSONAS",
    "DemoAgency",
    "ExtractFile",
    "GeographyFile",
    "Manifest",
    "Persona",
    "SampleFile",
    "TruthSummary",
    "persona",
    "write_context",
    "write_partnership",
]
