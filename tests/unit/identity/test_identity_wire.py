"""The bounded wire: size, time, no redirects, no compression, strict JSON."""

from __future__ import annotations

import gzip
import json
import logging
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from hub.identity import wire
from hub.identity.wire import MAX_BYTES, BoundedTransport, fetch_json, hush_libraries, parse_json_object
from hub.kit.clock import FrozenClock
from tests.support.evil_provider import EvilProvider, evil_provider
from tests.support.identity import send_json


@pytest.fixture
def evil(clock: FrozenClock) -> Iterator[EvilProvider]:
    with evil_provider(clock) as provider:
        yield provider


def test_a_json_object_is_fetched(evil: EvilProvider) -> None:
    assert fetch_json(f"{evil.issuer}/jwks")["keys"][0]["kid"] == "evil-1"


def test_an_answer_of_the_greatest_size_is_read_and_one_byte_more_is_not(evil: EvilProvider) -> None:
    def of(size: int) -> bytes:
        return b'{"a":"' + b"x" * (size - 8) + b'"}'

    evil.faults.instead["/big"] = lambda handler: send_json(handler, 200, of(MAX_BYTES))
    evil.faults.instead["/bigger"] = lambda handler: send_json(handler, 200, of(MAX_BYTES + 1))
    assert len(fetch_json(f"{evil.issuer}/big")["a"]) == MAX_BYTES - 8
    with pytest.raises(httpx2.ProtocolError):
        fetch_json(f"{evil.issuer}/bigger")


def test_a_redirect_is_not_followed(evil: EvilProvider) -> None:
    def redirect(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(302)
        handler.send_header("Location", "/jwks")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    evil.faults.instead["/moved"] = redirect
    with pytest.raises(ValueError, match="302"):
        fetch_json(f"{evil.issuer}/moved")
    assert "/jwks" not in evil.requests


def test_compressed_content_is_refused_so_that_a_small_answer_cannot_become_a_great_one(evil: EvilProvider) -> None:
    def compressed(handler: BaseHTTPRequestHandler) -> None:
        assert handler.headers["Accept-Encoding"] == "identity"
        body = gzip.compress(b'{"a":1}')
        handler.send_response(200)
        handler.send_header("Content-Encoding", "gzip")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    evil.faults.instead["/gz"] = compressed
    with pytest.raises(httpx2.ProtocolError):
        fetch_json(f"{evil.issuer}/gz")


@pytest.mark.parametrize("where", ["headers", "body", "silence"])
def test_a_server_that_drips_or_is_silent_ends_at_the_deadline(evil: EvilProvider, where: str) -> None:
    ended, given_up = Event(), Event()

    def drip(handler: BaseHTTPRequestHandler) -> None:
        if where == "body":
            handler.send_response(200)
            handler.send_header("Content-Length", "100")
            handler.end_headers()
        elif where == "headers":
            handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for _ in range(1_200):
            if ended.wait(0.05):
                return
            if where != "silence":
                try:
                    handler.wfile.write(b"x")
                except OSError:
                    return
        given_up.set()  # a minute: nobody ended it

    evil.faults.instead["/slow"] = drip
    with (
        httpx2.Client(transport=BoundedTransport(seconds=0.3), trust_env=False) as client,
        pytest.raises(httpx2.TimeoutException),
    ):
        client.get(f"{evil.issuer}/slow")
    assert not given_up.is_set()
    ended.set()  # until now the other side went on


def test_a_port_where_nobody_listens_is_a_network_error() -> None:
    with pytest.raises(httpx2.NetworkError):
        fetch_json("http://127.0.0.1:9/")


@pytest.mark.parametrize(
    "text", ["[]", "1", "", "{", '{"a":1,"a":2}', '{"a":{"b":1,"b":1}}', '{"a":NaN}', '{"a":-Infinity}']
)
def test_what_is_not_one_plain_object_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_json_object(text)


def test_an_object_is_read_as_the_standard_library_reads_it() -> None:
    text = json.dumps({"a": [1, {"b": None}], "c": "ä"})
    assert parse_json_object(text) == json.loads(text)


def test_nesting_without_end_is_refused() -> None:
    with pytest.raises(ValueError, match="nested"):
        parse_json_object('{"a":' * 100_000)


def test_the_libraries_do_not_write_requests_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    root = logging.getLogger()
    before = root.level
    root.setLevel(logging.DEBUG)
    try:
        hush_libraries()
        assert all(logging.getLogger(name).level >= logging.WARNING for name in ("httpx2", "httpcore2", "authlib"))
    finally:
        root.setLevel(before)


@pytest.fixture(scope="module")
def tls_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, ssl.SSLContext]]:
    """An https server with a certificate nobody vouches for, and a context that trusts it."""
    folder = tmp_path_factory.mktemp("tls")
    certificate = folder / "certificate.pem"
    certificate.write_bytes(a_certificate())
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(certificate)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            send_json(self, 200, {"secure": True})

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in the base class
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.socket = serving.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield f"https://localhost:{server.server_address[1]}/", ssl.create_default_context(cafile=str(certificate))
        server.shutdown()
        thread.join(timeout=10)


def a_certificate() -> bytes:
    """A self-signed certificate of `localhost` with its key, PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=1))
        .not_valid_after(now + timedelta(minutes=10))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private + certificate.public_bytes(serialization.Encoding.PEM)


def test_a_certificate_that_nobody_vouches_for_is_refused(tls_server: tuple[str, ssl.SSLContext]) -> None:
    with pytest.raises(httpx2.NetworkError):
        fetch_json(tls_server[0])


def test_a_certificate_of_a_trusted_authority_is_accepted_for_its_own_name_alone(
    tls_server: tuple[str, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, trusting = tls_server
    monkeypatch.setattr(wire, "_ssl_context", lambda: trusting)
    assert fetch_json(address) == {"secure": True}
    with pytest.raises(httpx2.NetworkError):
        fetch_json(address.replace("localhost", "127.0.0.1"))
