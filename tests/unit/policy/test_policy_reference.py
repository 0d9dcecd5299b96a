"""The page of the policies says what the files say: every rule, every role, every reason."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from hub.kit.paths import data_root
from hub.kit.words import catalogue
from hub.policy import PolicyLibrary, policies_page
from tests.support.policy import the_library

PAGE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "policies.md"


def test_policies_md_is_what_the_files_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == policies_page(the_library())


def test_every_rule_stands_once_with_its_section() -> None:
    library, page = the_library(), policies_page(the_library())
    for rule, section in library.sections.items():
        rows = [line for line in page.splitlines() if line.startswith(f"| `{rule}` |")]
        assert len(rows) == 1, rule
        assert not section or section in rows[0]
        assert "|  |  |" not in rows[0], f"{rule}: what it is about is missing"


def test_every_reason_with_words_stands_in_the_page() -> None:
    page = policies_page(the_library())
    wanted = {key.removeprefix("policy.") for key in catalogue() if re.match(r"policy\.(floor|agreement|role)\.", key)}
    assert {code for code in wanted if f"| `{code}` |" not in page} == set()


def test_purposes_gateways_and_profiles_are_whole() -> None:
    library, page = the_library(), policies_page(the_library())
    for name in (*library.purposes, *library.gateways, *library.profiles):
        assert f"| `{name}` |" in page


def test_a_role_that_is_given_more_shows_in_the_page(tmp_path: Path) -> None:
    shutil.copytree(data_root("policies"), tmp_path / "policies")
    role = tmp_path / "policies" / "roles" / "auditor.cedar"
    more = '\n@id("auditor.more")\npermit (principal in Role::"auditor", action == Action::"view:read", resource is Hub);\n'
    role.write_text(role.read_text(encoding="utf-8") + more, encoding="utf-8")
    assert "| `auditor.more` | `view:read` | Hub |  |" in policies_page(PolicyLibrary(tmp_path / "policies"))
