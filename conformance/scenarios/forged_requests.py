"""Requests with credentials that are not good: each has to earn a 4xx that shows no order, and to touch none."""

from collections.abc import Sequence

from conformance.operations import CANCEL_ALL, LIST, Operation
from conformance.oracle.harm import Attempt, harm
from conformance.scenarios.attempts import OF_LOAD, attempt, shown
from conformance.stage.stage import Stage
from conformance.verdict import Breach, NotObserved, Violation
from conformance.wire.answers import decoded
from conformance.wire.client import Answer
from conformance.wire.forgery import Forgery, behind_the_signature, cell

# The kind of what is covered here, in a check's observations.
COVERED = "forged"

_NAMED = 5  # so many of the credentials that were accepted are named in a finding


def list_forged(stage: Stage, forgeries: Sequence[Forgery], query: str) -> None:
    """Ask for a list with each of these credentials: a 4xx that shows no order. One Violation names those accepted.

    Raises NotObserved where none of them can be made.
    """
    accepted = []
    for each in _possible(stage, LIST, forgeries):
        answer = _sent(stage, LIST, each, query)
        accepted += [(breach, answer, each.says) for breach in _breaches(stage, each, answer)]
    if accepted:
        breach, answer, _ = accepted[0]
        others = list(dict.fromkeys(says for _, _, says in accepted[1:]))
        more = f", and {len(others) - _NAMED} more" if len(others) > _NAMED else ""
        told = f"; the same with {', '.join(others[:_NAMED])}{more}" if others else ""
        found = breach._replace(got=f"{breach.got}{told}")
        stage.caller.observations.report([found], answer.exchange, raising=True)


def cancel_forged(stage: Stage, forgeries: Sequence[Forgery], query: str = "") -> None:
    """Say cancel-all with each of these credentials while orders of the caller are live: a 4xx that shows no order, and
    each order stands as before. Else a Violation.

    One look at the orders serves for all requests. If it shows harm, though each was refused, each is sent again with
    live orders and a look of its own, to find the one that does it. Raises NotObserved where none can be made.
    """
    possible = _possible(stage, CANCEL_ALL, forgeries)
    stage.have_live()
    before = stage.view.believed()
    stage.view.decline_to_harm()
    answers: list[Answer] = []
    breaches: list[Breach] = []
    for each in possible:
        answers.append(_sent(stage, CANCEL_ALL, each, query))
        breaches = _breaches(stage, each, answers[-1])
        if breaches:
            break  # what it did shows as long as nothing else is sent
    after = stage.view.believed(len(before.exchanges))
    done = list(harm(Attempt(before, after)))
    if breaches:
        want = breaches[0].want
        harmed = [each._replace(requirement=breaches[0].requirement, want=f"{want}, and {each.want}") for each in done]
        told = next((each for each in harmed if each.certain), breaches[0])
        around = (before.exchanges[:1], after.exchanges[:1]) if harmed else ((), ())
        stage.caller.observations.report([told], *around[0], answers[-1].exchange, *around[1], raising=True)
    if done:
        for each in possible:
            stage.have_live()
            cancel_alone(stage, each, query)
        # It takes several of them to do harm.
        after_all = f"after {len(answers)} cancel-alls with forged credentials"
        requirement = possible[0].requirement
        found = [breach._replace(requirement=requirement, want=f"{breach.want} {after_all}") for breach in done]
        between = [answer.exchange for answer in answers]
        stage.caller.observations.report(found, *before.exchanges[:1], *between, *after.exchanges[:1], raising=True)


def cancel_alone(stage: Stage, forged: Forgery, query: str = "") -> None:
    """Say cancel-all with these credentials alone, and look at what it did: a 4xx that shows no order and touches none,
    or else a Violation.
    """
    answer = attempt(
        stage,
        forged.requirement,
        lambda: _sent(stage, CANCEL_ALL, forged, query),
        instead=f"a 4xx to a request with {forged.says}",
    )
    stage.caller.observations.report(_breaches(stage, forged, answer), answer.exchange, raising=True)


def list_appended(stage: Stage, parameter: str) -> None:
    """Ask for a list with a parameter behind the signature: a 4xx, or the list as it is without it."""
    plain = stage.caller.list(credential="api-key")
    answer = _sent(stage, LIST, behind_the_signature(parameter), "")
    document = decoded(answer.body)
    if answer.status == 200 and isinstance(document, list) and len(document) != len(plain):
        breach = Breach(f"a 4xx, or the {len(plain)} orders of a list without parameters", f"{len(document)} orders")
        raise Violation(breach, plain.exchange, answer.exchange)


def cancel_appended(stage: Stage, parameter: str) -> None:
    """Say cancel-all with a parameter behind the signature: nothing is canceled, or what would be without it."""
    before = stage.view.believed()
    forged = behind_the_signature(parameter)
    answer = attempt(stage, forged.requirement, lambda: _sent(stage, CANCEL_ALL, forged, ""), None)
    after = stage.view.believed()
    live = {order.id for order in before.live()}
    left = live & {order.id for order in after.live()}
    if left and left != live:
        breach = Breach(
            f"nothing canceled or all of it, {parameter} not being signed",
            f"{len(left)} of {len(live)} left",
            forged.requirement,
        )
        evidence = (*before.exchanges[:1], answer.exchange, *after.exchanges[:1])
        stage.caller.observations.report([breach], *evidence, raising=True)
    stage.caller.observations.count({forged.requirement: 1})


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


def _sent(stage: Stage, operation: Operation, forged: Forgery, query: str) -> Answer:
    caller, other = stage.caller, stage.other
    asked, headers = forged.make(caller.signer, query, None if other is None else other.signer)
    if forged.needs:  # it is made from a secret, and holds most of it
        caller.hide(headers)
    caller.observations.cover(COVERED, cell(forged, operation))
    return caller.outlasting(lambda: caller.send(operation, asked, headers, forged=forged.says))


def _breaches(stage: Stage, forged: Forgery, answer: Answer) -> list[Breach]:
    """What is wrong with the answer. One that speaks of load leaves a doubt."""
    observations, requirement = stage.caller.observations, forged.requirement
    if answer.status in OF_LOAD:
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
