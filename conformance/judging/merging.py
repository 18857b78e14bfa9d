"""One set of results of several: of rounds that tested the same target, one after the other."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from conformance import requirements
from conformance.coverage import areas
from conformance.judging.findings import standing_for
from conformance.judging.verdicts import with_causes
from conformance.results import Finding, Mishaps, RequirementResult, Results


def merge(rounds: Sequence[Results], seed: int) -> Results:
    """The results of all rounds as those of one run with this seed.

    Each requirement has the worst verdict that any round gave it, and the findings of all rounds, one for each check;
    those of rounds with another seed carry it. Waivers are left out: they are to be applied to the whole.
    """
    first, last = rounds[0], rounds[-1]
    by_id = [{result.id: result for result in each.requirements} for each in rounds]
    merged = [
        _requirement([(each.seed, known[result.id]) for each, known in zip(rounds, by_id, strict=True)], seed)
        for result in first.requirements
    ]
    mishaps = [each.mishaps for each in rounds]
    return replace(
        first,
        seed=seed,
        requirements=with_causes(merged, requirements.consequences()),
        limit=first.limit if len(rounds) == 1 else None,  # there is none for rounds one after the other
        coverage=areas.joined([each.coverage for each in rounds]),
        mishaps=Mishaps(
            refusal=next((each.refusal for each in mishaps if each.refusal), None),
            crashes=tuple(dict.fromkeys(crash for each in mishaps for crash in each.crashes)),
            interrupted=any(each.interrupted for each in mishaps),
            left=last.mishaps.left,  # each round removes what those before it have left
            stopped=any(each.stopped for each in mishaps),
        ),
        bad_waivers=(),
        seeds=tuple(each.seed for each in rounds),
        **sums(rounds),
    )


def sums(parts: Sequence[Results]) -> dict[str, Any]:
    """Time, requests and answers of all parts together, by the names that results have for them."""
    return {
        "duration_s": round(sum(each.duration_s for each in parts), 2),
        "requests": _added(each.requests for each in parts),
        "by_purpose": _added(each.by_purpose for each in parts),
        "latency_ms": {
            operation: _added(each.latency_ms.get(operation, {}) for each in parts)
            for operation in dict.fromkeys(name for each in parts for name in each.latency_ms)
        },
    }


def _requirement(told: Sequence[tuple[int, RequirementResult]], own_seed: int) -> RequirementResult:
    """One requirement in all rounds: it stands as in the round that gave the worst verdict and judged it most often."""
    _, telling = max(told, key=lambda each: (each[1].verdict, each[1].examples))
    findings: dict[str, Finding] = {}
    for seed, result in told:
        for finding in result.findings:
            first = findings.get(finding.check) or (finding if seed == own_seed else replace(finding, seed=seed))
            findings[finding.check] = standing_for(first, finding)
    return replace(
        telling,
        examples=sum(result.examples for _, result in told),
        findings=tuple(findings.values()),
        seconds=round(sum(result.seconds for _, result in told), 3),
        waiver=None,
        consequence_of=None,
    )


def _added(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for each in counts:
        total.update(each)
    return dict(total)
