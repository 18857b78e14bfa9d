"""Requests that must not take effect: sent on purpose, and judged by what lists show before and after."""

from collections.abc import Callable, Set

from conformance.account.account import BAD_INPUT, Account
from conformance.oracle.harm import Attempt, harm
from conformance.stage.lane import Lane
from conformance.verdict import Breach, Inconclusive, Violation
from conformance.wire.answers import decoded, turns_away
from conformance.wire.client import Answer
from conformance.wire.forgery import Forgery, behind_the_signature

# Answers that speak of load or of a gateway rather than of the credentials.
_OF_LOAD = (408, 418, 429, 502, 503, 504)


def list_forged(lane: Lane, account: Account, forgery: Forgery, query: str) -> None:
    """Ask for a list with forged credentials: a 4xx that shows no order, or else a Violation."""
    _expect_refusal(lane, forgery, _sent(account, "GET", forgery, query))


def cancel_forged(lane: Lane, forgery: Forgery, query: str) -> None:
    """Say cancel-all with forged credentials: a 4xx that shows no order and touches none, or else a Violation."""

    answer = attempt(
        lane,
        forgery.requirement,
        lambda: _sent(lane.caller, "DELETE", forgery, query),
        instead=f"a 4xx to a request with {forgery.says}",
    )
    _expect_refusal(lane, forgery, answer)


def _sent(account: Account, method: str, forgery: Forgery, query: str) -> Answer:
    asked, headers = forgery.make(account.signer, query)
    if forgery.needs:  # it is made from a secret, and holds most of it
        account.hide(headers)
    return account.send(method, asked, headers, forged=forgery.says)


def probe_cancel(lane: Lane, query: str, reach: Set[str] | None = frozenset()) -> None:
    """Say cancel-all with an odd query, given as it goes over the wire: it may reach these markets (None: all)."""
    answer = attempt(lane, BAD_INPUT, lambda: lane.caller.send("DELETE", *lane.caller.signer.authorize(query)), reach)
    if answer.status in _OF_LOAD:
        raise Inconclusive(f"{lane.caller}: {answer.status} to a cancel-all")
    document = decoded(answer.body)
    as_documented = answer.status == 200 and isinstance(document, dict) and isinstance(document.get("canceled"), list)
    if not (as_documented or turns_away(answer)):
        breach = Breach(f"a 4xx, or a cancel-all's answer, to ?{query[:60]}", _shown(answer), BAD_INPUT)
        lane.caller.observations.report([breach], answer.exchange, raising=True)
    lane.caller.observations.count({BAD_INPUT: 1})


def list_appended(account: Account, parameter: str) -> None:
    """Ask for a list with a parameter behind the signature: a refusal, or the list as it is without it."""
    plain = account.list(credential="api-key")
    answer = _sent(account, "GET", behind_the_signature(parameter), "")
    shown = _shown_by(answer)
    if shown is not None and shown != len(plain):
        breach = Breach(f"a 4xx, or the {len(plain)} orders of a list without parameters", f"{shown} orders")
        raise Violation(breach, plain.exchange, answer.exchange)


def cancel_appended(lane: Lane, parameter: str) -> None:
    """Say cancel-all with a parameter behind the signature: nothing is canceled, or what would be without it."""
    before = lane.look()
    forged = behind_the_signature(parameter)
    answer = attempt(lane, "auth.signature", lambda: _sent(lane.caller, "DELETE", forged, ""), None)
    after = lane.look()
    live = {order.id for order in before.live()}
    left = live & {order.id for order in after.live()}
    if left and left != live:
        breach = Breach(
            f"nothing canceled or all of it, {parameter} not being signed",
            f"{len(left)} of {len(live)} left",
            "auth.signature",
        )
        evidence = (*before.exchanges[:1], answer.exchange, *after.exchanges[:1])
        lane.caller.observations.report([breach], *evidence, raising=True)
    lane.caller.observations.count({"auth.signature": 1})


def _shown_by(answer: Answer) -> int | None:
    """How many orders an answer lists; None where it is a refusal, or no list at all."""
    document = decoded(answer.body)
    return len(document) if answer.status == 200 and isinstance(document, list) else None


def attempt(
    lane: Lane,
    requirement: str,
    send: Callable[[], Answer],
    reach: Set[str] | None = frozenset(),
    instead: str = "",
) -> Answer:
    """Send a DELETE that may cancel in these markets alone, and look at what it changed; a change is a Violation.

    `instead` says what should have come of it.
    """
    before = lane.look()
    lane.refuse_to_harm()
    answer = send()
    lane.canceled()
    after = lane.settle(len(before.exchanges))
    lane.remember(after)
    done = harm(Attempt(before, after, reach))
    evidence = (*before.exchanges[:1], answer.exchange, *after.exchanges[:1])
    due = f"{instead}, and " if instead else ""
    blamed = [breach._replace(requirement=requirement, want=f"{due}{breach.want}") for breach in done]
    lane.caller.observations.report(blamed, *evidence, raising=True)
    return answer


def _expect_refusal(lane: Lane, forgery: Forgery, answer: Answer) -> None:
    observations = lane.caller.observations
    if answer.status in _OF_LOAD:
        raise Inconclusive(f"{answer.status} to a request with {forgery.says}")
    if not 400 <= answer.status < 500:
        breach = Breach(f"a 4xx to a request with {forgery.says}", _shown(answer), forgery.requirement)
        observations.report([breach], answer.exchange, raising=True)
    text = answer.body.decode(errors="replace")
    known = {id for account in lane.accounts for id in lane.latest(account).orders}
    if leaked := sorted(id for id in known if f'"{id}"' in text):
        breach = Breach("no order in a refusal", f"{answer.status} that shows {leaked[0]}", forgery.requirement)
        observations.report([breach], answer.exchange, raising=True)
    observations.count({forgery.requirement: 1})


def _shown(answer: Answer) -> str:
    return f"{answer.status} {answer.exchange.response_body[:200]!r}"
