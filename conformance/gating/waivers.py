"""Waivers: a TOML file of requirements that a target may violate, or leave undecided, until a given day.

[[waiver]]
requirement = "list.limit-max"
target = "staging"                # the name that the profile gives it
owner = "orders team"
reason = "the gateway in front of it caps at 100"
expires = 2026-12-31
ticket = "EX-12"                  # optional
accepts = "inconclusive"          # optional; without it, a violation is accepted
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from conformance.exits import WrongUsage
from conformance.gating import consequences
from conformance.results import RequirementResult, Results
from conformance.verdict import Verdict

_NEEDED = ("requirement", "target", "owner", "reason", "expires")
_KNOWN = (*_NEEDED, "ticket", "accepts")

# The verdict that a waiver accepts, by what it says.
_ACCEPTS = {"violation": Verdict.FAIL, "inconclusive": Verdict.INCONCLUSIVE}


class WaiverError(WrongUsage):
    """A file of waivers is wrong. The message names the file, the entry and what is wrong."""


@dataclass(frozen=True, slots=True)
class Waiver:
    """One accepted violation, or inconclusive verdict. The day on which it expires is its last day."""

    requirement: str
    target: str
    owner: str
    reason: str
    expires: date
    ticket: str | None = None
    accepts: str = "violation"

    def to_json(self) -> dict[str, Any]:
        """As in results.json."""
        return {**asdict(self), "expires": self.expires.isoformat()}


def load(path: Path) -> list[Waiver]:
    """Read a file of waivers. Raises WaiverError."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise WaiverError(f"{path}: no such file; `p99-conformance waivers --from REPORT` writes one") from None
    except OSError as error:
        raise WaiverError(f"{path}: {error.strerror}") from None
    except ValueError as error:
        raise WaiverError(f"{path}: no TOML: {error}") from None
    if unknown := sorted(document.keys() - {"waiver"}):
        raise WaiverError(f"{path}: unknown key {unknown[0]!r}; entries are [[waiver]]")
    entries = document.get("waiver", [])
    if not (isinstance(entries, list) and all(isinstance(entry, dict) for entry in entries)):
        raise WaiverError(f"{path}: waiver has to be a list of tables: [[waiver]]")
    found: dict[tuple[str, str, str], Waiver] = {}
    for number, entry in enumerate(entries, start=1):
        where = f"{path}: waiver {number}"
        waiver = _waiver(entry, where)
        key = waiver.requirement, waiver.target, waiver.accepts
        if key in found:
            raise WaiverError(f"{where}: {waiver.requirement} is waived for {waiver.target} already")
        found[key] = waiver
    return list(found.values())


def apply(results: Results, waivers: Iterable[Waiver], today: date) -> Results:
    """The results, with each waiver at the verdict that it accepts, and with complaints about the other waivers.

    The verdicts do not change. A waiver that is expired, unmatched or no longer needed accepts nothing. What may follow
    from a waived violation counts again.
    """
    good: dict[tuple[str, Verdict], Waiver] = {}
    bad = []
    for waiver in waivers:
        problem = _problem(waiver, results, today)
        if problem:
            bad.append(f"the waiver of {waiver.requirement} ({waiver.owner}) {problem}")
        else:
            good[waiver.requirement, _ACCEPTS[waiver.accepts]] = waiver
    requirements = tuple(_with(results.requirements, good))
    return consequences.checked(replace(results, requirements=requirements, bad_waivers=tuple(bad)))


def of(results: Results) -> list[Waiver]:
    """The waivers in the results."""
    given = (result.waiver for result in results.requirements if result.waiver)
    return [Waiver(**{**waiver, "expires": date.fromisoformat(waiver["expires"])}) for waiver in given]


def _problem(waiver: Waiver, results: Results, today: date) -> str | None:
    verdicts = {result.id: result.verdict for result in results.requirements}
    target = results.target["name"]
    whole = results.select is None and not results.partial  # else a check that did not run may need it
    if waiver.requirement not in verdicts:
        return "matches nothing: no such requirement; is it spelled as `p99-conformance requirements` spells it?"
    if waiver.target != target:
        return f"matches nothing: it is for {waiver.target}, and this is {target}; keep a file for each target"
    if waiver.expires < today:
        return f"expired on {waiver.expires}: correct the target, or agree on another day"
    if verdicts[waiver.requirement] is Verdict.PASS and whole:
        return "is no longer needed, since the requirement passes: remove it"
    return None


def _with(
    requirements: Iterable[RequirementResult], waivers: Mapping[tuple[str, Verdict], Waiver]
) -> Iterator[RequirementResult]:
    for result in requirements:
        waiver = waivers.get((result.id, result.verdict))
        yield replace(result, waiver=waiver.to_json() if waiver else None)


def _waiver(entry: Mapping[str, Any], where: str) -> Waiver:
    for key, value in entry.items():
        if key not in _KNOWN:
            raise WaiverError(f"{where}: unknown key {key!r}; known here: {', '.join(_KNOWN)}")
        if key == "expires":
            if not isinstance(value, date) or isinstance(value, datetime):
                raise WaiverError(f"{where}: expires has to be a day, as 2026-12-31 without quotes")
        elif key == "accepts":
            if value not in _ACCEPTS:
                raise WaiverError(f"{where}: accepts has to be {' or '.join(_ACCEPTS)}")
        elif not isinstance(value, str) or not value.strip():
            raise WaiverError(f"{where}: {key} has to be a text that is not empty")
    if missing := [key for key in _NEEDED if key not in entry]:
        raise WaiverError(f"{where}: no {', '.join(missing)}")
    return Waiver(**entry)
