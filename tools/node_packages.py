"""Install the Node packages the tests need (a foreign OpenID provider, the accessibility checker) from their lock."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.support.node import node_modules

node_modules()
