"""Many requests at once."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from conformance.evidence import Exchange
from conformance.operations import CANCEL_ALL, LIST, Operation
from conformance.stage.stage import Stage
from conformance.wire.signer import Credential

# What the documents' weight of zero has to bear: so many requests within a second.
BURST = 100

_LISTS = 60
_CONNECTIONS = 10  # at 40 ms an answer, 100 requests then take 0.4 s

# A machine may be busy for a moment.
_ATTEMPTS = 3


class Burst(NamedTuple):
    """What was answered, and the seconds that all of it took."""

    exchanges: Sequence[Exchange]
    seconds: float


def burst(stage: Stage, credential: Credential) -> Burst:
    """Lists, then cancel-alls, a hundred in all, as fast as they go, with one credential.

    Asked again, a few times, where it took more than a second. The caller must have nothing live.
    """
    stage.view.decline_to_harm()
    account = stage.caller

    def send(operation: Operation) -> Exchange:
        query = "limit=1" if operation is LIST else ""
        asked, headers = account.signer.authorize(query, credential)
        return account.send(operation, asked, headers, once=True).exchange

    operations = [LIST] * _LISTS + [CANCEL_ALL] * (BURST - _LISTS)
    made = Burst((), 0.0)
    with ThreadPoolExecutor(_CONNECTIONS) as pool:
        for attempt in range(_ATTEMPTS):
            time.sleep(min(attempt, 1))
            started = time.monotonic()
            exchanges = list(pool.map(send, operations))
            made = Burst(exchanges, time.monotonic() - started)
            if made.seconds <= 1:
                break
    return made
