"""A run of several rounds: what was found before is met again, then all is tested, then explored with other seeds."""

import contextlib
import random
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from rich.console import Console

from conformance.exits import Exit
from conformance.gating import waivers
from conformance.hypothesis_seam import Kept
from conformance.judging import found as found_file
from conformance.judging import runner, signals
from conformance.judging.configuration import configuration
from conformance.judging.found import FILE, Found, found_by, joined
from conformance.judging.merging import merge
from conformance.judging.plan import Plan
from conformance.naming import count
from conformance.reporting import files
from conformance.results import RequirementResult, Results
from conformance.stage.effort import PLAIN, Effort
from conformance.verdict import Verdict

_SEEDS = 2**31


@dataclass(frozen=True, slots=True)
class Round:
    """One run of the checks that `select` chooses, with what it is to meet `again` first."""

    seed: int
    select: str | None
    effort: Effort = PLAIN
    again: Sequence[Found] = ()


class Rounds:
    """The rounds of one run. `again`: what earlier runs found, which is tested first."""

    def __init__(self, plan: Plan, console: Console, again: Sequence[Found] = ()) -> None:
        self._plan = plan
        self._console = console
        self._again = again
        self._found = [*again]
        self._ended: list[Results] = []
        self._tested_again: dict[Found, RequirementResult] = {}

    def run(self, *, explore_s: float | None, stop_on_first: bool, select: str | None = None) -> Results:
        """The results of all rounds together, written as one report. What was found is written beside it.

        `explore_s`: how long to go on. The first round that tests all ends in any case. Raises what `runner.run` does.
        """
        started = time.monotonic()
        until = None if explore_s is None else started + explore_s
        # What an earlier run has left there is not taken for what this one has found.
        if not self._again:
            with contextlib.suppress(OSError):  # where nothing can be removed, the reports say that nothing is written
                (self._plan.report_dir / FILE).unlink(missing_ok=True)
        with signals.stopping():
            try:
                for each in self._planned(select, until):
                    self._ended.append(self._one(each, stop_on_first=stop_on_first))
                    if self._is_over(each, stop_on_first=stop_on_first):
                        break
            except (KeyboardInterrupt, SystemExit):  # between two rounds, or before the first check of one
                if not self._ended:
                    sys.exit(Exit.INTERRUPTED)
                self._note(interrupted=True)
            except runner.NoVerdict as error:
                if not self._ended:
                    raise
                self._note(crashes=(str(error),))
            with signals.ignored():
                results = replace(self._whole(), select=select, duration_s=round(time.monotonic() - started, 2))
                return files.save(results, self._plan.report_dir)

    def told(self) -> Iterator[str]:
        """Of each violation that was tested again, whether it was met; and where all that was found is saved."""
        for found, result in self._tested_again.items():
            told = {Verdict.FAIL: "met again", Verdict.PASS: "not met again"}.get(result.verdict, "could not be tested")
            yield f"{told}: {found.requirement} by {found.check}"
        if self._found and (self._plan.report_dir / FILE).exists():
            yield f"violations are saved in {self._plan.report_dir / FILE}: `run --replay` tests it first"

    def _note(self, **mishaps: Any) -> None:
        """Note what broke the run off."""
        last = self._ended[-1]
        self._ended[-1] = replace(last, mishaps=replace(last.mishaps, **mishaps))

    def _planned(self, select: str | None, until: float | None) -> Iterator[Round]:
        by_round: dict[tuple[int, bool], list[Found]] = {}
        for each in self._again:
            by_round.setdefault((each.seed, each.exploring), []).append(each)
        for (seed, exploring), again in by_round.items():
            chosen = " or ".join(dict.fromkeys(each.function for each in again))
            yield Round(seed, chosen, Effort.to_explore() if exploring else PLAIN, again)
        yield Round(self._plan.seed, select)
        if until is None:
            return
        for seed in further_seeds(self._plan.seed):
            if time.monotonic() > until:
                return
            yield Round(seed, select, Effort.to_explore(until))

    def _one(self, each: Round, *, stop_on_first: bool) -> Results:
        kept = Kept()
        for found in each.again:
            kept.keep(found.check, found.choices)
        plan = replace(self._plan, seed=each.seed, effort=each.effort, examples=kept, writes=False, waivers=())
        # Of the further rounds a log has one line each.
        first = not each.effort.exploring and not each.again
        console = self._console if first or self._console.is_terminal else Console(quiet=True)
        results = runner.run(plan, console, stop_on_first=stop_on_first and not each.again, select=each.select)
        by_id = {result.id: result for result in results.requirements}
        self._tested_again |= {found: by_id[found.requirement] for found in each.again if found.requirement in by_id}
        self._tell(each, results, kept)
        return results

    def _tell(self, each: Round, results: Results, kept: Kept) -> None:
        """Say what a round has found, and write down what is new."""
        known, exploring = len(self._found), each.effort.exploring
        self._found = joined(self._found, found_by(results, kept, exploring=exploring))
        if self._found:
            name = self._plan.profile.target.name
            with contextlib.suppress(OSError):  # a full disk does not end the exploring; the reports tell of it
                found_file.write(self._plan.report_dir / FILE, self._found, target=name, versions=results.versions)
        kind = ", tests again what was found" if each.again else ", explores" if exploring else ""
        sent = count(results.requests["total"], "request")
        new = count(len(self._found) - known, "new violation")
        told = f"round {len(self._ended) + 1} (seed {each.seed}{kind}): {sent}, {new}"
        self._console.print(told, highlight=False, soft_wrap=True)

    def _is_over(self, each: Round, *, stop_on_first: bool) -> bool:
        """Whether another round would be of no use, or must not be."""
        last, mishaps = self._ended[-1], self._ended[-1].mishaps
        if mishaps.interrupted or mishaps.refusal or mishaps.crashes or (stop_on_first and last.violated):
            return True
        return not each.again and not (last.with_verdict(Verdict.PASS) or last.with_verdict(Verdict.FAIL))

    def _whole(self) -> Results:
        """One report over all rounds."""
        merged = merge(self._ended, seed=self._plan.seed)
        results = replace(merged, configuration=configuration(self._plan.profile, self._plan.waivers))
        return waivers.apply(results, self._plan.waivers, datetime.now(UTC).date())


def further_seeds(first: int) -> Iterator[int]:
    """Seeds that follow from the first, none of them twice."""
    drawn, used = random.Random(first), {first}  # noqa: S311 - variety, not secrecy
    while True:
        seed = drawn.randrange(_SEEDS)
        if seed not in used:
            used.add(seed)
            yield seed
