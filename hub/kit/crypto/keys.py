"""Key derivation, key wrap, message authentication and signatures. Keys are raw bytes; each label is used for one thing."""

from __future__ import annotations

import hmac
import secrets

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap_with_padding, aes_key_wrap_with_padding
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

KEY_BYTES = 32


def new_key() -> bytes:
    """32 random bytes."""
    return secrets.token_bytes(KEY_BYTES)


def derive(root: bytes, label: str, length: int = KEY_BYTES) -> bytes:
    """HKDF-SHA-512 (RFC 5869) of `root` for one `label`, such as `svd/audit/v1`."""
    return HKDF(algorithm=hashes.SHA512(), length=length, salt=None, info=label.encode()).derive(root)


def wrap(key_encryption_key: bytes, key: bytes) -> bytes:
    """AES key wrap with padding (RFC 5649)."""
    return aes_key_wrap_with_padding(key_encryption_key, key)


def unwrap(key_encryption_key: bytes, wrapped: bytes) -> bytes:
    """The key that `wrap` wrapped; ValueError when the wrapping key is another or a byte was changed."""
    try:
        return aes_key_unwrap_with_padding(key_encryption_key, wrapped)
    except InvalidUnwrap as error:
        raise ValueError("the wrapped key does not open") from error


def authenticate(key: bytes, message: bytes) -> bytes:
    """HMAC-SHA-256 (RFC 2104)."""
    return hmac.digest(key, message, "sha256")


def equal(one: bytes, other: bytes) -> bool:
    """Compare without telling by time where they differ."""
    return hmac.compare_digest(one, other)


def public_key(seed: bytes) -> bytes:
    """The Ed25519 public key of a 32-byte seed (RFC 8032)."""
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def sign(seed: bytes, message: bytes) -> bytes:
    """A 64-byte Ed25519 signature."""
    return Ed25519PrivateKey.from_private_bytes(seed).sign(message)


def verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether `signature` is of `message` by the holder of `public`."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True
