from __future__ import annotations

import pytest

from tests.support.synthetic import Written, written


@pytest.fixture(scope="session")
def ravensbourne(tmp_path_factory: pytest.TempPathFactory) -> Written:
    """The whole partnership of the demo, 36 months, written once."""
    return written(tmp_path_factory.mktemp("ravensbourne"))
