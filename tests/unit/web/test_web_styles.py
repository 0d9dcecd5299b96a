import hashlib
import json
import re
from pathlib import Path

import hub.web
from hub.kit.charts import contrast

FOLDER = Path(hub.web.__file__).parent
CSS = (FOLDER / "static" / "hub.css").read_text(encoding="utf-8")
RECORD = json.loads((FOLDER / "styles" / "built.json").read_text(encoding="utf-8"))


def test_the_style_sheet_holds_no_gds_transport_and_no_font_face():
    assert "transport" not in CSS.lower()
    assert "@font-face" not in CSS


def test_the_style_sheet_asks_for_nothing_from_anywhere():
    assert "url(" not in CSS
    assert "@import" not in CSS


def test_the_style_sheet_has_no_crown_crest_or_government_brand_blue():
    assert "crest" not in CSS
    assert "crown" not in CSS
    assert "#1d70b8" not in CSS.lower()


def test_the_style_sheet_is_the_one_its_record_names():
    assert RECORD["built_with"] == {"govuk-frontend": "6.6.0", "sass": "1.108.2"}
    assert hashlib.sha256(CSS.encode()).hexdigest() == RECORD["css_sha256"]
    source = (FOLDER / "styles" / "hub.scss").read_bytes()
    assert hashlib.sha256(source).hexdigest() == RECORD["source_sha256"], "run tools/build_css.py"


def test_the_script_is_small_and_stays_at_home():
    script = (FOLDER / "static" / "hub.js").read_text(encoding="utf-8")
    assert len(script.encode()) < 15_000
    assert not re.search(r"https?://|\beval\b\(|new Function|innerHTML\s*=|document\.write", script)


def test_our_own_colours_are_legible():
    assert contrast("#17504b", "#ffffff") >= 7  # header
    assert contrast("#0b0c0c", "#fff4d6") >= 7  # demo banner
    assert contrast("#0b0c0c", "#eef4f2") >= 7  # navigation and footer
    assert contrast("#e9b44c", "#17504b") >= 3  # the mark on the header
    assert contrast("#9fd0c6", "#17504b") >= 3
