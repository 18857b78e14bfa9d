"""What every report says alike: the verdict in a few words, and what was not judged, by its reason."""

import re
from collections.abc import Iterable, Mapping

from conformance import language, requirements
from conformance.exits import Exit
from conformance.naming import count
from conformance.requirements import LEVELS
from conformance.results import Finding, Missing, RequirementResult, Results
from conformance.verdict import Verdict

NOT_RUN = "no check of it was run"
AFFECTED = "also affected"

# What was drawn: steps, as "1. cancels all account='caller'", or values, as "asked=?limit=7 by caller with jwt".
_STEP = re.compile(r"(\d+\. )([a-z ]+?)((?: \w+=.*)?)")
_VALUE = re.compile(r"(\w+=)(.*)()")

_MEANS = {
    Exit.OK: "no violation found",
    Exit.VIOLATED: "a requirement is violated",
    Exit.WRONG_USAGE: "refused, or wrong usage",
    Exit.INCONCLUSIVE: "inconclusive",
    Exit.SUITE_FAILED: "the suite itself failed",
    Exit.INTERRUPTED: "interrupted",
}


def means(results: Results) -> str:
    """What the exit code says."""
    if results.exit_code is Exit.OK and results.accepted:
        return "no violation except waived ones"
    if results.exit_code is Exit.VIOLATED and not results.violated:
        return "a waiver has to be corrected"
    if results.exit_code is Exit.SUITE_FAILED and not results.mishaps.crashes:
        return "reports are missing"
    return _MEANS[results.exit_code]


def headline(results: Results) -> str:
    """The verdict in a few words. "conformant" only where every must was asked for, and exercised."""
    exercised = _exercised(results)
    waived = f" ({len(results.accepted)} waived)" if results.accepted else ""
    match results.exit_code:
        case Exit.OK if results.require != "none" and not results.selection:
            return f"conformant{waived} ({exercised}, --require {results.require} met)"
        case Exit.OK:
            met = f", --require {results.require} met" if results.require != "none" else ""
            return f"no {'other ' if waived else ''}violation found{waived} ({exercised}{met})"
        case Exit.VIOLATED:
            return f"not conformant: {_why_not(results)}{waived}"
        case Exit.WRONG_USAGE:
            return f"refused: {results.mishaps.refusal}"
        case Exit.INCONCLUSIVE:
            return f"inconclusive: {_why_inconclusive(results)}"
        case Exit.SUITE_FAILED if not results.mishaps.crashes:
            return f"no violation found ({exercised}), but {unwritten(results)}"
        case Exit.SUITE_FAILED:
            return f"the suite itself failed: {results.mishaps.crashes[0]}"
        case Exit.INTERRUPTED:
            return f"interrupted: {exercised} so far"


def unwritten(results: Results) -> str:
    """Why there are no reports; empty where there are."""
    return f"the reports could not be written: {results.mishaps.unwritten}" if results.mishaps.unwritten else ""


def seeds(results: Results) -> str:
    """The seed of the run, and how many rounds with other seeds it had; or the reports that were merged."""
    if results.merged_from:
        return f"merged from {', '.join(each['report'] for each in results.merged_from)}"
    further = len(results.seeds) - 1
    return f"seed {results.seed}" + (f" and {count(further, 'more round')}" if further > 0 else "")


def seen_by(finding: Finding) -> str:
    """The check that met it, with the round and the report where these are not the only ones."""
    round_ = f" in the round with seed {finding.seed}" if finding.seed is not None else ""
    return f"{finding.check}{round_}{f' in {finding.report}' if finding.report else ''}"


def wanted(finding: Finding) -> str:
    """What should have been, and what was."""
    return f"want {finding.want}; got {finding.got}"


def drawn(example: str) -> str:
    """What a check was called with, or the steps that it took: its values as they are, our words for them said."""
    return "\n".join(
        f"{told[1]}{language.say(told[2])}{told[3]}"
        if (told := _STEP.fullmatch(line) or _VALUE.fullmatch(line))
        else line
        for line in example.split("\n")
    )


def whole(finding: Finding) -> str:
    """All of a finding for who reads it in another tool: said, but for the evidence."""
    told = f"{wanted(finding)}\nseen by {seen_by(finding)}"
    return f"{language.say_lines(told)}\n{finding.evidence}"


def affected(results: Results, result: RequirementResult) -> str:
    """Which violations may follow from this one; empty where none does."""
    ids = [each.id for each in results.requirements if each.consequence_of == result.id]
    return f"{AFFECTED}: {', '.join(ids)}" if ids else ""


def why(result: RequirementResult) -> str:
    """Why a requirement stands as it does: how often it was violated, what that may follow from, and the reason."""
    follows = f"may follow from {result.consequence_of}" if result.consequence_of else ""
    return "; ".join(filter(None, (rate(result), follows, result.reason)))


def rate(result: RequirementResult) -> str:
    """How often it was violated, where that is known."""
    return f"violated in {result.rate}" if result.rate else ""


def fidelity(results: Results) -> str:
    """How many requirements of each group the target has kept; empty where none was tested, or by no run."""
    passed = {each.id for each in results.with_verdict(Verdict.PASS)}
    selected = {each.id for each in results.at()}
    groups = {name: selected.intersection(ids) for name, ids in requirements.groups().items()}
    told = [f"{name} {len(ids & passed)} of {len(ids)}" for name, ids in groups.items() if ids]
    return f"fidelity: {', '.join(told)}" if told and results.exercised and not results.overload else ""


def counts(results: Results) -> tuple[tuple[str, ...], Mapping[str, list[int]]]:
    """How requirements stand, worst first, and for each level how many stand so.

    What may follow from another violation has a column of its own, where there is any.
    """
    standing = [(result.level, AFFECTED if result.consequence_of else result.verdict.word) for result in results.at()]
    columns = [verdict.word for verdict in reversed(Verdict)]
    if any(how == AFFECTED for _, how in standing):
        columns.insert(1, AFFECTED)
    return tuple(columns), {level: [standing.count((level, how)) for how in columns] for level in LEVELS}


def requests(results: Results) -> str:
    """How many requests were sent, and what for."""
    told = {name: number for name, number in results.by_purpose.items() if number}
    if not told:  # a file of an older version
        return f"{count(results.requests['total'], 'request')}, {results.requests['setup']} of them set-up"
    most = sorted(told.items(), key=lambda each: -each[1])
    return f"{count(results.requests['total'], 'request')}: {', '.join(_purpose(*each) for each in most)}"


def _purpose(name: str, number: int) -> str:
    return f"{number} {name.removesuffix('s') if number == 1 else name}"


def time(results: Results) -> str:
    """How long the run took, and how fast it could have been at best."""
    took = f"{results.duration_s:.1f} s"
    if (limit := results.limit) is None:
        return took
    each = f"{limit.round_trip_ms:.{0 if limit.round_trip_ms >= 10 else 1}f} ms"
    why = {
        "chain": f"{count(limit.chain, 'request')} one after another at {each}",
        "connections": f"all requests at {each}, over {count(limit.connections, 'connection')}",
        "cpu": f"{limit.cpu_ms_per_request:.1f} ms of our own CPU time for each request",
    }[limit.set_by]
    return f"{took}, {limit.ratio:.1f} times the limit of {limit.limit_s:.1f} s: {why}"


def waived(result: RequirementResult) -> str:
    """Until when a violation is accepted, by whom, and why; empty where it is not."""
    if not (waiver := result.waiver):
        return ""
    ticket = f" ({waiver['ticket']})" if waiver.get("ticket") else ""
    return f"waived until {waiver['expires']} by {waiver['owner']}: {waiver['reason']}{ticket}"


def by_reason(results: Iterable[RequirementResult]) -> Mapping[str, list[str]]:
    """What could not be judged for the same reason shares it: the ids, by the reason."""
    ids: dict[str, list[str]] = {}
    for result in results:
        ids.setdefault(result.reason, []).append(f"{result.id} (waived)" if result.waiver else result.id)
    return ids


def by_fact(results: Iterable[RequirementResult]) -> Mapping[Missing, list[str]]:
    """What was not exercised: the ids, by the fact that was missing with what would enable it, else by the reason."""
    ids: dict[Missing, list[str]] = {}
    for result in results:
        facts = [Missing(f"needs {each.says}", each.enable) for each in result.missing]
        for fact in facts or [Missing(result.reason, "")]:
            ids.setdefault(fact, []).append(result.id)
    return ids


def by_part(results: Iterable[RequirementResult]) -> Mapping[str, list[str]]:
    """What kept some checks of these from judging where others did, as their reasons tell: the ids, by the reason."""
    ids: dict[str, list[str]] = {}
    for result in results:
        _, _, reasons = result.reason.partition("in part: ")
        for reason in filter(None, reasons.split("; ")):
            ids.setdefault(reason, []).append(result.id)
    return ids


def _exercised(results: Results) -> str:
    chosen = [*filter(None, [results.selection]), *([f"-k {results.select!r}"] if results.select else [])]
    tested, whole = len(results.exercised), count(len(results.at()), "requirement")
    return f"{tested} of {whole} tested with {' '.join(chosen)}" if chosen else f"{tested} of {whole} tested"


def _why_not(results: Results) -> str:
    violated = f"{count(len(results.violated), 'requirement')} violated" if results.violated else ""
    bad = f"{count(len(results.bad_waivers), 'waiver')} to correct" if results.bad_waivers else ""
    return ", ".join(filter(None, (violated, bad)))


def _why_inconclusive(results: Results) -> str:
    if results.inconclusive:
        return results.inconclusive[0].reason
    missed = [result.id for result in results.unmet]
    if missed:
        named = ", ".join(missed[:5]) + (", …" if len(missed) > 5 else "")
        return f"--require {results.require} names {count(len(missed), 'requirement')} not tested: {named}"
    return "no response had an order, so nothing was tested"
