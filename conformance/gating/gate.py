"""Whether a release may pass, from files alone."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from conformance.gating.comparison import compare
from conformance.gating.waivers import Waiver, apply
from conformance.results import Required, Results

VIOLATED = 1
INCONCLUSIVE = 3


@dataclass(frozen=True, slots=True)
class Decision:
    """The results with their waivers, what keeps the gate shut beside them, a line each, and what it exits with."""

    results: Results
    problems: tuple[str, ...]
    exit_code: int


def decide(
    results: Results,
    *,
    waivers: Iterable[Waiver] = (),
    require: Required | None = None,
    baseline: Results | None = None,
    today: date,
) -> Decision:
    """Decide on a run: as `run` would have with `require`, but that what is waived does not fail it.

    What is wrong with a waiver does; so does what the baseline judged and this run did not. The exit codes are those of
    `run`.
    """
    results = replace(results, require=require or results.require)
    results, problems = apply(results, waivers, today)
    code = results.exit_code
    if problems:
        code = code if code in (130, 2) else VIOLATED
    waived = {result.id for result in results.waived}
    for line in compare(baseline, results).worse if baseline else ():
        if line.id in waived:
            continue
        before, after = ("absent" if each is None else each.word for each in (line.before, line.after))
        problems.append(f"{line.id} was {before} in the baseline, and is {after}")
        if line.change != "regressed":
            code = code or INCONCLUSIVE
    return Decision(results, tuple(problems), code)
