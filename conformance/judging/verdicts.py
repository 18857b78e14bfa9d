"""How checks ended, and the verdict for each requirement that follows from that."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from conformance.gating.consequences import are_the_same_change, may_follow
from conformance.oracle.cancel_case import GONE
from conformance.reporting.words import NOT_RUN
from conformance.requirements import PRIVATE, Consequence, Requirement, command_of
from conformance.results import Finding, Missing, RequirementResult
from conformance.verdict import Ending, Verdict


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one check ended. It can be turned into plain values, to travel between processes.

    By requirement: `findings` are violations, those met in passing too; `saw` counts how often an answer was right;
    `doubts` say why the requirement could not be judged; `notes` say how it was judged. `lapses`: each list that
    contradicted those before and after it, with the requirements that it is about, the likeliest first; `lists`: how
    many were held against those before them. `missing`: the facts that the check needs and that were not observed.
    `beside`: what the check found beside another lane before it was judged by itself.
    """

    check: str
    verifies: tuple[str, ...]
    ending: Ending
    reason: str = ""
    findings: Mapping[str, Finding] = field(default_factory=dict)
    saw: Mapping[str, int] = field(default_factory=dict)
    lapses: tuple[tuple[tuple[str, ...], Finding], ...] = ()
    lists: int = 0
    doubts: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[Missing, ...] = ()
    examples: int = 0
    seconds: float = 0.0
    beside: Mapping[str, Finding] = field(default_factory=dict)

    @property
    def is_clean(self) -> bool:
        """Whether nothing was wrong or in doubt."""
        return self.ending in ("passed", "not exercised") and not (self.findings or self.doubts or self.lapses)

    def to_plain(self) -> dict[str, Any]:
        """The outcome as dicts, lists, strings and numbers."""
        return asdict(self)

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> "Outcome":
        """The outcome that `to_plain` was called on."""
        findings, beside = ({id: _finding(each) for id, each in plain[of].items()} for of in ("findings", "beside"))
        lapses = tuple((tuple(about), _finding(finding)) for about, finding in plain["lapses"])
        missing = tuple(Missing(**each) for each in plain["missing"])
        read = {"findings": findings, "beside": beside, "lapses": lapses, "missing": missing}
        return cls(**{**plain, **read, "verifies": tuple(plain["verifies"])})


def _finding(plain: Mapping[str, Any]) -> Finding:
    return Finding(**{**plain, "exchanges": tuple(plain["exchanges"]), "changed": tuple(plain["changed"])})


def results(
    catalogue: Mapping[str, Requirement],
    judged_by: Mapping[str, list[str]],
    outcomes: Iterable[Outcome],
    consequences: Iterable[Consequence] = (),
) -> tuple[RequirementResult, ...]:
    """The result for each requirement of the catalogue: the worst verdict of all checks, or `none` if there is none.

    `judged_by`: for each requirement the names of the checks and rules that judge it. `consequences`: which violation
    may follow from which.
    """
    outcomes = _with_those_beside(list(outcomes))
    declared = defaultdict(list)
    for outcome in outcomes:
        for id in outcome.verifies:
            declared[id].append(outcome)
    judged = (_result(requirement, declared[requirement.id], outcomes, judged_by) for requirement in catalogue.values())
    return with_causes(_with_lapses(list(judged), outcomes), consequences)


def _with_those_beside(outcomes: list[Outcome]) -> list[Outcome]:
    """The outcomes, with what was found beside another lane alone.

    It is a violation where nothing else is violated. Else what the other lane did may have led to it: it is in doubt.
    """
    if not any(outcome.findings or outcome.lapses for outcome in outcomes):
        return [replace(outcome, findings=outcome.beside) for outcome in outcomes]
    return [replace(outcome, doubts={**_doubts_of(outcome.beside), **outcome.doubts}) for outcome in outcomes]


def _doubts_of(beside: Mapping[str, Finding]) -> dict[str, str]:
    return {
        id: f"met while another lane canceled, but not when the check was run by itself: want {met.want}; got {met.got}"
        for id, met in beside.items()
    }


# What every list is about: the newest orders that pass its filters, as many as its limit allows.
_ANY_LIST = "list.limit-exact"

# What is violated by lists that are behind: one that is wrong now and then may be so for the same reason.
_LISTS_ARE_BEHIND = "cancel.visible"

# What is violated by lists that change orders: another list then shows the same change.
_READING_CHANGES = "list.safe"


# What is violated by a list that shows nothing of a market. One with room for few orders cannot tell that from others.
_A_MARKET_IS_MISSING = "list.symbol-omitted"


def _with_lapses(judged: list[RequirementResult], outcomes: list[Outcome]) -> list[RequirementResult]:
    """The results, one of them violated by the lists that were wrong now and then.

    Those of all checks are one defect. If all that they show is a change of an order which another violation shows,
    too, it is that: what reading alone does, or a field that is wrong. Else it is charged to the missing symbol, where
    most of them lack a whole market; else to what all those lists are about: what is violated already, else to lists
    that are behind, if any are, else to one of several violations that explain a part of them each; else to the
    likeliest, else to their limit. Where nothing else violates that, the rate is told.
    """
    met = sorted((lapse for outcome in outcomes for lapse in outcome.lapses), key=lambda lapse: len(lapse[0]))
    if not met:
        return judged
    shared = [id for id in met[0][0] if all(id in about for about, _ in met)]
    if 2 * sum(_A_MARKET_IS_MISSING in about for about, _ in met) > len(met):
        shared = [_A_MARKET_IS_MISSING]
    if len(met) == 1:  # that one list lacks what was just canceled may be chance
        shared = [id for id in shared if id != _LISTS_ARE_BEHIND]
    violated = {result.id: result for result in judged if result.findings}
    explained = [next((id for id in about if id in violated), None) for about, _ in met]
    together = (*shared, _LISTS_ARE_BEHIND, *(explained if None not in explained else ()))
    charged = next((id for id in together if id in violated), shared[0] if shared else _ANY_LIST)
    wrong = [finding for _, finding in met]
    alike = [result.id for result in violated.values() if are_the_same_change(wrong, result)]
    if alike and not any(set(GONE) & set(finding.changed) for finding in wrong):  # what is shown again was not gone
        charged = _READING_CHANGES if _READING_CHANGES in alike else alike[0]
    rate = f"{len(met)} of {sum(outcome.lists for outcome in outcomes)} lists"

    def with_them(result: RequirementResult) -> RequirementResult:
        likely = next((finding for about, finding in met if about[0] == charged), met[0][1])
        findings = (*result.findings, likely)
        verdict, reason = _verdict(findings, [], [], 0)
        return replace(
            result, verdict=verdict, reason=reason, findings=findings, rate=None if result.findings else rate
        )

    return [with_them(result) if result.id == charged else result for result in judged]


def with_causes(
    results: Iterable[RequirementResult], consequences: Iterable[Consequence]
) -> tuple[RequirementResult, ...]:
    """The results, each violation with the violation that it may follow from, back to the first one of the chain."""
    by_id = {result.id: result for result in results}
    causes = defaultdict(list)
    for each in consequences:
        causes[each.id].append(each)

    def first_cause(id: str) -> str | None:
        for each in causes[id]:
            if follows(by_id[id], by_id.get(each.of), each):
                return first_cause(each.of) or each.of
        return None

    def follows(result: RequirementResult, cause: RequirementResult | None, how: Consequence) -> bool:
        if cause is None or not may_follow(result, cause):
            return False
        return not how.by_the_same_change or are_the_same_change(result.findings, cause)

    return tuple(replace(result, consequence_of=first_cause(result.id)) for result in by_id.values())


def _result(
    requirement: Requirement, own: list[Outcome], everything: list[Outcome], judged_by: Mapping[str, list[str]]
) -> RequirementResult:
    id = requirement.id
    findings = tuple(outcome.findings[id] for outcome in everything if id in outcome.findings)
    in_passing = sum(outcome.saw.get(id, 0) for outcome in everything)
    doubts = [outcome.doubts[id] for outcome in everything if id in outcome.doubts]
    doubts += [outcome.reason for outcome in own if outcome.ending == "inconclusive"]
    verdict, reason = _verdict(findings, doubts, own, in_passing)
    notes = [outcome.notes[id] for outcome in everything if id in outcome.notes]
    if verdict is Verdict.PASS and notes:
        reason = "; ".join(filter(None, [*notes, reason]))
    if verdict is Verdict.NONE and (command := command_of(id)) and not own:
        reason = f"tested by `p99-conformance {command}`"
    elif verdict is Verdict.NONE and not judged_by.get(id):
        reason = "there is no check for it yet"
    elif verdict is Verdict.NONE and not own and not reason:
        unrun = any(name.startswith("test_") for name in judged_by[id])
        reason = NOT_RUN if unrun else "no response contained what this test needs"
    return RequirementResult(
        id=id,
        level=requirement.level,
        says=requirement.says,
        source=requirement.source,
        verdict=verdict,
        reason=reason,
        checks=tuple(judged_by.get(id, ())),
        examples=in_passing + sum(outcome.examples for outcome in own if outcome.ending == "passed"),
        findings=findings,
        missing=tuple(dict.fromkeys(each for outcome in own for each in outcome.missing)),
        seconds=round(sum(outcome.seconds / len(outcome.verifies) for outcome in own), 3),
        private=requirement.section == PRIVATE,
    )


def _verdict(
    findings: tuple[Finding, ...], doubts: list[str], own: list[Outcome], in_passing: int
) -> tuple[Verdict, str]:
    if findings:
        return Verdict.FAIL, f"want {findings[0].want}; got {findings[0].got}"
    if doubts:
        return Verdict.INCONCLUSIVE, "; ".join(dict.fromkeys(doubts))
    unexercised = _unexercised(own)
    if in_passing or any(outcome.ending == "passed" for outcome in own):
        return Verdict.PASS, f"in part: {unexercised}" if unexercised else ""
    return Verdict.NONE, unexercised


def _unexercised(own: list[Outcome]) -> str:
    """Why some checks of a requirement did not judge it, each reason once."""
    reasons = [f"needs {each.says}" for outcome in own for each in outcome.missing]
    left = [outcome for outcome in own if outcome.ending in ("violated", "crashed", "not exercised", "declined")]
    reasons += [outcome.reason for outcome in left if not outcome.missing]
    return "; ".join(dict.fromkeys(reason for reason in reasons if reason))
