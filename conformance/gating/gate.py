"""Decides from files alone whether a release may pass."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from conformance.exits import Exit
from conformance.gating.comparison import compare
from conformance.gating.selecting import narrowed
from conformance.gating.waivers import Waiver, apply, of
from conformance.requirements.selection import Selection, everything
from conformance.results import Required, Results


@dataclass(frozen=True, slots=True)
class Decision:
    """The results with their waivers, and the exit code. `problems`: other reasons why the gate fails, a line each."""

    results: Results
    problems: tuple[str, ...]
    exit_code: Exit


def decide(
    results: Results,
    *,
    waivers: Iterable[Waiver] | None = None,
    require: Required | None = None,
    baseline: Results | None = None,
    today: date,
    selected: Selection | None = None,
) -> Decision:
    """Decide on a run, as `run` would with this `require` and these waivers. None: those of the run itself.

    The gate also fails if this run did not test something that the baseline tested. The exit codes are those of `run`.
    `selected`: the requirements that it decides on.
    """
    selected = selected or everything()
    results = narrowed(results, selected)
    results = replace(results, require=require or results.require)
    agreed, bad = (of(results), results.bad_waivers) if waivers is None else (waivers, ())
    results = apply(results, agreed, today)
    results = replace(results, bad_waivers=(*bad, *results.bad_waivers))
    code = results.exit_code
    problems = list(results.bad_waivers)
    waived = {result.id for result in results.accepted}
    for line in compare(baseline, results).worse if baseline else ():
        if line.id in waived or line.id not in selected:
            continue
        before, after = line.verdicts
        problems.append(f"{line.id} was {before} in the baseline, and is {after}")
        if line.change != "regressed":
            code = code or Exit.INCONCLUSIVE
    return Decision(results, tuple(problems), code)
