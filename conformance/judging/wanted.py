"""Which checks test the selected requirements."""

from collections.abc import Mapping, Sequence

import pytest

from conformance.judging.declarations import cancels, verifies_of
from conformance.requirements.selection import Selection


class Wanted:
    """Chooses checks. What no check is about is tested in passing: records of orders by all that list, the rest by all.

    What is about cancel-all is tested by those that cancel.
    """

    def __init__(self, selection: Selection, judged_by: Mapping[str, Sequence[str]]) -> None:
        self._selection = selection
        rules = {id for id, names in judged_by.items() if names and not any(each.startswith("test_") for each in names)}
        self._areas = {id.partition(".")[0] for id in rules & selection.ids}

    def tests(self, item: pytest.Item) -> bool:
        """Whether the check tests one of the requirements. Anything that is no check is left to pytest."""
        verifies = verifies_of(item)
        return not verifies or any(id in self._selection for id in verifies) or self._tests_in_passing(item, verifies)

    def _tests_in_passing(self, item: pytest.Item, verifies: tuple[str, ...]) -> bool:
        if cancels(item):
            return "cancel" in self._areas
        lists = any(id.startswith("list.") for id in verifies)
        return bool(self._areas - {"cancel", "order"}) or ("order" in self._areas and lists)
