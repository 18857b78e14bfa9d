"""One look at an account beside the look before it: what is missing, and what became of each order."""

from collections.abc import Callable, Container
from dataclasses import replace

from conformance.account.account import Account
from conformance.account.blame import of_lapse
from conformance.oracle.cancel_case import GONE
from conformance.oracle.snapshot import Snapshot
from conformance.oracle.succession import SUCCESSION
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


def judge_succession(account: Account, before: Snapshot, seen: Snapshot, pending: Container[str]) -> None:
    """Judge in passing what became of each order since it was last seen; not of those whose cancel is `pending`."""
    told = {id: order for id, order in before.orders.items() if id not in pending}
    judgement = SUCCESSION.judge(replace(before, orders=told), seen)
    account.observations.count(judgement.saw)
    account.observations.report(judgement.breaches, *seen.exchanges[:1])
