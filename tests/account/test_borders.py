"""Where the pages of a look will end, as far as what is known of an account tells."""

from collections.abc import Sequence
from itertools import pairwise

import pytest

from conformance.account import borders
from conformance.account.account import SNAPSHOT_PAGES
from conformance.account.ownership import Ownership
from conformance.account.ticket import Ticket
from conformance.oracle.listing import MAX_LIMIT
from conformance.oracle.snapshot import Snapshot
from tests.orders import order


def seen(stamps: Sequence[int], status: str = "filled") -> Snapshot:
    return Snapshot.of(order(str(number), created_at=at, status=status) for number, at in enumerate(stamps))


def own(placed: int = 0) -> Ownership:
    made = Ownership()
    for number in range(placed):
        made.ask_for(Ticket("DFUSDT", "buy", "limit", None, None), f"placed-{number}")
    return made


@pytest.mark.parametrize("placed", [0, 1, 30, 199, 500])
@pytest.mark.parametrize("alike", [1, 7, 100])
def test_each_page_begins_where_the_one_before_reaches(placed: int, alike: int) -> None:
    stamps = [1_000 + number // alike for number in range(700)]
    ends = borders.ends(seen(stamps), own(placed), SNAPSHOT_PAGES, None)
    assert ends[0] is None
    assert len(ends) <= SNAPSHOT_PAGES
    shown = sorted(stamps, reverse=True)
    for end, following in pairwise(ends):
        reaches = [at for at in shown if end is None or at <= end][: MAX_LIMIT - placed if placed < MAX_LIMIT else 1]
        assert following is not None
        assert following >= reaches[-1]
        assert end is None or following < end


def test_of_few_orders_one_page_and_what_lies_behind_it() -> None:
    assert borders.ends(seen([5, 6, 7]), own(), SNAPSHOT_PAGES, None) == [None, 5]
    assert borders.ends(seen([5, 6, 7]), own(), 1, None) == [None]
    assert borders.ends(seen([5, 6, 7]), own(), SNAPSHOT_PAGES, 6) == [6, 5]


def test_where_nothing_is_known_one_page_tells_of_the_next() -> None:
    assert borders.ends(None, own(), SNAPSHOT_PAGES, None) == [None]
    assert borders.ends(Snapshot({}), own(), SNAPSHOT_PAGES, 9) == [9]


@pytest.mark.parametrize(
    ("newer", "placed", "pages"),
    [(0, 0, 1), (198, 0, 1), (200, 0, 2), (190, 20, 2), (550, 20, 3), (560, 20, 4), (2_000, 0, 5)],
)
def test_pages_reach_what_is_live(newer: int, placed: int, pages: int) -> None:
    live, over = seen([1], "open"), seen(range(2, 2 + newer))
    known = Snapshot({**{f"live-{id}": each for id, each in live.orders.items()}, **over.orders})
    assert borders.depth(known, own(placed), None) == pages


def test_what_is_looked_at_apart_is_not_reached_for_from_above() -> None:
    deep, near = order("deep", created_at=5, status="open"), order("near", created_at=9_000, status="open")
    latest = Snapshot.of([*seen(range(1_000, 1_700)).orders.values(), deep, near])
    assert borders.depth(latest, own(), None) == 4
    assert borders.depth(latest, own(), None, apart=5) == 1
    assert borders.depth(latest, own(), 5, apart=5) == 1
    assert borders.reached_for(latest, None, 5) == [near]
    assert borders.reached_for(latest, 5, 5) == [deep]
    assert borders.reached_for(latest, None, None) == [deep, near]
