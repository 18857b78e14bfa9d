"""One report of several: of lanes, of machines, or of targets."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from conformance.coverage import areas
from conformance.exits import WrongUsage
from conformance.gating import consequences
from conformance.judging.merging import sums
from conformance.requirements import LEVELS_REQUIRED
from conformance.results import Finding, Mishaps, RequirementResult, Results
from conformance.verdict import Verdict


def merged(reports: Mapping[str, Results]) -> Results:
    """The reports, by their names, as one. Raises WrongUsage if they cannot be merged.

    Each requirement has the worst verdict that any report gave it, and the findings of all, each with its report.
    Requests and times are added up. On one target, what one report tested is tested. Of several targets, each has to
    have tested what its own run wanted.
    """
    _expect_alike(reports)
    told = list(reports.values())
    targets = [each.target for each in told]
    several = len({each["base_url"] for each in targets}) > 1
    lacking = {name: _lacking(each) if several else frozenset() for name, each in reports.items()}
    target = _target(targets)
    by_id = {name: {result.id: result for result in each.requirements} for name, each in reports.items()}
    requirements = (
        _requirement({name: known[result.id] for name, known in by_id.items()}, lacking, target["name"])
        for result in told[0].requirements
    )
    all_selected = all(each.selection for each in told)
    whole = Results(
        catalogue_version=told[0].catalogue_version,
        suite_version=told[0].suite_version,
        versions=_common(each.versions for each in told),
        seed=told[0].seed,
        require=max((each.require for each in told), key=list(LEVELS_REQUIRED).index),
        started_at=min(each.started_at for each in told),
        target=target,
        requirements=tuple(requirements),
        labels=_common(each.labels for each in told),
        configuration=_common(each.configuration for each in told),
        coverage={} if several else areas.joined([each.coverage for each in told]),
        mishaps=_mishaps(reports),
        select=_either(each.select for each in told),
        selection=" / ".join(dict.fromkeys(each.selection for each in told)) if all_selected else "",
        bad_waivers=_lines(reports, lambda each: each.bad_waivers),
        merged_from=tuple(source for name, each in reports.items() for source in _sources(name, each)),
        **sums(told),
    )
    return consequences.checked(whole)


def _expect_alike(reports: Mapping[str, Results]) -> None:
    (first_name, first), *others = reports.items()
    for name, each in others:
        for what, mine, other in (
            ("catalogue", first.catalogue_version, each.catalogue_version),
            ("suite", first.suite_version, each.suite_version),
        ):
            if mine != other:
                raise WrongUsage(
                    f"{name} was written with version {other} of the {what}, and {first_name} with version {mine}: "
                    "run both with the same version of p99-conformance"
                )
        if [result.id for result in each.requirements] != [result.id for result in first.requirements]:
            raise WrongUsage(
                f"{name} and {first_name} have other requirements: run both with the same p99-conformance "
                "and the same private checks"
            )
    for name, each in reports.items():
        if each.overload:
            raise WrongUsage(f"{name} is the report of an overload, whose figures cannot be added up: leave it out")


def _lacking(results: Results) -> frozenset[str]:
    """What the run itself wanted to test and did not: because of it, the run was inconclusive."""
    missed = {each.id for each in results.unmet}
    if not results.judged_orders:
        wanted = results.at("must", "implied") or results.at()
        missed |= {each.id for each in wanted if each.id.startswith("order.")} or {each.id for each in wanted}
    return frozenset(missed)


def _requirement(
    told: Mapping[str, RequirementResult], lacking: Mapping[str, frozenset[str]], target: str
) -> RequirementResult:
    """One requirement in all reports. It is waived, or stands behind another violation, only if it is so everywhere."""
    results = list(told.values())
    name, worst = max(told.items(), key=lambda each: _weight(each[1]))
    verdict, reason = worst.verdict, worst.reason
    missed = [report for report, each in told.items() if each.verdict is Verdict.NONE and each.id in lacking[report]]
    if missed and verdict <= Verdict.PASS:
        verdict, reason = Verdict.INCONCLUSIVE, f"not tested in {', '.join(missed)}"
    elif reason and verdict > Verdict.PASS:
        reason = f"{name}: {reason}"
    unclean = [each for each in results if each.verdict > Verdict.PASS]
    waivers = [each.waiver for each in unclean if each.waiver]
    # The waivers of several targets become one of them all, until the first of them expires.
    waived = waivers and len(waivers) == len(unclean) and not missed
    waiver = {**min(waivers, key=lambda each: str(each["expires"])), "target": target} if waived else None
    return replace(
        worst,
        verdict=verdict,
        reason=reason,
        examples=sum(each.examples for each in results),
        findings=tuple(_from(report, finding) for report, each in told.items() for finding in each.findings),
        missing=worst.missing if verdict is worst.verdict else (),
        waiver=waiver,
        rate=worst.rate if sum(each.verdict is Verdict.FAIL for each in results) == 1 else None,
        selected=any(each.selected for each in results),
        seconds=round(sum(each.seconds for each in results), 3),
    )


def _weight(result: RequirementResult) -> tuple[Any, ...]:
    return result.verdict, result.waiver is None, result.consequence_of is None, result.selected, result.examples


def _from(report: str, finding: Finding) -> Finding:
    return replace(finding, report=finding.report or report)


def _target(targets: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """What the targets have in common; names and URLs of all."""
    environments = {each["environment"] for each in targets}
    return {
        "name": " + ".join(dict.fromkeys(each["name"] for each in targets)),
        "base_url": ", ".join(dict.fromkeys(each["base_url"] for each in targets)),
        "environment": environments.pop() if len(environments) == 1 else "unspecified",
        "scope": "full" if any(each["scope"] == "full" for each in targets) else "read-only",
    }


def _mishaps(reports: Mapping[str, Results]) -> Mishaps:
    mishaps = [each.mishaps for each in reports.values()]
    return Mishaps(
        refusal=next(iter(_lines(reports, lambda each: filter(None, [each.mishaps.refusal]))), None),
        unwritten=next(iter(_lines(reports, lambda each: filter(None, [each.mishaps.unwritten]))), None),
        crashes=_lines(reports, lambda each: each.mishaps.crashes),
        interrupted=any(each.interrupted for each in mishaps),
        left=_lines(reports, lambda each: each.mishaps.left),
        stopped=any(each.stopped for each in mishaps),
    )


def _lines(reports: Mapping[str, Results], of: Callable[[Results], Iterable[str]]) -> tuple[str, ...]:
    return tuple(f"{name}: {line}" for name, each in reports.items() for line in of(each))


def _either(selects: Iterable[str | None]) -> str | None:
    """The -k that chooses what any of them chooses; None if one chooses all."""
    each = list(dict.fromkeys(selects))
    return each[0] if len(each) == 1 else " or ".join(f"({one})" for one in each) if all(each) else None


def _common(told: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """What all of them say alike."""
    first, *others = told
    return {name: value for name, value in first.items() if all(each.get(name) == value for each in others)}


def _sources(name: str, results: Results) -> tuple[Mapping[str, Any], ...]:
    """The report, or those that it was merged from."""
    own = {
        "report": name,
        "target": dict(results.target),
        "seed": results.seed,
        "select": results.select,
        "selection": results.selection,
        "started_at": results.started_at,
        "duration_s": results.duration_s,
        "exit_code": int(results.exit_code),
        "labels": dict(results.labels),
        "requests": results.requests["total"],
    }
    return results.merged_from or (own,)
