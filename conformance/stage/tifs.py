"""Times in force, besides gtc, of orders that take at once and are filled whole."""

import itertools
from collections.abc import Sequence

from conformance.account.view import View
from conformance.coverage.population import FOR_A_MOMENT
from conformance.stage.placement import Placing


class Tifs:
    """Words that the target takes. Each is tried with one order, and used again once lists have shown that one filled,
    under this word: the documents name none of them.
    """

    def __init__(self) -> None:
        self._turn = itertools.cycle((None, *FOR_A_MOMENT))
        self._tried: dict[str, tuple[View, str] | None] = {}

    def next(self) -> str | None:
        """The one of the next order that takes; None: gtc."""
        word = next(self._turn)
        if word is not None and word not in self._tried:
            self._tried[word] = None
            return word
        return word if word in self.working else None

    @property
    def working(self) -> Sequence[str]:
        """Those that are known to work."""
        return [word for word, tried in self._tried.items() if tried is not None and _was_filled(*tried, word)]

    def note(self, placed: Sequence[tuple[Placing, str | None]]) -> None:
        """These orders were placed, and have these ids."""
        for (view, ticket), id in placed:
            if ticket.at_once is not None and self._tried.get(ticket.at_once) is None and id is not None:
                self._tried[ticket.at_once] = view, id


def _was_filled(view: View, id: str, word: str) -> bool:
    order = view.latest().orders.get(id)
    return order is not None and (order.status, order.tif) == ("filled", word)
