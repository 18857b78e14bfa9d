"""Many live orders at once, whose old ones lie so deep that they are looked at apart."""

from collections.abc import Sequence

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
    young_beside = [wish for wish in bystander if wish.age == YOUNG]
    shown: list[Snapshot] = []
    # Those that are placed have to be seen before a look begins below them.
    for some in ([each for each in wishes if (each.age == YOUNG) is young] for young in (True, False)):
        if some:
            shown.append(_of_one_age(stage, view, some, () if shown else young_beside))
    theirs = None
    if bystander and view.opposite is not None:
        theirs = view.opposite.believed() if young_beside else _of_one_age(stage, view.opposite, bystander)
    return Many(sorted(shown, key=lambda each: -len(each.live())), theirs)


def add_many(stage: Stage, view: View, wishes: Sequence[Wish], earlier: Many) -> Many:
    """Bring about these live orders of one age, where nothing is live any more; what is beside stays."""
    return Many([_of_one_age(stage, view, wishes)], earlier.beside)


def _of_one_age(stage: Stage, view: View, wishes: Sequence[Wish], bystander: Sequence[Wish] = ()) -> Snapshot:
    """These live orders of one age, as lists show them; nothing newer where all are injected."""
    placed = [wish for wish in wishes if wish.to_be_placed or not stage.arranger.injects]
    injected = [wish for wish in wishes if wish not in placed]
    up_to = stage.arranger.arrange_many(view, placed, injected, stage.effort.earlier_s, bystander)
    if wishes[0].age != YOUNG:
        view.look_apart(up_to)
    theirs = [view.opposite] if bystander and view.opposite is not None else []
    with stage.driver.setting_up():
        stage.look(*([view] if placed else []), *theirs)
        return view.believed() if placed else view.settled(up_to=up_to)
