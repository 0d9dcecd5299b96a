"""The hub's errors. One tree; no HTTP here: the doors translate.

    HubError
    ├── NotFound       absent, or not the asker's business: the two look alike
    ├── NotPermitted   a party without the right; carries reason codes
    ├── Refused        a statutory floor or an agreement forbids it, whoever asks
    ├── Conflict       the state does not allow it now
    ├── Invalid        the input is wrong; says what, where and how to mend it
    ├── Unauthenticated who is asking is not known (no, expired or forged credentials)
    ├── Unavailable    try again later
    └── Bug            an invariant is broken; never the caller's fault

No error text may hold a value of a sealed row (promise P8): name the row number, the field and the code.
"""

from __future__ import annotations


class HubError(Exception):
    """Base of all errors the hub raises on purpose.

    `code` is stable and documented; `title` says what happened; `remedy` says how to mend it. Neither holds a data value.
    """

    code = "hub-error"

    def __init__(self, title: str, *, code: str | None = None, remedy: str = "") -> None:
        super().__init__(title)
        self.title = title
        self.remedy = remedy
        if code is not None:
            self.code = code


class NotFound(HubError):
    """The thing is absent, or the asker is no party to it."""

    code = "not-found"


class NotPermitted(HubError):
    """A party asked for something it has no right to; `reasons` are the codes the party may know."""

    code = "not-permitted"

    def __init__(self, title: str, *, reasons: tuple[str, ...] = (), code: str | None = None, remedy: str = "") -> None:
        super().__init__(title, code=code, remedy=remedy)
        self.reasons = reasons


class Refused(HubError):
    """A floor rule, or an agreement against another, forbids it for everybody."""

    code = "refused"


class Conflict(HubError):
    """The present state does not allow it."""

    code = "conflict"


class Invalid(HubError):
    """The input cannot be read as what it says it is."""

    code = "invalid"


class Unauthenticated(HubError):
    """No, expired or forged credentials."""

    code = "unauthenticated"


class Unavailable(HubError):
    """A part the hub needs does not answer now. Asked again in `retry_after` seconds it may."""

    code = "unavailable"
    retry_after = 30


class Bug(HubError):
    """An invariant of the hub is broken. Raised instead of going on."""

    code = "bug"
