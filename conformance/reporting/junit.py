"""JUnit XML: one test case for each requirement, one suite for each section of the catalogue."""

import re

from junitparser import Error, Failure, JUnitXml, Skipped, TestCase, TestSuite
from junitparser.junitparser import FinalResult

from conformance.reporting import words
from conformance.results import RequirementResult, Results
from conformance.verdict import Verdict

# What XML 1.0 cannot hold, whatever a target puts into its answers.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit_xml(results: Results) -> str:
    """The run as JUnit XML.

    What failed and is advisory, waived or a consequence of another violation is skipped with its reason: it fails no
    build.
    """
    document = JUnitXml("p99-conformance")
    suites: dict[str, TestSuite] = {}
    for requirement in results.requirements:
        section = requirement.id.partition(".")[0]
        suite = suites.setdefault(section, TestSuite(section))
        suite.add_testcase(_case(requirement, words.affected(results, requirement)))
    for suite in suites.values():
        for name, value in results.labels.items():
            suite.add_property(name, value)
        document.add_testsuite(suite)
    text = document.tostring().decode()  # type: ignore[no-untyped-call]
    return text if text.endswith("\n") else f"{text}\n"


def _case(requirement: RequirementResult, affected: str) -> TestCase:
    case = TestCase(requirement.id, classname=requirement.level)
    case.system_out = _xml("\n".join(filter(None, (requirement.says, words.rate(requirement), affected))))
    match requirement.verdict:
        case Verdict.FAIL | Verdict.INCONCLUSIVE if requirement.waiver:
            case.result = [Skipped(_xml(f"{words.waived(requirement)}; {requirement.reason}"))]
        case Verdict.FAIL if requirement.consequence_of:
            case.result = [Skipped(_xml(words.why(requirement)))]
        case Verdict.FAIL if requirement.level != "advisory":
            failures: list[FinalResult] = []
            for finding in requirement.findings:
                failure = Failure(_xml(f"want {finding.want}; got {finding.got}"), "violation")
                failure.text = _xml(finding.evidence)
                failures.append(failure)
            case.result = failures
        case Verdict.FAIL:
            case.result = [Skipped(_xml(f"advisory: {requirement.reason}"))]
        case Verdict.INCONCLUSIVE:
            case.result = [Error(_xml(requirement.reason), "inconclusive")]
        case Verdict.NONE:
            case.result = [Skipped(_xml(f"not exercised: {requirement.reason}"))]
    return case


def _xml(text: str) -> str:
    return _NOT_XML.sub("�", text)
