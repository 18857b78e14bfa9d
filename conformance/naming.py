"""How names are spelled."""

import re

_WORD_BEGINS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def kebab_case(class_name: str) -> str:
    """LimitUnbounded as limit-unbounded."""
    return _WORD_BEGINS.sub("-", class_name).lower()
