"""Which roles go together, which fit an agency's kind, and which an agency may give: the one place that says so.

Only what the law or the design asks is forbidden. That nobody signs an agreement they wrote is a rule of each agreement
(`policies/terms/signing.cedar`), not of roles: a small agency has one person for both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hub.identity.model import AgencyKind, Role
from hub.kit.errors import Invalid
from hub.kit.words import say

STANDS_ALONE = frozenset({Role.OPERATOR})
"""Whoever runs the hub holds no other role: a processor decides and reads nothing (UK GDPR Art. 28(3)(a))."""

ONLY_FOR: Mapping[Role, frozenset[AgencyKind]] = {
    Role.OPERATOR: frozenset({AgencyKind.HUB_OPERATOR}),
    Role.LPB_MONITOR: frozenset({AgencyKind.LOCAL_POLICING_BODY}),
}
"""Roles that people of some kinds of agency alone may hold (PCSC Act 2022 s.14 and s.17(7); Art. 28)."""


def givable(kind: AgencyKind) -> tuple[Role, ...]:
    """The roles that an administrator of an agency of this kind may give, in the order they are offered. Never the operator's."""
    return tuple(role for role in Role if role not in STANDS_ALONE and kind in ONLY_FOR.get(role, {kind}))


def fitting(roles: Iterable[str], kind: AgencyKind) -> frozenset[Role]:
    """The roles, if the hub has them, they go together, and a person of such an agency may hold them. Invalid says which do not."""
    wanted = frozenset(roles)
    if not wanted or not wanted <= set(Role):
        raise Invalid(say("identity.invalid.roles"), code="bad-roles")
    held = frozenset(Role(role) for role in wanted)
    for role in sorted(held):
        if kind not in ONLY_FOR.get(role, {kind}):
            raise Invalid(say("identity.invalid.role-kind", role=say(f"identity.role.{role}")), code="role-kind")
    if (held & STANDS_ALONE and len(held) > 1) or (kind is AgencyKind.HUB_OPERATOR and held != STANDS_ALONE):
        raise Invalid(say("identity.invalid.operator-alone"), code="operator-alone")
    return held
