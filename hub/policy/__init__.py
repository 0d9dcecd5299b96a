"""The only decision point: may this reader do this, to this, for this purpose? With reasons, and recorded.

    permit = policy.permit(uow, reader, Action.SUBMISSION_CREATE, "police/street-crime")    # NotPermitted or NotFound if not
    grant = policy.grant(uow, Reader("", task="snapshot-build"), datasets, purpose=…, justification=…, form=Form.READ_CLEAR)
    grant = policy.grant(uow, reader, ["police/street-crime"], purpose=…, justification=…)   # a person's: each field in its form
    policy.explain(reading, reader, dataset="police/street-crime", purpose="svd.identify_kinds").as_json()

Cedar decides over three folders of `policies/`: `floor` (what no agreement, role or administrator can relax, promise P2), `terms`
(nothing beyond an agreement's clause, promise P3) and `roles` (who may ask at all). Only this room makes a Grant or a Permit
(promise P1).
"""

from hub.agreements.model import Reason
from hub.policy.cases import CaseResult, run_cases
from hub.policy.disclosing import ANYBODY, CountsSeen, Recipient, RowsSeen
from hub.policy.library import PolicyLibrary
from hub.policy.minting import LIFE
from hub.policy.model import AgencyDirectory, Decision, Difference, Explanation, FieldExplanation, Opening, SchemaLookup
from hub.policy.reference import kinds_page, policies_page
from hub.policy.service import Policy

__all__ = [
    "ANYBODY",
    "LIFE",
    "AgencyDirectory",
    "CaseResult",
    "CountsSeen",
    "Decision",
    "Difference",
    "Explanation",
    "FieldExplanation",
    "Opening",
    "Policy",
    "PolicyLibrary",
    "Reason",
    "Recipient",
    "RowsSeen",
    "SchemaLookup",
    "kinds_page",
    "policies_page",
    "run_cases",
]
