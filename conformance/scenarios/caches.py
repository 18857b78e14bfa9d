"""The same list asked for again, right after somebody was shown it who may see it: what a cache has kept shows."""

import contextlib
import time
from collections.abc import Sequence
from urllib.parse import urlencode

from conformance.account.ahead import Wanted, asked_ahead
from conformance.account.sent import Good
from conformance.account.view import View
from conformance.orders import Query
from conformance.stage.stage import Stage
from conformance.verdict import CannotJudge, Violation
from conformance.wire.answers import decoded
from conformance.wire.client import Answer
from conformance.wire.signer import Credential

# What is kept at all is kept for a second.
_KEPT_S = 1.0


def expect_own(stage: Stage, queries: Sequence[Query], credential: Credential) -> None:
    """Ask for lists by the caller, and right after by the other account: each is shown its own orders, all of them."""
    for view in stage.lane.views:
        if credential in view.account.credentials:
            with view.account.ahead(queries, credential):
                for query in queries:
                    _ask(view, query, credential)


def good_before(stage: Stage, lists: Sequence[tuple[Query, Credential]]) -> list[Good | None]:
    """These lists as the caller was shown them just now; they are asked for where a cache would not have them any more.

    None for one that is not shown: why is for other checks to say.
    """
    now = time.monotonic()
    last = {asked: _last(stage, *asked) for asked in lists}
    stale = [asked for asked, good in last.items() if good is None or now - good.at > _KEPT_S]
    with asked_ahead(Wanted(stage.caller, urlencode(query.pairs()), kind, "lists") for query, kind in stale):
        for asked in stale:
            with contextlib.suppress(Violation, CannotJudge):
                stage.view.known.ask(*asked)
    return [_last(stage, *asked) for asked in lists]


def _last(stage: Stage, query: Query, credential: Credential) -> Good | None:
    asked = urlencode(query.pairs()), credential
    return next((each for each in reversed(stage.caller.good) if (each.query, each.credential) == asked), None)


def source(stage: Stage, query: str, answer: Answer) -> Good | None:
    """The last list by this query that shows the same as this answer, byte for byte; None where it shows nothing."""
    document = decoded(answer.body)
    if not (isinstance(document, list) and document):
        return None
    good = [each for view in stage.lane.views for each in view.account.good if each.query == query]
    alike = [each for each in good if each.exchange.response_body == answer.exchange.response_body]
    return max(alike, key=lambda each: each.at, default=None)


def told(good: Good, answer: Answer) -> str:
    """What is said of an answer that shows the same as a good list."""
    before_ms = (answer.exchange.sent_at - good.exchange.sent_at) * 1000
    return f"byte for byte what {good.account} was shown with the {good.credential} {before_ms:.0f} ms before"


def _ask(view: View, query: Query, credential: Credential) -> None:
    page = view.known.ask(query, credential)
    if view.opposite is not None:  # where it is shown one of these orders next, this is where it comes from
        view.opposite.account.foreign.update((order.identity, (page.exchange,)) for order in page.orders)
    view.known.expect(query, credential)
