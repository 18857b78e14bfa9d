"""Fixtures that several rooms share, and the order of the tests."""

import pytest

from tests.whole_run import whole_run

__all__ = ["whole_run"]

# Most tests in these take a run, or several. They come first: else a worker is alone with them at the end.
_LONG = ("proving", "hostile", "judging", "pipelines", "test_contributing.py", "test_documented_commands.py", "cli")

# One run takes 25 s by itself, and more than it may beside four others: it comes last, when they have ended.
_LAST = "test_what_cannot_be_read_hides_nothing_else[status-is-left-out]"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the tests that take long."""
    items.sort(key=lambda item: next((turn for turn, room in enumerate(_LONG) if _in(item, room)), len(_LONG)))
    items.sort(key=lambda item: item.name == _LAST)


def _in(item: pytest.Item, room: str) -> bool:
    return item.nodeid.startswith(f"tests/{room}")
