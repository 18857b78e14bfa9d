"""What a snapshot of an account knows, and what it does not."""

from dataclasses import replace

import pytest

from conformance.oracle.snapshot import Interval, Snapshot
from tests.orders import order

OLD, MIDDLE, NEW = (order(id, created_at=second) for id, second in (("old", 10), ("middle", 20), ("new", 30)))


@pytest.mark.parametrize(("second", "known"), [(10, False), (11, True), (20, True), (21, False)])
def test_it_covers_what_is_newer_than_its_horizon_and_not_newer_than_its_ceiling(second: int, known: bool) -> None:
    snapshot = Snapshot({}, horizon=10, ceiling=20)
    assert (snapshot.reaches(second), snapshot.covers(second)) == (known, known)
    assert Snapshot({}).covers(second)


def test_with_a_record_that_cannot_be_read_it_reaches_and_does_not_cover() -> None:
    snapshot = Snapshot({}, unread=("x",))
    assert (snapshot.reaches(1), snapshot.covers(1)) == (True, False)


def test_what_it_shows_live_and_was_told_as_canceled_does_not_stand() -> None:
    older = Snapshot.of([OLD, MIDDLE, NEW])
    seen = replace(older, told_over=frozenset({"middle"}))
    assert seen.standing == [OLD, NEW]
    assert older.over(seen).standing == [OLD, MIDDLE, NEW]
    assert seen.over(older).standing == [OLD, NEW]
    assert Snapshot({}, horizon=25).over(seen).standing == [OLD]


@pytest.mark.parametrize(
    ("horizon", "ceiling", "kept"),
    [
        (None, None, set()),
        (20, None, {"old", "middle"}),
        (9, None, set()),
        (None, 20, {"new"}),
        (None, 19, {"middle", "new"}),
        (10, 20, {"old", "new"}),
    ],
)
def test_over_an_older_one_it_keeps_what_it_does_not_cover(
    horizon: int | None, ceiling: int | None, kept: set[str]
) -> None:
    older = Snapshot.of([OLD, MIDDLE, NEW])
    assert Snapshot({}, horizon=horizon, ceiling=ceiling).over(older).orders.keys() == kept


def test_new_is_what_the_older_one_had_to_have() -> None:
    later = Snapshot.of([OLD, MIDDLE, NEW])
    assert later.unknown_to(Snapshot.of([MIDDLE], horizon=10)) == [NEW]
    assert later.unknown_to(replace(Snapshot.of([MIDDLE]), unread=("new",))) == [OLD]


def test_an_interval_covers_what_both_of_its_ends_cover() -> None:
    whole, shallow = Snapshot.of([]), Snapshot.of([], horizon=10)
    assert [Interval(*ends).covers(10) for ends in ((whole, whole), (whole, shallow), (shallow, whole))] == [
        True,
        False,
        False,
    ]
