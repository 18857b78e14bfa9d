"""Calls that the driver has armed to fail."""

from collections.abc import Callable, Sequence
from urllib.parse import urlencode

from conformance.account.blame import charge
from conformance.account.looks import with_lists
from conformance.evidence import Exchange
from conformance.operations import CANCEL_ALL, LIST, Operation
from conformance.oracle.errors import BUSY, armed_error, busy_in_the_wild
from conformance.scenarios.attempts import harm_done
from conformance.scenarios.cancellation import cancel_all
from conformance.stage.stage import Stage
from conformance.turns import sleep
from conformance.verdict import Breach, Busy, Inconclusive, Unreachable, Violation
from conformance.wire.answers import GATEWAY, decoded
from conformance.wire.client import THROTTLE_WAIT_S, THROTTLED, Answer
from conformance.wire.signer import Credential

_ATTEMPTS = 5
_BROKE = "the connection of a cancel-all broke off, which may have been done all the same"
_TRIES = 2  # where the answer to a cancel-all was lost

# No check asks for these lists, and no other list has these starts: a cache that may keep what an account was shown
# does not answer for the exchange.
_PLAIN, _FILTERED = "start=2&limit=7", "status=open&start=1&limit=7"

_TRANSIENT = "cancel.busy-transient"

_UNDONE = ("cancel.complete", "cancel.scope-all")


def list_fails(stage: Stage, error: str) -> None:
    """Arm two lists to answer `error`, one after the other, and judge the answers: one with a start that lets all
    through, and one with filters by the other credential. Raises Violation.
    """
    credentials = stage.caller.credentials
    filtered = "&".join([f"symbol={market.symbol}" for market in stage.markets[:1]] + [_FILTERED])
    for query, credential in ((_PLAIN, credentials[0]), (filtered, credentials[-1])):
        _fails(stage, error, LIST, query, credential)
    stage.caller.observations.count({"error.envelope": 1})


class _Lost(Inconclusive):
    """The answer to a cancel-all was lost, so that it may have been done."""


def cancel_fails(stage: Stage, error: str) -> None:
    """Arm a cancel-all of live orders to answer `error`; judge the answer, what it left of them, and that it passes.

    Each error is met by another cancel-all: of all markets, and of one, by either credential. It passes for the same.
    """
    for tries_left in reversed(range(_TRIES)):
        stage.have_live()
        try:
            _cancel_fails(stage, error)
        except _Lost:
            if not tries_left:
                raise
        else:
            break


def _cancel_fails(stage: Stage, error: str) -> None:
    observations, view = stage.caller.observations, stage.view
    before = view.believed()
    view.decline_to_harm()
    credentials, market = stage.caller.credentials, stage.markets[0].symbol
    forms = (None, credentials[0]), (market, credentials[-1]), (None, credentials[-1])
    symbol, credential = forms[BUSY.index(error) % len(forms)]
    try:
        query = "" if symbol is None else urlencode({"symbol": symbol})
        evidence = _fails(stage, error, CANCEL_ALL, query, credential)
        after = view.believed(len(before.exchanges))
        lost = harm_done(stage, before, after)
        observations.report(with_lists(charge(lost, "cancel.busy-no-loss"), [before], evidence, [after]))
        _succeeds(stage, error, symbol, credential, evidence)
    except BaseException:
        stage.driver.fault(error, 0)  # else no call is armed any more, since one has just succeeded
        raise
    observations.count({"error.envelope": 1})


def _fails(stage: Stage, error: str, operation: Operation, query: str, credential: Credential) -> list[Exchange]:
    """Arm one call, and judge its answer: the evidence."""
    arming, answer = _armed(stage, error, lambda: _once(stage, operation, query, credential))
    breaches = list(armed_error(error, answer.status, decoded(answer.body)))
    if not breaches:
        stage.driver.spent(error)
    stage.caller.observations.report(breaches, *arming, answer.exchange, raising=True)
    return [*arming, answer.exchange]


def _succeeds(
    stage: Stage, error: str, symbol: str | None, credential: Credential, refused: Sequence[Exchange]
) -> None:
    """Ask again, with back-off: what was refused is done now."""
    want = f"the cancel-all that was refused with {error} to succeed when asked again, one call having been armed"
    try:
        cancel_all(stage, symbol, credential=credential)
    except Busy as reason:
        raise Violation(Breach(want, str(reason), _TRANSIENT), *refused, *reason.evidence) from None
    except Violation as violation:
        if violation.breach.requirement in _UNDONE:
            got = f"{violation.breach.got}, but {violation.breach.want} was expected"
            raise Violation(Breach(want, got, _TRANSIENT), *violation.evidence) from None
        raise


def _armed(stage: Stage, error: str, send: Callable[[], Answer]) -> tuple[list[Exchange], Answer]:
    """How a call was armed, and the answer to it.

    Not one that throttles others as well, or merely says that the engine is busy, where another error is armed; nor a
    503 of another code, where a second call that is armed in the same way earns what it should; nor that of a gateway,
    or behind an answer that was lost, unless each call earns it. Raises _Lost for a cancel-all.
    """
    strange: Answer | None = None
    lost = ""
    for attempt in range(1, _ATTEMPTS + 1):
        with stage.driver.noting() as arming:
            stage.driver.fault(error, 1)
        try:
            answer = send()
        except Unreachable as broken:
            if not broken.dropped or attempt == _ATTEMPTS:
                raise
            stage.caller.was_away()
            lost = _BROKE
            continue
        if (answer.status in GATEWAY or answer.tries_before) and attempt < _ATTEMPTS:
            lost = _at_a_gateway(answer.status) if answer.status in GATEWAY else _BROKE
            continue
        if lost and answer.status not in GATEWAY and error in BUSY:
            raise _Lost(lost)
        document = decoded(answer.body)
        code = document.get("error") if isinstance(document, dict) else None
        if answer.status in THROTTLED and code != error:
            sleep(THROTTLE_WAIT_S)
            continue
        if answer.status == 503 and error not in BUSY and code in BUSY:
            continue
        wrong = answer.status == 503 and error in BUSY and list(busy_in_the_wild(document))
        if wrong and strange is None:
            strange = answer
            continue
        if strange is not None and not wrong:
            met = list(busy_in_the_wild(decoded(strange.body)))
            stage.caller.observations.report(met, strange.exchange)
        return arming, answer
    stage.driver.fault(error, 0)
    if answer.status in THROTTLED and send().status not in THROTTLED:
        return arming, answer  # it is throttled only where it is armed
    raise Inconclusive(f"{error} was armed, and the last of {_ATTEMPTS} answers was {answer.status} {code}")


def _once(stage: Stage, operation: Operation, query: str, credential: Credential) -> Answer:
    return stage.caller.send(operation, *stage.caller.signer.authorize(query, credential), once=True)


def _at_a_gateway(status: int) -> str:
    return f"a gateway answered {status} to a cancel-all, which may have been done all the same"
