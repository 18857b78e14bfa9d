"""How names are spelled, and how many of a thing there are."""

import re

_WORD_BEGINS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def kebab_case(class_name: str) -> str:
    """LimitUnbounded as limit-unbounded."""
    return _WORD_BEGINS.sub("-", class_name).lower()


def count(number: int, noun: str) -> str:
    """A number of things: 1 order, 2 orders."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
