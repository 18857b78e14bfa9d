"""Weight: no request is throttled."""

import itertools
import math
import time
from collections.abc import Callable

from conformance.account.view import View
from conformance.declare import alone, cancels, each_credential, early, needs, verifies
from conformance.operations import CANCEL_ALL, LIST, Operation
from conformance.orders import Query
from conformance.scenarios.bursts import (
    BURST,
    Burst,
    cancel_alls_at_once,
    fail_alone,
    lists_at_once,
    once_a_gateway_is_back,
    whole,
    without_a_burst,
    wrong,
)
from conformance.stage.stage import Stage
from conformance.strategies import chosen_lists
from conformance.verdict import Inconclusive, NotObserved
from conformance.wire.signer import Credential

# What fails by chance as often as in the burst does so once in so many times as many requests, with 95 % confidence.
_SURE = 3

# In a burst, each tenth list is one of the other account, up to so many of those.
_TURN, _OTHERS = 10, 10

# A throttle refuses whatever comes after the first so many. What fails now and then, in a burst or not, is none.
_FEW = 0.05


@early
@each_credential
@verifies("weight.zero")
@needs(unthrottled=BURST)
def test_a_burst_of_lists_is_not_throttled(stage: Stage, credential: Credential) -> None:
    """A hundred lists within a second, some of the other account's between them: none is answered 429 or 418, or with a
    5xx other than a documented 503.

    They are lists that other checks want; those then judge what was shown, and to whom.
    """
    stage.view.known.page(Query(), credential)  # what fails before the burst does not fail because of it
    plenty = [*_wanted(stage, "caller", credential), *itertools.repeat((stage.view, Query(limit=1)), BURST)]
    lists = plenty[:BURST]
    for number, other in enumerate(_wanted(stage, "other", credential)[:_OTHERS]):
        lists.insert(number * _TURN, other)
    _expect_no_throttling(stage, LIST, lambda: lists_at_once(lists, credential), credential)


def _wanted(stage: Stage, whose: str, credential: Credential) -> list[tuple[View, Query]]:
    """The lists of the covering array that may be asked for ahead by this account, if there is one."""
    chosen = [each.query for each in chosen_lists(stage, whose, credential) if not each.may_be_rejected]
    view = stage.view_of(whose) if chosen else stage.view
    return [(view, query) for query in chosen if not view.known.has(query, credential)]


@alone
@cancels
@each_credential
@verifies("weight.zero")
@needs(unthrottled=BURST)
def test_a_burst_of_cancel_alls_is_not_throttled(stage: Stage, credential: Credential) -> None:
    """Some twenty cancel-alls within a second, with nothing to cancel: none is answered 429 or 418, or with a 5xx other
    than a documented 503.
    """
    stage.clear()
    _expect_no_throttling(stage, CANCEL_ALL, lambda: cancel_alls_at_once(stage, credential), credential)


def _expect_no_throttling(
    stage: Stage, operation: Operation, send: Callable[[], Burst], credential: Credential
) -> None:
    made, what = whole(stage.caller, send), "lists" if operation is LIST else "cancel-alls"
    if _has_failures(made) and stage.caller.was_away():
        made = send()  # what was down for another reason is not down again
    made = once_a_gateway_is_back(made, send)
    sent = len(made.answers)
    if _has_failures(made):
        time.sleep(2)  # a window of a second is over then
        stage.caller.list(credential=credential)  # what fails behind the burst as well does not fail because of it
    within = f"to one of {sent} {what} within {made.seconds:.2f} s, with the {credential}"
    fails_alone = fail_alone(made) if operation is LIST and _has_failures(made) else set()
    each = [answer for one, answer in zip(made.requests, made.answers, strict=True) if one.query not in fails_alone]
    breaches = [(answer, breach) for answer in each for breach in wrong(answer, within)]
    if breaches and all(answer.status >= 500 for answer, _ in breaches):
        others = without_a_burst(stage, operation, credential, math.ceil(_SURE * sent / len(breaches)))
        if any(answer.status >= 500 and wrong(answer) for answer in others):
            if len(breaches) <= sent * _FEW:
                return
            raise Inconclusive(f"{len(breaches)} of {sent} {what} failed, but without a burst some fail as well")
    for answer, breach in breaches:
        stage.caller.observations.report([breach], answer.exchange, raising=True)
    stage.caller.observations.note("weight.zero", f"{sent} {what} with the {credential} within {made.seconds:.2f} s")
    if made.seconds > 1:
        raise NotObserved(
            f"{sent} {what} took {made.seconds:.1f} s: from this machine, they cannot be sent within a second"
        )


def _has_failures(made: Burst) -> bool:
    return any(answer.status >= 500 for answer in made.answers)
