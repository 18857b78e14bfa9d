"""CTRF JSON (https://ctrf.io), the Common Test Report Format: one test for each requirement."""

import json
from datetime import datetime
from typing import Any

from conformance import language
from conformance.reporting import words
from conformance.results import RequirementResult, Results
from conformance.verdict import Verdict

TOOL = "p99-conformance"
_SPEC_VERSION = "0.0.0"  # that of the schema in tests/reporting/schemas/


def ctrf(results: Results) -> str:
    """The run as CTRF JSON. As in JUnit, what is advisory, waived or follows from another violation fails nothing."""
    tests = [_test(each, results) for each in results.requirements]
    counts = {status: sum(each["status"] == status for each in tests) for status in _STATUSES}
    start = int(datetime.fromisoformat(results.started_at).timestamp() * 1000)
    duration = int(results.duration_s * 1000)
    times = {"start": start, "stop": start + duration, "duration": duration}
    document = {
        "reportFormat": "CTRF",
        "specVersion": _SPEC_VERSION,
        "generatedBy": TOOL,
        "results": {
            "tool": {"name": TOOL, "version": results.suite_version},
            "summary": {"tests": len(tests), **counts, **times},
            "tests": tests,
            "environment": {"testEnvironment": results.target["environment"], "extra": dict(results.labels)},
            "extra": {"verdict": results.verdict.word, "exit_code": int(results.exit_code), "seed": results.seed},
        },
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


_STATUSES = ("passed", "failed", "skipped", "pending", "other")


def _test(requirement: RequirementResult, results: Results) -> dict[str, Any]:
    told = "; ".join(filter(None, (words.waived(requirement) if requirement.waiver else "", words.why(requirement))))
    test: dict[str, Any] = {
        "name": requirement.id,
        "status": _status(requirement),
        "duration": int(requirement.seconds * 1000),
        "rawStatus": requirement.verdict.word,
        "suite": [TOOL, requirement.id.partition(".")[0]],
        "tags": [requirement.level],
        "extra": {
            "says": language.say(requirement.says),
            "affected": language.say(words.affected(results, requirement)),
        },
    }
    if told:
        test["message"] = language.say_lines(told)
    if requirement.findings:
        test["trace"] = "\n\n".join(map(words.whole, requirement.findings))
    return test


def _status(requirement: RequirementResult) -> str:
    """`other`: it could not be judged, so that nobody takes it for one that was left out."""
    excused = requirement.waiver or requirement.consequence_of or requirement.level == "advisory"
    match requirement.verdict:
        case Verdict.PASS:
            return "passed"
        case Verdict.FAIL | Verdict.INCONCLUSIVE if excused:
            return "skipped"
        case Verdict.FAIL:
            return "failed"
        case Verdict.INCONCLUSIVE:
            return "other"
        case _:
            return "skipped"
