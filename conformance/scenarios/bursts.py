"""Many requests at once."""

import time
from concurrent.futures import ThreadPoolExecutor

from conformance.evidence import Exchange
from conformance.operations import CANCEL_ALL, LIST, Operation
from conformance.stage.stage import Stage

# What the documents' weight of zero has to bear: so many requests within a second.
BURST = 100

_LISTS = 60
_CONNECTIONS = 10  # at 40 ms an answer, 100 requests then take 0.4 s

# A machine may be busy for a moment.
_ATTEMPTS = 3


def burst(stage: Stage) -> tuple[list[Exchange], float]:
    """Lists, then cancel-alls, a hundred in all, as fast as they go: what was answered, and the seconds that it took.

    Asked again, a few times, where it took more than a second. The caller must have nothing live.
    """
    stage.view.decline_to_harm()
    account = stage.caller

    def send(operation: Operation) -> Exchange:
        query = "limit=1" if operation is LIST else ""
        return account.send(operation, *account.signer.authorize(query), once=True).exchange

    operations = [LIST] * _LISTS + [CANCEL_ALL] * (BURST - _LISTS)
    exchanges: list[Exchange] = []
    with ThreadPoolExecutor(_CONNECTIONS) as pool:
        for _ in range(_ATTEMPTS):
            started = time.monotonic()
            exchanges = list(pool.map(send, operations))
            seconds = time.monotonic() - started
            if seconds <= 1:
                return exchanges, seconds
            time.sleep(1)
    return exchanges, seconds
