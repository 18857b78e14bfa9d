"""Many live orders at once, whose old ones lie so deep that they are looked at apart."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from conformance.account.ahead import asked_ahead
from conformance.account.view import View
from conformance.coverage.population import YOUNG
from conformance.oracle.snapshot import Snapshot
from conformance.stage.clearing import Many
from conformance.stage.stage import Stage
from conformance.stage.wishes import Wish


def arrange_many(stage: Stage, view: View, wishes: Sequence[Wish], bystander: Sequence[Wish] = ()) -> Many:
    """Bring about just these live orders, those that are old all of one age; and those of the `bystander`, the
    opposite account, all of one age. Raises DriverRefused.
    """
    stage.lane.clear(view)
    if view.opposite is not None and not view.opposite.foreign_live():
        stage.lane.clear(view.opposite)  # the two sets would trade with each other
    young, old = ([each for each in wishes if (each.age == YOUNG) is is_young] for is_young in (True, False))
    young_beside = [wish for wish in bystander if wish.age == YOUNG]
    deep: dict[View, Sequence[Wish]] = {view: old} if young and old else {}
    if view.opposite is not None and len(young_beside) < len(bystander):
        deep[view.opposite] = bystander
    shown, below = _of_one_age(stage, view, young or old, young_beside, deep)
    apart = below.get(view)
    parts = [shown] if apart is None or apart.ceiling is None else [shown.newer_than(apart.ceiling), apart]
    theirs = None
    if bystander and view.opposite is not None:
        theirs = view.opposite.believed() if young_beside else below[view.opposite]
    return Many(sorted(parts, key=lambda each: -len(each.live())), theirs)


def add_many(stage: Stage, view: View, wishes: Sequence[Wish], earlier: Many) -> Many:
    """Bring about these live orders of one age, where nothing is live any more; what is beside stays."""
    stage.lane.clear(view)
    return Many([_of_one_age(stage, view, wishes)[0]], earlier.beside)


def _of_one_age(
    stage: Stage,
    view: View,
    wishes: Sequence[Wish],
    bystander: Sequence[Wish] = (),
    deep: Mapping[View, Sequence[Wish]] = MappingProxyType({}),
) -> tuple[Snapshot, dict[View, Snapshot]]:
    """These live orders of one age, as lists show them; nothing newer where all are injected. With those that are
    injected so `deep` that they are looked at apart: after the others, since what is placed has to be seen before
    a look begins below it.
    """
    placed = [wish for wish in wishes if wish.to_be_placed or not stage.arranger.injects]
    injected = [wish for wish in wishes if wish not in placed]
    earlier_s = stage.effort.earlier_s
    injecting = {each: stage.arranger.injecting(each, some, earlier_s) for each, some in deep.items()}
    beside = [inject for inject, _ in injecting.values()]
    up_to = stage.arranger.arrange_many(view, placed, injected, earlier_s, bystander, beside)
    seconds = {each: second for each, (_, second) in injecting.items()}
    if wishes[0].age != YOUNG:
        view.look_apart(up_to)
    for each, second in seconds.items():
        each.look_apart(second)
    theirs = [view.opposite] if bystander and view.opposite is not None else []
    pages = [page for each, second in seconds.items() for page in each.pages(up_to=second)]
    with stage.driver.setting_up(), asked_ahead(pages):
        stage.look(*([view] if placed else []), *theirs)
        shown = view.believed() if placed else view.settled(up_to=up_to)
        return shown, {each: each.settled(up_to=second) for each, second in seconds.items()}
