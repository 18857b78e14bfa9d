"""Answers that are no 200, and what every answer says: how long it took, how an error is spelled."""

from collections import Counter, OrderedDict, deque
from dataclasses import dataclass, field, replace

from conformance import contract
from conformance.account.blame import BAD_INPUT, charge, of_cancel_all, of_list
from conformance.observations import Observations
from conformance.operations import CANCEL_ALL, LIST
from conformance.oracle import errors
from conformance.orders import Query
from conformance.recorded.entry import Entry, is_within
from conformance.verdict import Breach
from conformance.wire.answers import NOT_JUDGED, decoded, rejects, start
from conformance.wire.client import GENTLE, THROTTLED

_REMEMBERED = 5_000  # queries with what they were answered
_ENOUGH = 3  # times that a server fault has to be met, and no other answer, before it counts


@dataclass(slots=True)
class _Fared:
    """How a query was answered: the statuses, how often, and with what the first time that it was no 200."""

    statuses: set[int] = field(default_factory=set)
    times: int = 0
    between: bool = False  # whether another list was answered in between
    first: Entry | None = None
    was: int = 0  # good lists until then
    taken: tuple[int, int] = (0, 0)  # good lists with the same credential until it was first asked for, and last


class Statuses:
    """Judges the answers of all accounts. `markets`: names of them. `good`: credentials that lists were given to."""

    def __init__(self, observations: Observations, markets: set[str], good: set[str]) -> None:
        self._observations = observations
        self._markets = markets
        self._good = good
        self._fared: OrderedDict[tuple[str, Query | str, str], _Fared] = OrderedDict()
        self._lists = 0
        self._taken: Counter[str] = Counter()  # good lists, by account and kind of credential
        self._sent: deque[float] = deque(maxlen=GENTLE)

    def judge(self, entry: Entry, query: Query | None, *, nothing_live: bool) -> None:
        """Judge what the status, the error and the time of an answer tell."""
        answer, operation = entry.answer, entry.operation
        assert answer is not None
        assert operation is not None
        early = len(self._sent) == GENTLE and entry.asked_at - self._sent[0] <= 1
        self._sent.append(entry.asked_at)
        late = list(errors.slow(operation, entry.exchange.elapsed_ms))
        self._tell(late, "latency", entry)
        html = "html" in entry.exchange.header("content-type").lower()
        if answer.status == 503 and operation is CANCEL_ALL and not html:
            self._tell(
                charge(errors.busy_in_the_wild(decoded(answer.body)), "cancel.busy-code"), "cancel.busy-code", entry
            )
        if rejects(answer):
            told = charge(contract.error_breaches(decoded(answer.body)), "error.envelope-4xx")
            self._tell(told, "error.envelope-4xx", entry)
        if answer.status in THROTTLED and not early:
            said = f"{answer.status} where the recording has no 100 requests in that second; others may have sent more"
            self._observations.doubt(said, "weight.zero")
        if answer.status == 200 and operation is LIST:
            self._lists += 1
            self._taken[_whose(entry)] += 1
        if entry.flaw is None:
            self._note(entry, query, nothing_live=nothing_live)

    def _tell(self, breaches: list[Breach], requirement: str, entry: Entry) -> None:
        self._observations.report(breaches, entry.exchange)
        if not breaches:
            self._observations.count({requirement: 1})

    def _note(self, entry: Entry, query: Query | None, *, nothing_live: bool) -> None:
        assert entry.answer is not None
        status = entry.answer.status
        asked = entry.query.partition("timestamp=")[0].strip("&") if query is None else query
        key = entry.method, asked, _whose(entry)
        taken = self._taken[_whose(entry)]
        fared = self._fared.get(key)
        if fared is None:
            fared = self._fared[key] = _Fared(taken=(taken, taken))
        fared.taken = fared.taken[0], taken
        if status != 200 and fared.first is None:
            fared.first, fared.was = entry, self._lists
        fared.statuses.add(status)
        fared.times += 1
        fared.between |= fared.first is not None and self._lists > fared.was
        while len(self._fared) > _REMEMBERED:
            self._fared.popitem(last=False)
        is_good = entry.account in self._good and entry.kind == "jwt" and status not in NOT_JUDGED and status != 500
        if status == 200 or not is_good or status >= 500:
            return
        if entry.operation is CANCEL_ALL:
            symbol = query.symbol if query else None
            if query is not None and (symbol is None or symbol in self._markets) and query == Query(symbol):
                broken = of_cancel_all(nothing_live=nothing_live)
                self._breach("200 to a cancel-all", entry, broken)

    def report(self) -> None:
        """Charge the lists that were answered otherwise than with 200, each time that they were asked for."""
        alike = self._alike()
        for (method, asked, whose), fared in self._fared.items():
            [status, *further] = fared.statuses
            entry = fared.first
            if further or entry is None or method != "GET" or entry.account not in self._good:
                continue
            query = entry.list_query()
            if status == 500 or status in (501, 505):
                if fared.times >= _ENOUGH and fared.between:
                    broken = BAD_INPUT if query is None else self._blamed(query, status, whose)
                    self._breach(f"200 to a list of {str(asked)[:60]}", entry, broken)
                continue
            sorts = (fared, alike[_sort(asked, whose)])
            if any(self._turns_credential_away(status, asked, each, entry) for each in sorts):
                self._breach(f"200 to a list, as others got with the same {entry.kind}", entry, f"auth.{entry.kind}")
                continue
            turned = status in NOT_JUDGED or status >= 500 or (status in (400, 422) and entry.kind != "jwt")
            free = query is None or not is_within(query.limit) or query.is_backwards
            unknown = query is not None and query.symbol is not None and query.symbol not in self._markets
            if not turned and not free and not unknown and query is not None:
                self._breach("200 to a list", entry, self._blamed(query, status, whose))

    def _alike(self) -> dict[tuple[str, ...], _Fared]:
        """How lists with the same parameters and credential fared, whatever the values."""
        alike: dict[tuple[str, ...], _Fared] = {}
        for (method, asked, whose), fared in self._fared.items():
            if method != "GET":
                continue
            first, last = fared.taken
            sort = alike.setdefault(_sort(asked, whose), _Fared(taken=fared.taken))
            sort.statuses |= fared.statuses
            sort.times += fared.times
            sort.taken = min(first, sort.taken[0]), max(last, sort.taken[1])
        return alike

    def _turns_credential_away(self, status: int, asked: Query | str, fared: _Fared, entry: Entry) -> bool:
        """Whether a good credential is turned away from such lists each time, and from others neither meanwhile nor
        later: it has not run out. A 400 speaks of the credential where the account's other one does not earn it.
        """
        first, last = fared.taken
        if fared.statuses != {status}:
            return False
        good = entry.is_vouched_for and fared.times >= _ENOUGH and first < last < self._taken[_whose(entry)]
        if not good or isinstance(asked, str) or (asked.symbol or "") not in {"", *self._markets}:
            return False
        if status in (400, 422) and entry.kind == "api-key":
            other = self._fared.get(("GET", asked, _whose(replace(entry, kind="jwt"))))
            return other is not None and other.statuses == {200}
        return status in (401, 403)

    def _blamed(self, query: Query, status: int, whose: str) -> str:
        def fails(other: Query) -> bool:
            fared = self._fared.get(("GET", other, whose))
            return fared is not None and fared.statuses == {status}

        return of_list(query, status, fails, next(iter(self._markets), None))

    def _breach(self, want: str, entry: Entry, requirement: str) -> None:
        assert entry.answer is not None
        got = f"{entry.answer.status} {start(entry.answer)}"
        self._observations.report([Breach(want, got, requirement)], entry.exchange)


def _sort(asked: Query | str, whose: str) -> tuple[str, ...]:
    return (whose, *(name for name, _ in asked.pairs())) if isinstance(asked, Query) else (whose, "", asked)


def _whose(entry: Entry) -> str:
    return f"{entry.account} {entry.kind}"
