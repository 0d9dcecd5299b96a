"""The domain-free tools: one spelling, one clock, one catalogue, keys that wrap and derive."""

from __future__ import annotations

import ast
import pickle
import re
import string
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hub.kit import words
from hub.kit.authority import Action, Form, Grant, Permit, Reader
from hub.kit.canonical import canonical_json, sha256_hex
from hub.kit.clock import FrozenClock, SystemClock, moment, stamp
from hub.kit.crypto import keys
from hub.kit.errors import Bug, HubError, NotPermitted
from hub.kit.ids import new_id
from hub.kit.paths import data_root

ROOT = Path(__file__).resolve().parents[3]


def test_equal_values_have_one_spelling() -> None:
    one = canonical_json({"b": [1, None, True], "a": {"é", "e"}, "c": ("x",)})
    assert one == '{"a":["e","é"],"b":[1,null,true],"c":["x"]}'.encode()
    assert canonical_json("e\u0301") == canonical_json("\u00e9")
    assert sha256_hex(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize("value", [1.5, b"bytes", object()])
def test_a_value_without_one_spelling_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        canonical_json(value)


def test_a_stamp_sorts_as_text_and_reads_back() -> None:
    clock = FrozenClock()
    early = clock.now()
    clock.advance(timedelta(microseconds=1))
    assert stamp(early) < stamp(clock.now())
    assert moment(stamp(early)) == early
    assert abs(SystemClock().now() - datetime.now(UTC)) < timedelta(minutes=1)


def test_ids_are_prefixed_and_never_repeat() -> None:
    made = {new_id("sub") for _ in range(200)}
    assert len(made) == 200
    assert all(re.fullmatch(r"sub_[0-9a-hjkmnp-tv-z]{26}", one) for one in made)


def test_grants_and_permits_cannot_be_stored() -> None:
    reader = Reader(agency="a")
    moment_ = FrozenClock().now()
    grant = Grant("g", reader, "p", "j", {}, "h", moment_)
    permit = Permit("p", reader, Action.VIEW_READ, "v", "p", "h", moment_)
    for thing in (grant, permit):
        with pytest.raises(TypeError, match="never stored"):
            pickle.dumps(thing)
    assert Form("count") is Form.COUNT


def test_a_wrapped_key_opens_only_with_its_own_wrapping_key() -> None:
    key = keys.new_key()
    wrapped = keys.wrap(keys.derive(key, "svd/test/v1"), key)
    assert keys.unwrap(keys.derive(key, "svd/test/v1"), wrapped) == key
    with pytest.raises(ValueError, match="does not open"):
        keys.unwrap(keys.derive(key, "svd/test/v2"), wrapped)
    assert keys.derive(key, "svd/test/v1") != keys.derive(key, "svd/test/v2")


def test_signatures_and_codes_hold_only_for_their_message() -> None:
    seed = keys.new_key()
    signature = keys.sign(seed, b"message")
    assert keys.verify(keys.public_key(seed), b"message", signature)
    assert not keys.verify(keys.public_key(seed), b"massage", signature)
    assert keys.equal(keys.authenticate(seed, b"m"), keys.authenticate(seed, b"m"))


def test_hmac_agrees_with_rfc_4231() -> None:
    assert keys.authenticate(b"\x0b" * 20, b"Hi There").hex() == (
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
    )


def test_an_error_has_a_code_a_title_and_a_remedy() -> None:
    error = NotPermitted("No.", reasons=("not-a-party",), remedy="Ask.")
    assert (error.code, error.title, error.remedy, error.reasons) == ("not-permitted", "No.", "Ask.", ("not-a-party",))
    assert HubError("x", code="special").code == "special"


def test_an_unknown_word_or_a_missing_value_is_a_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "catalogue", lambda: {"room.greeting": "Hello {name}"})
    assert words.say("room.greeting", name="you") == "Hello you"
    with pytest.raises(Bug):
        words.say("room.absent")
    with pytest.raises(Bug):
        words.say("room.greeting")


def test_every_word_that_the_code_asks_for_is_in_the_catalogue() -> None:
    known = words.catalogue()
    missing = []
    for path in (ROOT / "hub").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "say" and node.args:
                key = node.args[0]
                if isinstance(key, ast.Constant) and key.value not in known:
                    missing.append(f"{path.relative_to(ROOT)}: {key.value}")
    missing.extend(
        f"{path.relative_to(ROOT)}: {key}"
        for path in (ROOT / "hub").rglob("*.html")
        for key in re.findall(r'\bsay\("([a-z0-9_.\-]+)"[,)]', path.read_text(encoding="utf-8"))
        if key not in known
    )
    assert missing == []


def test_every_sentence_of_the_catalogue_can_be_filled() -> None:
    for key, sentence in words.catalogue().items():
        names = {name for _, name, _, _ in string.Formatter().parse(sentence) if name}
        sentence.format(**dict.fromkeys(names, 1)), key


def test_data_roots_are_found_in_a_checkout() -> None:
    assert data_root("schemas") == ROOT / "schemas"
