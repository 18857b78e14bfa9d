"""`p99-conformance run`."""

import contextlib
import gc
from collections.abc import Iterator
from pathlib import Path

import click
from click.core import ParameterSource

from conformance.cli.again import chosen_again, duration_s
from conformance.cli.click_options import options
from conformance.cli.complaints import complaints
from conformance.cli.ending import end
from conformance.cli.output import beside_capture
from conformance.judging import runner
from conformance.judging.plan import Plan, make_plan
from conformance.judging.rounds import Rounds
from conformance.naming import count
from conformance.options import ROUNDS, RUN
from conformance.profile import Profile, loader
from conformance.reporting.terminal import Detail


@click.command()
@options(*RUN, *ROUNDS)
@click.option("--quiet", "-q", "detail", flag_value="quiet", help="Print only the verdict.")
@click.option("--verbose", "-v", "detail", flag_value="verbose", help="Print every requirement, and the evidence.")
@click.option("-k", "select", metavar="EXPRESSION", help="Run only the checks whose names match, as in pytest.")
def run(
    target: str | None,
    scope: str | None,
    only: str | None,
    skip: str | None,
    shape_only: bool,
    seed: int,
    jobs: int | None,
    report_dir: str,
    stop_on_first: bool,
    require: str,
    label: tuple[str, ...],
    waivers: str | None,
    cancel_existing: bool,
    explore: str | None,
    replay: str | None,
    failed: str | None,
    detail: Detail | None,
    select: str | None,
) -> None:
    """Test a target and write the reports.

    Without --target, the sandbox is tested: a reference exchange that comes with the suite.

    \b
    Exit codes: 0 no violation found · 1 a must or implied requirement is violated
    2 wrong usage or a refusal · 3 inconclusive · 4 the suite failed · 130 interrupted
    """
    console = beside_capture(quiet=detail == "quiet")
    with complaints():
        again = chosen_again(replay, failed)
        explore_s = None if explore is None else duration_s(explore)
    if again.seed is not None and click.get_current_context().get_parameter_source("seed") is ParameterSource.DEFAULT:
        seed = again.seed
    with complaints(), _target(target, seed) as chosen:
        plan = make_plan(
            chosen,
            scope=scope,  # type: ignore[arg-type]
            seed=seed,
            require=require,  # type: ignore[arg-type]
            labels=label,
            report_dir=report_dir,
            cancel_existing=cancel_existing,
            waivers=waivers,
            jobs=jobs,
            only=only,
            skip=skip,
            shape_only=shape_only,
        )
        where = plan.target
        console.print(
            f"testing {where['name']} at {where['base_url']} ({where['scope']}, seed {seed})",
            highlight=False,
            soft_wrap=True,
        )
        if len(plan.profile.lanes) > 1:
            console.print(_lanes(plan), highlight=False, soft_wrap=True)
        if again.says:
            console.print(again.says, highlight=False, soft_wrap=True)
        select = again.and_selected(select)
        if explore_s is None and not again.found:
            results = runner.run(plan, console, stop_on_first=stop_on_first, select=select)
        else:
            rounds = Rounds(plan, console, again.found)
            results = rounds.run(explore_s=explore_s, stop_on_first=stop_on_first, select=select)
            for line in rounds.told():
                console.print(line, highlight=False, soft_wrap=True)
    gc.freeze()  # the process ends: to look for garbage once more would take a third of a second
    end(results, Path(report_dir), detail)


def _lanes(plan: Plan) -> str:
    """How many lanes the run uses, whether at the same time, and why not others."""
    unused = len(plan.profile.lanes) - len(plan.lanes)
    lanes, at_once = count(len(plan.lanes), "lane"), plan.lanes_at_once
    if len(plan.lanes) == 1:
        works = f"uses {lanes}"
    elif at_once is None:
        works = f"uses {lanes}, at the same time if the target is far away"
    else:
        works = f"uses {lanes}, at the same time" if at_once else f"uses {lanes}, one after the other"
    if not unused:
        return works
    reads = plan.scope == "read-only"
    why = "what only reads needs one" if reads else "further ones lack a credential or the other account of the first"
    return f"{works}, {unused} not used: {why}"


@contextlib.contextmanager
def _target(target: str | None, seed: int) -> Iterator[str | Profile]:
    """The target that was given; without one, the sandbox, served until the context ends."""
    if target is not None:
        yield target
        return
    from conformance.sandbox import Sandbox  # here, since who names a target has no need of a server

    with Sandbox(seed=seed).serve() as served:
        yield loader.loads(served.profile_toml, "sandbox")
