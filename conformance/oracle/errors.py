"""What an error must look like: its status, its JSON form and its code."""

from collections.abc import Iterator
from typing import Any

from conformance.contract import error_breaches
from conformance.operations import CANCEL_ALL, LIST, Operation, failing_with
from conformance.verdict import Breach

BUSY = CANCEL_ALL.errors[503]
(DB_ERROR,) = LIST.errors[500]

_THROTTLED = (429, 418)

# The requirement that an armed error is judged under.
_REQUIREMENT = {LIST: "list.db-error", CANCEL_ALL: "cancel.busy"}


def armed_error(armed: str, status: int, document: Any) -> Iterator[Breach]:
    """What is wrong with the answer to a request that was armed to fail. `document` is None if the body is not JSON."""
    operation, wanted = failing_with(armed)
    requirement = _REQUIREMENT[operation]
    want = f"{wanted} with error {armed}, which the driver had armed"
    if status != wanted:
        yield Breach(want, _told(status, document), requirement)
        return
    form = list(error_breaches(document))
    yield from (breach._replace(requirement="error.envelope") for breach in form)
    if form:
        yield Breach(want, _told(status, document), requirement)
    elif document["error"] not in operation.errors[wanted]:
        yield Breach(want, f"{status} with error {document['error']}", requirement)


def busy_in_the_wild(document: Any) -> Iterator[Breach]:
    """What is wrong with a 503 that the check did not arm."""
    if list(error_breaches(document)) or document["error"] not in BUSY:
        yield Breach(f"one of the documented codes, {', '.join(BUSY)}", f"{document}", "cancel.busy-code")


def overloaded(status: int | None, document: Any, when: str) -> Iterator[Breach]:
    """What no answer may be where many requests come within a second: throttled, or a server error. A 503 with a
    documented code may be: the engine has its limits. `when`: what the answer came to, in words.
    """
    want = "no 429, no 418 and no 5xx but 503 with a documented code"
    if status in _THROTTLED:
        yield Breach(want, f"{status} {when}", "weight.zero")
    elif status is not None and status >= 500 and (status != 503 or list(busy_in_the_wild(document))):
        yield Breach(want, f"{_told(status, document)} {when}", "weight.zero")


def slow(operation: Operation, elapsed_ms: float) -> Iterator[Breach]:
    """A breach if an answer took longer than the samples wait."""
    if elapsed_ms > operation.patience_s * 1000:
        yield Breach(f"an answer within {operation.patience_s:g} s", f"one after {elapsed_ms / 1000:.1f} s", "latency")


def _told(status: int | None, document: Any) -> str:
    return f"{status} without a JSON object" if document is None else f"{status} with {document}"
