"""Many requests at once."""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import NamedTuple
from urllib.parse import urlencode

from conformance.account.ahead import Wanted
from conformance.account.sender import Sender
from conformance.account.view import View
from conformance.operations import CANCEL_ALL, LIST, Operation
from conformance.oracle.errors import overloaded
from conformance.orders import Query
from conformance.stage.stage import Stage
from conformance.verdict import Breach, Unreachable
from conformance.wire.answers import GATEWAY, decoded
from conformance.wire.client import Answer
from conformance.wire.side_by_side import SideBySide
from conformance.wire.signer import Credential

# What the documents' weight of zero has to bear: so many requests within a second.
BURST = 100

# Cancel-alls are heavier. So many of them within a second are no load either.
CANCELS = 21

_SLOWLY_S = 0.1  # ten a second are no burst of either
_TRIED_ALONE = 8  # of the lists that fail in a burst

# At the least; more where the target is so far away that these could not send all within half a second.
_CONNECTIONS = 20
_MADE_IN = 4  # round trips that a connection takes to be made, with TLS
_FARTHEST_S = 1 / (_MADE_IN + 1)  # from farther away not even one request on each connection is answered in a second

# A machine may be busy for a moment: what has taken a little too long is sent once more. What took so much longer does
# not fit into a second from here.
_ATTEMPTS = 2
_PERHAPS_BUSY_S = 2

# A gateway may lose a connection at any moment, and then not use that server for a while: nginx for ten seconds.
_GATEWAY_WAITS_S = (0, 10.5)


class Burst(NamedTuple):
    """What was asked for, what was answered, and the seconds that all of it took."""

    requests: Sequence[Wanted]
    answers: Sequence[Answer]
    seconds: float


def lists_at_once(lists: Sequence[tuple[View, Query]], credential: Credential) -> Burst:
    """These lists, as fast as they go. What they show is kept for the checks that are to judge it."""
    views = {view: None for view, _ in lists}
    for view in views:
        view.catch_up()
    made = _burst(LIST, [_wanted(view, urlencode(query.pairs()), credential) for view, query in lists])
    for (view, query), answer in zip(lists, made.answers, strict=True):
        if answer.status == 200:
            view.known.keep(query, credential, answer)
    return made


def cancel_alls_at_once(stage: Stage, credential: Credential) -> Burst:
    """Cancel-alls, as fast as they go. The caller must have nothing live."""
    stage.view.decline_to_harm()
    return _burst(CANCEL_ALL, [_wanted(stage.view, "", credential)] * CANCELS)


def whole(account: Sender, send: Callable[[], Burst]) -> Burst:
    """This burst; sent again where the target dropped one of it, which may have been away. Raises Unreachable where it
    drops one each time.
    """
    try:
        return send()
    except Unreachable:
        account.was_away()
        return send()


def once_a_gateway_is_back(made: Burst, send: Callable[[], Burst]) -> Burst:
    """This burst; sent again where all that failed did so at a gateway, which may lose the exchange for a moment."""
    for wait_s in _GATEWAY_WAITS_S:
        failed = [answer.status for answer in made.answers if answer.status >= 500]
        if not failed or any(status not in GATEWAY for status in failed):
            break
        time.sleep(wait_s)
        made = send()
    return made


def wrong(answer: Answer, within: str = "") -> list[Breach]:
    """What no answer in a burst may be; `within`: what the burst was, in words."""
    return list(overloaded(answer.status, decoded(answer.body), within))


def fail_alone(made: Burst) -> set[str]:
    """Those queries of a burst that earn a 5xx alone as well: not all of them are tried, where there are many."""
    failed = {one.query: one for one, answer in zip(made.requests, made.answers, strict=True) if answer.status >= 500}
    alone = set()
    for query, one in list(failed.items())[:_TRIED_ALONE]:
        time.sleep(_SLOWLY_S)
        with one.account.counting_as(one.purpose):
            answer = one.account.send(LIST, *one.account.signer.authorize(query, one.credential), once=True)
        alone |= {query} if answer.status >= 500 else set()
    return alone


def without_a_burst(stage: Stage, operation: Operation, credential: Credential, most: int) -> Iterator[Answer]:
    """What is answered to so many such requests that are sent slowly, one after another."""
    account = stage.caller
    for _ in range(most):
        time.sleep(_SLOWLY_S)
        with account.counting_as("bursts"):
            answer = account.send(operation, *account.signer.authorize("", credential), once=True)
        yield answer


def _wanted(view: View, query: str, credential: Credential) -> Wanted:
    return Wanted(view.account, query, credential, "bursts")


def _burst(operation: Operation, requests: Sequence[Wanted]) -> Burst:
    """Sent once more where it took a little more than a second."""
    account = requests[0].account

    def send(one: Wanted) -> Answer:
        with one.account.counting_as(one.purpose):
            return one.account.sent_once(operation, *one.account.signer.authorize(one.query, one.credential))

    round_trip_s = min((good.exchange.elapsed_ms for good in account.good), default=0.0) / 1000
    at_once = SideBySide(_connections(round_trip_s, len(requests)))
    made = Burst((), (), 0.0)
    for attempt in range(_ATTEMPTS):
        time.sleep(attempt)
        started = time.monotonic()
        answers = at_once.results([partial(send, each) for each in requests])
        seconds = time.monotonic() - started
        received = [each.account.received(operation, came) for each, came in zip(requests, answers, strict=True)]
        made = Burst(requests, received, seconds)
        if not 1 < made.seconds < _PERHAPS_BUSY_S or round_trip_s > _FARTHEST_S:
            break
    return made


def _connections(round_trip_s: float, count: int) -> int:
    """As many as can send so many requests, one after the other, in the time that is left once they are made."""
    left_s = (1 - _MADE_IN * round_trip_s) / 2
    each = max(1, min(count / _CONNECTIONS, left_s / max(round_trip_s, 0.001)))
    return math.ceil(count / each)
