"""Calls that the driver has armed to fail."""

import time
from collections.abc import Callable

from conformance.oracle.errors import BUSY, armed_error
from conformance.oracle.harm import Attempt, harm
from conformance.target.account import decoded
from conformance.target.client import Answer
from conformance.target.lane import Lane
from conformance.verdict import Breach, Inconclusive

# A 503 that nobody armed can come in between; it is then asked again, so many times.
_ATTEMPTS = 5

# How long an armed error may last beyond the calls that it was armed for, and how often is asked meanwhile: the
# documents call it transient.
_TRANSIENT_S = 3.0
_BACK_OFF_S = 0.1


def list_fails(lane: Lane, error: str) -> None:
    """Arm a list to answer `error`, and judge the answer. Raises Violation."""
    answer = _armed(lane, error, lambda: _once(lane, "GET"))
    breaches = list(armed_error(error, answer.status, decoded(answer.body)))
    lane.caller.observations.report(breaches, answer.exchange, raising=True)
    lane.caller.observations.count({"error.envelope": 1})


def cancel_fails(lane: Lane, error: str) -> None:
    """Arm a cancel-all to answer `error`; judge the answer, what it left of the live orders, and that it passes."""
    observations = lane.caller.observations
    before = lane.look()
    lane.refuse_to_harm()
    try:
        answer = _armed(lane, error, lambda: _once(lane, "DELETE"))
        lane.canceled()
        breaches = list(armed_error(error, answer.status, decoded(answer.body)))
        observations.report(breaches, answer.exchange, raising=True)
        after = lane.settle(len(before.exchanges))
        lost = harm(Attempt(before, after))
        blamed = [breach._replace(requirement="cancel.busy-no-loss") for breach in lost]
        observations.report(blamed, answer.exchange, *after.exchanges[:1])
        _passes(lane, error)
    finally:
        lane.driver.fault(error, 0)
    observations.count({"error.envelope": 1})


def _passes(lane: Lane, error: str) -> None:
    """Ask for nothing, since all that is live is still to be canceled by what is judged next."""
    nowhere = "symbol=NOMARKET"
    waited_until = time.monotonic() + _TRANSIENT_S
    pause = _BACK_OFF_S
    while (answer := _once(lane, "DELETE", nowhere)).status == 503:
        if time.monotonic() > waited_until:
            want = f"an end of {error} within {_TRANSIENT_S:.0f} s, one call having been armed"
            breach = Breach(want, f"503 still, {decoded(answer.body)}", "cancel.busy-transient")
            lane.caller.observations.report([breach], answer.exchange, raising=True)
        time.sleep(pause)
        pause *= 2


def _armed(lane: Lane, error: str, send: Callable[[], Answer]) -> Answer:
    """The answer to an armed call; not one that merely says that the engine is busy, where another error is armed."""
    for _ in range(_ATTEMPTS):
        lane.driver.fault(error, 1)
        answer = send()
        document = decoded(answer.body)
        code = document.get("error") if isinstance(document, dict) else None
        if not (answer.status == 503 and error not in BUSY and code in BUSY):
            return answer
    raise Inconclusive(f"{error} was armed, and {_ATTEMPTS} answers were 503 {code}")


def _once(lane: Lane, method: str, query: str = "") -> Answer:
    return lane.caller.send(method, *lane.caller.signer.authorize(query), once=True)
