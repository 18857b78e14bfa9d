"""What an error must be: its status, its JSON form, and the codes that the documents name."""

from collections.abc import Iterator
from typing import Any

from conformance.contract import error_breaches
from conformance.verdict import Breach

DB_ERROR = "DB_ERROR"
BUSY = ("ENGINE_BUSY", "ENGINE_RESTARTING", "spot trading disabled")

# Seconds that the documents' samples wait for an answer.
PATIENCE_S = {"GET": 5, "DELETE": 10}


def armed_error(armed: str, status: int, document: Any) -> Iterator[Breach]:
    """What is wrong with the answer to a call that was armed to fail; `document` is None where there is no JSON."""
    of_list = armed == DB_ERROR
    requirement, wanted = ("list.db-error", 500) if of_list else ("cancel.busy", 503)
    want = f"{wanted} with error {armed}, which the target had been told to answer next"
    if status != wanted:
        yield Breach(want, f"{status} {document}", requirement)
        return
    form = list(error_breaches(document))
    yield from (breach._replace(requirement="error.envelope") for breach in form)
    if form:
        yield Breach(want, f"{status} with {document}", requirement)
    elif document["error"] not in ((DB_ERROR,) if of_list else BUSY):
        yield Breach(want, f"{status} with error {document['error']}", requirement)


def busy_in_the_wild(document: Any) -> Iterator[Breach]:
    """What is odd about a 503 that nobody armed."""
    if list(error_breaches(document)) or document["error"] not in BUSY:
        yield Breach(f"one of the documented codes, {', '.join(BUSY)}", f"{document}", "cancel.busy-code")


def slow(method: str, elapsed_ms: float) -> Iterator[Breach]:
    """Whether an answer took longer than the samples wait."""
    if elapsed_ms > PATIENCE_S[method] * 1000:
        yield Breach(f"an answer within {PATIENCE_S[method]} s", f"one after {elapsed_ms / 1000:.1f} s", "latency")
