"""JUnit XML: one test case for each requirement, one suite for each section of the catalogue.

Written for those who read it: Jenkins' plugins and GitLab. Jenkins groups by the part of `classname` before its last
dot, then by the rest; GitLab shows the whole of it. GitLab shows no case well that has several failures, so each case
has one at most. People read its messages there, so these are said in the reader's language; names and kinds are not.
"""

import re
from datetime import UTC, datetime
from typing import TypeVar

from junitparser import Error, Failure, JUnitXml, Skipped, TestCase, TestSuite

from conformance import language
from conformance.reporting import words
from conformance.results import RequirementResult, Results
from conformance.verdict import Verdict

Kind = TypeVar("Kind", Error, Failure, Skipped)

NAME = "p99-conformance"

# What XML 1.0 cannot hold, whatever a target puts into its answers.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit_xml(results: Results) -> str:
    """The run as JUnit XML.

    What failed and is advisory, waived or a consequence of another violation is skipped with its reason: it fails no
    build.
    """
    document = JUnitXml(NAME)
    suites: dict[str, TestSuite] = {}
    for requirement in results.requirements:
        section = requirement.id.partition(".")[0]
        suite = suites.setdefault(section, TestSuite(section))
        suite.add_testcase(_case(requirement, section, words.affected(results, requirement)))
    for suite in suites.values():
        for name, value in results.labels.items():
            suite.add_property(_xml(name), _xml(value))
        # Without its offset: some readers know of none, and take UTC.
        suite.timestamp = datetime.fromisoformat(results.started_at).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
        document.add_testsuite(suite)
    text = document.tostring().decode()  # type: ignore[no-untyped-call]
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text.rstrip()}\n'


def _case(requirement: RequirementResult, section: str, affected: str) -> TestCase:
    case = TestCase(requirement.id, f"{NAME}.{section}", requirement.seconds)
    says = f"{requirement.level}: {requirement.says}"
    case.system_out = _xml(language.say_lines("\n".join(filter(None, (says, words.rate(requirement), affected)))))
    advisory = requirement.level == "advisory"
    match requirement.verdict:
        case Verdict.FAIL | Verdict.INCONCLUSIVE if requirement.waiver:
            case.result = [_told(Skipped, f"{words.waived(requirement)}; {requirement.reason}", "waived")]
        case Verdict.FAIL if requirement.consequence_of:
            case.result = [_told(Skipped, words.why(requirement), "consequence")]
        case Verdict.FAIL if not advisory:
            case.result = [_failure(requirement)]
        case Verdict.INCONCLUSIVE if not advisory:
            case.result = [_told(Error, requirement.reason, "inconclusive")]
        case Verdict.FAIL | Verdict.INCONCLUSIVE:
            case.result = [_told(Skipped, f"advisory, {requirement.verdict.word}: {requirement.reason}", "advisory")]
        case Verdict.NONE:
            case.result = [_told(Skipped, f"not tested: {requirement.reason}", "not tested")]
    return case


def _failure(requirement: RequirementResult) -> Failure:
    """All findings of a requirement; the first of them is its message."""
    first = words.wanted(requirement.findings[0])
    return _told(Failure, first, "violation", "\n\n".join(map(words.whole, requirement.findings)))


def _told(kind: type[Kind], message: str, type_: str, text: str | None = None) -> Kind:
    """What became of a case. GitLab shows the text alone, so it repeats the message."""
    said = language.say_lines(message)
    told = kind(_xml(said), type_)
    told.text = _xml(text or said)
    return told


def _xml(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)
