"""Answers of a recording, each judged by itself."""

from conformance.account import reading
from conformance.account.blame import BAD_INPUT, of_cancel_all, of_odd_input
from conformance.observations import Observations
from conformance.operations import LIST
from conformance.oracle.listing import LISTING, MAX_LIMIT, Listing
from conformance.orders import Query
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
        except Violation as violation:
            self._observations.in_passing.setdefault(violation.breach.requirement or "", violation)
        return None

    def _judge_odd(self, entry: Entry) -> None:
        assert entry.answer is not None
        records = reading.of_list(entry.answer, self._observations, BAD_INPUT)
        account = self._accounts.of(entry)
        foreign = self._accounts.whose.foreign_to(account.story.name) if account else frozenset()
        judgement = LISTING.judge(Listing(Query(limit=MAX_LIMIT), records.orders if records else (), foreign))
        self._observations.report(map(of_odd_input, judgement.breaches), entry.exchange)
        if not judgement.breaches:
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
