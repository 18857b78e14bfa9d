"""Requests of one account, and what any answer says whatever was asked: how long it took, how an error is spelled."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager

from conformance import contract
from conformance.account.blame import charge
from conformance.evidence import Exchange
from conformance.observations import Observations
from conformance.operations import Operation
from conformance.oracle import errors
from conformance.profile import AccountProfile
from conformance.profile.secrets import CredentialError
from conformance.verdict import Breach, Inconclusive
from conformance.wire.answers import decoded, rejects
from conformance.wire.client import Answer, Call, Client
from conformance.wire.signer import Credential, Signer

# A server fault is a documented answer, and may pass: one that stays is the request's doing.
_ASKED_AGAIN = 2


class Sender:
    """Signs, sends and times the requests of an account; `observations` take in what is seen in passing.

    `whenever_changed` is called behind each request that may have changed the account's orders, whatever came of it.
    """

    def __init__(self, profile: AccountProfile, client: Client) -> None:
        self.name = profile.name
        self.observations = Observations()
        self.signer = Signer(profile)
        self.whenever_changed: Callable[[], None] = lambda: None
        self._client = client

    def __repr__(self) -> str:
        return self.name

    @property
    def credentials(self) -> tuple[Credential, ...]:
        """The kinds of credential that the profile gives; the first is used unless told otherwise."""
        return self.signer.kinds

    def hide(self, headers: Mapping[str, str]) -> None:
        """Show nowhere what these headers carry as credentials."""
        for value in headers.values():
            self._client.hide(value.rpartition(" ")[2])

    def reading(self) -> AbstractContextManager[None]:
        """Count what this thread sends inside as a reader's."""
        return self._client.counting_as("readers")

    def send(
        self,
        operation: Operation,
        query: str,
        headers: Mapping[str, str],
        *,
        once: bool = False,
        forged: str | None = None,
    ) -> Answer:
        """Send a request with exactly this query string and these headers; `once`: a 503 is not retried.

        `forged`: what its credentials are, where they are not good.
        """
        url = f"{self._client.target.base_url}{operation.path}"
        call = Call(self.name, operation.method, url, query, headers, operation=operation.name, forged=forged)
        try:
            answer = self._client.send_once(call) if once else self._client.send(call)
        finally:
            if operation.changes:
                self.whenever_changed()
        self._client.timed(operation, answer.exchange.elapsed_ms)
        return self._judged_in_passing(operation, answer)

    def ask(self, operation: Operation, query: str, kind: Credential) -> Answer:
        """The answer to a query that is signed, or comes with a token: with a new one where the old has expired.

        A server fault is asked for again. Raises Inconclusive where no new token is to be had.
        """
        answer = self.ask_once(operation, query, kind)
        try:
            renewed = answer.status == 401 and self.signer.refresh_token()
        except CredentialError as error:
            raise Inconclusive(f"{self.name}: no new token: {error}") from None
        if renewed:
            answer = self.ask_once(operation, query, kind)
        for _ in range(_ASKED_AGAIN):
            if answer.status == 500 and not operation.changes:
                answer = self.ask_once(operation, query, kind)
        return answer

    def ask_once(self, operation: Operation, query: str, kind: Credential) -> Answer:
        """As `ask`, and whatever comes back is the answer."""
        return self.send(operation, *self.signer.authorize(query, kind))

    def _judged_in_passing(self, operation: Operation, answer: Answer) -> Answer:
        exchange = answer.exchange
        if late := list(errors.slow(operation, exchange.elapsed_ms)):
            self.observations.report(late, exchange)
        else:
            self.observations.count({"latency": 1})
        for early in answer.throttled:
            told = f"{early.status}, and {answer.status} a second later"
            self.observations.report(
                [Breach("no throttling, with 100 requests a second or fewer", told, "weight.zero")], early
            )
        for busy in answer.busy if 503 in operation.errors else ():
            self._report_or_count(errors.busy_in_the_wild(decoded(busy.response_body)), "cancel.busy-code", busy)
        if rejects(answer):
            self._report_or_count(contract.error_breaches(decoded(answer.body)), "error.envelope-4xx", exchange)
        return answer

    def _report_or_count(self, breaches: Iterable[Breach], requirement: str, exchange: Exchange) -> None:
        found = charge(breaches, requirement)
        self.observations.report(found, exchange)
        if not found:
            self.observations.count({requirement: 1})
