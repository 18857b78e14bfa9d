"""The command line. It owns the exit codes."""

import contextlib
import json
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from difflib import get_close_matches
from functools import partial
from pathlib import Path

import click
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

import conformance
from conformance import faults
from conformance import requirements as catalogue
from conformance.judging.assignment import assign, profile_of, writable
from conformance.judging.ensemble import examine_profile
from conformance.judging.inventory import check_names, checks_by_requirement
from conformance.judging.runner import NoVerdict
from conformance.judging.runner import run as judge
from conformance.proving import presenting
from conformance.proving.bench import Subject, trials
from conformance.proving.matrix import Matrix
from conformance.reporting import terminal
from conformance.sandbox import Sandbox, Served
from conformance.target.profile import Profile, ProfileError
from conformance.target.profile import reading as profile_reading

NOT_PROVEN = 1
WRONG_USAGE = 2
CANNOT_JUDGE = 3
SUITE_FAILED = 4
_GRADES = {"good": "green", "warning": "yellow", "problem": "bold red"}
LOG_WIDTH = 110  # where nobody's terminal says how wide it is


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(conformance.__version__)
def main() -> None:
    """Judge an exchange by the p99 spot-order API: list my orders, cancel all my orders."""


@main.command()
@click.option("--target", metavar="URL|PROFILE.toml", help="What to judge; without it, the embedded sandbox.")
@click.option("--scope", type=click.Choice(["read-only", "full"]), help="read-only sends nothing but GET.")
@click.option("--seed", type=int, default=0, show_default=True, help="What is drawn follows from it.")
@click.option("--report-dir", default="reports", show_default=True, metavar="DIR")
@click.option("--stop-on-first", is_flag=True, help="Stop at the first violation.")
@click.option("--require", type=click.Choice(["none", "must", "implied", "all"]), default="none", show_default=True,
              help="Fail unless every requirement of this level, and of those above it, was exercised.")  # fmt: skip
@click.option("--label", multiple=True, metavar="KEY=VALUE", help="What this evidence is about, say build=1.4.2.")
@click.option("--cancel-existing", is_flag=True, help="Let cancel-all cancel live orders that this run did not place.")
@click.option("-k", "select", metavar="EXPRESSION", help="Only the checks whose names match, as in pytest.")
def run(
    target: str | None,
    scope: str | None,
    seed: int,
    report_dir: str,
    stop_on_first: bool,
    require: str,
    label: tuple[str, ...],
    cancel_existing: bool,
    select: str | None,
) -> None:
    """Judge a target, and write results.json and junit.xml.

    \b
    Exit codes: 0 no violation found · 1 a must or implied requirement is violated
    2 wrong usage or a refusal · 3 inconclusive · 4 the suite failed · 130 interrupted
    """
    console = Console(stderr=True)
    with _complaints(), _target(target, seed) as chosen:
        assignment = assign(
            chosen,
            scope=scope,  # type: ignore[arg-type]
            seed=seed,
            require=require,  # type: ignore[arg-type]
            labels=label,
            report_dir=report_dir,
            cancel_existing=cancel_existing,
        )
        where = assignment.target
        console.print(
            f"judging {where['name']} at {where['base_url']} ({where['scope']}, seed {seed})", highlight=False
        )
        results = judge(assignment, console, stop_on_first=stop_on_first, select=select)
    output = Console(width=None if sys.stdout.isatty() else LOG_WIDTH)
    output.print(terminal.render(results, Path(report_dir)), highlight=False)
    sys.exit(results.exit_code)


@main.command()
@click.option("--target", metavar="URL|PROFILE.toml", required=True, help="What to examine.")
def doctor(target: str) -> None:
    """Examine a profile against its target, touching no order: what would a run stumble over?

    \b
    Exit codes: 0 a run can judge it · 2 a bad profile · 3 a run could not judge it
    """
    with _complaints():
        findings = list(examine_profile(profile_of(target)))
    table = Table.grid("", "", "", padding=(0, 2, 0, 0))
    for found in findings:
        told = Text(found.says).append(f"\n{found.remedy}" if found.remedy else "", style="cyan")
        table.add_row(Text(found.grade, style=_GRADES[found.grade]), Text(found.about), told)
    Console(width=None if sys.stdout.isatty() else LOG_WIDTH, highlight=False).print(table)
    problems = sum(found.grade == "problem" for found in findings)
    click.echo("a run can judge it" if not problems else f"a run could not judge it: {problems} to mend first")
    sys.exit(CANNOT_JUDGE if problems else 0)


@main.command()
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="0 takes a free one.")
@click.option("--fault", metavar="NAME", help="Serve the exchange with this fault, or as this twin.")
@click.option(
    "--profile-out", metavar="FILE", default="sandbox.toml", show_default=True, help="Where the profile goes."
)
@click.option("--seed", type=int, help="Makes the credentials the same every time.")
def sandbox(port: int, fault: str | None, profile_out: str, seed: int | None) -> None:
    """Serve the reference exchange on this machine, until Ctrl-C. A mock for client developers too."""
    with _complaints():
        chosen = Sandbox(seed=seed) if fault is None else _variant(fault).sandbox(seed)

        def ready(served: Served) -> None:
            Path(profile_out).write_text(served.profile_toml, encoding="utf-8")
            click.echo(f"serving {served.base_url}\nprofile {profile_out}")

        try:
            chosen.serve_forever(port=port, on_ready=ready)
        except OSError as error:
            raise ProfileError(f"cannot serve on port {port}, or write {profile_out}: {error}") from None


@main.command()
@click.option("--seed", type=int, default=0, show_default=True, help="What is drawn follows from it.")
@click.option("--jobs", type=click.IntRange(1), default=os.cpu_count() or 1, help="How many side by side.")
@click.option("--report-dir", default="reports", show_default=True, metavar="DIR")
@click.option("--faults/--no-faults", "with_faults", default=True, help="Try the faults.")
@click.option("--twins/--no-twins", "with_twins", default=True, help="Try the conforming twins.")
@click.argument("names", nargs=-1)
def prove(seed: int, jobs: int, report_dir: str, with_faults: bool, with_twins: bool, names: tuple[str, ...]) -> None:
    """Prove that each check can fail and that nobody is accused wrongly: the kill matrix.

    Judges the sandbox with each fault, and each conforming twin, or those NAMES alone; writes prove.json.

    \b
    Exit codes: 0 every fault killed, every twin clean, every check and requirement proven · 1 not so
    2 wrong usage · 4 the suite failed
    """
    with _complaints():
        for name in names:
            _variant(name)
        folder = writable(Path(report_dir))
        chosen = [each for each in _subjects(with_faults, with_twins) if not names or each.name in names]
        started = time.monotonic()
        found = presenting.watched(trials(chosen, seed, jobs), len(chosen), Console(stderr=True))
        if names or not with_faults:
            matrix = Matrix(found)
        else:
            levels = {entry.id: entry.level for entry in catalogue.load().values()}
            matrix = Matrix(found, check_names(), levels)
    path = folder / "prove.json"
    path.write_text(json.dumps(matrix.to_json(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    output = Console(width=None if sys.stdout.isatty() else LOG_WIDTH, highlight=False)
    output.print(presenting.render(matrix, time.monotonic() - started))
    output.print(f"report: {path}")
    sys.exit(0 if matrix.proven else NOT_PROVEN)


@main.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON, for other tools.")
@click.argument("ids", nargs=-1)
def requirements(as_json: bool, ids: tuple[str, ...]) -> None:
    """Print the catalogue: what is required, where that is said, and the checks that judge it."""
    entries = catalogue.load()
    with _complaints():
        for id in ids:
            if id not in entries:
                raise ProfileError(f"there is no requirement {id!r}; `p99-conformance requirements` lists them")
    judged_by, proven_by = checks_by_requirement(), _faults_by_requirement()
    chosen = [entry for id, entry in entries.items() if not ids or id in ids]
    lists = {
        entry.id: {"checks": judged_by.get(entry.id, []), "faults": proven_by.get(entry.id, [])} for entry in chosen
    }
    if as_json:
        click.echo(json.dumps([asdict(entry) | lists[entry.id] for entry in chosen], indent=2, ensure_ascii=False))
        return
    console = Console(highlight=False)
    for entry in chosen:
        console.print(Text(entry.id, style="bold").append(f"  {entry.level}", style="cyan"))
        lines = {
            "": entry.says,
            "source": entry.source,
            "judged by": ", ".join(lists[entry.id]["checks"]) or "nothing yet",
            "proven by": ", ".join(lists[entry.id]["faults"]) or "nothing yet",
        }
        table = Table.grid("", "", padding=(0, 2, 0, 0))
        for name, words in lines.items():
            table.add_row(Text(name, style="dim"), Text(words))
        console.print(Padding(table, (0, 0, 1, 2)))


def _faults_by_requirement() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for each in faults.load().values():
        found.setdefault(each.breaks, []).append(each.name)
    return found


def _variant(name: str) -> faults.Variant:
    catalogued: dict[str, faults.Variant] = {**faults.load(), **faults.twins()}
    if name not in catalogued:
        near = get_close_matches(name, catalogued, n=3)
        hint = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(catalogued)}"
        raise ProfileError(f"there is no fault or twin named {name!r}; {hint}")
    return catalogued[name]


def _subjects(with_faults: bool, with_twins: bool) -> Iterator[Subject]:
    for fault in faults.load().values() if with_faults else ():
        yield Subject(fault.name, fault.says, fault.breaks, partial(faults.serve, fault.name))
    for twin in faults.twins().values() if with_twins else ():
        yield Subject(twin.name, twin.says, None, partial(faults.serve, twin.name))


@contextlib.contextmanager
def _target(target: str | None, seed: int) -> Iterator[str | Profile]:
    """What was given, or else the sandbox, served while it lasts."""
    if target is not None:
        yield target
        return
    with Sandbox(seed=seed).serve() as served:
        yield profile_reading.loads(served.profile_toml, "sandbox")


@contextlib.contextmanager
def _complaints() -> Iterator[None]:
    """What is wrong with words or profiles is one line and exit 2; what is wrong with the suite is exit 4."""
    try:
        yield
    except ProfileError as error:
        click.echo(f"p99-conformance: {error}", err=True)
        sys.exit(WRONG_USAGE)
    except NoVerdict as error:
        click.echo(f"p99-conformance: {error}", err=True)
        sys.exit(SUITE_FAILED)
