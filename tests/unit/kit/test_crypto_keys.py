"""Key wrap, derivation, authentication and signatures, against published vectors."""

from __future__ import annotations

import pytest

from hub.kit.crypto import keys


def test_a_wrapped_key_is_the_one_of_rfc_5649() -> None:
    wrapping = bytes.fromhex("5840df6e29b02af1ab493b705bf16ea1ae8338f4dcc176a8")
    for key, wrapped in (
        (
            "c37b7e6492584340bed12207808941155068f738",
            "138bdeaa9b8fa7fc61f97742e72248ee5ae6ae5360d1ae6a5f54f373fa543b6a",
        ),
        ("466f7250617369", "afbeb0f07dfbf5419200f2ccb50bb24f"),
    ):
        assert keys.wrap(wrapping, bytes.fromhex(key)).hex() == wrapped
        assert keys.unwrap(wrapping, bytes.fromhex(wrapped)).hex() == key


def test_a_wrapped_key_opens_under_its_own_wrapping_key_alone() -> None:
    wrapping, key = keys.new_key(), keys.new_key()
    wrapped = keys.wrap(wrapping, key)
    assert keys.unwrap(wrapping, wrapped) == key
    with pytest.raises(ValueError, match="does not open"):
        keys.unwrap(keys.new_key(), wrapped)
    with pytest.raises(ValueError, match="does not open"):
        keys.unwrap(wrapping, bytes([wrapped[0] ^ 1]) + wrapped[1:])


def test_keys_are_random_and_derived_ones_differ_by_label_and_root() -> None:
    root = bytes(range(32))
    made = {
        keys.new_key(),
        keys.new_key(),
        keys.derive(root, "svd/one/v1"),
        keys.derive(root, "svd/two/v1"),
        keys.derive(bytes(32), "svd/one/v1"),
    }
    assert len(made) == 5
    assert all(len(key) == 32 for key in made)
    assert keys.derive(root, "svd/one/v1") in made
    assert len(keys.derive(root, "svd/one/v1", 64)) == 64


def test_a_message_authentication_code_is_the_one_of_rfc_4231() -> None:
    code = keys.authenticate(b"Jefe", b"what do ya want for nothing?")
    assert code.hex() == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert keys.equal(code, bytes(code))
    assert not keys.equal(code, bytes(32))


def test_a_signature_is_the_one_of_rfc_8032_and_of_nobody_else() -> None:
    seed = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
    public = keys.public_key(seed)
    assert public.hex() == "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
    signature = keys.sign(seed, b"\x72")
    assert signature.hex() == (
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    assert keys.verify(public, b"\x72", signature)
    assert not keys.verify(public, b"\x73", signature)
    assert not keys.verify(keys.public_key(bytes(32)), b"\x72", signature)
