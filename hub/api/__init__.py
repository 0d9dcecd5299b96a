"""The API under `/api/v1`: JSON over HTTP for programs, problem+json for errors. A door: it translates, it decides nothing.

`create_api(hub)` is mounted at `/api`; `create_health(hub)` has the three routes beside it that need no token and tell nothing of
any data.
"""

from hub.api.application import create_api
from hub.api.health import create_health

__all__ = ["create_api", "create_health"]
