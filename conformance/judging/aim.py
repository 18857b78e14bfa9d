"""The requirement that a run aims at, if it does: which checks verify it, and when they have nothing to add."""

from collections.abc import Sequence, Set

import pytest

from conformance.judging.declarations import cancels, name_of, verifies_of
from conformance.judging.verdicts import Outcome


class Aim:
    """The checks that verify the requirement of this `id`; None: the run aims at nothing. `proven`: checks that need
    not show that they can find it, once another one has.
    """

    def __init__(self, id: str | None, proven: Set[str] = frozenset()) -> None:
        self.id = id
        self._proven = proven
        self._left: list[pytest.Item] = []
        self._kind = False
        self._met_by: set[str] = set()

    def verified_by(self, item: pytest.Item) -> bool:
        """Whether the check is one of these."""
        return self.id in verifies_of(item)

    @property
    def is_of_lists(self) -> bool:
        """Whether it is about what lists show."""
        return self.id is not None and self.id.partition(".")[0] == "list"

    @property
    def is_of_orders(self) -> bool:
        """Whether it is about what an order is, or becomes."""
        return self.id is not None and self.id.partition(".")[0] in {"order", "cancel"}

    def follow(self, items: Sequence[pytest.Item]) -> None:
        """The checks will run in this order."""
        self._left = [item for item in items if self.verified_by(item)]

    def begin(self, item: pytest.Item) -> bool:
        """The check is next. Whether there is anything to learn of it: nothing, where the same one has found the
        violation with other values.
        """
        self._kind = cancels(item)
        if item in self._left:
            self._left.remove(item)
        return not (self.verified_by(item) and _function(name_of(item)) in self._met_by)

    def note(self, outcome: Outcome) -> None:
        """A check has ended so."""
        if self.id in outcome.findings:
            self._met_by.add(_function(outcome.check))

    @property
    def is_over(self) -> bool:
        """Whether it is violated, and each other check of the kind that runs now, reading or canceling, has found that
        or is proven.
        """
        others = {_function(name_of(each)) for each in self._left if cancels(each) == self._kind}
        return bool(self._met_by) and others <= self._met_by | self._proven


def _function(check: str) -> str:
    return check.partition("[")[0]
