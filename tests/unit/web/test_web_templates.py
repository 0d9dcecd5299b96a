import re
from dataclasses import fields, is_dataclass, replace
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment
from markupsafe import Markup

import hub.web
from hub.kit.words import catalogue
from tests.support.web import HOSTILE, a_frame, a_renderer, samples

TEMPLATES = Path(hub.web.__file__).parent / "templates"
SAMPLES = {sample.name: sample for sample in samples()}
VOID = {"meta", "link", "input", "br", "hr", "img", "path", "rect", "circle", "line", "polyline"}


class Page(HTMLParser):
    """What a page says, and whether its tags are balanced."""

    def __init__(self, html):
        super().__init__()
        self.open, self.tags, self.ids, self.text = [], [], [], []
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.tags.append((tag, values))
        if "id" in values:
            self.ids.append(values["id"])
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag, f"</{tag}> closes another element"

    def handle_data(self, data):
        self.text.append(data)

    def all(self, tag):
        return [values for name, values in self.tags if name == tag]


@cache
def rendered(name):
    sample = SAMPLES[name]
    return a_renderer().html(sample.template, sample.frame, page=sample.page)


def hostile(value):
    """The view model with every word replaced by something that wants to be markup."""
    if isinstance(value, Markup):
        return value
    if isinstance(value, tuple):
        return tuple(hostile(item) for item in value)
    if isinstance(value, list):
        return [hostile(item) for item in value]
    if is_dataclass(value):
        keep = {"kind", "state", "colour", "severity", "mood", "ident", "name", "key"}
        return replace(
            value, **{f.name: hostile(getattr(value, f.name)) for f in fields(value) if f.init and f.name not in keep}
        )
    return HOSTILE if isinstance(value, str) and value else value


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_a_page_is_well_formed_with_one_heading_and_no_id_twice(name):
    page = Page(rendered(name))
    assert len(page.all("h1")) == 1
    assert len(page.ids) == len(set(page.ids))
    assert page.all("html")[0]["lang"] == "en"


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_a_page_has_nothing_inline_and_asks_no_other_host(name):
    html = rendered(name)
    page = Page(html)
    assert not [values for _, values in page.tags if any(key == "style" or key.startswith("on") for key in values)]
    for _, values in page.tags:
        for key in ("src", "href", "action"):
            assert not re.match(r"(?i)https?:|//|data:|javascript:", values.get(key) or "")
    assert all("src" in values for values in page.all("script"))


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_hostile_words_stay_words(name):
    sample = SAMPLES[name]
    html = a_renderer().html(sample.template, replace(sample.frame, title=HOSTILE), page=hostile(sample.page))
    assert "<script>alert" not in html
    assert "49" not in re.sub(r"#49\b|\w{8,}", "", html) or "{{ 7*7 }}" in html
    Page(html)


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_every_control_has_a_label(name):
    page = Page(rendered(name))
    labels = {values.get("for") for values in page.all("label")}
    for tag in ("input", "select", "textarea"):
        for values in page.all(tag):
            assert values.get("type") in {"hidden", "submit"} or values["id"] in labels


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_every_form_that_changes_something_carries_the_token_before_anything_else(name):
    html = rendered(name)
    for form in re.findall(r'<form method="post".*?</form>', html, re.S):
        controls = re.findall(r"<(?:input|textarea|select|button)[^>]*>", form)
        assert 'name="csrf_token" value="token-1"' in controls[0]


def test_every_table_can_be_scrolled_by_keyboard_and_says_its_name():
    page = Page(rendered("view"))
    regions = [values for values in page.all("div") if "hub-scroll" in (values.get("class") or "")]
    assert len(regions) == 4
    for values in regions:
        assert values["tabindex"] == "0"
        assert values["role"] == "region"
        assert "aria-label" in values or values["aria-labelledby"] in page.ids


def test_a_hidden_cell_is_read_out_in_words():
    html = rendered("view")
    assert '<span aria-hidden="true">*</span><span class="govuk-visually-hidden">small count, hidden</span>' in html


def test_only_a_page_under_way_looks_again_and_only_without_script():
    assert '<noscript><meta http-equiv="refresh"' in rendered("report-checking")
    assert "refresh" not in rendered("login")


def test_the_demo_says_so_on_every_page_and_a_real_hub_does_not():
    sample = SAMPLES["home"]
    assert "Demo data, invented" in rendered("home")
    assert "Demo data" not in a_renderer(demo=False).html(sample.template, sample.frame, page=sample.page)


def test_a_page_with_a_problem_says_so_in_its_title():
    html = a_renderer().html("accessibility.html", a_frame("Page"), page=SAMPLES["accessibility"].page)
    assert "<title>Page - Safer Ravensbourne Partnership</title>" in html
    assert "<title>Error: " in rendered("submit-error")


def test_all_words_of_the_templates_come_from_the_catalogue():
    for path in TEMPLATES.rglob("*.html"):
        data = "".join(text for _, kind, text in Environment().lex(path.read_text()) if kind == "data")
        bare = re.sub(r"<!DOCTYPE html>|<[^>]*>", " ", data)
        assert not re.search(r"[A-Za-z]{2,}", bare), path.name


def test_every_key_named_in_a_template_exists():
    words = catalogue()
    for path in TEMPLATES.rglob("*.html"):
        for key in re.findall(r'say\("([a-z0-9_.]+)"', path.read_text()):
            assert key in words or any(known.startswith(key) for known in words), f"{path.name}: {key}"
