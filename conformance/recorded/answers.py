"""Answers of a recording, each judged by itself."""

from collections.abc import Sequence

from conformance.account import reading
from conformance.account.blame import BAD_INPUT, of_cancel_all, of_odd_input
from conformance.observations import Observations
from conformance.operations import LIST
from conformance.oracle.listing import LISTING, MAX_LIMIT, Listing
from conformance.orders import Order, Query
from conformance.recorded.accounts import Accounts
from conformance.recorded.entry import Entry
from conformance.recorded.story import Shown
from conformance.verdict import Breach, Violation
from conformance.wire.answers import NOT_JUDGED, start


class Answers:
    """Judges them. `credentials`: whether any request has some, so that their lack means something."""

    def __init__(self, observations: Observations, accounts: Accounts, credentials: bool) -> None:
        self._observations = observations
        self._accounts = accounts
        self._credentials = credentials

    def shown(self, entry: Entry) -> Shown | None:
        """What an answer shows, judged by itself; None where it shows nothing that can be held against others."""
        operation, answer = entry.operation, entry.answer
        if operation is None or answer is None:
            return None
        if entry.flaw is not None or (not entry.has_credentials and self._credentials and entry.account is None):
            self._judge_bad_credentials(entry)
            return None
        query = entry.list_query()
        if answer.status != 200:
            return None
        try:
            if operation is LIST and query is not None:
                records = reading.of_list(answer, self._observations, "list.array-json")
                return None if records is None else Shown(entry, query, None, records.orders, records.unread)
            if operation is LIST:
                self._judge_odd(entry)
            elif query is not None and query == Query(query.symbol):
                empty = of_cancel_all(nothing_live=True)
                orders, unread = reading.of_cancel_all(answer, self._observations, "cancel.envelope", empty)
                return Shown(entry, None, query.symbol, orders, unread)
            else:
                orders, _ = reading.of_cancel_all(answer, self._observations, BAD_INPUT, BAD_INPUT)
                self._tell_of(_of_no_market_named(entry, orders), entry)
        except Violation as violation:
            self._observations.in_passing.setdefault(violation.breach.requirement or "", violation)
        return None

    def _judge_odd(self, entry: Entry) -> None:
        assert entry.answer is not None
        records = reading.of_list(entry.answer, self._observations, BAD_INPUT)
        account = self._accounts.of(entry)
        foreign = self._accounts.whose.foreign_to(account.story.name) if account else frozenset()
        orders = records.orders if records else ()
        judgement = LISTING.judge(Listing(Query(limit=MAX_LIMIT), orders, foreign))
        self._tell_of([*map(of_odd_input, judgement.breaches), *_of_no_market_named(entry, orders)], entry)

    def _tell_of(self, breaches: Sequence[Breach], entry: Entry) -> None:
        """What is wrong with the answer to an odd query."""
        self._observations.report(breaches, entry.exchange)
        if not breaches:
            self._observations.count({BAD_INPUT: 1})

    def _judge_bad_credentials(self, entry: Entry) -> None:
        answer, flaw = entry.answer, entry.flaw
        assert answer is not None
        requirement, says = flaw or ("auth.required", "no credentials")
        if says.endswith("behind the signature") or (answer.status in NOT_JUDGED and answer.status not in (401, 403)):
            return
        if answer.status >= 500:
            self._observations.doubt(f"{answer.status} to a request with {says}", requirement)
        elif not 400 <= answer.status < 500:
            breach = Breach(f"a 4xx to a request with {says}", f"{answer.status} {start(answer)}", requirement)
            self._observations.report([breach], entry.exchange)
        else:
            self._observations.count({requirement: 1})


def _of_no_market_named(entry: Entry, orders: Sequence[Order]) -> list[Breach]:
    """A market that is named nowhere in the symbol that was given: it was read as a pattern, say, or not at all."""
    named = entry.symbols()
    strange = [order for order in orders if named and order.symbol not in named]
    if not strange:
        return []
    return [Breach("a 4xx, or nothing but orders of the symbol that was given", f"{strange[0]}", BAD_INPUT)]
