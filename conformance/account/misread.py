"""What a list breaks by a record that does not pass one of its filters, or by a page that is longer than the default.

A filter that is wrong alone, or is misread beside others, is named itself. That filters have to stand together is
named where this one is right alone, and forgotten there. Further lists tell.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from conformance.account.blame import filter_alone
from conformance.oracle.listing import (
    DEFAULT_LIMIT,
    LISTING,
    MAX_LIMIT,
    Listing,
    limit_requirement,
    matches,
    page_size,
)
from conformance.oracle.records import read
from conformance.orders import STATUSES, Order, Query
from conformance.verdict import Breach
from conformance.wire.answers import decoded
from conformance.wire.client import Answer
from conformance.wire.signer import Credential


class Misread:
    """Decides for one account. `ask` sends further lists where their answers tell."""

    def __init__(self, ask: Callable[[Query, Credential], Answer]) -> None:
        self._ask = ask
        self._right_alone: dict[tuple[str, tuple[str, ...], str, Credential], bool] = {}
        self._shown_for_default: int | None = None  # orders, for the default as a limit, once it was asked for

    def of_record(self, breach: Breach, query: Query, kind: Credential, page: Sequence[Order] = ()) -> Breach:
        """The breach of a filter, charged to the filters' standing together where the filter is kept alone, and not
        looked at beside the others; or to the window where that ends before it starts; or of the default limit, charged
        to the limit where an equal one is not kept either. `page`: the orders that the list has shown.
        """
        if breach.requirement == limit_requirement(None):
            if self._shown_for_default is None:
                answer = self._ask(replace(query, limit=DEFAULT_LIMIT), kind)
                document = decoded(answer.body) if answer.status == 200 else None
                self._shown_for_default = len(document) if isinstance(document, list) else 0
            if self._shown_for_default <= DEFAULT_LIMIT:
                return breach
            got = f"{breach.got}, and {self._shown_for_default} for limit={DEFAULT_LIMIT}"
            return breach._replace(requirement=limit_requirement(DEFAULT_LIMIT), got=got)
        name = (breach.requirement or "").removeprefix("list.")
        filters = tuple(query.filters)
        if name not in filters or (len(filters) < 2 and not query.turned):
            return breach
        sort = name, filters, limit_requirement(query.limit), kind
        if sort not in self._right_alone:
            self._right_alone[sort] = False  # until it is known, and where it cannot be
            right_alone = self._is_right_alone(breach, name, query, kind)
            self._right_alone[sort] = right_alone and self._forgets_filters(query, name, kind, page)
        if not self._right_alone[sort]:
            return breach
        empty = query.is_backwards and self._keeps_bounds_exchanged(query, kind)
        return breach._replace(requirement="list.window-empty" if empty else "list.conjunctive")

    def _forgets_filters(self, query: Query, name: str, kind: Credential, page: Sequence[Order]) -> bool:
        """Whether the list shows what it would show without the filter of this name, or fails others as well; it may
        misread that filter, or fail it now and then. True, too, where what is done to the account hides that."""
        if query.is_backwards:
            return True
        shown, without = self._shown(query, kind), self._shown(query.without(name), kind)
        if shown is None or without is None:
            return True
        each = {other: filter_alone(query, other, None) for other in query.filters}
        failed = {other for other, alone in each.items() if not all(matches(alone, order) for order in shown)}
        if not failed:
            wrong = {order.id for order in page if not matches(each[name], order)}
            return wrong.isdisjoint(order.id for order in without)
        again = self._shown(query, kind) or ()
        if failed != {name} or [order.id for order in again] != [order.id for order in shown]:
            return True
        if len(shown) < page_size(query.limit) or query.limit == MAX_LIMIT or _newer_than_the_oldest(shown):
            return _newer_than_the_oldest(shown) == _newer_than_the_oldest(without)
        return self._forgets_filters(
            replace(query, limit=MAX_LIMIT), name, kind, page
        )  # this page is too short to tell

    def _keeps_bounds_exchanged(self, query: Query, kind: Credential) -> bool:
        """Whether the window is kept that starts where this one ends, and ends where it starts."""
        turned = replace(query, start=query.end, end=query.start, limit=MAX_LIMIT)
        bounds = (Breach("", "", f"list.{bound}") for bound in ("start", "end"))
        return all(self._keeps(turned, breach, kind) is not None for breach in bounds)

    def _is_right_alone(self, breach: Breach, name: str, query: Query, kind: Credential) -> bool:
        alone = Query(limit=query.limit, **{name: getattr(query, name)})
        kept = self._keeps(alone, breach, kind)
        if name == "start" and kept is not None and len(kept) == page_size(query.limit):
            # What it lets through wrongly is the oldest of all, which a full page does not reach: that of a later start
            # would.
            later = kept[len(kept) // 2].created_at
            kept = self._keeps(replace(alone, start=later, limit=MAX_LIMIT), breach, kind)
            if kept is not None and self._fails_without_and_beside_an_end(breach, query, later, kind):
                return False
        return kept is not None

    def _fails_without_and_beside_an_end(self, breach: Breach, query: Query, later: int, kind: Credential) -> bool:
        """Whether an old start is wrong beside other filters without an end, and beside an end alone, where a later one
        is right: what is beside it is then not what makes it so.
        """
        without_end = replace(query, end=None)
        if without_end.symbol is None and without_end.status is None:
            others = [replace(without_end, status=status, limit=MAX_LIMIT) for status in STATUSES]
        else:
            others = [without_end]
        old, new = (Query(start=start, end=start, limit=MAX_LIMIT) for start in (query.start, later))
        if self._keeps(old, breach, kind) is not None or self._keeps(new, breach, kind) is None:
            return False
        return any(self._keeps(each, breach, kind) is None for each in others)

    def _keeps(self, query: Query, breach: Breach, kind: Credential) -> tuple[Order, ...] | None:
        """The orders that the list shows, if it is one, and has not this breach; else None."""
        orders = self._shown(query, kind)
        breaches = [] if orders is None else LISTING.judge(Listing(query, orders)).breaches
        return None if any(each.requirement == breach.requirement for each in breaches) else orders

    def _shown(self, query: Query, kind: Credential) -> tuple[Order, ...] | None:
        """The orders that the list shows, if it is one."""
        answer = self._ask(query, kind)
        document = decoded(answer.body) if answer.status == 200 else None
        if not isinstance(document, list):
            return None
        return tuple(order for record in document if (order := read(record).order) is not None)


def _newer_than_the_oldest(orders: Sequence[Order]) -> set[str]:
    """Their ids, without those of the oldest second: a page may end within it anywhere."""
    oldest = min((order.created_at for order in orders), default=0)
    return {order.id for order in orders if order.created_at > oldest}
