"""npm `oidc-provider` as a second, foreign OpenID provider: started on loopback, driven through its own forms."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urljoin

import httpx2

from tests.support.node import node, node_modules

_SECONDS_TO_START = 60


@dataclass(frozen=True)
class ForeignClient:
    """A client to register at the provider. An id that ends in `-brief` gets codes that live for one second."""

    client_id: str
    client_secret: str
    redirect_uri: str
    algorithm: str = "RS256"
    auth_method: str = "client_secret_basic"

    def registration(self) -> dict[str, object]:
        return {
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "redirect_uris": [self.redirect_uri],
            "response_types": ["code"],
            "grant_types": ["authorization_code"],
            "id_token_signed_response_alg": self.algorithm,
            "token_endpoint_auth_method": self.auth_method,
        }


@dataclass
class ForeignProvider:
    """A running provider. `sign_in` plays the person at a browser."""

    issuer: str
    process: subprocess.Popen[str]
    output: list[str] = field(default_factory=list)

    def sign_in(self, authorization_url: str, *, subject: str, redirect_uri: str) -> str:
        """Log in as `subject`, consent, and return the URL the browser is sent back to (which is not followed)."""
        return self._browse(
            authorization_url, redirect_uri, lambda browser, page: self._submit_form(browser, page, subject)
        )

    def cancel(self, authorization_url: str, *, redirect_uri: str) -> str:
        """Follow the link that cancels the login, and return the URL the browser is sent back to."""
        return self._browse(authorization_url, redirect_uri, _follow_cancel)

    def _browse(
        self, url: str, redirect_uri: str, act: Callable[[httpx2.Client, httpx2.Response], httpx2.Response]
    ) -> str:
        with httpx2.Client(follow_redirects=False, timeout=20) as browser:
            response = browser.get(url)
            for _ in range(20):
                location = response.headers.get("location")
                if location is not None:
                    target = urljoin(str(response.url), location)
                    if target.startswith(redirect_uri):
                        return target
                    response = browser.get(target)
                    continue
                assert response.status_code == 200, re.findall("<pre>.*</pre>", response.text)
                response = act(browser, response)
        raise AssertionError("the provider never sent the browser back")

    def _submit_form(self, browser: httpx2.Client, page: httpx2.Response, subject: str) -> httpx2.Response:
        action = re.search(r'<form[^>]* action="([^"]+)"', page.text)
        prompt = re.search(r'name="prompt" value="([a-z]+)"', page.text)
        assert action is not None, page.text[:500]
        assert prompt is not None, page.text[:500]
        fields = {"prompt": prompt.group(1)}
        if fields["prompt"] == "login":
            fields |= {"login": subject, "password": "any: this provider asks for no real one"}
        return browser.post(urljoin(str(page.url), action.group(1)), data=fields)


def _follow_cancel(browser: httpx2.Client, page: httpx2.Response) -> httpx2.Response:
    link = re.search(r'href="([^"]+/abort)"', page.text)
    assert link is not None, page.text[:500]
    return browser.get(urljoin(str(page.url), link.group(1)))


def free_port() -> int:
    """A port of 127.0.0.1 that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def foreign_provider(
    clients: Sequence[ForeignClient], *, port: int = 0, accounts: Mapping[str, Mapping[str, object]] | None = None
) -> Iterator[ForeignProvider]:
    """Start the provider, wait until it listens, end it by its own process id.

    `accounts`: the claims of a login beside `sub`, which is its name.
    """
    script = node_modules().parent / "provider.mjs"
    port = port or free_port()
    issuer = f"http://127.0.0.1:{port}"
    wanted = {
        "issuer": issuer,
        "port": port,
        "clients": [client.registration() for client in clients],
        "accounts": dict(accounts or {}),
    }
    process = subprocess.Popen(
        [node(), script],
        cwd=script.parent,
        env={"PATH": os.environ.get("PATH", "")},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdin is not None
    process.stdin.write(json.dumps(wanted))
    process.stdin.close()
    provider = ForeignProvider(issuer, process)
    reader = threading.Thread(target=_keep_reading, args=(provider,), daemon=True)
    reader.start()
    try:
        _wait_until_it_listens(provider)
        yield provider
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(timeout=10)
        reader.join(timeout=10)
        assert process.stdout is not None
        process.stdout.close()


def _keep_reading(provider: ForeignProvider) -> None:
    assert provider.process.stdout is not None
    provider.output.extend(provider.process.stdout)  # so that the pipe never fills


def _wait_until_it_listens(provider: ForeignProvider) -> None:
    for _ in range(_SECONDS_TO_START * 10):
        if provider.process.poll() is not None:
            break
        try:
            httpx2.get(f"{provider.issuer}/.well-known/openid-configuration", timeout=2).raise_for_status()
            return
        except httpx2.HTTPError:
            time.sleep(0.1)
    raise AssertionError("the provider did not start:\n" + "".join(provider.output)[-3000:])
