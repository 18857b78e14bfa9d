"""What a run has found, as it is written down and read back."""

import base64
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import conformance
from conformance import requirements
from conformance.exits import WrongUsage
from conformance.hypothesis_seam import Kept
from conformance.judging.found import FILE, Found, found_by, joined, read, write
from conformance.verdict import Verdict
from tests.reporting.test_terminal import CLEAN, FINDING, requirement, results

DRAWN = base64.b64encode(b"drawn").decode()
ONE = Found("test_a::test_it[1]", "list.start", 7, exploring=True, want="w", got="g", choices=(DRAWN,))
VERSIONS = {"python": "3.14"}


def written(folder: Path, **changed: Any) -> Path:
    """A file of one violation, changed at its top."""
    write(folder / FILE, [ONE], target="t", versions=VERSIONS)
    document = json.loads((folder / FILE).read_text(encoding="utf-8"))
    (folder / FILE).write_text(json.dumps({**document, **changed}), encoding="utf-8")
    return folder / FILE


def test_it_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    assert read(written(tmp_path)) == [ONE]
    document = json.loads((tmp_path / FILE).read_text(encoding="utf-8"))
    assert document["target"] == "t"
    assert document["suite"] == {"version": conformance.__version__, **VERSIONS}
    assert document["catalogue_version"] == requirements.CATALOGUE_VERSION


def test_its_function_can_be_selected() -> None:
    assert ONE.function == "test_it"
    assert replace(ONE, check="test_a::test_it").function == "test_it"


def test_what_counts_is_found_with_what_was_drawn() -> None:
    kept = Kept()
    kept.keep(FINDING.check, [DRAWN])
    follows = replace(requirement("list.start", Verdict.FAIL), consequence_of="list.limit-max")
    given = results(CLEAN, requirement("list.limit-max", Verdict.FAIL), follows)
    [found] = found_by(given, kept, exploring=False)
    assert (found.check, found.requirement, found.seed, found.exploring) == (FINDING.check, "list.limit-max", 7, False)
    assert (found.want, found.got, found.example) == (FINDING.want, FINDING.got, FINDING.example)
    assert found.choices == (DRAWN,)


def test_of_what_several_rounds_found_the_first_is_kept() -> None:
    later, elsewhere = replace(ONE, seed=8), replace(ONE, requirement="list.end", seed=8)
    assert joined([ONE], [later, elsewhere]) == [ONE, elsewhere]


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"found": []}, "no violation to reproduce"),
        ({"found": [{"check": "c"}]}, "not a file that `run --explore` has written"),
        (
            {"suite": {"version": "0.0"}},
            f"written by version 0.0 of the suite with version {requirements.CATALOGUE_VERSION} of its catalogue; "
            f"this is {conformance.__version__} with {requirements.CATALOGUE_VERSION},",
        ),
        ({"catalogue_version": "0.0"}, "version 0.0 of its catalogue"),
        ({"schema_version": 99}, "not a file"),
    ],
)
def test_what_cannot_be_met_again_is_refused(changed: dict[str, Any], says: str, tmp_path: Path) -> None:
    with pytest.raises(WrongUsage, match=says):
        read(written(tmp_path, **changed))


def test_what_was_drawn_has_to_be_readable(tmp_path: Path) -> None:
    write(tmp_path / FILE, [replace(ONE, choices=("ä no base64",))], target="t", versions={})
    with pytest.raises(WrongUsage, match="not a file"):
        read(tmp_path / FILE)


@pytest.mark.parametrize("text", ["", "[", "[]", "[" * 99999])
def test_another_file_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(text, encoding="utf-8")
    with pytest.raises(WrongUsage, match=r"found\.json: not a file"):
        read(tmp_path / FILE)
    with pytest.raises(WrongUsage, match=r"nowhere: No such file or directory$"):
        read(tmp_path / "nowhere")


def test_it_can_be_read_by_people(tmp_path: Path) -> None:
    write(tmp_path / FILE, [replace(ONE, want="größer")], target="t", versions={})
    lines = (tmp_path / FILE).read_text(encoding="utf-8").splitlines()
    assert lines[1].startswith('  "')
    assert any("größer" in line for line in lines)


def test_one_that_was_written_without_all_that_can_be_told_is_read(tmp_path: Path) -> None:
    entry = {
        "check": "test_a::test_b",
        "requirement": "list.end",
        "seed": 3,
        "exploring": False,
        "want": "w",
        "got": "g",
    }
    path = written(tmp_path, found=[entry])
    assert read(path) == [Found("test_a::test_b", "list.end", 3, exploring=False, want="w", got="g")]
