"""Judging a target, and looking at it beforehand."""

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from conformance.cli import shared
from conformance.cli.shared import complaints
from conformance.judging.plan import make_plan, profile_of
from conformance.judging.runner import run as judge
from conformance.judging.stages import examine_profile
from conformance.profile import Profile
from conformance.profile import loader as profile_reading
from conformance.reporting import terminal
from conformance.reporting.annotations import annotations
from conformance.sandbox import Sandbox

_GRADES = {"good": "green", "warning": "yellow", "problem": "bold red"}


@click.command()
@click.option("--target", metavar="URL|PROFILE.toml", help="What to judge; without it, the embedded sandbox.")
@click.option("--scope", type=click.Choice(["read-only", "full"]), help="read-only sends nothing but GET.")
@click.option("--seed", type=int, default=0, show_default=True, help="What is drawn follows from it.")
@click.option("--report-dir", default="reports", show_default=True, metavar="DIR")
@click.option("--stop-on-first", is_flag=True, help="Stop at the first violation.")
@click.option("--require", type=click.Choice(["none", "must", "implied", "all"]), default="none", show_default=True,
              help="Fail unless every requirement of this level, and of those above it, was exercised.")  # fmt: skip
@click.option("--label", multiple=True, metavar="KEY=VALUE", help="What this evidence is about, say build=1.4.2.")
@click.option("--waivers", metavar="FILE", help="Deviations that were agreed on, as TOML: they do not fail the run.")
@click.option("--cancel-existing", is_flag=True, help="Let cancel-all cancel live orders that this run did not place.")
@click.option("--quiet", "-q", "detail", flag_value="quiet", help="Say the verdict alone.")
@click.option("--verbose", "-v", "detail", flag_value="verbose", help="Say how each requirement stands, with evidence.")
@click.option("-k", "select", metavar="EXPRESSION", help="Only the checks whose names match, as in pytest.")
def run(
    target: str | None,
    scope: str | None,
    seed: int,
    report_dir: str,
    stop_on_first: bool,
    require: str,
    label: tuple[str, ...],
    waivers: str | None,
    cancel_existing: bool,
    detail: terminal.Detail | None,
    select: str | None,
) -> None:
    """Judge a target, and write the reports.

    \b
    Exit codes: 0 no violation found · 1 a must or implied requirement is violated
    2 wrong usage or a refusal · 3 inconclusive · 4 the suite failed · 130 interrupted
    """
    console = Console(stderr=True, quiet=detail == "quiet")
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
        )
        where = plan.target
        console.print(
            f"judging {where['name']} at {where['base_url']} ({where['scope']}, seed {seed})", highlight=False
        )
        results = judge(plan, console, stop_on_first=stop_on_first, select=select)
    if os.environ.get("GITHUB_ACTIONS") == "true":
        for line in annotations(results):
            click.echo(line)
    terminal.show(shared.output(), results, Path(report_dir), detail or "normal")
    sys.exit(results.exit_code)


@click.command()
@click.option("--target", metavar="URL|PROFILE.toml", required=True, help="What to examine.")
def doctor(target: str) -> None:
    """Examine a profile against its target, touching no order: what would a run stumble over?

    \b
    Exit codes: 0 a run can judge it · 2 a bad profile · 3 a run could not judge it
    """
    with complaints():
        findings = list(examine_profile(profile_of(target)))
    table = Table.grid("", "", "", padding=(0, 2, 0, 0))
    for found in findings:
        told = Text(found.says).append(f"\n{found.remedy}" if found.remedy else "", style="cyan")
        table.add_row(Text(found.grade, style=_GRADES[found.grade]), Text(found.about), told)
    shared.output().print(table)
    problems = sum(found.grade == "problem" for found in findings)
    click.echo("a run can judge it" if not problems else f"a run could not judge it: {problems} to mend first")
    sys.exit(shared.CANNOT_JUDGE if problems else 0)


@contextlib.contextmanager
def _target(target: str | None, seed: int) -> Iterator[str | Profile]:
    """What was given, or else the sandbox, served while it lasts."""
    if target is not None:
        yield target
        return
    with Sandbox(seed=seed).serve() as served:
        yield profile_reading.loads(served.profile_toml, "sandbox")
