"""Results of selected requirements alone."""

from dataclasses import replace

from conformance.gating import consequences
from conformance.requirements.selection import Selection
from conformance.results import RequirementResult, Results
from conformance.verdict import Verdict


def private_ids(results: Results) -> list[str]:
    """The requirements that are a user's own."""
    return [each.id for each in results.requirements if each.private]


def narrowed(results: Results, selection: Selection) -> Results:
    """The results without a verdict on what is not selected. What might have followed from it counts by itself."""
    if not selection.words:
        return results

    def without_verdict(result: RequirementResult) -> RequirementResult:
        reason = f"not selected: {selection.words}"
        return replace(
            result,
            verdict=Verdict.NONE,
            reason=reason,
            findings=(),
            missing=(),
            waiver=None,
            consequence_of=None,
            rate=None,
            selected=False,
        )

    requirements = (each if each.id in selection.ids else without_verdict(each) for each in results.requirements)
    words = " ".join(dict.fromkeys(filter(None, (results.selection, selection.words))))
    return consequences.checked(replace(results, requirements=tuple(requirements), selection=words))
