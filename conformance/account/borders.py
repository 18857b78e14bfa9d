"""How deep lists have to be read, and where their pages will end, as far as what is known of an account tells."""

from bisect import bisect_left, bisect_right

from conformance.account.account import SNAPSHOT_PAGES
from conformance.account.ownership import Ownership
from conformance.oracle.listing import MAX_LIMIT
from conformance.oracle.snapshot import Snapshot
from conformance.orders import Order


def reached_for(latest: Snapshot, up_to: int | None, apart: int | None) -> list[Order]:
    """The live orders that a look has to reach that begins at the second `up_to`, as far as they are known. What is no
    newer than the second `apart` is looked for from there alone.
    """
    floor = floor_of(up_to, apart)
    live = (order for order in latest.live() if up_to is None or order.created_at <= up_to)
    return [order for order in live if floor is None or order.created_at > floor]


def floor_of(up_to: int | None, apart: int | None) -> int | None:
    """The second that a look need not reach that begins at the second `up_to`; None: there is none. `apart` as in
    `reached_for`.
    """
    return None if apart is None or (up_to is not None and up_to <= apart) else apart


def missed(latest: Snapshot, seen: Snapshot, up_to: int | None, apart: int | None) -> bool:
    """Whether a look has not `seen` all that it has to reach."""
    return not all(order.id in seen.orders for order in reached_for(latest, up_to, apart))


def depth(latest: Snapshot, own: Ownership, up_to: int | None, apart: int | None = None) -> int:
    """How many pages it takes to reach all that was last seen live, and all that was injected and not seen yet.

    `apart` as in `reached_for`.
    """
    live = (order.created_at for order in reached_for(latest, up_to, apart))
    floor = floor_of(up_to, apart)
    expected = (at for at in own.expected_at if floor is None or at > floor)
    oldest = min((*live, *expected), default=None)
    if oldest is None:
        return 1
    stamps = _stamps(latest, own, up_to)
    due = len(stamps) - bisect_left(stamps, oldest)
    if due + own.awaited < MAX_LIMIT:
        return 1
    for number, end in enumerate(ends(latest, own, SNAPSHOT_PAGES, up_to)[1:], start=2):
        assert end is not None
        if due - (len(stamps) - bisect_right(stamps, end)) < MAX_LIMIT:
            return number
    return SNAPSHOT_PAGES


def ends(
    latest: Snapshot | None, own: Ownership, pages: int, up_to: int | None, limit: int = MAX_LIMIT
) -> list[int | None]:
    """The seconds at which so many pages of this `limit` end, or fewer, the first of them at `up_to`: each where the
    one before reaches for certain, so that they need not wait for each other.
    """
    found: list[int | None] = [up_to]
    if latest is None:
        return found
    stamps, newer = _stamps(latest, own, up_to), 0
    shown = max(1, limit - own.awaited)  # of what is known, on one page, whatever may have come
    while len(found) < pages and stamps:
        end = stamps[max(0, len(stamps) - newer - shown)]
        if found[-1] is not None and end >= found[-1]:
            break
        found.append(end)
        newer = len(stamps) - bisect_right(stamps, end)
    return found


def _stamps(latest: Snapshot, own: Ownership, up_to: int | None) -> list[int]:
    """When the orders were created, the oldest first."""
    stamps = latest.stamps
    older = stamps if up_to is None else stamps[: bisect_right(stamps, up_to)]
    return sorted([*older, *own.expected_at])
