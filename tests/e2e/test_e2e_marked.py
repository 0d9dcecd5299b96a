"""In a real browser: a person takes the marked file back, mends what its sheet says, sends it, and it is accepted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.support.browser import a_browser, sideways_pixels, violations, watch
from tests.support.schemas import csv_of, rows_of
from tests.support.site import POLICE, UPLOADER, Site, an_empty_site
from tests.support.workbooks import table_of, xlsx_of

pytestmark = pytest.mark.browser

STREET, PERIOD = "police/street-crime", "2026-10"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with an_empty_site(tmp_path_factory.mktemp("site")) as made:
        yield made
