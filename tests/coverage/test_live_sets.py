"""Sets of live orders for cancel-alls: they can be brought about, they differ, and the seed chooses."""

import random
from collections import Counter
from itertools import combinations

import pytest

from conformance.coverage.array import Row, within
from conformance.coverage.live_sets import (
    ANY,
    COUNTS,
    EVERYWHERE,
    LATER,
    OLD,
    live_sets,
    placed,
    possible_triples,
    size_of,
    sorts,
    triples_of,
)
from conformance.coverage.population import YOUNG
from conformance.oracle.listing import MAX_LIMIT

BOTH = ("jwt", "api-key")
EACH = {"caller": BOTH, "other": BOTH}
MARKETS = ("AUSDT", "BUSDT", "CUSDT")
WAYS = {"injecting", "placing"}


def chosen_rows(seed: int) -> list[Row]:
    """What each cancel-all of all sets cancels."""
    return [row for sets in live_sets(MARKETS, EACH, WAYS, seed) for rows in sets for row in rows]


@pytest.mark.parametrize("credentials", [EACH, {"caller": ("jwt",), "other": ("api-key",)}])
@pytest.mark.parametrize("ways", [WAYS, {"injecting"}, {"placing"}], ids=sorted)
@pytest.mark.parametrize("markets", [MARKETS, MARKETS[:2], MARKETS[:1]], ids=len)
def test_each_number_has_a_set_that_can_be_brought_about(
    markets: tuple[str, ...], credentials: dict[str, tuple[str, ...]], ways: set[str]
) -> None:
    for seed in range(3):
        chosen = live_sets(markets, credentials, ways, seed)
        assert len(chosen) == len(COUNTS)
        for number, (first, *later) in enumerate(chosen):
            assert len(later) == (number < len(LATER) and "injecting" in ways)
            assert [row["size"] for row in first] == [size_of(count) for count in COUNTS[number][: len(first)]]
            for rows in later:
                assert [row["size"] for row in rows] == [size_of(count) for count in LATER[number][: len(rows)]]
                assert len({row["age"] for row in rows}) == 1  # one look shows them
                assert {row["mixed"] for row in rows} == {"False"}
            for row in (row for rows in (first, *later) for row in rows):
                assert row["account"] == first[0]["account"]
                assert row["credential"] in credentials[row["account"]]
                assert row["age"] == YOUNG or "injecting" in ways  # what is placed is young
            assert len({row["old"] for row in first}) == 1  # one more look shows what is old


@pytest.mark.parametrize("seed", range(6))
def test_each_cancel_all_of_a_set_has_markets_of_its_own(seed: int) -> None:
    lasts = Counter[bool]()
    for rows in (rows for sets in live_sets(MARKETS, EACH, WAYS, seed) for rows in sets):
        *named, last = [row["scope"] for row in rows]
        assert EVERYWHERE not in named
        assert len({*named, last}) == len(rows) <= len(MARKETS)
        lasts[last == EVERYWHERE] += 1
    assert lasts[True] > lasts[False] > 0


@pytest.mark.parametrize("seed", range(12))
def test_a_single_order_of_each_status_is_canceled_by_the_name_of_its_market(seed: int) -> None:
    """Alone in a market, open in one set and partly filled in another."""
    sets = live_sets(MARKETS, EACH, WAYS, seed)
    first = zip((rows for rows, *_ in sets), COUNTS, strict=True)
    later = zip((rows for _, *some in sets for rows in some), LATER, strict=True)
    single = [row for rows, counts in (*first, *later) for row, count in zip(rows, counts, strict=False) if count == 1]
    named = {row["status"] for row in single if row["scope"] != EVERYWHERE}
    assert {"open", "partially_filled"} <= named


@pytest.mark.parametrize("seed", range(6))
def test_most_triples_of_what_is_canceled_by_whom_are_met(seed: int) -> None:
    possible, rows = possible_triples(EACH, WAYS), chosen_rows(seed)
    met = set().union(*map(triples_of, rows))
    assert met <= possible
    assert len(met) > 0.92 * len(possible)
    pairs = set().union(*(within(dict(each), 2) for each in possible))
    missed = pairs - set().union(*(within(dict(each), 2) for each in met))
    assert not missed


def test_what_one_account_alone_may_use_is_asked_of_no_other() -> None:
    possible = possible_triples({"caller": ("jwt",), "other": ("api-key",)}, WAYS)
    assert not any({("account", "caller"), ("credential", "api-key")} <= {*each} for each in possible)
    assert not any(("age", OLD) in each for each in possible_triples(EACH, {"placing"}))


@pytest.mark.parametrize("seed", range(20))
def test_sets_of_more_than_the_longest_page_hold_all_pairs_of_what_concerns_the_request(seed: int) -> None:
    large = [
        (first["account"], first["credential"], first["scope"] == EVERYWHERE, first["age"] == YOUNG)
        for ((first, *_), *_), (count, *_) in zip(live_sets(MARKETS, EACH, WAYS, seed), COUNTS, strict=True)
        if count > MAX_LIMIT
    ]
    for one, two in combinations(range(4), 2):
        assert len({(each[one], each[two]) for each in large}) == 4, (one, two)


def test_another_seed_chooses_other_sets() -> None:
    one, same, other = (live_sets(MARKETS, {"caller": BOTH}, WAYS, seed) for seed in (0, 0, 1))
    assert one == same != other


def test_the_orders_of_a_set_are_of_its_sort() -> None:
    row = {"side": "sell", "status": "partially_filled", "scope": "BUSDT"}
    assert sorts(row, 3, ["BUSDT"], random.Random(0)) == [("BUSDT", "sell", True)] * 3
    some = sorts({"side": ANY, "status": ANY, "scope": EVERYWHERE}, 12, MARKETS, random.Random(0))
    assert len(set(some)) == 12
    many = sorts({"side": ANY, "status": ANY, "scope": EVERYWHERE}, 301, MARKETS, random.Random(0))
    in_each = Counter(market for market, *_ in many)
    assert max(in_each.values()) > MAX_LIMIT, "who cancels so many of each market leaves some"
    assert len(in_each) == len(MARKETS)


def test_what_is_placed_is_of_the_sort_of_its_set_and_as_different_as_can_be() -> None:
    row = {"side": "sell", "status": "partially_filled"}
    for seed in range(6):
        some = placed(row, 6, dict.fromkeys(MARKETS, 8), BOTH, random.Random(seed))
        assert {market for market, _ in some} == {*MARKETS}
        assert {(kind["side"], kind["fills"], kind["credential"]) for _, kind in some} == {
            ("sell", fills, credential) for fills in "123" for credential in BOTH
        }
        open_ones = placed(row | {"status": "open"}, 4, dict.fromkeys(MARKETS, 8), BOTH, random.Random(seed))
        assert {(kind["fills"], kind["role"]) for _, kind in open_ones} == {("0", "maker")}


@pytest.mark.parametrize(
    ("status", "room", "filled"), [(ANY, 8, 8), (ANY, 3, 3), (ANY, 99, 8), ("partially_filled", 9, 9), (ANY, 0, 0)]
)
def test_no_more_are_filled_of_a_market_and_side_than_can_stand_there(status: str, room: int, filled: int) -> None:
    for seed in range(6):
        some = placed({"side": ANY, "status": status}, 51, {"BUSDT": room}, BOTH, random.Random(seed))
        assert len(some) == 51
        sides = Counter(kind["side"] for _, kind in some if kind["fills"] != "0")
        assert (sides["buy"], sides["sell"]) == (filled, filled)
        assert {kind["role"] for _, kind in some if kind["fills"] == "0"} == {"maker"}


@pytest.mark.parametrize("seed", range(3))
def test_each_market_meets_cancel_alls_of_each_size_by_its_name(seed: int) -> None:
    sets = live_sets(MARKETS, {"caller": BOTH, "other": BOTH}, WAYS, seed)
    met = {(row["scope"], row["size"]) for each in sets for rows in each for row in rows}
    for market in MARKETS:
        assert (market, "more") in met
        assert len({size for scope, size in met if scope == market}) >= 4
