"""What a list breaks that contradicts the snapshot that is known, however many of its parameters may be to blame.

Which requirement comes first, the table in `blame` says.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import combinations, count

from conformance.account.blame import filter_alone, of_page
from conformance.oracle.listing import (
    DEFAULT_LIMIT,
    MAX_LIMIT,
    Listing,
    cut_before_filtering,
    due_above,
    ends_too_soon,
    limit_requirement,
    matches,
    page_size,
)
from conformance.oracle.snapshot import Snapshot
from conformance.orders import Order, Query
from conformance.wire.signer import Credential

_A_FEW = 10  # so many orders are asked for where a page shows none

# Where pages end that have a size of their own.
_OFTEN = (DEFAULT_LIMIT, 100)

_LONG_BEFORE_S = 40 * 86400  # a start that is misread by less than this is still before all orders

_ROUND = (50, 100)
_OF_SEVERAL = ("list.conjunctive", "list.limit-after-filters")

_NOTHING_TOLD: Mapping[str, float] = {}


def of_contradiction(
    listing: Listing,
    kind: Credential,
    known: Snapshot,
    known_by: Credential,
    wrong: Callable[[Query, Credential], bool],
    told: Mapping[str, float] = _NOTHING_TOLD,
    ask: Callable[[Query], Listing] | None = None,
    placed_with: Callable[[str], Credential | None] = lambda id: None,
) -> str:
    """The requirement that a page breaks by contradicting the snapshot `known`, which `known_by` was used for. `told`:
    when a cancel-all was asked for that told an order as canceled, by the order's id. `ask`: asks for another list with
    the same credential, where its orders tell. `placed_with`: the credential of an order that was placed, by its id.
    """
    # The snapshot was taken with the account's first credential.
    plain = Query(limit=MAX_LIMIT), Query()
    strange = kind != known_by and _shows_nothing_of(known, listing.orders) and not wrong(listing.query, known_by)
    if strange and (listing.orders or wrong(plain[0], kind)):  # else it is this list that finds nothing
        return "auth.same-account"
    if kind != known_by and all(wrong(each, kind) and not wrong(each, known_by) for each in plain):
        return "auth.same-account"
    skips_some = listing.query.filters in ([], ["end"]) and _skips_some(listing, known)
    if kind != known_by and skips_some and not wrong(listing.query, known_by):
        return "auth.same-account"
    if (other := _hides_what_another_placed(listing, kind, known, placed_with)) and not wrong(listing.query, other):
        return "auth.same-account"
    if _lacks_what_was_told(listing, known, told):
        return "cancel.visible"
    if broken := _of_hiding(listing, known, lambda query: wrong(query, kind), ask):
        return broken
    if skips_some and listing.query.limit == MAX_LIMIT:
        return limit_requirement(MAX_LIMIT)  # what lies between is no matter of an end
    if bound := _of_bound(listing, known, lambda query: wrong(query, kind)):
        return bound
    longest = replace(listing.query, limit=MAX_LIMIT)
    if (listing.query.limit or 0) > MAX_LIMIT and not wrong(longest, kind):
        return limit_requirement(listing.query.limit)  # the same page is due for either
    finds_some = not listing.orders and ask is not None and bool(ask(longest).orders)
    if finds_some:  # a limit that comes first keeps back what one of the filters alone would show
        each = (filter_alone(listing.query, name, listing.query.limit) for name in listing.query.filters)
        finds_some = any(wrong(query, kind) for query in each)
    if cut_before_filtering(listing, known, finds_some=finds_some) and not _ends_at_a_round_number(listing, ask):
        return "list.limit-after-filters"
    if _is_of_default_length(listing, known):
        return limit_requirement(listing.query.limit)
    if _is_short(listing, known, lambda query: wrong(query, kind)):
        of_limit = _is_another_page(listing, known) or wrong(Query(limit=MAX_LIMIT), kind)
        return limit_requirement(MAX_LIMIT) if of_limit else "list.limit-after-filters"
    seconds = [order.created_at for order in known.orders.values()]
    broken = of_page(listing.query, lambda query: wrong(query, kind), seconds)
    if broken not in _OF_SEVERAL:
        return broken
    return _of_what_is_shown(listing, known, lambda query: wrong(query, kind), ask) or broken


def _of_what_is_shown(
    listing: Listing, known: Snapshot, wrong: Callable[[Query], bool], ask: Callable[[Query], Listing] | None
) -> str | None:
    """The requirement that a list breaks in which several parameters stand beside each other, where what it shows tells
    which of them is misread; one that shows nothing tells by a longer page. What the default earns, and the same limit
    earns as well, is that limit's matter.
    """
    if listing.lacks_a_market(_left_out(listing, known)):
        return "list.symbol-omitted"
    filters, longest = listing.query.filters, replace(listing.query, limit=MAX_LIMIT)
    some = (each for number in range(1, len(filters)) for each in combinations(filters, number))
    tells = listing if listing.orders or ask is None else ask(replace(listing.query, limit=_A_FEW))
    if len(tells.orders) < page_size(tells.query.limit) - 1 and any(
        cut_before_filtering(tells, known, each) for each in some
    ):
        return "list.limit-after-filters"
    if not _is_another_page(listing, known):
        return None
    length = len(listing.orders)
    ends_one_too_soon = 0 < length == page_size(listing.query.limit) - 1 < MAX_LIMIT - 1
    if ask is not None and ends_one_too_soon and len(ask(longest).orders) == length:
        return None  # it is as long whatever the limit
    said = replace(listing.query, limit=DEFAULT_LIMIT)
    return limit_requirement(DEFAULT_LIMIT if listing.query.limit is None and wrong(said) else listing.query.limit)


def _of_hiding(
    listing: Listing, known: Snapshot, wrong: Callable[[Query], bool], ask: Callable[[Query], Listing] | None
) -> str | None:
    """The requirement that lists without filters break by leaving out what this one shows: all of its market; or what
    lies behind a page, for want of a `start`, or though an `end` reaches it, and not where there is no end either. None
    where it is neither.
    """
    query, orders = listing.query, known.orders
    new = (order for order in listing.orders if order.id not in orders and known.covers(order.created_at))
    hidden = next((order for order in new if matches(query, order)), None)
    if hidden is None:
        return None
    if query.symbol and not any(order.symbol == query.symbol for order in orders.values()):
        return "list.symbol-omitted"
    first_page = sorted((order.created_at for order in orders.values()), reverse=True)[:MAX_LIMIT]
    if query.end is None and len(first_page) == MAX_LIMIT and hidden.created_at == first_page[-1]:
        return "list.page-walk"  # the first page may end within that second: the one behind it has to show the rest
    if wrong(Query(limit=MAX_LIMIT)):
        return limit_requirement(MAX_LIMIT)
    if len(first_page) < MAX_LIMIT or hidden.created_at > first_page[-1]:
        return "list.limit-default"
    if query.start is not None and not wrong(replace(query, start=None)):
        return "list.start"
    if wrong(Query(end=hidden.created_at, limit=MAX_LIMIT)):
        return None
    later = Query(hidden.symbol, start=hidden.created_at, limit=MAX_LIMIT)
    has_room = sum(matches(later, order) for order in orders.values()) < MAX_LIMIT
    if has_room and not wrong(later):
        return "list.limit-default"
    return "list.end" if ask is None else _of_the_first_page_alone(first_page, ask)


def _of_the_first_page_alone(first_page: Sequence[int], ask: Callable[[Query], Listing]) -> str:
    """What a list with an `end` breaks that does not reach behind the first page, with orders of these seconds: whether
    it shows what of that page passes, and whether a page of a few, too, is cut before the end is looked at.
    """
    end = first_page[len(first_page) // 2]
    passing = [second for second in first_page if second <= end]
    shown, few = (_seconds(ask(Query(end=end, limit=limit))) for limit in (MAX_LIMIT, _A_FEW))
    if shown != passing:
        return "list.end"
    return "list.page-walk" if few == passing[:_A_FEW] else "list.limit-after-filters"


def _seconds(listing: Listing) -> list[int]:
    return sorted((order.created_at for order in listing.orders), reverse=True)


def _hides_what_another_placed(
    listing: Listing, kind: Credential, known: Snapshot, placed_with: Callable[[str], Credential | None]
) -> Credential | None:
    """The credential, another one than that of the list, with which all was placed that the list lacks, several orders,
    and nothing that it shows.
    """
    by = {placed_with(order.id) for order in _left_out(listing, known)}
    if len(by) != 1 or by <= {None, kind} or len(_left_out(listing, known)) < 2:
        return None
    return None if any(placed_with(order.id) in by for order in listing.orders) else by.pop()


def _skips_some(listing: Listing, known: Snapshot) -> bool:
    """Whether a list leaves out some between those that it shows, and is as long as it should be."""
    if len(listing.orders) != page_size(listing.query.limit):
        return False
    shown = {order.created_at for order in listing.orders}
    return any(min(shown) < order.created_at < max(shown) for order in _left_out(listing, known))


def _left_out(listing: Listing, known: Snapshot) -> list[Order]:
    above = due_above(listing)
    return listing.left_out(
        order for order in known.orders.values() if order.created_at > above and matches(listing.query, order)
    )


def _lacks_what_was_told(listing: Listing, known: Snapshot, told: Mapping[str, float]) -> bool:
    """Whether a list of canceled orders lacks those alone that the last cancel-alls have told."""
    if listing.query.status != "canceled":
        return False
    left_out = _left_out(listing, known)
    if not left_out or not listing.orders or any(order.id not in told for order in left_out):
        return False
    return min(told[each.id] for each in left_out) > max(told.get(each.id, 0.0) for each in listing.orders)


def _is_short(listing: Listing, known: Snapshot, wrong: Callable[[Query], bool]) -> bool:
    """Whether the longest page ends too soon beside a filter, though a list shows what lies behind it: a list with
    room for all that passes the filter cannot tell.
    """
    query = listing.query
    if query.limit != MAX_LIMIT or query == Query(limit=MAX_LIMIT) or not ends_too_soon(listing, known):
        return False
    return not wrong(replace(query, end=min(order.created_at for order in listing.orders)))


def _ends_at_a_round_number(listing: Listing, ask: Callable[[Query], Listing] | None) -> bool:
    """Whether the page has as many orders as a page may have elsewhere, and one with a shorter limit has as many: it is
    chance that those are what passes of the newest.
    """
    length = len(listing.orders)
    if ask is None or length not in _ROUND or page_size(listing.query.limit) < length * 3 // 2:
        return False
    return len(ask(replace(listing.query, limit=length * 3 // 2)).orders) == length


def _is_of_default_length(listing: Listing, known: Snapshot) -> bool:
    """Whether the page has just the orders that it would have without its limit, beside one filter: that passes the
    right ones, and it is the limit that is not heeded there.
    """
    query, page = listing.query, listing.orders
    filters = query.filters
    if len(filters) != 1 or not len(page) == DEFAULT_LIMIT < page_size(query.limit):
        return False
    passing = [each for each in known.orders.values() if matches(query, each)]
    if len(passing) <= DEFAULT_LIMIT:
        return False
    last = sorted((each.created_at for each in passing), reverse=True)[DEFAULT_LIMIT - 1]
    return not listing.left_out(each for each in passing if each.created_at > last)


def _is_another_page(listing: Listing, known: Snapshot) -> bool:
    """Whether all that it shows passes, and is another page than it should be: a full one without its last order, one
    that ends where pages often do, one that begins with the second order, or the oldest one. What is cut before it is
    filtered ends anywhere.
    """
    passing = sorted((each for each in known.orders.values() if matches(listing.query, each)), key=_age)
    shown = {order.id for order in listing.orders}
    if not shown < {order.id for order in passing}:
        return False
    size, rest = page_size(listing.query.limit), [order for order in passing if order.id not in shown]
    page = sorted((order for order in passing if order.id in shown), key=_age)
    if not page or _age(rest[0]) >= _age(page[-1]):
        return len(passing) >= size and (len(page) == size - 1 or len(page) in _OFTEN)
    others = passing[1 : size + 1], passing[-size:]
    return [_age(each) for each in page] in [[_age(each) for each in other] for other in others]


def _age(order: Order) -> int:
    return -order.created_at


def _of_bound(listing: Listing, known: Snapshot, wrong: Callable[[Query], bool]) -> str | None:
    """The bound that leaves out its own second, and not where it lies further out, in a second without orders; the end
    that leaves out what is newer than all that is shown, and is there without it; or the start that leaves out what is
    older than that, and is there for a start before all. None where neither is wrong.
    """
    query, left_out = listing.query, _left_out(listing, known)
    at = {order.created_at for order in left_out}
    seconds = {order.created_at for order in known.orders.values()}
    further = []
    if at == {query.start}:
        earlier = next(each for each in count(min(at), -1) if each not in seconds)
        further.append(("list.start", replace(query, start=earlier)))
    if at == {query.end}:
        later = next(each for each in count(max(at)) if each not in seconds)
        further.append(("list.end", replace(query, end=later)))
    misread = [name for name, each in further if not wrong(each)]
    if misread or not at or not listing.orders or listing.lacks_a_market(left_out):
        return misread[0] if len(misread) == 1 else None
    shown = {order.created_at for order in listing.orders}
    if query.end is not None and min(at) >= max(shown):
        return None if wrong(query.without("end")) else "list.end"
    before_all = replace(query, start=min(seconds) - _LONG_BEFORE_S, limit=MAX_LIMIT)
    has_room = sum(matches(before_all, order) for order in known.orders.values()) < MAX_LIMIT
    are_oldest = query.start is not None and max(at) <= min(shown) and len(listing.orders) < page_size(query.limit)
    return "list.start" if are_oldest and has_room and not wrong(before_all) else None


def _shows_nothing_of(known: Snapshot, orders: Iterable[Order]) -> bool:
    return not any(order.id in known.orders for order in orders)
