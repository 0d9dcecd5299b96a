"""Reading the YAML that ships with the hub: the safe loader, the quick one where the package has it. Some hundred files are read
whenever a hub starts.
"""

from __future__ import annotations

from typing import Any

import yaml

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""PyYAML's safe loader, in C where there is one."""


def load_yaml(text: str) -> Any:
    """What a YAML text says; yaml.YAMLError when it is none."""
    return yaml.load(text, Loader=LOADER)  # noqa: S506 - a safe loader
