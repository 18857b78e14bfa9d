"""What a run has found, as a file: another run meets it again first, on another machine too."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import jsonschema

import conformance
from conformance import contract, requirements
from conformance.exits import WrongUsage
from conformance.hypothesis_seam import Kept
from conformance.reporting import files
from conformance.results import Results
from conformance.verdict import Verdict

FILE = "found.json"
SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True)
class Found:
    """A violation of a requirement, and the round that met it: its check, its seed, and whether it was `exploring`.

    `choices`: the example as Hypothesis keeps it; none where nothing was drawn.
    """

    check: str
    requirement: str
    seed: int
    exploring: bool
    want: str = ""
    got: str = ""
    example: str | None = None
    choices: tuple[str, ...] = ()

    @property
    def function(self) -> str:
        """The check's function, as -k takes it."""
        return self.check.partition("::")[2].partition("[")[0]


def found_by(results: Results, kept: Kept, *, exploring: bool) -> list[Found]:
    """What one round has found: its violations, without those that may follow from others."""
    failed = (result for result in results.with_verdict(Verdict.FAIL) if result.consequence_of is None)
    return [
        Found(
            each.check,
            result.id,
            results.seed,
            exploring,
            each.want,
            each.got,
            each.example,
            tuple(kept.of(each.check)),
        )
        for result in failed
        for each in result.findings
    ]


def joined(*several: Iterable[Found]) -> list[Found]:
    """All of them, of those with the same check and requirement the first."""
    first: dict[tuple[str, str], Found] = {}
    for found in (each for some in several for each in some):
        first.setdefault((found.check, found.requirement), found)
    return list(first.values())


def write(path: Path, found: Sequence[Found], *, target: str, versions: Mapping[str, str]) -> None:
    """Write the file. `versions`: of what else decides what a seed draws."""
    document = {
        "schema_version": SCHEMA_VERSION,
        "catalogue_version": requirements.CATALOGUE_VERSION,
        "suite": {"version": conformance.__version__, **versions},
        "target": target,
        "found": [asdict(each) for each in found],
    }
    files.put(path, json.dumps(document, indent=2, ensure_ascii=False) + "\n")


def read(path: Path) -> list[Found]:
    """What the file holds. Raises WrongUsage where that is nothing, or where another version has written it."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        contract.validator("found").validate(document)
        found = [_found(entry) for entry in document["found"]]
    except OSError as error:
        raise WrongUsage(f"{path}: {error.strerror or error}") from None
    except jsonschema.ValidationError as error:
        said = f"{error.json_path}: {error.message[:200]}"
        raise WrongUsage(f"{path}: not a file that `run --explore` has written: {said}") from None
    except (ValueError, RecursionError) as error:
        raise WrongUsage(f"{path}: not a file that `run --explore` has written: {error}") from None
    expect_this_version(path, document["suite"]["version"], document["catalogue_version"])
    if not found:
        raise WrongUsage(f"{path}: it has no violation to reproduce")
    return found


def expect_this_version(path: Path, suite: str, catalogue: str) -> None:
    """Raise WrongUsage where another version of the suite, or of its catalogue, has written the file."""
    this = (conformance.__version__, requirements.CATALOGUE_VERSION)
    if (suite, catalogue) != this:
        raise WrongUsage(
            f"{path}: written by version {suite} of the suite with version {catalogue} of its catalogue; this is"
            f" {this[0]} with {this[1]}, whose checks may send other requests. Use that version, or run anew"
        )


def _found(entry: Mapping[str, Any]) -> Found:
    known = {name: entry[name] for name in Found.__slots__ if name in entry}
    found = Found(**{**known, "choices": tuple(entry.get("choices", ()))})
    Kept().keep(found.check, found.choices)  # raises ValueError
    return found
