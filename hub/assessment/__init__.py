"""The strategic assessment: indicators from protected tables, chapters, and evidence for every figure.

Never touches a row: it asks `hub.views` as any reader does, so that whoever builds or reads an assessment sees the cells that
pages, API and downloads show them. Nothing of a figure is kept: a built assessment is looked up again each time it is read,
under the policy of that moment (promises P3, P4), and must come out the same to the last byte (P9).
"""

from hub.assessment.model import AssessmentRecord, BuiltAssessment, Evidence, Figure, Indicator
from hub.assessment.reference import indicators_page
from hub.assessment.service import Assessments

__all__ = ["AssessmentRecord", "Assessments", "BuiltAssessment", "Evidence", "Figure", "Indicator", "indicators_page"]
