"""Checks as pytest hands them to the judge, without a session."""

from collections.abc import Iterator
from typing import Any

import pytest


class Check:
    """A collected check: its node id, its marks, the nearest first, and its function."""

    def __init__(self, nodeid: str, *marks: pytest.MarkDecorator, obj: Any = None) -> None:
        self.nodeid = nodeid
        self.obj = obj
        self.marks = [each.mark for each in marks]
        self.stash = pytest.Stash()
        self.fixturenames = ("caller",)

    def iter_markers(self, name: str) -> Iterator[pytest.Mark]:
        yield from (each for each in self.marks if each.name == name)

    def get_closest_marker(self, name: str) -> pytest.Mark | None:
        return next(self.iter_markers(name), None)

    def add_marker(self, mark: pytest.MarkDecorator) -> None:
        self.marks.append(mark.mark)


def check(nodeid: str, *marks: pytest.MarkDecorator, obj: Any = None) -> Any:
    """A check, for whoever wants an item of pytest."""
    return Check(nodeid, *marks, obj=obj)


verifies, needs, cancels = pytest.mark.verifies, pytest.mark.needs, pytest.mark.cancels
