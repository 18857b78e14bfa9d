"""Orders that are over: however deep they lie, they stay as they were, whatever has been canceled since."""

import contextlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from conformance.account.answers import Page
from conformance.naming import count
from conformance.oracle.cancel_case import GONE, became, differences
from conformance.oracle.listing import MAX_LIMIT, due_above
from conformance.orders import Query
from conformance.scenarios.later import unless_faded
from conformance.stage.stage import Stage
from conformance.verdict import Breach, NoList, NotObserved, Violation

# Of the canceled, a page shows none but those of the last cancel-alls.
_BY_STATUS = [Query(status=status, limit=MAX_LIMIT) for status in ("filled", "rejected", "expired")]


def note(stage: Stage) -> None:
    """Keep the caller's lists of what is over, by status. Those that are known are not asked for again."""
    with stage.view.known.ahead(_BY_STATUS):
        stage.over = _pages(stage.view.known.page, _BY_STATUS)


def expect_as_noted(stage: Stage, statuses: Sequence[str]) -> None:
    """Raise a Violation where an order that was over by one of these statuses, as lists were kept, is not the same now,
    twice in a row.

    Raises NotObserved where there was none.
    """
    account, kept = stage.caller, stage.over or {}
    then = [kept[status] for status in statuses if status in kept and kept[status].orders]
    if not then:
        raise NotObserved(f"no list by status showed an order that is {'/'.join(statuses)}")
    queries = [page.query for page in then]
    for _ in range(2):
        with account.counting_as("looks"), account.ahead(queries):
            now = _pages(account.list, queries)
            found = [breach for page in then for breach in _changes(stage, page, now)]
        if not found:
            break
    account.observations.report(unless_faded(stage, found), raising=True)
    account.observations.count(Counter(_due(page) for page in then))


def _due(page: Page) -> str:
    return "cancel.expired-untouched" if page.query.status == "expired" else "cancel.terminal-untouched"


def _pages(ask: Callable[[Query], Page], queries: Iterable[Query]) -> dict[str, Page]:
    pages = {}
    for query in queries:
        with contextlib.suppress(Violation, NoList):  # that the filter does not work is for its own check to say
            pages[query.status or ""] = ask(query)
    return pages


def _changes(stage: Stage, then: Page, now: Mapping[str, Page]) -> Iterator[Breach]:
    status = then.query.status
    pages = {order.id: page for page in now.values() for order in page.orders}
    for was in (order for order in then.orders if order.status == status):
        page = pages.get(was.id)
        if page is None and (there := now.get(status or "")) and was.created_at > due_above(there.listing):
            page = stage.caller.list(Query(was.symbol, start=was.created_at, end=was.created_at, limit=MAX_LIMIT))
        if page is None:
            continue
        order = next((each for each in page.orders if each.id == was.id), None)
        # A list of another sort may show another record of an order that nothing has changed.
        alike = order is not None and page.query.status is None and order.status == was.status
        if alike or (order is not None and not was.changes(order)):
            continue
        got: str = f"{count(len(page), 'order')} without it"
        changed: tuple[str, ...] = GONE
        if order is not None:
            got, changed = differences(was.changes(order), order), became(was.changes(order), order)
        want = f"{was} as it was before the cancel-alls"
        yield Breach(want, got, _due(then), exchanges=(then.exchange, page.exchange), changed=changed)
