"""Orders that a full page skips, and that a list of their second shows: the page is wrong, not what was done before."""

from collections.abc import Callable, Iterator

from conformance.account.answers import Page
from conformance.naming import count
from conformance.oracle.cancel_case import GONE
from conformance.oracle.listing import MAX_LIMIT, limit_requirement, page_size
from conformance.oracle.settled import Settled
from conformance.orders import Order, Query
from conformance.verdict import Breach

_SECONDS = 2  # so many are looked into: a page that skips more is wrong anyway


def skipped(page: Page, settled: Settled, ask: Callable[[Query], Page]) -> Iterator[tuple[Order, Breach]]:
    """Each order that is newer than the oldest of the page, and not on it, though it is settled and a list of its
    second shows it; with what that breaks. A page that steps back by `end` is one of a walk.
    """
    if len(page) < page_size(page.query.limit):
        return
    due = {order.id: order.created_at for order in settled.left_out(page.listing, page.exchange.sent_at)}
    for second in sorted(set(due.values()), reverse=True)[:_SECONDS]:
        alone = ask(Query(start=second, end=second, limit=MAX_LIMIT))
        for order in alone.orders:
            if order.id in due:
                want = f"{order} in a list of {page.query}, as a list of its second shows it"
                got = f"{count(len(page), 'order')} without it, the oldest of them older"
                broken = limit_requirement(page.query.limit) if page.query.end is None else "list.page-walk"
                yield order, Breach(want, got, broken, exchanges=(page.exchange, alone.exchange), changed=GONE)
