"""The two requests of the authorisation code flow, made by Authlib over the bounded transport."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_plus

import httpx2
from authlib.integrations.httpx_client import OAuth2Client, OAuthError

from hub.identity.issuers import Metadata
from hub.identity.refusals import refusal, unavailable
from hub.identity.wire import BoundedTransport, parse_json_object


@dataclass(frozen=True, slots=True)
class Client:
    """The hub as a client of one provider."""

    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str
    scope: str = "openid"


def authorization_url(
    client: Client, metadata: Metadata, *, state: str, nonce: str, verifier: str, acr: tuple[str, ...]
) -> str:
    """Where to send the browser: response type code, the client's scope, state, nonce, S256 challenge."""
    extra = {"acr_values": " ".join(acr)} if acr else {}
    with _session(client, metadata) as session:
        url, _ = session.create_authorization_url(
            metadata.authorization_endpoint, state=state, nonce=nonce, code_verifier=verifier, **extra
        )
    return str(url)


def id_token_for(client: Client, metadata: Metadata, *, code: str, verifier: str) -> str:
    """Change the code for an ID token; the access token that comes with it is dropped unused.

    Unauthenticated `code-refused` (expired, used, or made for another verifier), `provider-refused`, `no-id-token`;
    Unavailable `client-refused`, `provider-unavailable`.
    """
    try:
        with _session(client, metadata) as session:
            answer = session.fetch_token(
                metadata.token_endpoint, grant_type="authorization_code", code=code, code_verifier=verifier
            )
    except OAuthError as error:
        raise _refused(error.error) from error
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError, TypeError, OverflowError) as error:
        raise unavailable("provider-unavailable") from error
    token = answer.get("id_token")
    if not isinstance(token, str) or not token:
        raise refusal("no-id-token")
    return token


def _refused(error: object) -> Exception:
    if error == "invalid_grant":
        return refusal("code-refused")
    if error in ("invalid_client", "unauthorized_client"):
        return unavailable("client-refused")
    return refusal("provider-refused")


def _session(client: Client, metadata: Metadata) -> Any:
    session: Any = OAuth2Client(  # type: ignore[no-untyped-call]  # Authlib has no types
        client.client_id,
        client.client_secret,
        redirect_uri=client.redirect_uri,
        scope=client.scope,
        code_challenge_method="S256",  # without it a verifier is silently not sent
        token_endpoint_auth_method="client_secret_post" if metadata.sends_secret_in_body else "client_secret_basic",
        transport=BoundedTransport(),
        follow_redirects=False,
        trust_env=False,
    )
    session.register_client_auth_method(("client_secret_basic", _basic))
    session.register_compliance_hook("access_token_response", _strict)
    return session


def _strict(response: httpx2.Response) -> httpx2.Response:
    """Only 200, or an error of RFC 6749 s.5.2, is an answer; Authlib would take tokens from a redirect or an error page."""
    body = parse_json_object(response.content)
    if response.status_code != 200 and ("error" not in body or not 400 <= response.status_code < 500):
        raise ValueError(f"status {response.status_code}")
    return response


def _basic(client: Any, _method: str, uri: str, headers: Any, body: Any) -> tuple[str, Any, Any]:
    """RFC 6749 s.2.3.1: id and secret are form-encoded before they are joined; Authlib's own method leaves that out."""
    pair = f"{quote_plus(client.client_id)}:{quote_plus(client.client_secret)}"
    headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    return uri, headers, body
