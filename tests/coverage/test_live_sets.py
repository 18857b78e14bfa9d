"""Sets of live orders for cancel-alls: they can be brought about, they differ, and the seed chooses."""

import random
from itertools import combinations

import pytest

from conformance.coverage.live_sets import ANY, COUNTS, EVERYWHERE, live_sets, size_of, sorts
from conformance.oracle.listing import MAX_LIMIT

BOTH = ("jwt", "api-key")
MARKETS = ("AUSDT", "BUSDT", "CUSDT")
WAYS = {"injecting", "placing"}


@pytest.mark.parametrize("credentials", [{"caller": BOTH, "other": BOTH}, {"caller": ("jwt",), "other": ("api-key",)}])
@pytest.mark.parametrize("ways", [WAYS, {"injecting"}, {"placing"}], ids=sorted)
def test_each_number_has_a_set_that_can_be_brought_about(
    credentials: dict[str, tuple[str, ...]], ways: set[str]
) -> None:
    for seed in range(20):
        chosen = live_sets(MARKETS, credentials, ways, seed)
        assert [each["size"] for each in chosen] == [size_of(count) for count in COUNTS]
        for each in chosen:
            own = credentials[each["account"]]
            assert each["credential"] in own
            assert each["age"] == "minutes" or "injecting" in ways  # what is placed is young


@pytest.mark.parametrize("seed", range(6))
def test_nearly_every_pair_and_most_triples_of_what_concerns_the_request_are_met(seed: int) -> None:
    chosen = live_sets(MARKETS, {"caller": BOTH, "other": BOTH}, WAYS, seed)
    for one, two in combinations(("scope", "account", "credential", "side", "status"), 2):
        of_one, of_two = ({each[name] for each in chosen} for name in (one, two))
        pairs = {(each[one], each[two]) for each in chosen}
        assert len(pairs) >= len(of_one) * len(of_two) - 2, (one, two)
    assert len({(each["credential"], each["account"], each["scope"]) for each in chosen}) >= 11  # of 16, by 15 sets


@pytest.mark.parametrize("seed", range(20))
def test_sets_of_more_than_the_longest_page_hold_all_pairs_of_what_concerns_the_request(seed: int) -> None:
    chosen = live_sets(MARKETS, {"caller": BOTH, "other": BOTH}, WAYS, seed)
    large = [
        (each["account"], each["credential"], each["scope"] == EVERYWHERE, each["age"] == "minutes")
        for each, count in zip(chosen, COUNTS, strict=True)
        if count > MAX_LIMIT
    ]
    for one, two in combinations(range(4), 2):
        assert len({(each[one], each[two]) for each in large}) == 4, (one, two)


def test_another_seed_chooses_other_sets() -> None:
    one, same, other = (live_sets(MARKETS, {"caller": BOTH}, WAYS, seed) for seed in (0, 0, 1))
    assert one == same != other


def test_the_orders_of_a_set_are_of_its_sort() -> None:
    row = {"side": "sell", "status": "partially_filled", "scope": "BUSDT"}
    assert sorts(row, 3, MARKETS, random.Random(0)) == [("BUSDT", "sell", True)] * 3
    some = sorts({"side": ANY, "status": ANY, "scope": EVERYWHERE}, 12, MARKETS, random.Random(0))
    assert len(set(some)) == 12
