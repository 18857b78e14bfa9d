"""Orders that one look at an account lacks, and the next one has: a list has left them out, nothing else happened."""

from collections.abc import Callable, Container

from conformance.account.account import Account
from conformance.account.blame import of_lapse
from conformance.oracle.cancel_case import GONE
from conformance.oracle.snapshot import Snapshot
from conformance.orders import Query
from conformance.verdict import Breach


def unless_back(
    account: Account,
    seen: Snapshot,
    before: Snapshot,
    limit: int,
    just_told: Container[str],
    look: Callable[[], Snapshot],
) -> Snapshot:
    """What was `seen`; or another look, if that shows what lists had shown for long and the first look lacks. That a
    list left it out is noted as a lapse.

    `just_told`: ids of orders that a cancel-all has told as canceled since lists were asked for last.
    """
    gone = {id: order for id, order in before.orders.items() if id not in seen.orders and seen.covers(order.created_at)}
    listed = account.settled.ids(gone, seen.exchanges[0].sent_at)
    again = look() if listed else seen
    back = next((id for id in sorted(listed) if id in again.orders), None)
    if back is None:
        return seen
    page = next((number for number, each in enumerate(again.exchanges) if f'"{back}"' in each.response_body), 0)
    lists = (seen.exchanges[min(page, len(seen.exchanges) - 1)], again.exchanges[page])
    broken = "cancel.visible" if back in just_told else None
    breach = Breach(f"{gone[back]} in each list without filters", "a list without it", broken, changed=GONE)
    account.observations.lapse(of_lapse(Query(limit=limit), breach), breach, *lists)
    return again
