"""What a wrong list is charged to, told by servers that have one defect each."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from conformance.account.blame import Blame, of_lapse, of_list, of_page
from conformance.account.contradiction import of_contradiction
from conformance.account.misread import Misread
from conformance.evidence import Exchange
from conformance.oracle.listing import Listing, matches, page_size
from conformance.oracle.snapshot import Snapshot
from conformance.orders import Order, Query
from conformance.verdict import Breach, Inconclusive
from conformance.wire.client import Answer
from conformance.wire.signer import Credential
from tests.orders import order, record

FILTERS = Query(symbol="DFUSDT", status="open", start=1, end=9)
ALL = Query(symbol="DFUSDT", status="open", start=1, end=9, limit=7)

Defect = Callable[[Query], bool]


def has(*names: str) -> Defect:
    """Whether the query has all these parameters."""
    return lambda query: all(getattr(query, name) is not None for name in names)


def never(_: Query) -> bool:
    return False


def unasked(query: Query) -> bool:
    raise AssertionError(f"{query} was asked for in vain")


# -- another status than 200 ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "fails", "requirement"),
    [
        (ALL, has("symbol"), "list.symbol"),
        (ALL, has("status"), "list.status"),
        (ALL, has("start"), "list.start"),
        (ALL, has("end"), "list.end"),
        (ALL, has("limit"), "list.limit-exact"),
        (Query(limit=500), has("limit"), "list.limit-max"),
        (Query(limit=0), has("limit"), "list.limit-below"),
        (Query(start=0), has("start"), "list.start"),
        (ALL, has("start", "end"), "list.conjunctive"),
        (ALL, has("status", "limit"), "list.conjunctive"),
        (ALL, lambda query: has("end")(query) or has("status")(query), "list.status"),
        (ALL, lambda query: True, "list.array"),
        (ALL, never, "list.array"),  # it was met just now, and not again: no parameter is known to be why
        (Query(start=9, end=1), never, "list.array"),
        (Query(status="open", limit=-1), lambda query: query.status and (query.limit or 0) < 0, "list.limit-below"),
        (Query(status="open", limit=500), lambda query: query.status and (query.limit or 0) > 200, "list.limit-max"),
        (Query(status="open", limit=500), has("status", "limit"), "list.conjunctive"),
    ],
)
@pytest.mark.parametrize("status", [300, 400, 403, 500])
def test_a_list_that_fails(query: Query, fails: Defect, requirement: str, status: int) -> None:
    assert of_list(query, status, fails) == requirement


@pytest.mark.parametrize("status", [201, 202, 204, 299, 404])
def test_a_status_that_shows_nothing_is_the_arrays_matter(status: int) -> None:
    assert of_list(ALL, status, unasked) == "list.array"


def test_a_list_without_parameters_has_nothing_else_to_blame() -> None:
    assert of_list(Query(), 400, unasked) == "list.array"


# -- a page of the wrong orders ------------------------------------------------------------------------------------


def limits_first(query: Query) -> bool:
    """It fills the page before it filters: wrong where the page is short."""
    return has("status")(query) and (query.limit or 50) < 200


@pytest.mark.parametrize(
    ("query", "wrong", "requirement"),
    [
        (ALL, has("symbol"), "list.symbol"),
        (ALL, has("status"), "list.status"),
        (FILTERS, has("start"), "list.start"),
        (Query(end=0), has("end"), "list.end"),
        (Query(status="open", limit=200), has("status"), "list.status"),
        (ALL, has("symbol", "status"), "list.conjunctive"),
        (ALL, lambda query: has("end")(query) or has("status")(query), "list.status"),
        (ALL, lambda query: query.limit == 7, "list.limit-exact"),
        (FILTERS, lambda query: query.limit is None, "list.limit-default"),
        (FILTERS, lambda query: has("status")(query) and query.limit is None, "list.limit-default"),
        (Query(status="open", limit=500), lambda query: query.limit == 500, "list.limit-max"),
        (Query(status="open", limit=-1), lambda query: query.limit == -1, "list.limit-below"),
        (Query(status="open", limit=200), never, "list.conjunctive"),  # as above
        (ALL, limits_first, "list.limit-after-filters"),
        (FILTERS, limits_first, "list.limit-after-filters"),
    ],
)
def test_a_page_that_is_wrong(query: Query, wrong: Defect, requirement: str) -> None:
    assert of_page(query, wrong) == requirement


@pytest.mark.parametrize(
    ("limit", "requirement"),
    [
        (None, "list.limit-default"),
        (0, "list.limit-below"),
        (1, "list.limit-exact"),
        (200, "list.limit-exact"),
        (201, "list.limit-max"),
    ],
)
def test_without_filters_it_is_the_limit(limit: int | None, requirement: str) -> None:
    assert of_page(Query(limit=limit), unasked) == requirement


def test_each_filter_is_tried_where_there_is_room_for_all_that_pass() -> None:
    asked: list[Query] = []

    def wrong(query: Query) -> bool:
        asked.append(query)
        return len(asked) == 1

    of_page(ALL, wrong)
    assert asked[0].limit == 200
    *alone, cut = asked[1:]
    assert {query.limit for query in alone} == {200}
    assert [[name for name, _ in query.pairs()] for query in alone] == [
        [name, "limit"] for name in ("symbol", "status", "start", "end")
    ]
    assert cut == Query(start=ALL.start, limit=ALL.limit)


def test_a_start_that_is_wrong_only_where_the_limit_cuts_is_no_matter_of_the_start() -> None:
    """Whether the page has room for what other filters let through does not tell: the start alone is asked for."""
    cut = Query(start=ALL.start, limit=ALL.limit)
    assert of_page(replace(cut, limit=None), lambda query: query.limit != 200) == "list.limit-default"
    assert of_page(ALL, lambda query: query in (ALL, replace(ALL, limit=200), cut)) == "list.limit-after-filters"
    assert of_page(ALL, lambda query: query in (ALL, cut)) == "list.limit-after-filters"
    assert of_page(ALL, lambda query: query in (ALL, replace(ALL, limit=200))) == "list.conjunctive"


# -- a page against a snapshot ---------------------------------------------------------------------------------------

A, B, C = (order(id, created_at=1_778_400_000 + at) for at, id in enumerate("abc"))
WINDOW = Query(start=A.created_at, end=C.created_at)
SECOND = Query(start=A.created_at, end=A.created_at)


def judged(query: Query, shows: Callable[[Query, Order], bool], known: Sequence[Order] = (A, B, C)) -> str:
    """What the list of a target is charged to that shows these of its three orders."""

    def page(asked: Query) -> list[Order]:
        return [each for each in (C, B, A) if matches(asked, each) and shows(asked, each)]

    def wrong(asked: Query, _: Credential) -> bool:
        return page(asked) != [each for each in (C, B, A) if matches(asked, each)]

    return of_contradiction(Listing(query, page(query)), "jwt", Snapshot.of(known), "jwt", wrong)


def both(query: Query) -> bool:
    return query.start is not None and query.end is not None


@pytest.mark.parametrize(
    ("query", "shows", "requirement"),
    [
        (WINDOW, lambda query, each: not both(query) or each.created_at < query.end, "list.end"),
        (WINDOW, lambda query, each: not both(query) or each.created_at > query.start, "list.start"),
        (WINDOW, lambda query, each: not both(query) or each is not B, "list.conjunctive"),
        (WINDOW, lambda query, each: query.end is None or each.created_at < query.end, "list.end"),
        (
            replace(WINDOW, symbol=A.symbol, status=A.status),
            lambda query, each: query.symbol is None or query.start is None or each.created_at > query.start,
            "list.start",
        ),
        (
            replace(WINDOW, symbol=A.symbol, status=A.status),
            lambda query, each: query.symbol is None or query.start is None or each is not B,
            "list.conjunctive",
        ),
        (
            replace(WINDOW, end=A.created_at),
            lambda query, each: not both(query) or each.created_at < query.end,
            "list.end",
        ),
        (
            replace(WINDOW, end=A.created_at),
            lambda query, each: not both(query) or each.created_at > query.start,
            "list.start",
        ),
    ],
)
def test_a_bound_that_leaves_out_its_own_second(
    query: Query, shows: Callable[[Query, Order], bool], requirement: str
) -> None:
    assert judged(query, shows) == requirement


def test_what_lists_without_filters_hide_is_not_the_filters_fault() -> None:
    assert judged(Query(status="open"), lambda query, each: True, known=(A, B)) == "list.limit-default"


def test_what_the_longest_page_alone_hides_is_the_matter_of_its_limit() -> None:
    assert judged(Query(status="open"), lambda query, each: query.limit != 200 or each is not C, (A, B)) == (
        "list.limit-exact"
    )


def test_what_is_hidden_behind_the_first_page_is_the_matter_of_end() -> None:
    newer = [order(f"n{number}", created_at=C.created_at + 1) for number in range(200)]
    assert judged(Query(status="open"), lambda query, each: True, known=(*newer, A, B)) == "list.end"


OLD = [order(f"o{number}", created_at=C.created_at - number) for number in range(30)]
NEWER = [order(f"n{number}", created_at=C.created_at + 200 - number) for number in range(200)]


@pytest.mark.parametrize(
    ("shown", "walked", "requirement"),
    [
        (lambda query: [*NEWER, *OLD][: page_size(query.limit)], NEWER, "list.limit-after-filters"),
        (lambda query: [*NEWER, *OLD][:200], NEWER, "list.page-walk"),
        (lambda query: [] if query.end else [*NEWER, *OLD], NEWER, "list.end"),
        (lambda query: [*NEWER, *OLD[1::2]], [*NEWER, *OLD[1::2]], "list.end"),
    ],
    ids=[
        "cut before the end is looked at",
        "the first 200 alone",
        "an end finds nothing",
        "some are in no list without a status",
    ],
)
def test_what_no_page_behind_the_first_has_is_told_by_what_ends_within_it(
    shown: Callable[[Query], list[Order]], walked: list[Order], requirement: str
) -> None:
    def page(asked: Query, orders: list[Order]) -> list[Order]:
        return [each for each in orders if matches(asked, each)][: page_size(asked.limit)]

    named = of_contradiction(
        Listing(Query(status="open"), [*NEWER[:20], *OLD]),
        "jwt",
        Snapshot.of(walked),
        "jwt",
        lambda asked, _: page(asked, shown(asked)) != page(asked, walked),
        ask=lambda asked: Listing(asked, page(asked, shown(asked))),
    )
    assert named == requirement


@pytest.mark.parametrize(
    ("shown", "requirement"),
    [
        (lambda query, page: page[:199] if query.status else page, "list.limit-exact"),
        (lambda query, page: page[:187] if query.status else page, "list.limit-after-filters"),
        (lambda query, page: page[:199], "list.limit-exact"),
        (lambda query, page: page[:-1] if query.status else page, "list.status"),
    ],
)
def test_the_longest_page_ends_too_soon(shown: Callable[[Query, list[Order]], list[Order]], requirement: str) -> None:
    newest_first = [
        order(f"n{number}", status="expired" if number < 30 else "open", created_at=C.created_at - number)
        for number in range(240)
    ]

    def right(asked: Query) -> list[Order]:
        return [each for each in newest_first if matches(asked, each)][: page_size(asked.limit)]

    def wrong(asked: Query, _: Credential) -> bool:
        return shown(asked, right(asked)) != right(asked)

    query = Query(status="open", limit=200)
    listing = Listing(query, shown(query, right(query)))
    assert of_contradiction(listing, "jwt", Snapshot.of(newest_first), "jwt", wrong) == requirement


@pytest.mark.parametrize(("least", "requirement"), [(201, "list.limit-max"), (200, "list.limit-after-filters")])
def test_a_limit_above_the_maximum_that_is_wrong_where_the_maximum_is_right_is_its_own_matter(
    least: int, requirement: str
) -> None:
    """Though the page may as well have been cut before its filter was applied."""
    statuses = ("open", "expired")
    known = [order(f"n{at}", status=statuses[at % 2], created_at=C.created_at - at) for at in range(420)]

    def right(asked: Query) -> list[Order]:
        return [each for each in known if matches(asked, each)][: page_size(asked.limit)]

    def shown(asked: Query) -> list[Order]:
        return right(asked)[: 100 if asked.status and (asked.limit or 0) >= least else 200]

    def wrong(asked: Query, _: Credential) -> bool:
        return shown(asked) != right(asked)

    query = Query(status="open", limit=500)
    assert of_contradiction(Listing(query, shown(query)), "jwt", Snapshot.of(known), "jwt", wrong) == requirement


@pytest.mark.parametrize(("limit", "requirement"), [(200, "list.limit-exact"), (100, "list.end")])
def test_what_the_longest_page_skips_before_an_end_is_no_matter_of_the_end(limit: int, requirement: str) -> None:
    known = [order(f"n{at}", created_at=C.created_at - at) for at in range(240)]

    def shown(asked: Query) -> list[Order]:
        skipped = (90, 91) if asked.end is not None and asked.limit in (limit, 200) else ()
        return [each for at, each in enumerate(known) if at not in skipped][: page_size(asked.limit)]

    def wrong(asked: Query, _: Credential) -> bool:
        return shown(asked) != known[: page_size(asked.limit)]

    query = Query(end=C.created_at, limit=limit)
    listing = Listing(query, shown(query))
    assert of_contradiction(listing, "jwt", Snapshot.of(known), "jwt", wrong) == requirement


@pytest.mark.parametrize(
    ("skips", "requirement"),
    [
        (lambda kind, at: kind == "api-key" and at in (60, 61), "auth.same-account"),
        (lambda kind, at: kind == "api-key" and at == 0, "list.limit-max"),
        (lambda kind, at: at in (60, 61), "list.limit-max"),
    ],
)
def test_a_list_that_skips_some_with_one_credential_alone(
    skips: Callable[[Credential, int], bool], requirement: str
) -> None:
    known = [order(f"n{at}", created_at=C.created_at - at) for at in range(240)]

    def shown(asked: Query, kind: Credential) -> list[Order]:
        return [each for at, each in enumerate(known) if not skips(kind, at)][: page_size(asked.limit)]

    def wrong(asked: Query, kind: Credential) -> bool:
        return asked != Query() and shown(asked, kind) != known[: page_size(asked.limit)]

    query = Query(limit=1000)
    listing = Listing(query, shown(query, "api-key"))
    assert of_contradiction(listing, "api-key", Snapshot.of(known), "jwt", wrong) == requirement


MARKETS = ("DFUSDT", "BTCUSDT", "ETHUSDT")
OF_MARKETS = [
    order(f"n{number}", symbol=MARKETS[number % 3], status=("open", "expired")[number % 2], created_at=1000 - number)
    for number in range(240)
]


OF_ONE = OF_MARKETS[::3]


def cut_before_the_end(query: Query) -> list[Order]:
    """The page is cut once the market is chosen, and before the end is looked at."""
    page = [each for each in OF_MARKETS if matches(query.without("end"), each)][: page_size(query.limit)]
    return [each for each in page if matches(query, each)]


def some_seconds_before_the_end(query: Query) -> list[Order]:
    end = None if query.end is None else query.end - 20
    return [each for each in OF_MARKETS if matches(replace(query, end=end), each)][: page_size(query.limit)]


def of_the_first_market(query: Query) -> list[Order]:
    symbol = query.symbol or (MARKETS[0] if query.status and query.end else None)
    return [each for each in OF_MARKETS if matches(replace(query, symbol=symbol), each)][: page_size(query.limit)]


@pytest.mark.parametrize(
    ("query", "shown", "requirement"),
    [
        (Query(symbol="DFUSDT", end=990, limit=1), cut_before_the_end, "list.limit-after-filters"),
        (Query(symbol="DFUSDT", end=997, limit=1), lambda query: [], "list.limit-exact"),
        (Query(symbol="DFUSDT", end=997, limit=20), lambda query: OF_ONE[1:][: query.limit - 1], "list.limit-exact"),
        (Query(symbol="DFUSDT", end=997, limit=20), lambda query: OF_ONE[1:20], "list.conjunctive"),
    ],
)
def test_whether_it_is_the_limit_may_be_told_by_another_page(
    query: Query, shown: Callable[[Query], list[Order]], requirement: str
) -> None:
    """Each filter alone and each limit alone is right."""

    def page(asked: Query) -> list[Order]:
        right = [each for each in OF_MARKETS if matches(asked, each)][: page_size(asked.limit)]
        return shown(asked) if len(asked.filters) > 1 else right

    def wrong(asked: Query, _: Credential) -> bool:
        return page(asked) != [each for each in OF_MARKETS if matches(asked, each)][: page_size(asked.limit)]

    listing, ask = Listing(query, page(query)), lambda asked: Listing(asked, page(asked))
    assert of_contradiction(listing, "jwt", Snapshot.of(OF_MARKETS), "jwt", wrong, ask=ask) == requirement


def some_seconds_behind_the_start(query: Query) -> list[Order]:
    start = None if query.start is None else query.start + 20
    return [each for each in OF_MARKETS if matches(replace(query, start=start), each)][: page_size(query.limit)]


def forty_before_the_start(query: Query) -> list[Order]:
    """The page ends with the fortieth, wherever the start lies."""
    return [each for each in OF_MARKETS if matches(query, each)][: min(page_size(query.limit), 40)]


@pytest.mark.parametrize(
    ("query", "shown", "requirement"),
    [
        (Query(symbol="DFUSDT", end=990, limit=20), cut_before_the_end, "list.limit-after-filters"),
        (Query(status="open", end=990, limit=40), of_the_first_market, "list.symbol-omitted"),
        (Query(symbol="DFUSDT", end=997, limit=20), lambda query: cut_before_the_end(query)[1:], "list.conjunctive"),
        (Query(symbol="DFUSDT", end=997, limit=20), lambda query: OF_ONE[1:20], "list.limit-exact"),
        (Query(symbol="DFUSDT", end=997, limit=20), lambda query: OF_ONE[2:22], "list.end"),
        (Query(symbol="DFUSDT", end=991, limit=20), some_seconds_before_the_end, "list.end"),
        (Query(symbol="DFUSDT", start=900, limit=20), lambda query: OF_ONE[1:21], "list.limit-exact"),
        (Query(symbol="DFUSDT", end=997, limit=20), lambda query: OF_ONE[1:12], "list.conjunctive"),
        (Query(symbol="DFUSDT", end=997, limit=1), lambda query: [], "list.limit-exact"),
        (Query(symbol="DFUSDT", start=700, limit=20), lambda query: OF_ONE[-20:], "list.limit-exact"),
        (Query(symbol="DFUSDT", start=850, limit=200), some_seconds_behind_the_start, "list.start"),
        (Query(symbol="DFUSDT", start=850, limit=200), forty_before_the_start, "list.conjunctive"),
        (Query(symbol="DFUSDT", end=997), lambda query: OF_ONE[1:50], "list.limit-exact"),
    ],
)
def test_what_is_beside_each_other_may_be_told_apart_by_what_is_shown(
    query: Query, shown: Callable[[Query], list[Order]], requirement: str
) -> None:
    """Each filter alone and each limit alone is right."""

    def wrong(asked: Query, _: Credential) -> bool:
        right = [each for each in OF_MARKETS if matches(asked, each)][: page_size(asked.limit)]
        return len(asked.filters) > 1 and shown(asked) != right

    listing = Listing(query, shown(query))
    assert of_contradiction(listing, "jwt", Snapshot.of(OF_MARKETS), "jwt", wrong) == requirement


@pytest.mark.parametrize("deep", [240, 200])
@pytest.mark.parametrize(("filtered", "requirement"), [(True, "list.limit-after-filters"), (False, "list.status")])
def test_a_page_without_orders_is_looked_at_with_the_largest_limit(filtered: bool, requirement: str, deep: int) -> None:
    """The limit comes first, so that a short page has none of those that pass; or a status finds nothing at all."""
    newest_first = [
        order(f"n{number}", status="expired" if number < 60 else "open", created_at=C.created_at - number)
        for number in range(deep)
    ]

    def shown(asked: Query) -> list[Order]:
        return [each for each in newest_first[: page_size(asked.limit)] if matches(asked, each) and filtered]

    def wrong(asked: Query, _: Credential) -> bool:
        right = [each for each in newest_first if matches(asked, each)][: page_size(asked.limit)]
        return (shown(asked) if asked.status else right) != right

    query = Query(status="open", limit=50)
    named = of_contradiction(
        Listing(query, shown(query)),
        "jwt",
        Snapshot.of(newest_first),
        "jwt",
        wrong,
        ask=lambda other: Listing(other, shown(other)),
    )
    assert named == requirement


@pytest.mark.parametrize(
    ("shown", "requirement"),
    [
        (lambda query, page: page[:50] if query.status and query.limit > 100 else page, "list.limit-exact"),
        (lambda query, page: page[:50] if query.limit > 100 else page, "list.limit-exact"),
        (lambda query, page: page[:49] if query.status else page, "list.status"),
        (lambda query, page: page[10:60] if query.status and query.limit > 100 else page, "list.status"),
    ],
)
def test_a_longer_page_is_just_the_default_one(
    shown: Callable[[Query, list[Order]], list[Order]], requirement: str
) -> None:
    newest_first = [
        order(f"n{number}", status="expired" if number % 2 else "open", created_at=C.created_at - number)
        for number in range(240)
    ]

    def right(asked: Query) -> list[Order]:
        return [each for each in newest_first if matches(asked, each)][: page_size(asked.limit)]

    def wrong(asked: Query, _: Credential) -> bool:
        return shown(asked, right(asked)) != right(asked)

    query = Query(status="open", limit=137)
    listing = Listing(query, shown(query, right(query)))
    assert of_contradiction(listing, "jwt", Snapshot.of(newest_first), "jwt", wrong) == requirement


# -- a credential that is turned away --------------------------------------------------------------------------------

EXCHANGE = Exchange("alice", "GET", "http://127.0.0.1/", {}, "", 200, {}, "[]", 0.0, 1.0)
BOTH: tuple[Credential, ...] = ("jwt", "api-key")


def alone(query: Query) -> bool:
    return not query.pairs()


def everything(_: Query) -> bool:
    return True


def blame(status: int, refuses: Defect, kinds: tuple[Credential, ...] = BOTH) -> Blame:
    """Of a target that answers lists by the key with `status` where it `refuses` the query, and any other with 200."""

    def ask(query: Query, kind: Credential) -> Answer:
        return Answer(status if kind == "api-key" and refuses(query) else 200, {}, b"[]", EXCHANGE)

    made = Blame(ask, kinds)
    made.market = "DFUSDT"
    return made


@pytest.mark.parametrize("kinds", [BOTH, ("api-key",)])
@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize(
    ("refuses", "requirement"),
    [
        (has("limit"), "auth.api-key"),  # the plain list is accepted
        (alone, "auth.api-key"),  # another one than the plain list is accepted
        (never, "auth.api-key"),  # it was met just now
        (everything, None),  # it may be revoked
    ],
)
def test_a_credential_that_the_target_accepts_elsewhere_is_good(
    refuses: Defect, requirement: str | None, status: int, kinds: tuple[Credential, ...]
) -> None:
    asked = blame(status, refuses, kinds)
    assert asked.turns_credential_away(Query(limit=3), status, "api-key")
    assert asked.of_credential("api-key") == requirement


@pytest.mark.parametrize("status", [400, 422])
def test_a_400_that_the_token_does_not_earn_speaks_of_the_key(status: int) -> None:
    assert blame(status, alone).turns_credential_away(Query(), status, "api-key")
    assert not blame(status, alone).turns_credential_away(Query(limit=3), status, "api-key")  # not met again
    assert not blame(status, alone, ("api-key",)).turns_credential_away(Query(), status, "api-key")


@pytest.mark.parametrize("status", [404, 409, 429, 500, 503])
def test_no_other_status_speaks_of_credentials(status: int) -> None:
    assert not blame(status, everything).turns_credential_away(Query(), status, "api-key")


@pytest.mark.parametrize("limit", [10, None])
def test_a_start_is_tried_where_a_full_page_reaches_it(limit: int | None) -> None:
    """Lists that have a start, whatever else they have, leave out its very second."""

    def leaves_out_its_second(query: Query) -> bool:
        passing = range(0, 1000, 100 if query.status else 1)
        return query.start is not None and sum(each > query.start for each in passing) < (query.limit or 50)

    few = Query(status="filled", start=3, limit=limit)
    assert leaves_out_its_second(few)
    assert of_page(few, leaves_out_its_second, range(1000)) == "list.start"


# -- a start so old that alone it fills a page with later orders -----------------------------------------------------

HISTORY = [
    order(f"{second}", status="filled" if second % 20 == 0 else "open", created_at=second) for second in range(900)
]


def lets_older_through(query: Query) -> bool:
    return query.start is not None and query.start < 100


def lets_older_through_by_status(query: Query) -> bool:
    return lets_older_through(query) and query.status is not None


def lets_older_through_before_an_end(query: Query) -> bool:
    return lets_older_through(query) and query.end is not None


@pytest.mark.parametrize(
    ("wrong", "requirement"),
    [
        (lets_older_through, "list.start"),
        (lets_older_through_by_status, "list.start"),
        (lets_older_through_before_an_end, "list.start"),
    ],
)
@pytest.mark.parametrize("forgets", [False, True])
def test_a_start_that_is_misread_is_its_own_matter_and_one_that_is_forgotten_beside_others_not(
    wrong: Defect, requirement: str, forgets: bool
) -> None:
    """But for an old one that is forgotten alone as well, where a full page cannot show that."""

    def ask(query: Query, _: Credential) -> Answer:
        misread = None if forgets else (query.start or 0) - 5
        meant = replace(query, start=misread) if wrong(query) else query
        shown = [each for each in reversed(HISTORY) if matches(meant, each)][: query.limit or 50]
        records = [record(each.id, status=each.status, created_at=each.created_at) for each in shown]
        return Answer(200, {}, json.dumps(records).encode(), EXCHANGE)

    breach = Breach("only orders with start=61", "one from before it", "list.start")
    query = Query(status="filled", start=61, end=300)
    forgotten_beside_others = forgets and wrong is not lets_older_through
    due = "list.conjunctive" if forgotten_beside_others else requirement
    assert Misread(ask).of_record(breach, query, "jwt").requirement == due


def test_a_record_that_does_not_pass_one_of_several_filters_now_and_then_is_that_filters_matter() -> None:
    asked: list[Query] = []

    def ask(query: Query, _: Credential) -> Answer:
        asked.append(query)
        shown = [each for each in reversed(HISTORY) if matches(query, each)][: query.limit or 50]
        records = [record(each.id, status=each.status, created_at=each.created_at) for each in shown]
        return Answer(200, {}, json.dumps(records).encode(), EXCHANGE)

    query, breach = Query(symbol="DFUSDT", status="open"), Breach("only open ones", "a filled one", "list.status")
    shown_once = next(each for each in reversed(HISTORY) if each.status == "filled")
    assert Misread(ask).of_record(breach, query, "jwt", [shown_once]) == breach
    assert asked == [Query(status="open"), query, query.without("status")]
    gone = order("gone", status="filled")  # by now it is something else, so that nothing is known
    assert Misread(ask).of_record(breach, query, "jwt", [gone]).requirement == "list.conjunctive"


@pytest.mark.parametrize(("forgets", "requirement"), [(False, "list.status"), (True, "list.conjunctive")])
def test_whether_a_filter_is_misread_or_forgotten_is_told_by_a_page_that_is_long_enough(
    forgets: bool, requirement: str
) -> None:
    def ask(query: Query, _: Credential) -> Answer:
        beside = query.symbol is not None and query.status is not None
        meant = query.without("status") if beside else query
        let_through = ("filled", "open") if forgets else ("filled",)
        passing = [
            each
            for each in reversed(HISTORY)
            if matches(meant, each) and (not beside or each.status in (query.status, *let_through))
        ]
        shown = [record(each.id, status=each.status, created_at=each.created_at) for each in passing]
        return Answer(200, {}, json.dumps(shown[: page_size(query.limit)]).encode(), EXCHANGE)

    breach = Breach("only open ones", "a filled one", "list.status")
    query = Query(symbol="DFUSDT", status="canceled", limit=1)
    assert Misread(ask).of_record(breach, query, "jwt").requirement == requirement


def _turned(query: Query) -> Query:
    return replace(query, start=query.end, end=query.start)


@pytest.mark.parametrize(
    ("bounds", "meant", "requirement"),
    [
        (
            ("start", "end"),
            lambda query: _turned(query) if query.status and (query.start or 0) > query.end else query,
            "list.window-empty",
        ),
        (
            ("start",),
            lambda query: query.without("start") if query.status and query.end else query,
            "list.conjunctive",
        ),
        (("end",), lambda query: query.without("end") if query.start and query.end else query, "list.conjunctive"),
    ],
)
def test_a_record_that_is_outside_of_a_window_which_ends_before_it_starts(
    bounds: Sequence[str], meant: Callable[[Query], Query], requirement: str
) -> None:
    def ask(query: Query, _: Credential) -> Answer:
        shown = [each for each in reversed(HISTORY) if matches(meant(query), each)][: query.limit or 50]
        records = [record(each.id, status=each.status, created_at=each.created_at) for each in shown]
        return Answer(200, {}, json.dumps(records).encode(), EXCHANGE)

    for bound in bounds:
        breach = Breach("only orders of the window", "another one", f"list.{bound}")
        query = Query(status="open", start=850, end=820)
        assert Misread(ask).of_record(breach, query, "jwt").requirement == requirement


@pytest.mark.parametrize(
    ("too_long", "requirement", "got"),
    [
        (lambda query: query.limit is None, "list.limit-default", "55"),
        (lambda query: True, "list.limit-exact", "55, and 55 for limit=50"),
    ],
)
def test_a_page_without_a_limit_that_is_too_long(too_long: Defect, requirement: str, got: str) -> None:
    asked = []

    def ask(query: Query, _: Credential) -> Answer:
        asked.append(query)
        size = page_size(query.limit) + 5 * too_long(query)
        shown = [record(each.id, status=each.status, created_at=each.created_at) for each in HISTORY[::-1][:size]]
        return Answer(200, {}, json.dumps(shown).encode(), EXCHANGE)

    misread, breach = Misread(ask), Breach("at most 50 orders for no limit", "55", "list.limit-default")
    charged = breach._replace(requirement=requirement, got=got)
    assert [misread.of_record(breach, Query(), "jwt") for _ in range(3)] == [charged] * 3
    assert asked == [Query(limit=50)]


def test_a_list_that_is_wrong_once_may_break_what_the_breach_says_or_one_of_its_parameters() -> None:
    query, breach = Query(status="open", limit=7), Breach("an order", "a list without it")
    parameters = ["list.status", "list.limit-exact", "list.limit-after-filters"]
    assert of_lapse(query, breach) == parameters
    assert of_lapse(query, breach._replace(requirement="cancel.visible")) == ["cancel.visible", *parameters]


# -- a status that passes --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", [Query(), Query(status="open"), Query(status="open", limit=7)])
def test_a_500_that_passes_breaks_nothing(query: Query, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    with pytest.raises(Inconclusive, match="not when it was asked for again a second later"):
        blame(200, everything).of_status(query, 500, "api-key")
    assert blame(500, has("status")).of_status(Query(status="open"), 500, "api-key") == "list.status"
    assert blame(200, everything).of_status(query, 404, "api-key") == "list.array"


# -- a window that ends before it starts -------------------------------------------------------------------------------


@pytest.mark.parametrize("beside", [{}, {"status": "open"}, {"symbol": "DFUSDT", "limit": 7}])
def test_a_window_that_ends_before_it_starts_is_wrong_by_itself(beside: dict[str, Any]) -> None:
    query = Query(start=9, end=1, **beside)
    assert of_page(query, both) == "list.window-empty"
    assert of_page(query, lambda asked: asked == query) == "list.window-empty"


@pytest.mark.parametrize("bound", ["start", "end"])
def test_a_bound_that_is_wrong_beside_a_status_is_so_in_a_window_too(bound: str) -> None:
    query = Query(start=9, end=1, status="open")
    beside = of_page(query, lambda asked: asked.status is not None and getattr(asked, bound) is not None)
    assert beside == "list.conjunctive"


# -- lists of canceled orders ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "hides", "requirement"),
    [
        ({"a": 1, "b": 1}, {"a", "b"}, "cancel.visible"),
        ({"a": 2, "b": 1}, {"a"}, "cancel.visible"),  # the last one alone
        ({"a": 1, "b": 2}, {"a"}, "list.status"),
        ({"a": 1, "b": 1}, {"a"}, "list.status"),
        ({"a": 1}, {"a", "b"}, "list.status"),
        ({"a": 1, "b": 1, "c": 1}, {"a", "b", "c"}, "list.status"),  # nothing tells the two apart
        ({"a": 1, "b": 1}, {"c"}, "list.status"),
    ],
)
def test_a_list_that_lacks_what_was_told_as_canceled(told: dict[str, float], hides: set[str], requirement: str) -> None:
    orders = [
        order(id, status="canceled", created_at=at, updated_at=at) for at, id in enumerate("cba", start=1_778_400_300)
    ][::-1]
    query = Query(status="canceled")

    def page(asked: Query) -> list[Order]:
        return [each for each in orders if not asked.status or each.id not in hides]

    def wrong(asked: Query, _: Credential) -> bool:
        return page(asked) != orders

    known = Snapshot.of(orders)
    assert of_contradiction(Listing(query, page(query)), "jwt", known, "jwt", wrong, told) == requirement


@pytest.mark.parametrize(
    ("finds_nothing", "requirement"),
    [
        (lambda query: True, "auth.same-account"),
        (lambda query: query.status is not None and query.symbol is not None, "list.conjunctive"),
    ],
)
def test_a_credential_that_is_shown_nothing_is_anothers_only_where_all_lists_are_empty(
    finds_nothing: Defect, requirement: str
) -> None:
    query = Query(symbol=A.symbol, status=A.status)

    def wrong(asked: Query, kind: Credential) -> bool:
        return kind == "api-key" and finds_nothing(asked)

    assert of_contradiction(Listing(query, ()), "api-key", Snapshot.of((A, B, C)), "jwt", wrong) == requirement


@pytest.mark.parametrize(
    ("hidden", "requirement"),
    [(("n2", "n4"), "auth.same-account"), (("n2",), "list.status"), (("n2", "n4", "n5"), "list.status")],
    ids=["what tokens placed", "one alone may be chance", "what keys placed, too"],
)
def test_what_lacks_the_orders_of_the_other_credential_alone_is_about_that(
    hidden: tuple[str, ...], requirement: str
) -> None:
    known = [order(f"n{number}", created_at=C.created_at - number) for number in range(6)]
    placed: dict[str, Credential] = {"n2": "jwt", "n4": "jwt", "n5": "api-key"}

    def page(asked: Query, kind: Credential) -> list[Order]:
        lies = asked.status is not None and kind == "api-key"
        return [each for each in known if matches(asked, each) and not (lies and each.id in hidden)]

    def wrong(asked: Query, kind: Credential) -> bool:
        return page(asked, kind) != page(asked, "jwt")

    query = Query(status="open", limit=200)
    listing = Listing(query, page(query, "api-key"))
    named = of_contradiction(listing, "api-key", Snapshot.of(known), "jwt", wrong, placed_with=placed.get)
    assert named == requirement
