"""The report directory: complete, valid, and replaced as a whole."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from conformance import contract
from conformance.reporting import files
from conformance.results import Mishaps, load
from conformance.verdict import Verdict
from tests.reporting.test_terminal import CLEAN, requirement, results

FULL = results(
    CLEAN,
    requirement("list.limit-max", Verdict.FAIL),
    requirement("list.limit-exact", Verdict.INCONCLUSIVE, reason="unreachable"),
    requirement("order.id-uuid", Verdict.FAIL, "advisory", reason="want a UUID"),
    requirement("list.safe", Verdict.NONE, reason="no driver"),
    mishaps=Mishaps(crashes=("\x1b[31mcontrol\x00",)),
)


def test_results_json_keeps_its_schema(tmp_path: Path) -> None:
    files.write(FULL, tmp_path)
    document = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    contract.validator("results").validate(document)
    assert document["exit_code"] == 1
    assert load(tmp_path / "results.json") == FULL


def test_junit_has_a_case_for_each_requirement(tmp_path: Path) -> None:
    files.write(FULL, tmp_path)
    root = ElementTree.parse(tmp_path / "junit.xml").getroot()
    cases = {case.attrib["name"]: case for case in root.iter("testcase")}
    assert set(cases) == {result.id for result in FULL.requirements}
    outcomes = {name: {child.tag for child in case} - {"system-out"} for name, case in cases.items()}
    assert outcomes == {
        "order.fields": set(),
        "list.limit-max": {"failure"},
        "list.limit-exact": {"error"},
        "order.id-uuid": {"skipped"},
        "list.safe": {"skipped"},
    }
    failure = cases["list.limit-max"].find("failure")
    assert failure is not None
    assert failure.attrib["message"] == "want at most 200 orders for limit=1000; got 333"
    assert "GET" in (failure.text or "")
    suite = root.find("testsuite[@name='list']")
    assert suite is not None
    assert (suite.attrib["tests"], suite.attrib["failures"]) == ("3", "1")


def test_what_xml_cannot_hold_is_replaced(tmp_path: Path) -> None:
    hostile = requirement("list.array", Verdict.INCONCLUSIVE, reason="\x00\x1b]0;<script>\ud800")
    files.write(results(CLEAN, hostile), tmp_path)
    case = ElementTree.parse(tmp_path / "junit.xml").getroot().find(".//error")
    assert case is not None
    assert case.attrib["message"] == case.text == "��]0;<script>�"


def test_nothing_unfinished_is_left(tmp_path: Path) -> None:
    files.write(FULL, tmp_path / "new")
    files.write(results(CLEAN), tmp_path / "new")
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == sorted(files.NAMES)
    assert load(tmp_path / "new" / "results.json").exit_code == 0


def test_a_folder_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        files.write(FULL, tmp_path / "file")
