"""What readers ask for: short lists of one parameter, and between them all triples of parameters."""

from itertools import combinations

from conformance.coverage.watches import watches
from conformance.orders import Query

MARKETS, BOTH = ("AUSDT", "BUSDT"), ("jwt", "api-key")


def test_every_second_list_is_short_and_of_one_parameter() -> None:
    lists = watches(MARKETS, BOTH, 0)[::2]
    assert {credential for _, credential in lists} == {*BOTH}
    assert {query.status for query, _ in lists} == {None, "open", "canceled", "partially_filled"}
    assert all(query == Query(status=query.status, limit=25) for query, _ in lists)


def test_the_others_are_all_triples_of_market_status_limit_and_credential() -> None:
    rows = [
        (query.symbol, query.status, query.limit, credential) for query, credential in watches(MARKETS, BOTH, 3)[1::2]
    ]
    for three in combinations(range(4), 3):
        values = [{row[each] for row in rows} for each in three]
        assert len({tuple(row[each] for each in three) for row in rows}) == len(values[0]) * len(values[1]) * len(
            values[2]
        )


def test_another_seed_asks_in_another_order() -> None:
    assert watches(MARKETS, BOTH, 0) == watches(MARKETS, BOTH, 0) != watches(MARKETS, BOTH, 1)
