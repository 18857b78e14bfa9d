"""Cancel-all on a lane, judged by what lists show before and after."""

import time
from dataclasses import replace

from conformance.account.account import Account
from conformance.oracle.cancellation import CANCELLING, Cancellation
from conformance.oracle.listing import Listing, changed_by_reading, explain
from conformance.oracle.snapshot import Interval, Snapshot
from conformance.orders import Query
from conformance.stage.lane import POLL_S, Lane
from conformance.wire.signer import Credential

_NOTHING = Snapshot({})
_BEYOND = 2**63  # a horizon above which nothing is known to be complete


def cancel_all(
    lane: Lane,
    symbol: str | None = None,
    *,
    by: Account | None = None,
    credential: Credential | None = None,
    bystander: bool = False,
    pages: int = 1,
    again: bool = False,
    may_refuse: bool = False,
) -> Cancellation:
    """Let an account, by default the caller, cancel all, and judge it.

    `bystander`: the opposite account is looked at too, if there is one. `pages` is how deep the lists have to be read
    for the orders that matter; `again` says that the same was asked just before, `may_refuse` that the symbol is that
    of no market. Raises Violation for the first breach of any cancel requirement, ForeignOrders where it would meet
    somebody else's.
    """
    account = by or lane.caller
    opposite = lane.opposite(account) if bystander else None
    before = lane.look(account, pages)
    other_before = _NOTHING if opposite is None else lane.look(opposite)
    lane.refuse_to_harm(account)
    answer = account.cancel_all(symbol, credential, nothing_live=not before.live(symbol), may_refuse=may_refuse)
    lane.canceled(account)
    while True:
        asked_at = time.monotonic()
        after = lane.reaching(account, len(before.exchanges))
        other_after = _NOTHING if opposite is None else lane.settled(opposite)
        cancellation = Cancellation(
            symbol=symbol,
            returned=answer.orders,
            before=before,
            after=after,
            other_before=other_before,
            other_after=other_after,
            clock=lane.clock.window(answer.sent_at, answer.answered_at),
            refused_before=answer.refused_before,
            again=again,
            refused=answer.refused,
        )
        judgement = CANCELLING.judge(cancellation)
        if not judgement.breaches or asked_at > lane.consistent_from:
            break
        time.sleep(POLL_S)
    lane.remember(after, account)
    if opposite is not None:
        lane.remember(other_after, opposite)
    account.observations.count(judgement.saw)
    lists_before = (*before.exchanges[:1], *other_before.exchanges[:1])
    evidence = (*lists_before, answer.exchange, *after.exchanges[:1], *other_after.exchanges[:1])
    account.observations.report(judgement.breaches, *evidence, raising=True)
    return cancellation


def expect_listed(lane: Lane, cancellation: Cancellation, query: Query) -> None:
    """Raise a Violation where a list by this query tells another story of what was canceled than the answer did."""
    deadline = time.monotonic() + lane.target.consistency_ms / 1000
    while True:
        asked_at = time.monotonic()
        page = lane.caller.list(query)
        told = Snapshot.of(cancellation.returned)
        breaches = list(explain(Listing(query, page.orders), Interval.still(replace(told, horizon=_BEYOND))))
        if not breaches or asked_at > deadline:
            break
        time.sleep(POLL_S)
    blamed = [breach._replace(requirement="cancel.visible", certain=True) for breach in breaches]
    lane.caller.observations.report(blamed, page.exchange, raising=True)


def expect_unchanged(lane: Lane, earlier: Snapshot) -> None:
    """Raise a Violation where an order of the caller that was over then is not the same now."""
    lane.forget(lane.caller)
    now = lane.settle()
    over = replace(earlier, orders={id: order for id, order in earlier.orders.items() if not order.live})
    breaches = [breach._replace(requirement="cancel.final") for breach in changed_by_reading(over, now)]
    lane.caller.observations.report(breaches, *earlier.exchanges[:1], *now.exchanges[:1], raising=True)
