"""Cancel-alls of a recording, held against the answers before and after them."""

import math
from collections.abc import Iterable, Mapping, Sequence

from conformance.account.clock import TargetClock
from conformance.account.trades import may_trade
from conformance.observations import Observations
from conformance.oracle.cancel_case import Cancellation
from conformance.oracle.cancellation import CANCELLATION
from conformance.oracle.races import RACES, Race
from conformance.orders import Order
from conformance.recorded.ahead import Ahead
from conformance.recorded.story import Shown, Story, Terms, snapshot
from conformance.verdict import Breach

_BY_NOBODY = "the recording does not tell whether somebody else has used the account meanwhile; --alone says nobody has"
_AT_ONCE = ("cancel.exact", "cancel.complete", "cancel.scope-all", "cancel.empty", "cancel.idempotent")


class Clock:
    """The clock of the target, as far as orders tell that were placed in the recording."""

    def __init__(self) -> None:
        self._clock = TargetClock()
        self._broken = False

    def learn(self, order: Order, asked_at: float, came_at: float) -> None:
        """It was created between these moments. Where that cannot be so of all, nothing is known."""
        if self._clock.known and not self._broken:
            earliest, latest = self._clock.window(asked_at, came_at) or (0, 0)
            self._broken = not earliest - 1 <= order.created_at <= latest + 1
        self._clock.learn(order, asked_at, came_at)

    def window(self, shown: Shown) -> tuple[int, int] | None:
        """The seconds in which the target may have answered this."""
        return None if self._broken else self._clock.window(shown.entry.asked_at, shown.entry.came_at)


class Cancels:
    """Judges the cancel-alls of one account."""

    def __init__(self, story: Story, terms: Terms, observations: Observations) -> None:
        self._story = story
        self._terms = terms
        self._observations = observations
        self._last: Shown | None = None

    def judge(
        self,
        shown: Shown,
        ahead: Ahead,
        others: Mapping[Story, Ahead],
        clock: Clock,
        changed_until: float,
        placed: Mapping[str, str],
    ) -> None:
        """Judge one cancel-all. `ahead`: what was asked of the account after it; `others`: the same for the other
        accounts. `changed_until`: when the recording has the next other change that begins before this one is seen.
        `placed`: orders that were confirmed while it ran, and whose they are.
        """
        entry, story = shown.entry, self._story
        beside = [each for each in ahead.answers if each.query is None and each.entry.asked_at <= entry.came_at]
        after = ahead.after(max(each.entry.came_at for each in [shown, *beside]) + self._terms.consistency_s)
        if beside or placed:
            self._race(shown, beside, after, others, placed)
        seen = {id: order for id, (order, _) in after.items()}
        returned = {order.id for order in shown.orders}
        again = self._last if self._is_said_again(shown) else None
        after_others = self._after_others(others, entry.came_at + self._terms.consistency_s)
        theirs = {
            id: order for each in others for id, order in each.snapshot((*after_others, *shown.by_id)).orders.items()
        }
        become = theirs | {id: order for id, (order, _) in after_others.items()}
        cancellation = Cancellation(
            shown.symbol,
            shown.orders,
            story.snapshot((*seen, *shown.by_id)),
            snapshot(seen),
            snapshot(theirs),
            snapshot(become),
            clock=clock.window(shown),
            tried_before=story.refused_at > story.changed_at,
            again=again is not None,
            unread=shown.unread,
        )
        judgement = CANCELLATION.judge(cancellation)
        live = story.has_live(shown.symbol)
        strangers = returned - story.known.keys()
        if live or shown.orders:
            judgement.saw.pop("cancel.empty", None)
        self._observations.count(judgement.saw)
        for breach in judgement.breaches:
            if breach.requirement == "cancel.empty" and (live or strangers):
                continue
            if shown.raced and breach.requirement in _AT_ONCE:
                continue
            if breach.requirement == "cancel.idempotent" and again and not self._same(again, breach, returned):
                breach = breach._replace(certain=False)
            quiet = not beside and not placed
            self._report(breach, shown, after | after_others, others, changed_until, clock, quiet=quiet)
        self._last = shown

    def _report(
        self,
        breach: Breach,
        shown: Shown,
        after: Mapping[str, tuple[Order, Shown]],
        others: Iterable[Story],
        until: float,
        clock: Clock,
        *,
        quiet: bool,
    ) -> None:
        told = f"{breach.want} {breach.got}"
        known = [(story, id) for story in (self._story, *others) for id in story.known if id in told]
        open_still = [after[id][0] for _, id in known if id in after and after[id][0].live]
        if any(self._may_trade_late(order, others, clock.window(shown)) for order in open_still):
            return  # it may have been filled before, and lists need not show that yet
        seen = [by.entry for id, (_, by) in after.items() if id in told]
        before = [story.evidence(id) for story, id in known[:1]]
        evidence = (*before, shown.entry.exchange, *(entry.exchange for entry in seen[:1]))
        lag_s = self._terms.consistency_s  # lists may have shown an order as it was before an earlier change
        undisturbed = (
            quiet
            and bool(known)
            and all(story.changed_at + lag_s < story.known[id].by.asked_at for story, id in known)
            and until > max((entry.came_at for entry in seen), default=shown.entry.came_at)
        )
        if breach.certain or (self._terms.alone and undisturbed and not breach.excusable):
            self._observations.report([breach._replace(certain=True)], *evidence)
        elif undisturbed and not breach.excusable and breach.requirement:
            self._observations.doubt(f"want {breach.want}; got {breach.got}; {_BY_NOBODY}", breach.requirement)

    def _may_trade_late(self, order: Order, others: Iterable[Story], window: tuple[int, int] | None) -> bool:
        """Whether the order may have met one that was placed so shortly before the cancel-all, in this `window` of the
        target's seconds, that lists need not show the trade yet. None: that is not known.
        """
        since = -math.inf if window is None else window[0] - math.ceil(self._terms.settle_s)
        lately = (sight.order for each in (self._story, *others) for sight in each.known.values())
        return any(each.created_at >= since and may_trade(order, each) for each in lately)

    def _takers(
        self, others: Mapping[Story, Ahead], came_at: float, placed: Mapping[str, str]
    ) -> tuple[list[Order], bool]:
        """The orders of other accounts that were `placed` in a race, as their next lists show them; and whether those
        lack any.
        """
        takers: list[Order] = []
        for story, ahead in others.items():
            takers += [order for id, (order, _) in ahead.after(came_at).items() if placed.get(id) == story.name]
        of_others = sum(whose != self._story.name for whose in placed.values())
        return takers, len(takers) < of_others

    def _is_said_again(self, shown: Shown) -> bool:
        last = self._last
        return (
            last is not None
            and last.symbol == shown.symbol
            and self._story.changed_at < last.entry.asked_at < last.entry.came_at < shown.entry.asked_at
        )

    def _same(self, first: Shown, breach: Breach, returned: set[str]) -> bool:
        """Whether the breach is about what the first call had told."""
        told = first.by_id.keys()
        return (
            bool(told & returned) if breach.want.startswith("an empty array") else any(id in breach.want for id in told)
        )

    def _after_others(self, others: Mapping[Story, Ahead], came_by: float) -> dict[str, tuple[Order, Shown]]:
        """The orders of the other accounts as their next lists show them."""
        return {id: seen for ahead in others.values() for id, seen in ahead.after(came_by).items()}

    def _race(
        self,
        shown: Shown,
        beside: Sequence[Shown],
        after: Mapping[str, tuple[Order, Shown]],
        others: Mapping[Story, Ahead],
        placed: Mapping[str, str],
    ) -> None:
        answers = [shown, *beside]
        seen = {id: order for id, (order, _) in after.items()}
        told = [id for each in answers for id in each.by_id]
        symbols = {each.symbol for each in answers}
        takers, unseen = self._takers(others, shown.entry.came_at, placed)
        # A list that came just behind the race need not show yet what was traded in it.
        late = {id for id, order in seen.items() if order.live and (unseen or any(may_trade(order, t) for t in takers))}
        before = {
            id: sight.order
            for id in (*seen, *told)
            if (sight := self._story.known.get(id)) and (symbols == {None} or symbols == {sight.order.symbol})
            if id not in late
        }
        ours = {id for id, whose in placed.items() if whose == self._story.name and id in seen}
        race = Race(
            snapshot(before),
            snapshot(seen),
            [each.orders for each in answers],
            frozenset(ours),
            takers,
            broken_off=True,  # who canceled what none of these answers tells, the recording does not tell
        )
        judgement = RACES.judge(race)
        evidence = [each.entry.exchange for each in answers]
        evidence += [by.entry.exchange for _, by in list(after.values())[:1]]
        self._observations.count(judgement.saw)
        certain = [breach for breach in judgement.breaches if breach.certain]
        self._observations.report(certain, *evidence)
        for each in answers:
            each.raced = True
