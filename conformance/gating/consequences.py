"""Violations that may follow from others are reported behind them, and do not count. Here: when that is allowed."""

from collections.abc import Sequence
from dataclasses import replace

from conformance.results import Finding, RequirementResult, Results
from conformance.verdict import Verdict


def may_follow(result: RequirementResult, cause: RequirementResult | None) -> bool:
    """Whether a result may stand behind this cause.

    Both are violations and neither is waived: a waiver of the cause does not silence what follows from it. And a cause
    that fails no run hides nothing that does.
    """
    if cause is None or any(each.verdict is not Verdict.FAIL or each.waiver for each in (result, cause)):
        return False
    return cause.level != "advisory" or result.level == "advisory"


def are_the_same_change(findings: Sequence[Finding], cause: RequirementResult) -> bool:
    """Whether each of these findings shows no more than that an order became what findings of the cause show, too.

    A finding that shows anything else, such as an order that was canceled, does not follow from that cause.
    """
    seen = {change for finding in cause.findings for change in finding.changed}
    return all(finding.changed and seen.issuperset(finding.changed) for finding in findings)


def checked(results: Results) -> Results:
    """The results in which every violation counts whose cause is no violation that counts."""
    own = {result.id: result for result in results.own_violations}

    def counts(result: RequirementResult) -> bool:
        return not may_follow(result, own.get(result.consequence_of or ""))

    requirements = (replace(each, consequence_of=None) if counts(each) else each for each in results.requirements)
    return replace(results, requirements=tuple(requirements))
