"""Calls that the driver has armed to fail."""

from collections.abc import Callable

from conformance.evidence import Exchange
from conformance.oracle.errors import BUSY, armed_error
from conformance.oracle.harm import Attempt, harm
from conformance.scenarios.cancellation import cancel_all
from conformance.stage.lane import Lane
from conformance.verdict import Breach, Inconclusive, Violation
from conformance.wire.answers import Unavailable, decoded
from conformance.wire.client import Answer

# A 503 that nobody armed can come in between; it is then asked again, so many times.
_ATTEMPTS = 5

_TRANSIENT = "cancel.busy-transient"

# What a cancel-all that is answered and does nothing breaks.
_UNDONE = ("cancel.complete", "cancel.scope-all")


def list_fails(lane: Lane, error: str) -> None:
    """Arm a list to answer `error`, and judge the answer. Raises Violation."""
    arming, answer = _armed(lane, error, lambda: _once(lane, "GET"))
    breaches = list(armed_error(error, answer.status, decoded(answer.body)))
    lane.caller.observations.report(breaches, *arming, answer.exchange, raising=True)
    lane.caller.observations.count({"error.envelope": 1})


def cancel_fails(lane: Lane, error: str) -> None:
    """Arm a cancel-all to answer `error`; judge the answer, what it left of the live orders, and that it passes."""
    observations = lane.caller.observations
    before = lane.look()
    lane.refuse_to_harm()
    try:
        arming, answer = _armed(lane, error, lambda: _once(lane, "DELETE"))
        lane.canceled()
        breaches = list(armed_error(error, answer.status, decoded(answer.body)))
        observations.report(breaches, *arming, answer.exchange, raising=True)
        after = lane.settle(len(before.exchanges))
        lost = harm(Attempt(before, after))
        blamed = [breach._replace(requirement="cancel.busy-no-loss") for breach in lost]
        observations.report(blamed, *before.exchanges[:1], *arming, answer.exchange, *after.exchanges[:1])
        lane.remember(after)
        _succeeds(lane, error)
    finally:
        lane.driver.fault(error, 0)
    observations.count({"error.envelope": 1})


def _succeeds(lane: Lane, error: str) -> None:
    """Ask again, with back-off: what was refused is done now."""
    want = f"the cancel-all that was refused with {error} to succeed when asked again, one call having been armed"
    try:
        cancel_all(lane)
    except Unavailable as reason:
        raise Violation(Breach(want, str(reason), _TRANSIENT)) from None
    except Violation as violation:
        if violation.breach.requirement in _UNDONE:
            got = f"{violation.breach.got}, where {violation.breach.want} was due"
            raise Violation(Breach(want, got, _TRANSIENT), *violation.evidence) from None
        raise


def _armed(lane: Lane, error: str, send: Callable[[], Answer]) -> tuple[list[Exchange], Answer]:
    """How a call was armed, and the answer to it.

    Not an answer that merely says that the engine is busy, where another error is armed.
    """
    for _ in range(_ATTEMPTS):
        with lane.driver.noting() as arming:
            lane.driver.fault(error, 1)
        answer = send()
        document = decoded(answer.body)
        code = document.get("error") if isinstance(document, dict) else None
        if not (answer.status == 503 and error not in BUSY and code in BUSY):
            return arming, answer
    raise Inconclusive(f"{error} was armed, and {_ATTEMPTS} answers were 503 {code}")


def _once(lane: Lane, method: str) -> Answer:
    return lane.caller.send(method, *lane.caller.signer.authorize(""), once=True)
