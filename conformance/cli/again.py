"""What `run` is to test again: what a file of findings holds, or what an earlier report says of a run."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from conformance.cli import result_files
from conformance.exits import WrongUsage
from conformance.judging import found as found_file
from conformance.judging.found import Found
from conformance.naming import count
from conformance.results import RequirementResult, Results
from conformance.verdict import Verdict

_TIME = re.compile(r"(\d+(?:\.\d+)?)(s|m|h)")
_SECONDS = {"s": 1, "m": 60, "h": 3_600}


@dataclass(frozen=True, slots=True)
class Again:
    """What is tested again: `found` in rounds of its own, and the checks that `select` chooses.

    `seed`: that of the earlier run; `says`: what is run again, in words.
    """

    found: Sequence[Found] = ()
    select: str | None = None
    seed: int | None = None
    says: str = ""

    def and_selected(self, select: str | None) -> str | None:
        """The checks that both this and a -k of the user choose."""
        return f"({self.select}) and ({select})" if self.select and select else self.select or select


def duration_s(text: str) -> float:
    """The seconds that a time of the command line means. Raises WrongUsage."""
    read = _TIME.fullmatch(text)
    if read is None or not float(read[1]):
        raise WrongUsage(f"--explore {text!r} is not a time; write for example 90s, 10m or 2h")
    return float(read[1]) * _SECONDS[read[2]]


def chosen_again(replay: str | None, failed: str | None) -> Again:
    """What the options ask for. Raises WrongUsage if a file cannot be used."""
    if replay is not None and failed is not None:
        raise WrongUsage("--replay and --failed cannot be given together: run them one after the other")
    if replay is not None:
        found = found_file.read(Path(replay))
        return Again(found, says=f"first tests again what is saved in {replay}: {count(len(found), 'violation')}")
    return Again() if failed is None else _failed(Path(failed))


def _failed(path: Path) -> Again:
    results = result_files.read(path)
    found_file.expect_this_version(path, results.suite_version, results.catalogue_version)
    wrong = [each for each in results.requirements if each.verdict in (Verdict.FAIL, Verdict.INCONCLUSIVE)]
    if not wrong:
        raise WrongUsage(f"{path}: this run found nothing violated or inconclusive, so there is nothing to run again")
    checks = [_checks(each) for each in wrong]
    # What no check is about is judged in passing, by any of them.
    select = " or ".join(dict.fromkeys(name for names in checks for name in names)) if all(checks) else None
    ids = ", ".join(each.id for each in wrong)
    says = f"runs {'again only the' if select else 'all'} checks of what {path} has as violated or inconclusive: {ids}"
    return Again(_of_other_rounds(results), select, results.seed, says)


def _checks(result: RequirementResult) -> list[str]:
    """The functions of its checks, and of those during which it was found violated."""
    names = [*result.checks, *(finding.check for finding in result.findings)]
    functions = (name.partition("::")[2].partition("[")[0] for name in names)
    return [name for name in dict.fromkeys(functions) if name.startswith("test_")]


def _of_other_rounds(results: Results) -> list[Found]:
    """The violations that rounds with other seeds met."""
    return [
        Found(finding.check, result.id, finding.seed, exploring=True)
        for result in results.with_verdict(Verdict.FAIL)
        for finding in result.findings
        if finding.seed is not None
    ]
