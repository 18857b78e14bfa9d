"""Every report shows a consequence behind its cause, and does not count it."""

import json
import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from conformance import contract
from conformance.reporting import files, terminal, words
from conformance.reporting.annotations import annotations
from conformance.reporting.html import html
from conformance.reporting.junit import junit_xml
from conformance.reporting.markdown import markdown
from conformance.results import load
from conformance.verdict import Verdict
from tests.reporting.test_html import Page
from tests.reporting.test_terminal import CLEAN, FINDING, requirement, results, text

CAUSE = replace(requirement("list.newest-first", Verdict.FAIL), rate="3 of 412 lists")
LIMIT = replace(
    requirement("list.limit-exact", Verdict.FAIL, reason="want 5; got 6"),
    consequence_of="list.newest-first",
    rate="2 of 9 lists",
)
WALK = replace(requirement("list.page-walk", Verdict.FAIL, "implied"), consequence_of="list.newest-first")
# A consequence may stand above its cause in the catalogue.
GIVEN = results(CLEAN, LIMIT, CAUSE, WALK)
ALSO = "also affected: list.limit-exact, list.page-walk"
RATE = "violated in 3 of 412 lists"


def words_of(source: str) -> str:
    return " ".join(Page(source).text.split())


def test_the_headline_counts_defects() -> None:
    assert words.headline(GIVEN) == "not conformant: 1 requirement violated"


def test_the_terminal_names_them_below_their_cause() -> None:
    shown = text(GIVEN)
    assert f"list.newest-first (must, {RATE}) What list.newest-first says." in shown
    assert f"with limit=1000 {ALSO}" in shown
    assert "What list.page-walk says." not in shown
    assert "fail also affected inconclusive pass none must 1 1 0 0 0 implied 0 1 0 1 0" in shown
    assert "also affected" not in text(results(CLEAN, replace(CAUSE, rate=None)))


def test_at_length_what_counts_comes_first() -> None:
    shown = text(GIVEN, "verbose")
    assert "fail list.limit-exact judged 1 time; violated in 2 of 9 lists; may follow from list.newest-first;" in shown
    order = [
        shown.index(f"{id} is violated want") for id in ("list.newest-first", "list.limit-exact", "list.page-walk")
    ]
    assert order == sorted(order)


def test_the_summary_names_them_beside_their_cause() -> None:
    lines = markdown(GIVEN).splitlines()
    rows = [line for line in lines if line.startswith("| `")]
    want, got = FINDING.want, FINDING.got
    assert rows == [f"| `list.newest-first`, {RATE}, {ALSO} | must | {want} | {got} |"]
    assert "| must | 1 | 1 | 0 | 0 | 0 |" in lines


def test_in_junit_they_are_no_failures() -> None:
    root = ElementTree.fromstring(junit_xml(GIVEN))
    cases = {case.attrib["name"]: case for case in root.iter("testcase")}
    suite = root.find("testsuite[@name='list']")
    assert suite is not None
    assert (suite.attrib["failures"], suite.attrib["skipped"]) == ("1", "2")
    told = cases["list.newest-first"].findtext("system-out")
    assert told == f"must: What list.newest-first says.\n{RATE}\n{ALSO}"
    skipped = cases["list.limit-exact"].find("skipped")
    assert skipped is not None
    assert skipped.attrib["message"] == "violated in 2 of 9 lists; may follow from list.newest-first; want 5; got 6"


def test_annotations_name_them_with_their_cause() -> None:
    [line] = annotations(GIVEN)
    assert line.startswith("::error title=list.newest-first::")
    assert line.endswith(f" {RATE}; {ALSO}")


def test_the_report_has_them_in_the_violation_that_they_may_follow_from() -> None:
    source = html(GIVEN)
    page, shown = Page(source), words_of(source)
    assert source.count("<article") == 1
    assert "Violated (1)" in shown
    assert "✗ fail list.newest-first must · violated in 3 of 412 lists" in shown
    assert "They may follow from list.newest-first, so they are not counted." in shown
    assert (
        "list.limit-exact must · violated in 2 of 9 lists · with another sorting, other orders are on the first"
        in shown
    )
    ids = page.values("id")
    assert {"finding-list.limit-exact", "finding-list.page-walk"} <= set(ids)
    assert len(ids) == len(set(ids))
    assert {link.removeprefix("#") for link in page.values("href")} <= set(ids)
    assert re.search(r"List my orders ✗ 1 fail 1 also affected 1 also affected", shown)


def test_a_reason_is_given_only_where_it_is_known() -> None:
    unknown = replace(WALK, consequence_of="order.fields")
    shown = words_of(html(results(replace(CLEAN, verdict=Verdict.FAIL, findings=(FINDING,)), unknown)))
    assert "list.page-walk implied What list.page-walk says." in shown


@pytest.mark.parametrize("detail", ["normal", "verbose"])
def test_sixty_columns_are_enough(detail: terminal.Detail) -> None:
    *lines, _ = terminal.summary(GIVEN, Path("out"), 60, detail).splitlines()
    assert max(map(len, lines)) <= 60


def test_results_json_has_both_and_keeps_its_schema(tmp_path: Path) -> None:
    files.write(GIVEN, tmp_path)
    document = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    contract.validator("results").validate(document)
    told = [(entry["verdict"], entry["consequence_of"], entry["rate"]) for entry in document["requirements"]]
    assert told == [
        ("pass", None, None),
        ("fail", "list.newest-first", "2 of 9 lists"),
        ("fail", None, "3 of 412 lists"),
        ("fail", "list.newest-first", None),
    ]
    assert load(tmp_path / "results.json") == GIVEN
