"""`p99-conformance gate`."""

import hashlib
import sys
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.text import Text

from conformance import language
from conformance.cli import result_files
from conformance.cli.click_options import options
from conformance.cli.complaints import complaints
from conformance.cli.output import output
from conformance.exits import Exit, WrongUsage
from conformance.gating import consequences, waivers
from conformance.gating.gate import decide
from conformance.gating.selecting import private_ids
from conformance.options import SELECTING
from conformance.reporting import files, statement, words
from conformance.requirements.selection import selection
from conformance.results import Results
from conformance.sealing.container import GATE, Damaged, is_sealed
from conformance.verdict import Verdict


@click.command()
@click.option(
    "--waivers",
    "waived",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="TOML file of accepted violations. Default: the waivers of that run.",
)
@click.option(
    "--require",
    type=click.Choice(["none", "must", "implied", "all"]),
    help="As for `run`. Default: what was given to that run.",
)
@click.option(
    "--baseline",
    type=click.Path(path_type=Path),
    metavar="RESULTS",
    help="Results of an earlier run; the gate fails if a requirement got worse.",
)
@options(*SELECTING)
@click.option(
    "--public-key", type=click.Path(path_type=Path), metavar="FILE", help="The key that a sealed file is signed with."
)
@click.option(
    "--statement",
    "stated",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Where the in-toto statement about this decision goes. Default: gate-statement.json in the report directory.",
)
@click.argument("results", type=click.Path(path_type=Path))
def gate(
    waived: Path | None,
    require: str | None,
    baseline: Path | None,
    only: str | None,
    skip: str | None,
    public_key: Path | None,
    stated: Path | None,
    results: Path,
) -> None:
    """Decide from the results of a run whether a release may go out.

    RESULTS is a results.json, a report directory, or a sealed file. Of a sealed file the digests, the signature and
    the verdicts are verified first; if something does not agree, the exit code is 2. Else the exit codes are those of
    `run`. A waived violation does not fail the gate. The gate fails on a waiver that is expired, unused or unmatched,
    and if this run did not test something that the baseline tested.
    """
    day = datetime.now(UTC).date()
    with complaints():
        if is_sealed(results):
            given, digest = _verified(results, public_key)
        elif public_key is not None:
            raise Damaged(f"{results} is no sealed file; leave out --public-key, or give one that `seal` made")
        else:
            given, digest = result_files.read(results), _digest(_results_file(results))
        agreed = waivers.load(waived) if waived else None
        decision = decide(
            given,
            waivers=agreed,
            require=require,  # type: ignore[arg-type]
            baseline=result_files.read(baseline) if baseline else None,
            today=day,
            selected=selection(only, skip, by_any_command=True, private=private_ids(given)),
        )
        told: Mapping[str, object] = {
            "day": day.isoformat(),
            "require": require,
            "only": only,
            "skip": skip,
            "waivers": None if agreed is None else [each.to_json() for each in agreed],
            "baseline": _digest(_results_file(baseline)) if baseline else None,
            "problems": list(decision.problems),
        }
        text = statement.of_gate(decision.results, decision.exit_code, ("results.json", digest), told)
        _state(text, stated, results)
    console = output()
    for result in decision.results.violated:
        rate = f" in {result.rate}" if result.rate else ""
        console.print(Text(result.id, style="bold red").append(f" is violated{rate}: {result.reason}", style="default"))
        if affected := words.affected(decision.results, result):
            console.print(Text(f"  {affected}", style="red"))
    for result in decision.results.accepted:
        stands = "violated" if result.verdict is Verdict.FAIL else "inconclusive"
        console.print(Text(result.id, style="yellow").append(f" is {stands}, {words.waived(result)}", style="default"))
    for problem in decision.problems:
        console.print(Text(problem, style="bold yellow"))
    opens = "the gate is open" if decision.exit_code is Exit.OK else "the gate is shut"
    verdict = f"{words.headline(decision.results)} · {opens} · exit {decision.exit_code}"
    console.print(Text(verdict, style="bold"), soft_wrap=not console.is_terminal)
    sys.exit(decision.exit_code)


def _verified(path: Path, public_key: Path | None) -> tuple[Results, str]:
    """The results in a sealed file, and their digest, once all of it agrees. Raises Damaged."""
    from conformance.sealing import agreement, container, signature  # here, since who gates a report needs none of it

    try:
        sealed = container.unpack(path.read_bytes())
        signed = signature.expect_signed(sealed, public_key)
    except Damaged as error:
        raise Damaged(f"{path}: {error}") from None
    except OSError as error:
        raise Damaged(f"{path}: {error.strerror}") from None
    if lines := agreement.disagreements(sealed):
        raise Damaged("\n".join([f"{path}: what is in it does not agree:", *lines]))
    click.echo(language.say(f"{path}: all of it agrees; {signed}"))
    return consequences.checked(agreement.results_in(sealed)), statement.sha256(sealed["results.json"])


def _results_file(path: Path) -> Path:
    return path / "results.json" if path.is_dir() else path


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _state(text: str, stated: Path | None, results: Path) -> None:
    """Write the statement. Where nobody asked for it, a sealed file, or a folder that is read-only, goes without."""
    if stated is not None:
        try:
            files.put(stated, text)
        except OSError as error:
            raise WrongUsage(f"{stated} cannot be written: {error.strerror}") from None
    elif not is_sealed(results):
        with suppress(OSError):
            files.put(_results_file(results).with_name(GATE), text)
