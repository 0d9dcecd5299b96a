"""Reading a form that is not a file: small, urlencoded, nothing else. A file never comes this way (promise P7)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends
from starlette.requests import Request

from hub.kit.errors import Invalid
from hub.kit.words import say

_MOST_BYTES = 512 * 1024
_MOST_FIELDS = 1_100
_MOST_OF_A_FILE = 6_000


async def form_fields(request: Request) -> Mapping[str, str]:
    """The fields of an urlencoded form, each once. Raises `Invalid` as `_fields` does."""
    return await _fields(request, _MOST_FIELDS)


async def many_fields(request: Request) -> Mapping[str, str]:
    """The fields of a form that asks about each column of a file."""
    return await _fields(request, _MOST_OF_A_FILE)


async def _fields(request: Request, most: int) -> Mapping[str, str]:
    """The fields of an urlencoded form, each once. Raises `Invalid` for another body, too long a one, or a field named twice."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        raise Invalid(say("web.error.not_form"), code="not-a-form")
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MOST_BYTES:
            raise Invalid(say("web.error.too_large_form"), code="form-too-large")
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=most, errors="strict")
    except ValueError:
        raise Invalid(say("web.error.not_form"), code="not-a-form") from None
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise Invalid(say("web.error.not_form"), code="not-a-form")
    return fields


Form = Annotated[Mapping[str, str], Depends(form_fields)]
LargeForm = Annotated[Mapping[str, str], Depends(many_fields)]
