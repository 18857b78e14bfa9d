"""Requests with credentials that are not good: each has to earn a 4xx that shows no order, and to touch none."""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple
from urllib.parse import urlencode

from conformance.account.looks import with_lists
from conformance.account.sent import Signed
from conformance.evidence import Exchange
from conformance.naming import count
from conformance.operations import CANCEL_ALL, LIST, Operation
from conformance.oracle.snapshot import Snapshot
from conformance.orders import Query
from conformance.scenarios import caches
from conformance.scenarios.attempts import OF_LOAD, attempt, harm_done, shown
from conformance.stage.stage import Stage
from conformance.verdict import Breach, NotObserved, Violation
from conformance.wire.client import THROTTLED, Answer
from conformance.wire.forgery import COMPONENTS, NO_CREDENTIALS, NOTHING_SIGNED, Forgery, cell

# The kind of what is covered here, in a check's observations.
COVERED = "forged"

_NAMED = 5  # so many of the credentials that were accepted are named in a finding

# A refusal is met where nothing that was shown before is kept.
_NOT_ASKED_YET = Query(limit=2)


_NUMBERS = {forged: number for of_one in COMPONENTS.values() for number, forged in enumerate(of_one)}

_Forged = tuple[Forgery, str, int | None]
"""Credentials that are not good, what is asked for with them, and the time that is signed, if it is not now."""


class _Listed(NamedTuple):
    """A list that was asked for with forged credentials. `source`: the good list that showed the same, if any did."""

    says: str
    answer: Answer
    breaches: Sequence[Breach]
    source: tuple[Exchange, ...]


def list_forged(stage: Stage, forgeries: Sequence[Forgery], query: str) -> None:
    """Ask for a list with each of these credentials: a 4xx that shows no order. One Violation names those accepted.

    Raises NotObserved where none of them can be made.
    """
    _report_accepted(stage, _listed(stage, [(each, query, None) for each in _possible(stage, LIST, forgeries)]))


def list_forged_after_good(stage: Stage, forgeries: Sequence[Forgery]) -> None:
    """As `list_forged`, each right after the caller was shown the same list: with the same query, signed in the same
    moment. The lists take turns, the plain one last: without a timestamp, what is signed would be nothing. What comes
    without any credential is tried on each of them.
    """
    tries: list[_Listed] = []
    possible = _possible(stage, LIST, forgeries)
    bare = [each for each in possible if each is NO_CREDENTIALS]
    turns = itertools.islice(itertools.cycle(stage.lists.alike), 1, None)
    every = list(zip([*bare * (len(stage.lists.alike) - 1), *possible], turns, strict=False))
    at_once = stage.caller.at_once
    for first in range(0, len(every), at_once):
        some = every[first : first + at_once]
        kinds = ["api-key" if forged.needs == "api_key" else stage.caller.credentials[0] for forged, _ in some]
        good = caches.good_before(stage, [(query, kind) for (_, query), kind in zip(some, kinds, strict=True)])
        moments = [None if each is None else each.signed_at_ms for each in good]
        asked = [(*each, at_ms) for each, at_ms in zip(some, moments, strict=True)]
        tries += _listed(stage, [(forged, urlencode(query.pairs()), at_ms) for forged, query, at_ms in asked])
    _report_accepted(stage, tries)


def good_after_refused(stage: Stage, query: Query = _NOT_ASKED_YET) -> None:
    """Ask for a list without credentials: a 4xx. Then ask for the same list with a token: it shows what it has to."""
    [refused] = _listed(stage, [(NO_CREDENTIALS, urlencode(query.pairs()), None)])
    _report_accepted(stage, [refused])
    try:
        stage.view.known.expect(query, "jwt")
    except Violation as violation:
        raise Violation(violation.breach, refused.answer.exchange, *violation.evidence) from None


def _listed(stage: Stage, asked: Sequence[_Forged]) -> list[_Listed]:
    tries = []
    for (forged, query, _), answer in zip(asked, sent(stage, LIST, asked), strict=True):
        breaches = _breaches(stage, forged, answer)
        good = caches.source(stage, query, answer) if breaches else None
        if good is not None:
            breaches = [each._replace(got=f"{each.got}, {caches.told(good, answer)}") for each in breaches]
        tries.append(_Listed(forged.says, answer, breaches, () if good is None else (good.exchange,)))
    return tries


def _report_accepted(stage: Stage, tries: Iterable[_Listed]) -> None:
    accepted = [each for each in tries if each.breaches]
    if accepted:
        first = accepted[0]
        others = [each for each in dict.fromkeys(each.says for each in accepted) if each != first.says]
        more = f", and {len(others) - _NAMED} more" if len(others) > _NAMED else ""
        told = f"; the same with {', '.join(others[:_NAMED])}{more}" if others else ""
        found = first.breaches[0]._replace(got=f"{first.breaches[0].got}{told}")
        stage.caller.observations.report([found], *first.source, first.answer.exchange, raising=True)


def cancel_forged(stage: Stage, forgeries: Sequence[Forgery]) -> None:
    """Say cancel-all with each of these credentials while orders of the caller are live: a 4xx that shows no order, and
    each order stands as before. Else a Violation.

    Those of the checks behind this one are tried with them, and one look at the orders serves for all. If it shows
    harm, each check tries its own, with a look for all of them; if that shows harm, or one was not refused, each is
    sent again with live orders and a look of its own, to find the one that does it. Raises NotObserved where none can
    be made.
    """
    possible, forged = _possible(stage, CANCEL_ALL, forgeries), stage.forged
    coming = [each for each in forged.coming if _lacks(stage, CANCEL_ALL, each) is None]
    forged.coming.clear()
    if coming:
        tried = _Tried.of(stage, coming)
        if tried.done:
            forged.waiting, forged.report = {*coming}, partial(tried.report_harm, stage, possible[0].requirement)
        else:
            forged.answers |= zip(coming, tried.answers, strict=True)
    met = [(each, forged.answers[each]) for each in possible if each in forged.answers]
    if len(met) < len(possible) or any(_breaches(stage, *each) for each in met):
        try:
            _cancel_without_others(stage, possible)
        except Violation:
            forged.report = None
            raise
        forged.waiting.difference_update(possible)
        if forged.report and not forged.waiting:
            forged.report()


def _cancel_without_others(stage: Stage, possible: Sequence[Forgery]) -> None:
    tried = _Tried.of(stage, possible)
    accepted = [(_breaches(stage, each, answer), answer) for each, answer in zip(possible, tried.answers, strict=True)]
    accepted = [(breaches, answer) for breaches, answer in accepted if breaches]
    if tried.done or accepted:
        for each in possible:
            stage.have_live()
            cancel_alone(stage, each, _scope(stage, each))
    for breaches, answer in accepted:
        stage.caller.observations.report(breaches, answer.exchange, raising=True)
    if tried.done:
        tried.report_harm(stage, possible[0].requirement)


class _Tried(NamedTuple):
    """What was answered to cancel-alls, and the harm that they have done together."""

    answers: Sequence[Answer]
    done: Sequence[Breach]
    before: Snapshot
    after: Snapshot

    @classmethod
    def of(cls, stage: Stage, forgeries: Sequence[Forgery]) -> "_Tried":
        """Try these, with live orders."""
        stage.have_live()
        before = stage.view.believed()
        stage.view.decline_to_harm()
        answers: list[Answer] = []
        at_once = stage.caller.at_once
        for first in range(0, len(forgeries), at_once):  # what was signed a while ago would be refused for that
            some = forgeries[first : first + at_once]
            answers += sent(stage, CANCEL_ALL, [(each, _scope(stage, each), None) for each in some])
        after = stage.view.believed(len(before.exchanges))
        live = replace(before, orders={order.id: order for order in before.live()})  # what is over changes otherwise
        return cls(answers, harm_done(stage, live, after), before, after)

    def report_harm(self, stage: Stage, requirement: str) -> None:
        """It takes several of them to do it."""
        after_all = f"after {count(len(self.answers), 'cancel-all')} with forged credentials"
        found = [breach._replace(requirement=requirement, want=f"{breach.want} {after_all}") for breach in self.done]
        between = [answer.exchange for answer in self.answers]
        stage.caller.observations.report(with_lists(found, [self.before], between, [self.after]), raising=True)


def cancel_alone(stage: Stage, forged: Forgery, query: str = "") -> None:
    """Say cancel-all with these credentials alone, and look at what it did: a 4xx that shows no order and touches none,
    or else a Violation.
    """
    attempt(
        stage,
        forged.requirement,
        lambda: sent_alone(stage, CANCEL_ALL, forged, query),
        instead=f"a 4xx to a request with {forged.says}",
        wrong=lambda answer: _breaches(stage, forged, answer),
    )


def _scope(stage: Stage, forged: Forgery) -> str:
    """The query of a cancel-all with these credentials: every second alteration of a part is tried on one market, in
    which there are live orders. Where nothing is signed there is no query at all.
    """
    number = _NUMBERS.get(forged)
    if number is None or forged is NOTHING_SIGNED or (number + stage.seed) % 2:
        return ""
    live = {order.symbol for order in stage.view.latest().live()}
    return urlencode({"symbol": next(each.symbol for each in stage.markets if each.symbol in live)})


def _possible(stage: Stage, operation: Operation, forgeries: Sequence[Forgery]) -> list[Forgery]:
    """Those that can be made here. Raises NotObserved where none can."""
    lacks = {each: _lacks(stage, operation, each) for each in forgeries}
    possible = [each for each in forgeries if lacks[each] is None]
    if not possible:
        raise NotObserved(f"needs {lacks[forgeries[0]]}")
    return possible


def _lacks(stage: Stage, operation: Operation, forged: Forgery) -> str | None:
    """What would have to be given for these credentials to be tried; None where nothing is lacking."""
    lack = forged.lacks(stage.caller.signer, None if stage.other is None else stage.other.signer)
    if lack or not (operation.changes and forged.of_another):
        return lack and str(lack)
    # A target that takes them for good may cancel what is live in the other account.
    assert stage.other_view is not None
    foreign = not stage.target.disposable and stage.other_view.foreign_live()
    return f"{stage.other_view} without live orders that this run did not place" if foreign else None


def sent_alone(stage: Stage, operation: Operation, forged: Forgery, query: str = "") -> Answer:
    """The answer to a request with these credentials, not judged."""
    [answer] = sent(stage, operation, [(forged, query, None)])
    return answer


def sent(stage: Stage, operation: Operation, asked: Sequence[_Forged]) -> list[Answer]:
    """The answers to these requests, which are sent side by side, not judged."""
    with stage.caller.counting_as("forged credentials"):
        return stage.caller.send_each(operation, [_made(stage, operation, *each) for each in asked])


def _made(stage: Stage, operation: Operation, forged: Forgery, query: str, signed_at_ms: int | None) -> Signed:
    caller, other = stage.caller, stage.other
    others = None if other is None else other.signer.at(signed_at_ms)
    asked, headers = forged.make(caller.signer.at(signed_at_ms), query, others)
    if forged.needs:  # it is made from a secret, and holds most of it
        caller.hide(headers)
    caller.observations.cover(COVERED, cell(forged, operation))
    return Signed(asked, headers, forged.says)


def _answers_good_ones(stage: Stage) -> bool:
    caller = stage.caller
    with caller.counting_as("looks"):
        return caller.send(LIST, *caller.signer.authorize("limit=1"), once=True).status == 200


def _breaches(stage: Stage, forged: Forgery, answer: Answer) -> list[Breach]:
    """What is wrong with the answer. One that speaks of load leaves a doubt, unless it is the forgers that it holds
    off: a good request is answered.
    """
    observations, requirement = stage.caller.observations, forged.requirement
    if answer.status in OF_LOAD and not (answer.status in THROTTLED and _answers_good_ones(stage)):
        observations.doubt(f"{answer.status} to a request with {forged.says}", requirement)
        return []
    if not 400 <= answer.status < 500:
        return [Breach(f"a 4xx to a request with {forged.says}", shown(answer), requirement)]
    text = answer.body.decode(errors="replace")
    known = {id for view in stage.lane.views for id in view.latest().orders}
    if leaked := sorted(id for id in known if f'"{id}"' in text):
        want = f"no order in the 4xx to a request with {forged.says}"
        return [Breach(want, f"{answer.status} that shows {leaked[0]}", requirement)]
    observations.count({requirement: 1})
    return []
