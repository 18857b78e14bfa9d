"""Why a cancel-all is not sent: it would destroy live orders that this run did not place."""

from collections.abc import Sequence

from conformance.oracle.snapshot import Snapshot
from conformance.orders import Order
from conformance.verdict import CannotJudge, Declined, Inconclusive


def spare(foreign: Sequence[Order], first: Snapshot | None, account: str) -> CannotJudge:
    """What to raise to spare these orders of the account, or those that cannot be read, if there are none.

    Declined if one stood there `first`, before this run; Inconclusive if all have come since, as they do where two runs
    meet.
    """
    if not foreign:
        return Inconclusive(
            f"lists of live orders of {account} hold records that cannot be read: cancel-all might cancel orders that "
            "this run did not place"
        )
    markets = ", ".join(sorted({order.symbol for order in foreign}))
    count = "a live order" if len(foreign) == 1 else f"{len(foreign)} live orders"
    if first and all(order.id not in first.orders and first.covers(order.created_at) for order in foreign):
        return Inconclusive(
            f"{count} that this run did not place came into {account} meanwhile, in {markets}: somebody else is at "
            "work with the account, another run perhaps"
        )
    return Declined(
        f"{account} has {count} that this run did not place, in {markets}, and cancel-all would destroy them: take "
        "another account, or say --cancel-existing, or disposable = true under [target]"
    )
