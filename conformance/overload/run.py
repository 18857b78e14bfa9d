"""One overload: from a plan to results."""

import platform
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import conformance
from conformance import requirements
from conformance.account.account import Account
from conformance.account.view import View
from conformance.fit import first_problems
from conformance.gating import waivers
from conformance.judging import crashes, signals, verdicts
from conformance.judging.configuration import configuration
from conformance.judging.findings import finding
from conformance.judging.plan import Plan
from conformance.judging.traceability import checks_by_requirement
from conformance.judging.verdicts import Outcome
from conformance.observations import Observations
from conformance.oracle.ledger import Ledger, Seen
from conformance.oracle.overload import OVERLOAD, doubles, doubts
from conformance.oracle.rules import Judgement
from conformance.orders import Order
from conformance.overload.actor import Actor
from conformance.overload.bounds import Bounds
from conformance.overload.burst import Crew, Here
from conformance.overload.course import Course
from conformance.overload.figures import figures
from conformance.overload.fleet import Fleet, Workers
from conformance.overload.looking import walk
from conformance.overload.mix import Mix
from conformance.overload.recorder import Recorder
from conformance.profile import Profile, ProfileError
from conformance.results import Finding, Mishaps, RequirementResult, Results
from conformance.stage.clean_up import clean_up
from conformance.stage.driver import Driver
from conformance.stage.lane import Lane, lane_of
from conformance.verdict import Breach, CannotJudge, Declined, Inconclusive, Verdict, Violation
from conformance.wire.client import Client
from conformance.wire.redaction import Redactor

_CHECK = "overload"
_LOOKED_AGAIN_S = 1.0  # lists that seem to have lost something are looked at again after at least so long


def expect_allowed(profile: Profile) -> None:
    """Raise ProfileError where nobody may put load on the target, or no order can be placed there."""
    target = profile.target
    if target.environment == "production":
        raise ProfileError("a production target is never overloaded", "target.environment")
    if profile.from_bare_url and not target.is_loopback:
        raise ProfileError(
            "overload needs a profile that names the environment, not only a URL", source=target.base_url
        )
    if profile.driver.place is None or not profile.markets:
        raise ProfileError("overload places orders: add [driver.place] and [[markets]] to the profile", "driver.place")


class Overload:
    """An overload of the plan's target within these bounds; `tell` says what goes on. `workers`: who
    sends the bursts, if not this process.
    """

    def __init__(self, plan: Plan, bounds: Bounds, tell: Callable[[str], None], workers: Workers | None = None) -> None:
        profile = plan.profile
        most = profile.target.max_orders
        self.bounds = bounds if most is None else replace(bounds, orders=min(bounds.orders, most))
        self._plan = plan
        self._tell = tell
        self._redactor = Redactor(profile.secrets)
        self._client = Client(profile.target, self._redactor, connections=plan.jobs)
        self._driver = Driver(profile.driver, self._client, plan.tally)
        self._accounts = {key: Account(account, self._client) for key, account in profile.accounts.items()}
        self._lanes = [lane_of(profile, names, self._accounts, self._driver) for names in profile.lanes]
        self._observations = Observations()
        self._taken: list[Lane] = []
        self._before: dict[str, dict[str, Order]] = {}
        self._recorder = Recorder()
        rng = random.Random(plan.seed)  # noqa: S311 - variety, not secrecy
        actors = [Actor(view, self._driver, self._recorder) for view in self._views]
        self._crew: Crew = (
            Here(actors, self._client.breaker.given_up)
            if workers is None
            else Fleet(workers, profile, actors, self._recorder, tell)
        )
        self._course = Course(
            actors,
            profile.markets,
            profile.target,
            self.bounds,
            Mix(actors, profile.markets, rng, self.bounds.orders),
            self._recorder,
            rng,
            self._crew,
            tell,
        )
        self._ledger = Ledger(())
        self._judgement = Judgement()
        self._doubts: list[tuple[str, str]] = []
        self._started, self._started_at = time.monotonic(), datetime.now(UTC)

    @property
    def _views(self) -> list[View]:
        return [view for lane in self._lanes for view in lane.views]

    def run(self) -> Results:
        """Overload it, judge what came of it, and clean up, also where it is told to stop."""
        mishaps = Mishaps()
        with signals.stopping():
            try:
                self._crew.gather()
                self._set_up()
                self._go()
            except Declined as refusal:
                mishaps = replace(mishaps, refusal=self._redactor.presentable(str(refusal)))
            except (CannotJudge, Violation) as reason:
                self._doubts += [(id, str(reason)) for id in _own_requirements()]
            except KeyboardInterrupt:
                mishaps = replace(mishaps, interrupted=True)
                self._judge(seen=False)
            except Exception as error:  # noqa: BLE001 - whatever it is, what was placed is removed, and reports are written
                mishaps = replace(mishaps, crashes=(self._redactor.redact(crashes.told(error)),))
            left, interrupted = self._leave()
        self._crew.end()
        mishaps = replace(mishaps, left=tuple(left), interrupted=mishaps.interrupted or interrupted)
        return self._results(mishaps)

    def _set_up(self) -> None:
        for lane in self._lanes:
            lane.watch(self._observations)
        with self._client.counting_as("set-up"):
            for lane in self._lanes:
                lane.take()
                self._taken.append(lane)
                for found in first_problems(self._plan.profile, self._client, self._accounts, lane.caller, lane.other):
                    said = f"{found.about}: {found.says}; {found.remedy}"
                    if found.refuses:
                        self._taken.remove(lane)  # whose orders are whose is not known: nothing is cleaned up
                        lane.leave(clean=False)
                    raise (Declined if found.refuses else Inconclusive)(said)
                for view in lane.views:
                    view.latest()
                if any(view.own.inherits for view in lane.views):
                    clean_up(lane)
                for view in lane.views:
                    view.is_beside = False  # each account cancels all here
                    view.decline_to_harm()
                    self._before[view.account.name] = dict(view.latest().orders)

    def _go(self) -> None:
        course = self._course
        try:
            course.load()
            self._client.breaker.keep_on()
            course.recover()
            course.watch()
        except (CannotJudge, Violation) as reason:
            self._client.breaker.keep_on()
            self._doubts += [(id, str(reason)) for id in _own_requirements()]
        course.take_down()
        self._judge(seen=True)

    # -- judging -----------------------------------------------------------------------------------------------------

    def _judge(self, *, seen: bool) -> None:
        """Judge the ledger; `seen`: with what lists show, which are looked at again where they show a breach."""
        course = self._course
        ledger = Ledger(self._recorder.entries(), {}, course.recoveries, course.settle_s, course.lag_s)
        for attempt in range(2 if seen else 1):
            if seen:
                ledger = replace(ledger, seen=self._seen(ledger))
            self._ledger, self._judgement = ledger, OVERLOAD.judge(ledger)
            if not any(breach.requirement in _BY_LISTS for breach in self._judgement.breaches):
                break
            if attempt == 0 and seen:
                time.sleep(max(_LOOKED_AGAIN_S, course.settle_s, course.lag_s))
        for view in self._views:
            view.own.adopt(doubles(ledger, view.account.name))
        self._doubts += [*doubts(ledger), *self._crew.doubts()]

    def _seen(self, ledger: Ledger) -> dict[str, Seen]:
        found = {}
        markets = [market.symbol for market in self._plan.profile.markets]
        for view in self._views:
            before = self._before.get(view.account.name, {})
            ids = {id for id, entry in ledger.placed.items() if entry.account == view.account.name}
            looks = {each.looks for each in ledger.of("place") if each.looks and each.account == view.account.name}

            try:
                seen = walk(view.account, markets, before, ids, looks)
            except (CannotJudge, Violation) as reason:
                self._doubts.append(("overload.no-loss", str(reason)))
                continue
            view.own.recognize(seen.orders.values())
            sightings = self._course.sightings[view.account.name].known
            found[view.account.name] = replace(seen, sightings=sightings)
        return found

    # -- the end -----------------------------------------------------------------------------------------------------

    def _leave(self) -> tuple[list[str], bool]:
        """Clean up: what is left, a line each, and whether this was told to stop. It finishes even if told once."""
        self._client.breaker.keep_on()
        for stopped in (False, True):
            try:
                return self._cleaned_up(), stopped
            except KeyboardInterrupt:
                continue
        return [
            "stopped twice, so the run did not clean up: orders that it placed may be left; the next run cancels them"
        ], True

    def _cleaned_up(self) -> list[str]:
        left: list[str] = []
        while self._taken:
            lane = self._taken[-1]
            for view in lane.views:
                view.own.give_up()  # what lists have not shown by now is looked for, and not waited for
            found = clean_up(lane)
            lane.leave(clean=not found)
            self._taken.pop()
            left += found
        return [self._redactor.presentable(line) for line in left]

    def _results(self, mishaps: Mishaps) -> Results:
        counts = self._client.counts
        counts.by_purpose["overload"] += self._crew.sent_elsewhere
        results = Results(
            catalogue_version=requirements.CATALOGUE_VERSION,
            suite_version=conformance.__version__,
            versions={"python": platform.python_version()},
            seed=self._plan.seed,
            require="none",
            started_at=self._started_at.isoformat(timespec="seconds"),
            duration_s=round(time.monotonic() - self._started, 2),
            target=self._plan.target,
            requirements=tuple(map(_of_its_command, self._verdicts())),
            requests=counts.totals(),
            by_purpose=counts.purposes(),
            latency_ms=self._client.latencies.to_json(),
            labels=self._plan.labels,
            configuration=configuration(self._plan.profile, self._plan.waivers),
            mishaps=mishaps,
            overload=figures(
                self._ledger,
                self._judgement,
                self.bounds,
                self._course.steps,
                self._course.load_ended_at,
                len(self._course.actors),
            ),
        )
        return waivers.apply(results, self._plan.waivers, self._started_at.date())

    def _verdicts(self) -> Sequence[RequirementResult]:
        return verdicts.results(requirements.load(), checks_by_requirement(), [self._outcome()])

    def _outcome(self) -> Outcome:
        present = self._redactor.presentable
        by_requirement: dict[str, list[Breach]] = {}
        for breach in self._judgement.breaches:
            by_requirement.setdefault(breach.requirement or "", []).append(breach)
        observed = self._observations
        findings = {id: finding(violation, _CHECK, present) for id, violation in observed.in_passing.items()}
        findings |= {id: _first_of(breaches, present) for id, breaches in by_requirement.items()}
        saw = observed.saw + self._judgement.saw
        reasons: dict[str, list[str]] = {}
        for id, reason in (*observed.doubts.items(), *self._doubts):
            reasons.setdefault(id, []).append(present(reason))
        told = {id: "; ".join(dict.fromkeys(each)) for id, each in reasons.items()}
        return Outcome(_CHECK, (), "passed", findings=findings, saw=saw, doubts=told, lists=observed.lists)


def _of_its_command(result: RequirementResult) -> RequirementResult:
    """What was not seen here, and is tested by a run."""
    elsewhere = result.verdict is Verdict.NONE and requirements.command_of(result.id) is None
    return replace(result, reason="tested by `p99-conformance run`") if elsewhere else result


def _own_requirements() -> list[str]:
    return [id for id in requirements.load() if requirements.command_of(id) == "overload"]


# Judged by what lists show: who looks again may see that they were behind.
_BY_LISTS = ("overload.no-loss", "overload.once", "overload.placing", "cancel.busy-no-loss")


def _first_of(breaches: Sequence[Breach], present: Callable[[str], str]) -> Finding:
    """The first, and how many more there are."""
    first = breaches[0]
    more = f"; and {len(breaches) - 1} more like it" if len(breaches) > 1 else ""
    return finding(Violation(first._replace(got=f"{first.got}{more}"), *first.exchanges), _CHECK, present)
