"""Requests of one account, and what any answer says whatever was asked: how long it took, how an error is spelled."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from conformance import contract
from conformance.evidence import Exchange
from conformance.observations import Observations
from conformance.oracle import errors
from conformance.profile import AccountProfile
from conformance.profile.secrets import CredentialError
from conformance.verdict import Breach, Inconclusive
from conformance.wire.answers import decoded, refuses
from conformance.wire.client import Answer, Client
from conformance.wire.signer import Credential, Signer

PATH = "/spot/orders"

# A server fault is a documented answer, and may pass: one that stays is the request's doing.
_ASKED_AGAIN = 2


class Asking:
    """Signs, sends and times the requests of an account; `observations` take in what is seen in passing."""

    def __init__(self, profile: AccountProfile, client: Client) -> None:
        self.name = profile.name
        self.observations = Observations()
        self.signer = Signer(profile)
        self._client = client
        self._url = f"{client.target.base_url}{PATH}"

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

    def send(
        self, method: str, query: str, headers: Mapping[str, str], *, once: bool = False, forged: str | None = None
    ) -> Answer:
        """Send a request with exactly this query string and these headers; `once`: a 503 is not retried.

        `forged`: what its credentials are, where they are not good.
        """
        send = self._client.send_once if once else self._client.send
        answer = send(self.name, method, self._url, query, headers)
        answer = replace(answer, exchange=replace(answer.exchange, forged=forged)) if forged else answer
        self._client.timed(method, answer.exchange.elapsed_ms)
        return self._judged_in_passing(answer)

    def ask(self, method: str, query: str, kind: Credential) -> Answer:
        """The answer to a query that is signed, or comes with a token: with a new one where the old has expired.

        A server fault is asked for again. Raises Inconclusive where no new token is to be had.
        """
        answer = self.ask_once(method, query, kind)
        try:
            renewed = answer.status == 401 and self.signer.refresh_token()
        except CredentialError as error:
            raise Inconclusive(f"{self.name}: no new token: {error}") from None
        if renewed:
            answer = self.ask_once(method, query, kind)
        for _ in range(_ASKED_AGAIN):
            if method == "GET" and answer.status == 500:
                answer = self.ask_once(method, query, kind)
        return answer

    def ask_once(self, method: str, query: str, kind: Credential) -> Answer:
        """As `ask`, and whatever comes back is the answer."""
        return self.send(method, *self.signer.authorize(query, kind))

    def _judged_in_passing(self, answer: Answer) -> Answer:
        exchange = answer.exchange
        if late := list(errors.slow(exchange.method, exchange.elapsed_ms)):
            self.observations.report(late, exchange)
        else:
            self.observations.count({"latency": 1})
        for refused in answer.throttled:
            told = f"{refused.status}, and {answer.status} a second later"
            self.observations.report(
                [Breach("no throttling, with 100 requests a second or fewer", told, "weight.zero")], refused
            )
        for busy in answer.busy if exchange.method == "DELETE" else ():
            self._report_or_count(errors.busy_in_the_wild(decoded(busy.response_body)), "cancel.busy-code", busy)
        if refuses(answer):
            self._report_or_count(contract.error_breaches(decoded(answer.body)), "error.envelope-4xx", exchange)
        return answer

    def _report_or_count(self, breaches: Iterable[Breach], requirement: str, exchange: Exchange) -> None:
        found = [breach._replace(requirement=requirement) for breach in breaches]
        self.observations.report(found, exchange)
        if not found:
            self.observations.count({requirement: 1})
