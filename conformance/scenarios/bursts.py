"""Many requests at once."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple
from urllib.parse import urlencode

from conformance.operations import CANCEL_ALL, LIST, Operation
from conformance.orders import Query
from conformance.stage.stage import Stage
from conformance.wire.client import Answer
from conformance.wire.signer import Credential

# What the documents' weight of zero has to bear: so many requests within a second.
BURST = 100

# Cancel-alls are heavier. So many of them within a second are no load either.
CANCELS = 21

_CONNECTIONS = 10  # at 40 ms an answer, 100 requests then take 0.4 s

# A machine may be busy for a moment.
_ATTEMPTS = 2


class Burst(NamedTuple):
    """What was answered, and the seconds that all of it took."""

    answers: Sequence[Answer]
    seconds: float


def lists_at_once(stage: Stage, queries: Sequence[Query], credential: Credential) -> Burst:
    """These lists, as fast as they go. What they show is kept for the checks that are to judge it."""
    made = _burst(stage, LIST, [urlencode(query.pairs()) for query in queries], credential)
    for query, answer in zip(queries, made.answers, strict=True):
        if answer.status == 200:
            stage.view.known.keep(query, credential, answer)
    return made


def cancel_alls_at_once(stage: Stage, credential: Credential) -> Burst:
    """Cancel-alls, as fast as they go. The caller must have nothing live."""
    stage.view.decline_to_harm()
    return _burst(stage, CANCEL_ALL, [""] * CANCELS, credential)


def _burst(stage: Stage, operation: Operation, queries: Sequence[str], credential: Credential) -> Burst:
    """Sent once more where it took more than a second."""
    account = stage.caller

    def send(query: str) -> Answer:
        with account.counting_as("bursts"):
            return account.send(operation, *account.signer.authorize(query, credential), once=True)

    made = Burst((), 0.0)
    with ThreadPoolExecutor(_CONNECTIONS) as pool:
        for attempt in range(_ATTEMPTS):
            time.sleep(attempt)
            started = time.monotonic()
            answers = list(pool.map(send, queries))
            made = Burst(answers, time.monotonic() - started)
            if made.seconds <= 1:
                break
    return made
