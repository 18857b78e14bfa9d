"""Which requirement a wrong answer is charged to: the one that a developer has to read first.

| what is wrong | charged to |
|---|---|
| a list has another status than 200, each time | the first parameter that fails alone; else that they stand together |
| the same, once | list.array |
| a record does not pass a filter | that filter; that they stand together, where only that is forgotten (`misread`) |
| a list has what of a page that some of its filters cut passes the others | the limit, beside the filters |
| a list shows just what one showed that differs in one filter | that filter (`forgotten`) |
| a list holds other orders than it should | the limit, where the page is right with room for all; else as above |
| a list without a limit is too long | the limit, where limit=50 gives a page that is too long as well |
| the longest page ends too soon, and a list shows what lies behind it | the limit, alone or beside the filters |
| beside one filter a longer page than the default one is just the default one | the same |
| a list of all markets lacks all that is known of one, or of each but one | list.symbol-omitted |
| a list lacks what was placed with the account's other credential, and shows nothing of that | auth.same-account |
| a list of canceled orders lacks those alone that cancel-all has told | cancel.visible |
| a window that ends before it starts shows orders | that window, where each bound is right beside the rest |
| a list leaves out the very second of a bound, or what is newest below an end, because of it | that bound |
| a list ends too soon by one or where pages often end, or begins with the second order | the limit |
| a list with filters shows what lists without them leave out | those lists |
| a good credential is turned away | that credential, where the target accepts it in another form |
| an odd query shows too much | error.bad-input |
| a reused rule fails in a scenario of its own | what the scenario is about (`charge`) |
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace

from conformance.oracle.listing import DEFAULT_LIMIT, MAX_LIMIT, limit_requirement, page_size
from conformance.orders import Query
from conformance.turns import sleep
from conformance.verdict import Breach, Inconclusive
from conformance.wire.client import Answer
from conformance.wire.signer import Credential

BAD_INPUT = "error.bad-input"

Wrong = Callable[[Query, Credential], bool]
"""Whether the list that answers this query, asked with this credential, contradicts what is known."""

# What an odd query may not bring about: a list without bounds, or somebody else's orders.
_HARM = ("list.limit-exact", "list.limit-max", "list.own-only")

_MOMENT_S = 1.0  # what is counted in a second is over then

_NOTHING_SHOWN = (204, 404)  # how a server may say that nothing matched, where an empty array is due
_CREDENTIALS_TURNED_AWAY = (401, 403)
_PERHAPS_TURNED_AWAY = (400, 422)  # some servers say so of a signature, too


def charge(breaches: Iterable[Breach], requirement: str) -> list[Breach]:
    """The breaches, charged to this requirement, whatever the rule that found them says."""
    return [breach._replace(requirement=requirement) for breach in breaches]


def of_cancel_all(*, nothing_live: bool) -> str:
    """The requirement that a cancel-all breaks whose answer has not the documented form."""
    return "cancel.empty" if nothing_live else "cancel.envelope"


def of_odd_input(breach: Breach) -> Breach:
    """A breach that an odd query met: harm is charged to the oddness, the rest stays what it is."""
    return breach._replace(requirement=BAD_INPUT) if breach.requirement in _HARM else breach


def of_list(query: Query, status: int, fails: Callable[[Query], bool], market: str | None = None) -> str:
    """The requirement that a list breaks by answering `status`; `fails` tells whether another query fares alike.

    It is the first parameter that fails alone. If none does it is that they stand together, if they fail once more; but
    a limit out of range that is refused beside others is that limit. `market`: the name of one.
    """
    if 200 <= status < 300 or status in _NOTHING_SHOWN:
        return "list.array"
    if not query.pairs() or fails(Query()):
        without_symbol = market is not None and not fails(Query(symbol=market))
        return "list.symbol-omitted" if without_symbol else "list.array"
    for name, _ in query.pairs():
        if fails(replace(Query(), **{name: getattr(query, name)})):
            return limit_requirement(query.limit) if name == "limit" else f"list.{name}"
    if not fails(query):
        return "list.array"  # what makes it fail now and then, its parameters do not tell
    if query.is_backwards:
        return "list.window-empty"
    limit = limit_requirement(query.limit)
    out_of_range = limit in ("list.limit-max", "list.limit-below")
    return limit if out_of_range and not fails(replace(query, limit=MAX_LIMIT)) else "list.conjunctive"


def of_page(query: Query, wrong: Callable[[Query], bool], seconds: Iterable[int] = ()) -> str:
    """The requirement that a list breaks by holding the wrong orders; `wrong` tells whether another query's does too.
    `seconds`: when the known orders were created.

    Where the page is right with room for all that passes the filters, it is the limit, alone or beside one filter; or
    the default, where the same limit is kept if it is given. Else it is the first filter that is wrong alone, or that
    they stand together.
    """
    filters = query.filters
    if not filters:
        return limit_requirement(query.limit)
    if query.is_backwards:
        alone = Query(start=query.start, end=query.end, limit=query.limit)
        if wrong(alone) or not any(wrong(query.without(bound)) for bound in ("start", "end")):
            return "list.window-empty"
    if query.limit != MAX_LIMIT and not wrong(replace(query, limit=MAX_LIMIT)):
        if wrong(Query(limit=query.limit)):
            return limit_requirement(query.limit)
        if query.limit is None and not wrong(replace(query, limit=DEFAULT_LIMIT)):
            return limit_requirement(None)
        each = (filter_alone(query, name, query.limit) for name in filters)
        roomy = (_with_room(query, name, query.limit, seconds) for name in filters)
        return "list.limit-after-filters" if any(map(wrong, (*each, *roomy))) else "list.conjunctive"
    for name in filters:
        if wrong(_with_room(query, name, MAX_LIMIT, seconds)):
            return f"list.{name}"
    cut = query.start is not None and wrong(filter_alone(query, "start", query.limit))
    return "list.limit-after-filters" if cut else "list.conjunctive"


def filter_alone(query: Query, name: str, limit: int | None) -> Query:
    """The filter of this name alone."""
    return Query(limit=limit, **{name: getattr(query, name)})


def _with_room(query: Query, name: str, limit: int | None, seconds: Iterable[int]) -> Query:
    """The filter of this name alone. What a start lets through wrongly is the oldest of all, which a full page does not
    reach: it is then that of a later start.
    """
    alone = filter_alone(query, name, limit)
    if name != "start" or query.start is None:
        return alone
    size, later = page_size(limit), sorted((each for each in seconds if each >= query.start), reverse=True)
    return alone if len(later) < size else replace(alone, start=later[size // 2])


def of_lapse(query: Query, breach: Breach) -> list[str]:
    """The requirements that a list may break that was wrong once and right when it was asked for again: that of the
    `breach`, if it has one, and those of the parameters.

    Which of them it is cannot be found out from this list alone: the likeliest is the first.
    """
    given = dict(query.pairs())
    filters = [f"list.{name}" for name in ("status", "symbol", "start", "end") if name in given]
    together = ["list.limit-after-filters"] * bool(filters) + ["list.conjunctive"] * (len(filters) > 1)
    likeliest = [breach.requirement] if breach.requirement else []
    return [*likeliest, *filters, limit_requirement(query.limit), *together]


class Blame:
    """Decides for one account. `ask` sends further lists where their answers tell; `market` is the name of one."""

    def __init__(self, ask: Callable[[Query, Credential], Answer], kinds: Collection[Credential] = ()) -> None:
        self.market: str | None = None
        self._ask = ask
        self._kinds = kinds
        self._lasting: set[tuple[tuple[str, ...], int, Credential]] = set()

    def of_status(self, query: Query, status: int, kind: Credential) -> str:
        """The requirement that a list breaks by answering `status`. Raises Inconclusive where it does so no more."""
        broken = of_list(query, status, lambda other: self._ask(other, kind).status == status, self.market)
        if status >= 500 and not self._lasts(query, status, kind):
            raise Inconclusive(f"{status} to a list of {query}, and not when it was asked for again a second later")
        return broken

    def _lasts(self, query: Query, status: int, kind: Credential) -> bool:
        """Whether the query earns the status a moment later, too: what earned it may be all that came at once."""
        sort = tuple(name for name, _ in query.pairs()), status, kind
        if sort not in self._lasting:
            sleep(_MOMENT_S)
            if self._ask(query, kind).status != status:
                return False
            self._lasting.add(sort)
        return True

    def turns_credential_away(self, query: Query, status: int, kind: Credential) -> bool:
        """Whether an answer speaks of the credential. A 400 does where the account's other credential does not earn it.

        For a cancel-all `query` has its parameters: a list with them is asked for instead.
        """
        if status not in _PERHAPS_TURNED_AWAY:
            return status in _CREDENTIALS_TURNED_AWAY
        differ = any(self._ask(query, other).status == 200 for other in self._kinds if other != kind)
        return differ and self._ask(query, kind).status == status

    def of_credential(self, kind: Credential) -> str | None:
        """The requirement that turning a good credential away breaks.

        None where the target accepts it neither for a plain list nor for that of the documents' sample. It may then be
        revoked or not known to the target, or the clocks differ: nothing is certain.
        """
        sample = Query(symbol=self.market, status="open", limit=50)
        good = any(self._ask(query, kind).status == 200 for query in (Query(), sample))
        return f"auth.{kind}" if good else None
