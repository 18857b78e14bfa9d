"""What a run keeps while it judges: one client, and a stage for each lane."""

import contextlib
import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping, Set
from typing import Any

from conformance.account.account import Account
from conformance.cost import Work
from conformance.coverage.areas import Area, merged, of_cancels, of_orders, of_placed_orders, of_queries
from conformance.coverage.live_sets import possible_triples
from conformance.doctor import examine
from conformance.fit import Remark, first_problems
from conformance.judging.own_cpu import own_cpu_s
from conformance.judging.plan import Plan
from conformance.naming import count
from conformance.observations import Observations
from conformance.profile import Profile
from conformance.stage.arranger import Arranger
from conformance.stage.clean_up import clean_up, perhaps_left
from conformance.stage.driver import Driver
from conformance.stage.lane import Lane, lane_of
from conformance.stage.spread import Spread
from conformance.stage.stage import Stage
from conformance.verdict import CannotJudge, Declined, Inconclusive
from conformance.wire.client import Client
from conformance.wire.counts import Counts, Latencies
from conformance.wire.forged_coverage import coverage
from conformance.wire.redaction import Redactor


def examine_profile(profile: Profile) -> Iterator[Remark]:
    """Examine the profile against its target, with a new client."""
    client = Client(profile.target, Redactor(profile.secrets))
    accounts = {key: Account(account, client) for key, account in profile.accounts.items()}
    yield from examine(profile, client, accounts, Driver(profile.driver, client))


class Stages:
    """The stages of a run. Each is set up when the first check needs it."""

    def __init__(self, plan: Plan) -> None:
        profile = plan.profile
        self._cpu_s = own_cpu_s()
        self.redactor = Redactor(profile.secrets)
        read_only = plan.scope == "read-only"
        self.client = Client(profile.target, self.redactor, read_only=read_only, connections=plan.jobs)
        self._plan = plan
        self._drivers: list[Driver] = []
        self._accounts = {key: Account(account, self.client) for key, account in profile.accounts.items()}
        self._stages: dict[int, Stage | Exception] = {}
        self._covered: defaultdict[int, dict[str, set[Any]]] = defaultdict(dict)
        self._at_work: int | None = None
        # With one lane alone nobody waits for another.
        self._spread = threading.Lock() if len(plan.lanes) > 1 else None
        self._changed: list[Lane] = []  # lanes that this run may have changed, even if their set-up failed

    def stage(self, lane: int, wants: Mapping[str, Any], observations: Observations) -> Stage:
        """The stage of this lane. The first call sets it up as `wants` says; `observations` takes what is seen then.

        If the set-up failed, each call raises the error of the set-up.
        """
        if lane not in self._stages:
            self._stages[lane] = self._set_up(lane, wants, observations)
        stage = self._stages[lane]
        if isinstance(stage, Exception):
            raise stage.with_traceback(None)  # else the traceback grows with each check
        return stage

    def standing(self, lane: int) -> Stage | None:
        """The stage of this lane, once it is set up; None before, and where that failed."""
        stage = self._stages.get(lane)
        return stage if isinstance(stage, Stage) else None

    def turn_to(self, lane: int | None) -> None:
        """What follows is done on this lane; None: on several. Where others were at work since it was done on this one,
        nothing is believed of its accounts: a target that is wrong may have changed them too.
        """
        stage = None if lane is None or lane == self._at_work else self.standing(lane)
        self._at_work = lane
        if stage is not None:
            stage.view.changing()

    def clear_other_lanes(self, lane: int) -> None:
        """Leave nothing live of this run on the lanes but this one."""
        for number, stage in self._stages.items():
            if number != lane and isinstance(stage, Stage):
                for view in stage.lane.views:
                    with contextlib.suppress(CannotJudge):
                        if view.own_live():
                            stage.clear(view)

    def _expect_fit(self, lane: Lane) -> None:
        """Raise Inconclusive if the profile does not fit the target, Declined if it mixes up two users.

        This comes before anything is done to the target.
        """
        for found in first_problems(self._plan.profile, self.client, self._accounts, lane.caller, lane.other):
            said = f"{found.about}: {found.says}; {found.remedy}"
            if not found.refuses:
                raise Inconclusive(said)
            if lane in self._changed:  # whose orders are whose is not known: nothing is cleaned up
                self._changed.remove(lane)
                lane.leave(clean=False)
            raise Declined(said)

    def close(self) -> list[str]:
        """Leave the target as it was found. Returns a line for each thing that could not be removed, once only."""
        left: list[str] = []
        self.client.breaker.keep_on()
        for driver in self._drivers:
            with contextlib.suppress(CannotJudge), driver.cleaning_up():
                driver.disarm()
        for lane in self._changed:
            found = clean_up(lane) if self._plan.cleans_up else []
            lane.leave(clean=not found)
            left += found
        self._changed.clear()
        self._stages.clear()
        return [self.redactor.presentable(line) for line in left]

    def not_cleaned_up(self, why: str) -> list[str]:
        """A line for each account in which orders of this run may be left; no request is sent."""
        lines = (line for lane in self._changed for view in lane.views for line in perhaps_left(view, why))
        return [self.redactor.presentable(f"{line} ({self.client.target.base_url})") for line in lines]

    def note(self, lane: int, covered: Mapping[str, Set[Any]]) -> None:
        """Take in what a check has covered on this lane."""
        for what, items in covered.items():
            self._covered[lane].setdefault(what, set()).update(items)

    def coverage(self) -> dict[str, Area]:
        """What was covered of what there is to cover, area by area, on all lanes together: each has its share. Nothing
        is told of a run that aims at one requirement, and ends where that is violated.
        """
        if self._plan.aim is not None:
            return {}
        covered: defaultdict[str, set[Any]] = defaultdict(set)
        for on_lane in self._covered.values():
            for what, items in on_lane.items():
                covered[what] |= items
        areas = []
        for lane, stage in self._stages.items():
            if isinstance(stage, Stage):
                areas.append(_covered_on(stage, covered, lists="lists" in self._covered[lane]))
        return merged(areas)

    def take_counts(self) -> dict[str, Any]:
        """How many requests were sent since the last call, as the fields of Counts."""
        with self.client.lock:
            counts, self.client.counts = self.client.counts, Counts()
        return {"by_purpose": dict(counts.by_purpose), "retried_503": counts.retried_503}

    def work(self) -> Work:
        """What this process has done since the stages were made."""
        return self.client.pace.work(own_cpu_s() - self._cpu_s)

    def take_latencies(self) -> dict[str, dict[str, int]]:
        """How many answers of each operation took how many ms at most, since the last call."""
        with self.client.lock:
            taken, self.client.latencies = self.client.latencies, Latencies()
        return taken.to_json()

    def _set_up(self, number: int, wants: Mapping[str, Any], observations: Observations) -> Stage | Exception:
        profile, seed = self._plan.profile, self._plan.seed
        driver = Driver(profile.driver, self.client, self._plan.tally, Spread(profile.markets, self._spread))
        self._drivers.append(driver)
        lane = lane_of(profile, profile.lanes[number], self._accounts, driver)
        lane.watch(observations)
        full = self._plan.scope == "full"
        stage = Stage(
            lane,
            Arranger(lane, seed),
            full_scope=full,
            explicit=not profile.from_bare_url,
            seed=seed,
            effort=self._plan.effort,
        )
        try:
            with self.client.counting_as("set-up"):
                if full:
                    lane.take()
                    self._changed.append(lane)
                self._expect_fit(lane)
                stage.prepare(wants)
        except Exception as reason:  # noqa: BLE001 - whatever it is, each check of the lane raises it
            return reason
        return stage


def _covered_on(stage: Stage, covered: Mapping[str, Set[Any]], *, lists: bool) -> dict[str, Area]:
    """What was covered of what there is on this stage; `lists`: also of those, which takes long to say."""
    areas: dict[str, Area] = {}
    if lists:
        areas["queries"] = of_queries(stage.lists.all, covered["lists"])
    if stage.ways:
        markets = [market.symbol for market in stage.markets]
        kinds = stage.kinds_seen()
        areas["orders"] = of_orders(kinds, markets) if stage.arranger.injects else of_placed_orders(kinds, markets)
    if "cancels" in covered:
        done, triples = covered["cancels"], possible_triples(stage.cancelers, {*stage.ways})
        areas["cancels"] = of_cancels(done, stage.caller.credentials, triples, injects=stage.arranger.injects)
    if "forged" in covered:
        asked, possible, gaps = coverage(
            covered["forged"],
            stage.caller.signer,
            stage.other.signer if stage.other else None,
            cancels=bool(stage.ways),
        )
        told = [f"{count(len(gap.cells), 'forged request')}: {gap.close}" for gap in gaps]
        areas["credentials"] = {"forged": [asked, possible], "gaps": told}
    return areas
