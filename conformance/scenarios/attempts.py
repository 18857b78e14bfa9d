"""Requests that must not take effect: sent on purpose, and judged by what lists show before and after."""

from collections.abc import Callable, Set

from conformance.account.account import Account
from conformance.account.blame import BAD_INPUT
from conformance.operations import CANCEL_ALL, LIST, Operation
from conformance.oracle.harm import Attempt, harm
from conformance.stage.stage import Stage
from conformance.verdict import Breach, Inconclusive, Violation
from conformance.wire.answers import decoded, turns_away
from conformance.wire.client import Answer
from conformance.wire.forgery import Forgery, behind_the_signature

# Answers that speak of load or of a gateway rather than of the credentials.
_OF_LOAD = (408, 418, 429, 502, 503, 504)


def list_forged(stage: Stage, account: Account, forgery: Forgery, query: str) -> None:
    """Ask for a list with forged credentials: a 4xx that shows no order, or else a Violation."""
    _expect_rejection(stage, forgery, _sent(account, LIST, forgery, query))


def cancel_forged(stage: Stage, forgery: Forgery, query: str) -> None:
    """Say cancel-all with forged credentials: a 4xx that shows no order and touches none, or else a Violation."""

    answer = attempt(
        stage,
        forgery.requirement,
        lambda: _sent(stage.caller, CANCEL_ALL, forgery, query),
        instead=f"a 4xx to a request with {forgery.says}",
    )
    _expect_rejection(stage, forgery, answer)


def _sent(account: Account, operation: Operation, forgery: Forgery, query: str) -> Answer:
    asked, headers = forgery.make(account.signer, query)
    if forgery.needs:  # it is made from a secret, and holds most of it
        account.hide(headers)
    return account.send(operation, asked, headers, forged=forgery.says)


def probe_cancel(stage: Stage, query: str, reach: Set[str] | None = frozenset()) -> None:
    """Say cancel-all with an odd query, given as it goes over the wire: it may reach these markets (None: all)."""
    caller = stage.caller
    answer = attempt(stage, BAD_INPUT, lambda: caller.send(CANCEL_ALL, *caller.signer.authorize(query)), reach)
    if answer.status in _OF_LOAD:
        raise Inconclusive(f"{caller}: {answer.status} to a cancel-all")
    document = decoded(answer.body)
    as_documented = answer.status == 200 and isinstance(document, dict) and isinstance(document.get("canceled"), list)
    if not (as_documented or turns_away(answer)):
        breach = Breach(f"a 4xx, or a cancel-all's answer, to ?{query[:60]}", _shown(answer), BAD_INPUT)
        stage.caller.observations.report([breach], answer.exchange, raising=True)
    stage.caller.observations.count({BAD_INPUT: 1})


def list_appended(account: Account, parameter: str) -> None:
    """Ask for a list with a parameter behind the signature: a refusal, or the list as it is without it."""
    plain = account.list(credential="api-key")
    answer = _sent(account, LIST, behind_the_signature(parameter), "")
    shown = _shown_by(answer)
    if shown is not None and shown != len(plain):
        breach = Breach(f"a 4xx, or the {len(plain)} orders of a list without parameters", f"{shown} orders")
        raise Violation(breach, plain.exchange, answer.exchange)


def cancel_appended(stage: Stage, parameter: str) -> None:
    """Say cancel-all with a parameter behind the signature: nothing is canceled, or what would be without it."""
    before = stage.view.believed()
    forged = behind_the_signature(parameter)
    answer = attempt(stage, "auth.signature", lambda: _sent(stage.caller, CANCEL_ALL, forged, ""), None)
    after = stage.view.believed()
    live = {order.id for order in before.live()}
    left = live & {order.id for order in after.live()}
    if left and left != live:
        breach = Breach(
            f"nothing canceled or all of it, {parameter} not being signed",
            f"{len(left)} of {len(live)} left",
            "auth.signature",
        )
        evidence = (*before.exchanges[:1], answer.exchange, *after.exchanges[:1])
        stage.caller.observations.report([breach], *evidence, raising=True)
    stage.caller.observations.count({"auth.signature": 1})


def _shown_by(answer: Answer) -> int | None:
    """How many orders an answer lists; None where it is a refusal, or no list at all."""
    document = decoded(answer.body)
    return len(document) if answer.status == 200 and isinstance(document, list) else None


def attempt(
    stage: Stage,
    requirement: str,
    send: Callable[[], Answer],
    reach: Set[str] | None = frozenset(),
    instead: str = "",
) -> Answer:
    """Send a DELETE that may cancel in these markets alone, and look at what it changed; a change is a Violation.

    `instead` says what should have come of it.
    """
    before = stage.view.believed()
    stage.view.decline_to_harm()
    answer = send()
    stage.view.canceled()
    after = stage.view.settled(len(before.exchanges))
    stage.view.believe(after)
    done = harm(Attempt(before, after, reach))
    evidence = (*before.exchanges[:1], answer.exchange, *after.exchanges[:1])
    due = f"{instead}, and " if instead else ""
    blamed = [breach._replace(requirement=requirement, want=f"{due}{breach.want}") for breach in done]
    stage.caller.observations.report(blamed, *evidence, raising=True)
    return answer


def _expect_rejection(stage: Stage, forgery: Forgery, answer: Answer) -> None:
    observations = stage.caller.observations
    if answer.status in _OF_LOAD:
        raise Inconclusive(f"{answer.status} to a request with {forgery.says}")
    if not 400 <= answer.status < 500:
        breach = Breach(f"a 4xx to a request with {forgery.says}", _shown(answer), forgery.requirement)
        observations.report([breach], answer.exchange, raising=True)
    text = answer.body.decode(errors="replace")
    known = {id for view in stage.lane.views for id in view.latest().orders}
    if leaked := sorted(id for id in known if f'"{id}"' in text):
        breach = Breach("no order in a refusal", f"{answer.status} that shows {leaked[0]}", forgery.requirement)
        observations.report([breach], answer.exchange, raising=True)
    observations.count({forgery.requirement: 1})


def _shown(answer: Answer) -> str:
    return f"{answer.status} {answer.exchange.response_body[:200]!r}"
