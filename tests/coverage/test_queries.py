"""Lists that tell: chosen from an account's orders, and wrong as soon as one of their parameters is read wrongly."""

import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

import pytest

from conformance.coverage.asked import Asked, Queries
from conformance.coverage.ground import Ground, differ
from conformance.coverage.neighbours import neighbours
from conformance.coverage.population import AGES, population
from conformance.coverage.queries import alike, plan, still_listed
from conformance.coverage.rows import ABSENT, ALTERED, BOUNDS, EARLY, emptied_by
from conformance.oracle.listing import matches, page_size
from conformance.oracle.snapshot import Snapshot
from conformance.orders import STATUSES, Order, Query
from conformance.profile import Market
from conformance.stage.history import history
from tests.orders import record

NOW = 1_790_000_000
MARKETS = {
    symbol: Market(symbol, Decimal("0.5"), Decimal("0.6"), Decimal(10), Decimal("0.01"), Decimal(1))
    for symbol in ("DFUSDT", "DFUSDT2", "BTCUSDT")
}
CREDENTIALS = {"caller": ("jwt", "api-key"), "other": ("jwt",)}


def account(name: str, counts: Mapping[str, int]) -> Snapshot:
    """An account into which a history was injected."""
    rng = random.Random(name)
    kinds = population([*MARKETS], list(AGES), counts, rng)
    return Snapshot.of(map(Order.from_json, history(MARKETS, kinds, NOW, NOW - AGES["minutes"][1], rng)))


PLENTY = dict.fromkeys(STATUSES, 56) | {"open": 207, "partially_filled": 101}
KNOWN = {"caller": account("caller", PLENTY), "other": account("other", dict.fromkeys(STATUSES, 18))}


@pytest.fixture(scope="module", params=[0, 1, 2])
def queries(request: pytest.FixtureRequest) -> Queries:
    return plan(KNOWN, CREDENTIALS, [*MARKETS], request.param)


def page(orders: Iterable[Order], query: Query, size: int | None = None) -> set[str]:
    newest_first = sorted(orders, key=lambda order: -order.created_at)
    passing = [each for each in newest_first if matches(query, each)]
    return {order.id for order in passing[: size or page_size(query.limit)]}


def test_an_empty_answer_tells_of_nothing_but_what_makes_it_empty(queries: Queries) -> None:
    """Whatever else is forgotten of such a list, it is empty all the same."""
    empty = [(one, emptied_by(dict(one.row))) for one in queries.asked if emptied_by(dict(one.row))]
    told = {size: queries.told([one for one, _ in empty], size) for size in (2, 3)}
    assert told[2]
    for one, by in empty:
        assert all(by <= dict(each).keys() for size in (2, 3) for each in queries.told([one], size))


def test_nearly_all_that_can_tell_is_asked(queries: Queries) -> None:
    assert len(queries.pairs - queries.told(queries.asked, 2)) <= 2  # the greedy rows may not come by them
    untold = queries.triples - queries.told(queries.asked, 3)
    assert len(untold) <= len(queries.triples) / 100
    assert len(queries.asked) <= 385
    assert queries.fours == set()


def test_nearly_all_combinations_of_four_are_asked_while_exploring() -> None:
    queries = plan(KNOWN, CREDENTIALS, [*MARKETS], 0, strength=4)
    assert len(queries.fours - queries.told(queries.asked, 4)) <= len(queries.fours) / 50
    assert len(queries.triples - queries.told(queries.asked, 3)) <= len(queries.triples) / 100


IGNORES: dict[str, Callable[[Query], Query]] = {
    "symbol": lambda query: replace(query, symbol=None),
    "status": lambda query: replace(query, status=None),
    "start": lambda query: replace(query, start=None),
    "end": lambda query: replace(query, end=None),
}
SHIFTS: dict[str, Callable[[Query], Query]] = {
    "start exclusive": lambda query: replace(query, start=query.start and query.start + 1),
    "end exclusive": lambda query: replace(query, end=query.end and query.end - 1),
    "a second before start": lambda query: replace(query, start=query.start and query.start - 1),
    "a second after end": lambda query: replace(query, end=query.end and query.end + 1),
}


@pytest.mark.parametrize("wrong", [*IGNORES.values(), *SHIFTS.values()], ids=[*IGNORES, *SHIFTS])
@pytest.mark.parametrize("credential", ["jwt", "api-key"])
@pytest.mark.parametrize("status", ["expired", "filled", "open"])
def test_a_mistake_under_two_conditions_shows(
    queries: Queries, wrong: Callable[[Query], Query], credential: str, status: str
) -> None:
    """A server that reads one parameter wrongly, with this credential and this status alone."""
    asked = [each for each in queries.asked if each.credential == credential and dict(each.row)["status"] == status]
    assert any(shows(each, wrong) for each in asked)


@pytest.mark.parametrize("limit", ["1", "2 to 49"])
@pytest.mark.parametrize("credential", ["jwt", "api-key"])
@pytest.mark.parametrize("market", MARKETS)
def test_a_small_limit_cuts_under_any_two_conditions(
    queries: Queries, limit: str, credential: str, market: str
) -> None:
    """A server that forgets this limit, with this credential and this market alone: room on the page would hide it."""
    given = {("limit", limit), ("credential", credential), ("symbol", market)}
    asked = [each for each in queries.asked if given <= set(each.row)]
    assert any(shows(each, lambda query: replace(query, limit=None)) for each in asked)


BESIDE = [("symbol", each) for each in (ABSENT, *MARKETS)] + [("end", each) for each in (ABSENT, *BOUNDS)]
BESIDE += [("credential", each) for each in ("jwt", "api-key")] + [("status", ABSENT), ("status", "open")]


@pytest.mark.parametrize("start", [ABSENT, EARLY])
@pytest.mark.parametrize("limit", ["51 to 99", "100 to 199", "200"])
@pytest.mark.parametrize("other", BESIDE)
def test_a_page_that_ends_at_fifty_shows_beside_any_two(
    queries: Queries, limit: str, other: tuple[str, str], start: str
) -> None:
    """A server that has fifty for this limit, beside this start and one value of another parameter alone.

    Where an account has no more orders of a market than the limit, it shows all of those.
    """
    given = {("limit", limit), ("start", start), other}
    asked = [each for each in queries.asked if any(given <= row.items() for row in each.rows())]
    assert any(len(page(KNOWN[each.whose].orders.values(), each.query)) > 50 for each in asked)


@pytest.mark.parametrize("name", ["start", "end"])
@pytest.mark.parametrize("limit", [ABSENT, "2 to 49", "50", "51 to 99", "100 to 199", "200", "above"])
@pytest.mark.parametrize("status", STATUSES)
def test_a_bound_tells_both_ways_beside_a_status_and_a_limit(
    queries: Queries, status: str, limit: str, name: str
) -> None:
    """A server that is a second too strict, or too lax, there."""
    given = {("status", status), ("limit", limit)}
    asked = [each for each in queries.asked if given <= set(each.row) and getattr(each.query, name) is not None]
    bounded = [each for each in asked if any(row[name] in BOUNDS for row in each.rows())]
    too_lax = {"start": "a second before start", "end": "a second after end"}[name]
    assert any(shows(each, SHIFTS[f"{name} exclusive"]) for each in bounded)
    assert any(shows(each, SHIFTS[too_lax]) for each in bounded)


@pytest.mark.parametrize("name", ["symbol", "status"])
@pytest.mark.parametrize(("limit", "size"), [("200", 199), ("200", 201), ("above", 199), ("above", 201)])
def test_the_longest_page_is_cut_beside_a_filter(queries: Queries, name: str, limit: str, size: int) -> None:
    """A server whose longest page is of another size beside this filter alone."""
    asked = [each for each in queries.asked if dict(each.row)["limit"] == limit and getattr(each.query, name)]
    assert any(len(page(KNOWN[each.whose].orders.values(), each.query, size)) == size for each in asked)


def shows(asked: Asked, wrong: Callable[[Query], Query]) -> bool:
    orders = KNOWN[asked.whose].orders.values()
    return page(orders, asked.query) != page(orders, wrong(asked.query))


def test_what_tells_differs_by_the_plain_meaning_too(queries: Queries) -> None:
    for each in queries.asked:
        shown = page(KNOWN[each.whose].orders.values(), each.query)
        if shown and "status" in each.telling and each.query.status and (each.query.limit or 1) > 0:
            assert shows(each, IGNORES["status"]), each


def test_answers_agree_with_the_oracle() -> None:
    snapshot, rng = KNOWN["caller"], random.Random(0)
    ground, orders = Ground(snapshot), list(snapshot.orders.values())
    for _ in range(300):
        some, another = rng.choice(orders), rng.choice(orders)
        query = Query(
            rng.choice((None, some.symbol)),
            rng.choice((None, some.status)),
            rng.choice((None, min(some.created_at, another.created_at))),
            rng.choice((None, max(some.created_at, another.created_at))),
            rng.choice((None, 1, 7, 50, 200, 1000)),
        )
        answer = ground.answer(query)
        right = page(orders, query)
        ids = [order.id for order in ground.orders]
        sure = {id for place, id in enumerate(ids) if answer.sure >> place & 1}
        may = {id for place, id in enumerate(ids) if answer.may >> place & 1}
        assert sure <= right <= may
        assert answer.least == answer.most == len(right)
        assert not differ(answer, ground.answer(query))


def test_an_account_without_orders_is_asked_nothing() -> None:
    assert plan({"caller": Snapshot({})}, CREDENTIALS, [*MARKETS], 0).asked == ()


def test_a_window_that_ends_before_it_starts_may_be_rejected_like_no_market(queries: Queries) -> None:
    some = next(each for each in queries.asked if each.query.symbol is each.query.status)
    assert not replace(some, query=Query()).may_be_rejected
    assert not replace(some, query=Query(start=1, end=1)).may_be_rejected
    assert replace(some, query=Query(start=1, end=0)).may_be_rejected
    no_market = [each for each in queries.asked if ("symbol", "no market") in each.row]
    assert no_market
    assert all(each.may_be_rejected for each in no_market)
    assert {each.query.symbol for each in no_market} & {each[:-1] for each in MARKETS}
    assert {each.query.symbol for each in no_market} & {each.swapcase() for each in MARKETS}


def test_a_market_that_the_profile_does_not_name_is_not_asked_for_where_another_is() -> None:
    assert still_listed(["OLD", "A", "OLD"], ["A", "B"]) == ["A"]
    assert still_listed(["OLD", "A"], []) == ["A", "OLD"]
    assert still_listed(["OLD"], ["A"]) == ["OLD"], "nothing else tells"
    asked = [each.query for each in plan(KNOWN, CREDENTIALS, ["BTCUSDT"], 0).asked]
    asked += alike([*KNOWN.values()], ["BTCUSDT"], 0)
    no_markets = {how(each) for each in MARKETS for how in ALTERED.values()}
    assert {query.symbol for query in asked} <= {None, "BTCUSDT", *no_markets}


def test_parameters_stand_in_reverse_order_as_often_as_not(queries: Queries) -> None:
    several = [each.query for each in queries.asked if len(each.query.pairs()) > 1]
    turned = [query for query in several if query.turned]
    assert len(several) / 4 < len(turned) < len(several) * 3 / 4
    for query in turned:
        assert query == replace(query, turned=False)
        assert query.pairs() == replace(query, turned=False).pairs()[::-1]


@pytest.mark.parametrize("seed", range(5))
def test_lists_that_differ_in_one_parameter_stand_right_behind_each_other(seed: int) -> None:
    """In each parameter: a cache that forgets it in its key shows the first of them again."""
    ground = Ground(KNOWN["caller"])
    first, *others = neighbours(ground, [*MARKETS], random.Random(seed))
    differing = [{name for name, value in each.pairs() if dict(first.pairs())[name] != value} for each in others]
    assert differing == [{"status"}, {"start"}, {"end"}]
    assert all(differ(ground.answer(first), ground.answer(each)) for each in others)
    asked = [each.query for each in plan(KNOWN, CREDENTIALS, [*MARKETS], seed).asked]
    places = [place for place, query in enumerate(asked) if len(query.pairs()) == 5]
    of_five = [asked[place] for place in places]
    assert places == list(range(places[0], places[0] + len(places)))
    assert any(
        all(
            sum(getattr(one, name) != getattr(each, name) for name in dict(one.pairs())) == 1
            for each in of_five[number + 1 : number + 4]
        )
        for number, one in enumerate(of_five[:-3])
    )


def test_too_few_orders_have_no_lists_that_differ_in_one_parameter() -> None:
    few = Ground(Snapshot.of(Order.from_json(record(f"{at}", created_at=NOW + at)) for at in range(2)))
    assert neighbours(few, [*MARKETS], random.Random(0)) == []


def test_lists_that_a_crowded_second_makes_alike_are_not_asked_for() -> None:
    """Of hundreds of orders of one second a page may show any: it tells nothing of an end there, and stops nothing."""
    crowded = [Order.from_json(record(f"{at}-{each}", created_at=NOW + at)) for at in range(3) for each in range(300)]
    ground = Ground(Snapshot.of(crowded))
    first, *others = neighbours(ground, [*MARKETS], random.Random(0))
    assert len(others) < 3
    assert all(differ(ground.answer(first), ground.answer(each)) for each in others)
