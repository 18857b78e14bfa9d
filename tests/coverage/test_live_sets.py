"""Sets of live orders for cancel-alls: they can be brought about, they differ, and the seed chooses."""

import random
from itertools import combinations

import pytest

from conformance.coverage.array import Row
from conformance.coverage.live_sets import ANY, COUNTS, EVERYWHERE, counts_of, live_sets, size_of, sorts
from conformance.oracle.listing import MAX_LIMIT

BOTH = ("jwt", "api-key")
MARKETS = ("AUSDT", "BUSDT", "CUSDT")
WAYS = {"injecting", "placing"}


def chosen_rows(seed: int) -> list[Row]:
    """What each cancel-all of all sets cancels."""
    return [row for rows in live_sets(MARKETS, {"caller": BOTH, "other": BOTH}, WAYS, seed) for row in rows]


@pytest.mark.parametrize("credentials", [{"caller": BOTH, "other": BOTH}, {"caller": ("jwt",), "other": ("api-key",)}])
@pytest.mark.parametrize("ways", [WAYS, {"injecting"}, {"placing"}], ids=sorted)
@pytest.mark.parametrize("markets", [MARKETS, MARKETS[:2], MARKETS[:1]], ids=len)
def test_each_number_has_a_set_that_can_be_brought_about(
    markets: tuple[str, ...], credentials: dict[str, tuple[str, ...]], ways: set[str]
) -> None:
    for seed in range(4):
        chosen = live_sets(markets, credentials, ways, seed)
        assert len(chosen) == len(COUNTS)
        for number, rows in enumerate(chosen):
            counts = counts_of(number, rows[0]["age"])
            assert counts[0] == COUNTS[number][0]
            assert [row["size"] for row in rows] == [size_of(count) for count in counts[: len(rows)]]
            assert len({(row["account"], row["age"]) for row in rows}) == 1  # one look shows them
            for row in rows:
                assert row["credential"] in credentials[row["account"]]
                assert row["age"] == "minutes" or "injecting" in ways  # what is placed is young


@pytest.mark.parametrize("seed", range(6))
def test_each_cancel_all_of_a_set_has_markets_of_its_own_and_the_last_reaches_the_rest(seed: int) -> None:
    for rows in live_sets(MARKETS, {"caller": BOTH, "other": BOTH}, WAYS, seed):
        *named, last = [row["scope"] for row in rows]
        assert last == EVERYWHERE
        assert EVERYWHERE not in named
        assert len({*named}) == len(named) == (0 if len(rows) == 1 else 2)


@pytest.mark.parametrize("seed", range(6))
def test_every_pair_and_most_triples_of_what_concerns_the_request_are_met(seed: int) -> None:
    chosen = chosen_rows(seed)
    for one, two in combinations(("scope", "account", "credential", "side", "status"), 2):
        of_one, of_two = ({each[name] for each in chosen} for name in (one, two))
        pairs = {(each[one], each[two]) for each in chosen}
        assert len(pairs) == len(of_one) * len(of_two), (one, two)
    assert len({(each["credential"], each["account"], each["scope"]) for each in chosen}) >= 14  # of 16


@pytest.mark.parametrize("seed", range(20))
def test_sets_of_more_than_the_longest_page_hold_all_pairs_of_what_concerns_the_request(seed: int) -> None:
    chosen = live_sets(MARKETS, {"caller": BOTH, "other": BOTH}, WAYS, seed)
    large = [
        (first["account"], first["credential"], first["scope"] == EVERYWHERE, first["age"] == "minutes")
        for (first, *_), (count, *_) in zip(chosen, COUNTS, strict=True)
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
