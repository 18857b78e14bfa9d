"""What reads JUnit XML: a test for each rule of Jenkins' xUnit plugin (its junit-10.xsd) and of GitLab's parser."""

import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from conformance.reporting.junit import junit_xml
from conformance.verdict import Verdict
from tests.reporting.test_files import FULL
from tests.reporting.test_html import HOSTILE
from tests.reporting.test_terminal import CLEAN, requirement, results

# The attributes that Jenkins allows, those that it requires first, and the elements that may be inside.
RULES = {
    "testsuites": ("", "name time tests failures errors", "testsuite"),
    "testsuite": (
        "name tests failures errors",
        "group time skipped timestamp hostname id package file log url",
        "testsuite properties testcase system-out system-err",
    ),
    "properties": ("", "", "property"),
    "property": ("name value", "", ""),
    "testcase": ("name", "time classname group", "skipped error failure system-out system-err"),
    "failure": ("", "type message", ""),
    "error": ("", "type message", ""),
    "skipped": ("", "type message", ""),
    "system-out": ("", "", ""),
}
TIME = re.compile(r"(([0-9]{0,3},)*[0-9]{3}|[0-9]{0,3})*(\.[0-9]*)?")  # of a suite

TWICE = replace(
    FULL,
    labels={"build": "1.4.2", HOSTILE: HOSTILE},
    requirements=tuple(
        replace(each, seconds=0.1, findings=each.findings * 2 if each.findings else ()) for each in FULL.requirements
    ),
)


@pytest.fixture(scope="module", params=[FULL, TWICE, results(CLEAN)], ids=["full", "findings twice", "clean"])
def root(request: pytest.FixtureRequest) -> ElementTree.Element:
    return ElementTree.fromstring(junit_xml(request.param).encode())


def test_jenkins_finds_no_attribute_and_no_element_that_it_does_not_know(root: ElementTree.Element) -> None:
    for element in root.iter():
        required, allowed, inside = (set(words.split()) for words in RULES[element.tag])
        assert required <= set(element.attrib) <= required | allowed, element.tag
        assert {child.tag for child in element} <= inside, element.tag


def test_jenkins_can_read_each_time(root: ElementTree.Element) -> None:
    for suite in root.iter("testsuite"):
        assert TIME.fullmatch(suite.attrib["time"]), suite.attrib
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", suite.attrib["timestamp"])
    for case in root.iter("testcase"):
        assert float(case.attrib["time"]) >= 0


def test_suites_count_cases_not_findings(root: ElementTree.Element) -> None:
    for suite in root.iter("testsuite"):
        cases = suite.findall("testcase")
        assert int(suite.attrib["tests"]) == len(cases)
        for kind, counted in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
            assert int(suite.attrib[counted]) == sum(case.find(kind) is not None for case in cases)


def test_gitlab_finds_one_end_and_one_output_for_each_case(root: ElementTree.Element) -> None:
    """Of two it would make an array, which its views do not show, and in which it cannot look for attachments."""
    for case in root.iter("testcase"):
        assert sum(child.tag in ("failure", "error", "skipped") for child in case) <= 1
        assert len(case.findall("system-out")) == 1
        assert "[[ATTACHMENT|" not in (case.findtext("system-out") or "")


def test_gitlab_finds_a_text_beside_each_message(root: ElementTree.Element) -> None:
    for kind in ("failure", "error", "skipped"):
        for told in root.iter(kind):
            assert told.attrib["message"] in (told.text or "")


def test_gitlab_tells_cases_apart_by_classname_and_name(root: ElementTree.Element) -> None:
    cases = [(case.attrib["classname"], case.attrib["name"]) for case in root.iter("testcase")]
    assert len(set(cases)) == len(cases)


def test_jenkins_groups_by_suite_and_section(root: ElementTree.Element) -> None:
    """It takes what is before the last dot of the classname for a package."""
    for case in root.iter("testcase"):
        package, _, group = case.attrib["classname"].rpartition(".")
        assert package == "p99-conformance"
        assert case.attrib["name"].startswith(group)


def test_both_findings_of_a_requirement_are_told() -> None:
    [failure] = ElementTree.fromstring(junit_xml(TWICE).encode()).iter("failure")
    assert (failure.text or "").count("want at most 200 orders") == 2


def test_what_is_advisory_fails_no_build() -> None:
    doubtful = requirement("order.id-uuid", Verdict.INCONCLUSIVE, "advisory", reason="not known")
    suite = ElementTree.fromstring(junit_xml(results(doubtful)).encode()).find("testsuite")
    assert suite is not None
    assert (suite.attrib["errors"], suite.attrib["failures"], suite.attrib["skipped"]) == ("0", "0", "1")


def test_the_encoding_is_declared() -> None:
    assert junit_xml(FULL).startswith('<?xml version="1.0" encoding="UTF-8"?>\n<testsuites')
