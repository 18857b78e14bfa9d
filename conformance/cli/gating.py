"""Comparing runs, and deciding on a release, from files alone."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import click
import jsonschema
from rich.text import Text

from conformance import contract
from conformance.cli.shared import complaints, output
from conformance.gating import comparison, waivers
from conformance.gating import gate as gating
from conformance.profile import ProfileError
from conformance.reporting import changes, words
from conformance.results import Results

REGRESSED = 1


@click.command()
@click.option("--format", "form", type=click.Choice(["text", "markdown", "json"]), default="text", show_default=True)
@click.argument("before", type=click.Path(path_type=Path))
@click.argument("after", type=click.Path(path_type=Path))
def compare(form: str, before: Path, after: Path) -> None:
    """Compare two runs, or two targets: what regressed, what was fixed, what is new, what vanished.

    BEFORE and AFTER are results.json files, or report directories.

    \b
    Exit codes: 0 nothing is worse · 1 a must or implied requirement is worse, or is not judged any more
    2 wrong usage
    """
    with complaints():
        compared = comparison.compare(_results(before), _results(after))
    if form == "json":
        click.echo(json.dumps(compared.to_json(), indent=2, ensure_ascii=False))
    elif form == "markdown":
        click.echo(changes.markdown(compared))
    else:
        output().print(changes.render(compared))
    sys.exit(REGRESSED if compared.worse else 0)


@click.command()
@click.option(
    "--waivers", "waived", type=click.Path(path_type=Path), metavar="FILE", help="Deviations agreed on, as TOML."
)
@click.option("--require", type=click.Choice(["none", "must", "implied", "all"]),
              help="As of `run`; without it, what the run was told.")  # fmt: skip
@click.option("--baseline", type=click.Path(path_type=Path), metavar="RESULTS", help="What must not get worse.")
@click.argument("results", type=click.Path(path_type=Path))
def gate(waived: Path | None, require: str | None, baseline: Path | None, results: Path) -> None:
    """Decide whether a release may pass, by RESULTS of a run: a results.json, or a report directory.

    The exit codes are those of `run`. What is waived does not fail; a waiver does that is expired, not needed any
    more, or matches nothing. Without --waivers, those hold that the run was given.
    """
    with complaints():
        decision = gating.decide(
            _results(results),
            waivers=waivers.load(waived) if waived else None,
            require=require,  # type: ignore[arg-type]
            baseline=_results(baseline) if baseline else None,
            today=datetime.now(UTC).date(),
        )
    console = output()
    for result in decision.results.violated:
        console.print(Text(result.id, style="bold red").append(f" is violated: {result.reason}", style="default"))
    for result in decision.results.waived:
        console.print(Text(result.id, style="yellow").append(f" is violated, {words.waived(result)}", style="default"))
    for problem in decision.problems:
        console.print(Text(problem, style="bold yellow"))
    opens = "the gate is open" if decision.exit_code == 0 else "the gate is shut"
    verdict = f"{words.headline(decision.results)} · {opens} · exit {decision.exit_code}"
    console.print(Text(verdict, style="bold"), soft_wrap=not console.is_terminal)
    sys.exit(decision.exit_code)


def _results(path: Path) -> Results:
    """Raises ProfileError."""
    file = path / "results.json" if path.is_dir() else path
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
        contract.validator("results").validate(document)
        return Results.from_json(document)
    except OSError as error:
        raise ProfileError(error.strerror or str(error), source=str(file)) from None
    except jsonschema.ValidationError as error:
        raise ProfileError(f"no results of a run: {error.json_path}: {error.message[:200]}", source=str(file)) from None
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ProfileError(f"no results of a run: {error}", source=str(file)) from None
