"""What a run found, as frozen values: written to results.json and read back. Reports are made from this alone."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

from conformance.cost import Limit
from conformance.exits import Exit
from conformance.requirements import LEVELS_REQUIRED, command_of
from conformance.verdict import Verdict

SCHEMA_VERSION = 1
Required = Literal["none", "must", "implied", "all"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One violation: what the documents want, what was got, and what shows it.

    `check` is the check during which it was met, `example` what that check had drawn, `exchanges` are JSON objects.
    `seed`: that of the round which met it, where it is not the seed of the run. `report`: the one that has it, where
    several were merged. `changed`: what an order became, if that is all that is wrong; as a Breach has it.
    """

    want: str
    got: str
    evidence: str
    check: str
    example: str | None = None
    exchanges: tuple[Mapping[str, Any], ...] = ()
    seed: int | None = None
    report: str | None = None
    changed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Missing:
    """A fact that a check needed and that was not observed, and what would enable it."""

    says: str
    enable: str


@dataclass(frozen=True, slots=True)
class RequirementResult:
    """One requirement of the catalogue.

    `examples` counts what was judged under it; `missing` is what some of its checks needed and nobody observed.
    `consequence_of`: the violated requirement that this violation may follow from, which alone counts. `rate`: where
    lists were wrong now and then, how many of all, say "3 of 412 lists". `selected`: else it was not asked about.
    `seconds`: what its checks took, each check's time being shared among what it verifies. `private`: a user's own.
    """

    id: str
    level: str
    says: str
    source: str
    verdict: Verdict
    reason: str
    checks: tuple[str, ...]
    examples: int
    findings: tuple[Finding, ...] = ()
    missing: tuple[Missing, ...] = ()
    waiver: Mapping[str, Any] | None = None
    consequence_of: str | None = None
    rate: str | None = None
    selected: bool = True
    seconds: float = 0.0
    private: bool = False


@dataclass(frozen=True, slots=True)
class Mishaps:
    """What went wrong beside the verdicts: a refusal of the suite, its own crashes, an interruption.

    `left`: what it placed and could not remove. `stopped`: at the first violation. `unwritten`: why it wrote no report.
    """

    refusal: str | None = None
    crashes: tuple[str, ...] = ()
    interrupted: bool = False
    left: tuple[str, ...] = ()
    stopped: bool = False
    unwritten: str | None = None


@dataclass(frozen=True, slots=True)
class Results:
    """A whole run, in UTC and seconds. `requests`: total, setup, readers, retried_503; `by_purpose`: what for.

    `versions`: of what else decides what a seed draws. `coverage`: for each area counts as [done, possible], and gaps.
    `seeds`: that of each round, if several. `latency_ms`: how many answers of an operation took so many ms at most, in
    steps. `select`: the -k that chose among the checks; `selection`: the options that chose requirements.
    `bad_waivers`: what is wrong with waivers. `overload`: its figures, where it is no run. `configuration`: digests.
    `merged_from`: the reports that it was merged from, if any, with what distinguishes them.
    """

    catalogue_version: str
    suite_version: str
    seed: int
    require: str
    started_at: str
    duration_s: float
    target: Mapping[str, str]
    requirements: tuple[RequirementResult, ...]
    requests: Mapping[str, int]
    labels: Mapping[str, str] = field(default_factory=dict)
    coverage: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    mishaps: Mishaps = Mishaps()
    latency_ms: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    select: str | None = None
    selection: str = ""
    bad_waivers: tuple[str, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
    by_purpose: Mapping[str, int] = field(default_factory=dict)
    limit: Limit | None = None
    seeds: tuple[int, ...] = ()
    overload: Mapping[str, Any] | None = None
    configuration: Mapping[str, str] = field(default_factory=dict)
    merged_from: tuple[Mapping[str, Any], ...] = ()

    def at(self, *levels: str) -> list[RequirementResult]:
        """The selected requirements of these levels; of all where none is given."""
        return [each for each in self.requirements if each.selected and (not levels or each.level in levels)]

    def with_verdict(self, verdict: Verdict, *levels: str) -> list[RequirementResult]:
        """The requirements of these levels that stand so."""
        return [result for result in self.at(*levels) if result.verdict is verdict]

    @property
    def own_violations(self) -> list[RequirementResult]:
        """What failed, advisory or not, is not waived, and follows from no other violation."""
        return [each for each in self.with_verdict(Verdict.FAIL) if not each.waiver and each.consequence_of is None]

    @property
    def violated(self) -> list[RequirementResult]:
        """The must and implied requirements among them: a run fails because of these."""
        return [result for result in self.own_violations if result.level != "advisory"]

    @property
    def waived(self) -> list[RequirementResult]:
        """The requirements that failed, and whose failing was agreed on."""
        return [result for result in self.with_verdict(Verdict.FAIL) if result.waiver is not None]

    @property
    def accepted(self) -> list[RequirementResult]:
        """The requirements that a waiver stands beside: they failed, or could not be judged."""
        return [result for result in self.at() if result.waiver is not None]

    @property
    def unmet(self) -> list[RequirementResult]:
        """What `require` names and was not exercised to a verdict; without what another command tests."""
        levels = LEVELS_REQUIRED[self.require]
        named = [each for each in self.at(*levels) if levels and not command_of(each.id)]
        undecided = [each for each in named if each.verdict is not Verdict.PASS]
        return [each for each in undecided if each.waiver is None or each.verdict is Verdict.FAIL]

    @property
    def exercised(self) -> list[RequirementResult]:
        """The requirements that a verdict was reached on."""
        return [result for result in self.requirements if result.verdict is not Verdict.NONE]

    @property
    def inconclusive(self) -> list[RequirementResult]:
        """The must and implied requirements that could not be judged, unless that was agreed on."""
        return [each for each in self.with_verdict(Verdict.INCONCLUSIVE, "must", "implied") if each.waiver is None]

    @property
    def judged_orders(self) -> bool:
        """Whether any order was judged, or anything where results say nothing of orders. Empty lists are nothing."""
        told = self.at("must", "implied") or self.at()
        orders = [result for result in told if result.id.startswith("order.")]
        return any(result.verdict in (Verdict.PASS, Verdict.FAIL) for result in orders or told)

    @property
    def exit_code(self) -> Exit:
        """What `run` exits with: the first that holds of interrupted, refused, violated, crashed, inconclusive.

        A waiver that has to be mended counts as a violation: nobody would look at it otherwise.
        """
        if self.mishaps.interrupted:
            return Exit.INTERRUPTED
        if self.mishaps.refusal:
            return Exit.WRONG_USAGE
        if self.violated or self.bad_waivers:
            return Exit.VIOLATED
        if self.mishaps.crashes or self.mishaps.unwritten:
            return Exit.SUITE_FAILED
        missed = any(result.verdict is not Verdict.FAIL for result in self.unmet)
        return Exit.INCONCLUSIVE if self.inconclusive or missed or not self.judged_orders else Exit.OK

    @property
    def verdict(self) -> Verdict:
        """The worst verdict of a must or implied requirement that is not waived; pass only where the exit code is 0."""
        judged = (result.verdict for result in self.at("must", "implied") if result.waiver is None)
        worst = max(judged, default=Verdict.NONE)
        if self.exit_code is Exit.VIOLATED:
            return Verdict.FAIL
        return Verdict.INCONCLUSIVE if worst is Verdict.PASS and self.exit_code is not Exit.OK else worst

    def to_json(self) -> dict[str, Any]:
        """The document that results.json holds."""
        return {
            "schema_version": SCHEMA_VERSION,
            "catalogue_version": self.catalogue_version,
            "verdict": self.verdict.word,
            "exit_code": self.exit_code,
            "partial": self.partial,
            "suite": {"version": self.suite_version, **self.versions},
            "seed": self.seed,
            "seeds": list(self.seeds),
            "require": self.require,
            "started_at": self.started_at,
            "duration_s": self.duration_s,
            "labels": dict(self.labels),
            "target": dict(self.target),
            "requirements": [{**asdict(result), "verdict": result.verdict.word} for result in self.requirements],
            "coverage": {area: dict(covered) for area, covered in self.coverage.items()},
            "requests": {**self.requests, "by_purpose": dict(self.by_purpose)},
            "limit": self.limit and asdict(self.limit),
            "latency_ms": {name: dict(steps) for name, steps in self.latency_ms.items()},
            "mishaps": asdict(self.mishaps),
            "select": self.select,
            "selection": self.selection,
            "bad_waivers": list(self.bad_waivers),
            "configuration": dict(self.configuration),
            **({"overload": dict(self.overload)} if self.overload else {}),
            **({"merged_from": list(map(dict, self.merged_from))} if self.merged_from else {}),
        }

    @property
    def partial(self) -> bool:
        """Whether the run ended before every selected check had its turn."""
        mishaps = self.mishaps
        return mishaps.interrupted or mishaps.stopped or bool(mishaps.crashes) or mishaps.refusal is not None

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "Results":
        """Read what `to_json` wrote, or what keeps to schemas/results.json; KeyError or TypeError for other things."""
        versions = dict(document["suite"])
        return cls(
            catalogue_version=document["catalogue_version"],
            suite_version=versions.pop("version"),
            versions=versions,
            seed=document["seed"],
            seeds=tuple(document.get("seeds", ())),
            require=document.get("require", "none"),
            started_at=document["started_at"],
            duration_s=document["duration_s"],
            target=document["target"],
            requirements=tuple(_requirement(entry) for entry in document["requirements"]),
            requests={name: count for name, count in document["requests"].items() if name != "by_purpose"},
            by_purpose=document["requests"].get("by_purpose", {}),
            limit=Limit.from_json(document.get("limit")),
            labels=document["labels"],
            coverage=document.get("coverage", {}),
            mishaps=_mishaps(document.get("mishaps"), document["exit_code"]),
            latency_ms=document.get("latency_ms", {}),
            select=document.get("select"),
            selection=document.get("selection", ""),
            bad_waivers=tuple(document.get("bad_waivers", ())),
            overload=document.get("overload"),
            configuration=document.get("configuration", {}),
            merged_from=tuple(document.get("merged_from", ())),
        )


def load(path: Path) -> Results:
    """Read a results.json."""
    return Results.from_json(json.loads(path.read_text(encoding="utf-8")))


def _mishaps(entry: Mapping[str, Any] | None, exit_code: int) -> Mishaps:
    """Where the results do not tell of any, what the exit code says of them."""
    if entry is None:
        return Mishaps(
            refusal="refused" if exit_code == Exit.WRONG_USAGE else None,
            crashes=("the suite failed",) if exit_code == Exit.SUITE_FAILED else (),
            interrupted=exit_code == Exit.INTERRUPTED,
        )
    read: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in entry.items()}
    return Mishaps(**{each.name: read[each.name] for each in fields(Mishaps) if each.name in read})


def _requirement(entry: Mapping[str, Any]) -> RequirementResult:
    read = {
        "verdict": Verdict.from_word(entry["verdict"]),
        "checks": tuple(entry["checks"]),
        "findings": tuple(map(_finding, entry["findings"])),
        "missing": tuple(Missing(each["says"], each["enable"]) for each in entry.get("missing", ())),
    }
    told = {"says": "", "source": "", **entry, **read}
    return RequirementResult(**{each.name: told[each.name] for each in fields(RequirementResult) if each.name in told})


def _finding(entry: Mapping[str, Any]) -> Finding:
    told = {"check": "", **entry} | {name: tuple(entry.get(name, ())) for name in ("exchanges", "changed")}
    return Finding(**{each.name: told[each.name] for each in fields(Finding) if each.name in told})
