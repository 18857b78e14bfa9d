"""Why a cancel-all is not sent: it would destroy live orders that this run did not place."""

from collections.abc import Container, Sequence

from conformance.orders import Order
from conformance.verdict import CannotJudge, Declined, Inconclusive, NotObserved


def in_use(count: str, account: str, came: Sequence[Order]) -> Inconclusive:
    """What to raise where these, which are so many, came into an account that the run believed to have for itself."""
    markets = ", ".join(sorted({order.symbol for order in came}))
    return Inconclusive(
        f"{count} in {account}, in {markets}, came during the run and not from it: somebody else uses "
        "the account, perhaps another run"
    )


def spare(
    foreign: Sequence[Order], account: str, of_another: Container[object], *, came: bool, is_beside: bool
) -> CannotJudge:
    """What to raise to spare these orders of the account, or those that cannot be read, if there are none.
    `of_another`: what the orders of the other account are known by.

    Declined if one stood there before this run, NotObserved where the account `is_beside` the caller's, since most can
    be tested without its cancel-alls; Inconclusive if all `came` since, as they do where two runs meet.
    """
    if not foreign:
        return Inconclusive(
            f"lists of live orders of {account} have records that cannot be read, so cancel-all might cancel orders "
            "that this run did not place"
        )
    markets = ", ".join(sorted({order.symbol for order in foreign}))
    count = "a live order" if len(foreign) == 1 else f"{len(foreign)} live orders"
    if all(order.identity in of_another for order in foreign):
        return Inconclusive(f"lists of {account} show {count} of the other account, in {markets}")
    if came:
        return in_use(count, account, foreign)
    return (NotObserved if is_beside else Declined)(
        f"{account} has {count} that this run did not place, in {markets}, and cancel-all would cancel them: take "
        "another account, or give --cancel-existing, or set disposable = true under [target]"
    )
