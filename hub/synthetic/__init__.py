"""A made-up partnership, "Ravensbourne": truth first, then each agency's view of it, written as files.

    write_partnership(folder, seed=2022, months=36) -> Manifest      extracts, geography, samples, truth, manifest.json
    AGENCIES, PARTNERS, PERSONAS                                      who is who in the demo

Everything is invented and says so. Nothing here touches the hub: the files go through the same door as anybody's.
"""

from hub.synthetic.model import (
    NOTICE,
    PARTNERSHIP,
    ExtractFile,
    GeographyFile,
    Manifest,
    SampleFile,
    TruthSummary,
)
from hub.synthetic.personas import AGENCIES, PARTNERS, PERSONAS, DemoAgency, Persona, persona
from hub.synthetic.service import write_partnership

__all__ = [
    "AGENCIES",
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
    "write_partnership",
]
