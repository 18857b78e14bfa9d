"""How often faults are found and twins clean, over seeds; and the file that keeps the trials."""

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from conformance.proving import share_tables, trial_log
from conformance.proving.matrix import Trial
from conformance.proving.shares import Share, Shares, portion
from conformance.proving.trial_log import BadLog
from tests.proving.test_matrix import fault, twin

FOUND = fault("lies", "list.a")
LATE = fault("lies", "list.a", violated=("list.b", "list.a"))
MISSED = fault("lies", "list.a", violated=(), exit_code=0)
CLEAN, ACCUSED = twin("may"), twin("may", exit_code=1, violated=("list.a",))


def test_shares_are_counted_for_each_variant() -> None:
    shares = Shares([FOUND, LATE, MISSED, FOUND, CLEAN, ACCUSED])
    assert shares.faults == [Share("lies", "list.a", 4, 3, 2)]
    assert shares.twins == [Share("may", None, 2, 1)]
    assert (shares.faults[0].found, shares.faults[0].named, shares.named_first) == (0.75, 0.5, 0.5)
    assert [str(share) for share in shares.accused] == ["may: clean in 1 of 2"]
    assert not shares.proven


@pytest.mark.parametrize(
    ("trials", "proven"),
    [
        ([FOUND] * 100 + [CLEAN], True),
        ([FOUND] * 99 + [MISSED], True),
        ([FOUND] * 98 + [MISSED] * 2, False),
        ([FOUND] * 95 + [LATE] * 5, True),
        ([FOUND] * 94 + [LATE] * 6, False),
        ([FOUND] * 10 + [CLEAN] * 99 + [ACCUSED], False),
    ],
    ids=["all", "99 found", "98 found", "95 first", "94 first", "accused once"],
)
def test_what_is_asked_for(trials: list[Trial], proven: bool) -> None:
    assert Shares(trials).proven is proven


def test_the_weakest_are_those_that_are_found_least_then_named_first_least() -> None:
    kinds = {"never": [MISSED], "late": [LATE], "half": [FOUND, MISSED], "always": [FOUND], "also-late": [LATE]}
    trials = [fault(name, "list.a", violated=each.violated) for name, some in kinds.items() for each in some]
    assert [share.name for share in Shares(trials).weakest(3)] == ["never", "half", "also-late"]
    assert [share.name for share in Shares(trials).weakest()] == ["never", "half", "also-late", "late"]


def test_what_changed() -> None:
    old, new = Shares([FOUND, CLEAN, twin("gone")]), Shares([FOUND, MISSED, CLEAN, CLEAN, twin("new")])
    assert [(was and was.name, now and now.name) for was, now in new.changes(old)] == [
        ("gone", None),
        ("lies", "lies"),
        (None, "new"),
    ]
    shown = Console(width=200, record=True, file=io.StringIO())
    shown.print(share_tables.render(new, old))
    text = shown.export_text()
    assert "lies (list.a): found in 1 of 2, named first in 1; before: found in 1 of 1, named first in 1" in text
    assert "gone: clean in 1 of 1; not tried now" in text
    assert "new: clean in 1 of 1; not tried before" in text


def test_trials_come_back_from_the_file(tmp_path: Path) -> None:
    path = tmp_path / "trials.jsonl"
    trial_log.add(path, 7, LATE)
    trial_log.add(path, 8, CLEAN)
    assert list(trial_log.read(path)) == [(7, LATE), (8, CLEAN)]


def test_a_line_that_was_cut_short_is_done_again(tmp_path: Path) -> None:
    path = tmp_path / "trials.jsonl"
    trial_log.add(path, 7, LATE)
    with path.open("a", encoding="utf-8") as file:
        file.write('{"seed": 8, "na')
    assert list(trial_log.read(path)) == [(7, LATE)]
    trial_log.mend(path)
    trial_log.add(path, 8, CLEAN)
    assert list(trial_log.read(path)) == [(7, LATE), (8, CLEAN)]


@pytest.mark.parametrize("line", ["x", "[]", "{}", json.dumps({"seed": 1, "exit_code": 0})])
def test_a_file_of_something_else_is_named_with_its_line(line: str, tmp_path: Path) -> None:
    path = tmp_path / "trials.jsonl"
    path.write_text(line + "\n", encoding="utf-8")
    with pytest.raises(BadLog, match="line 1: not a trial"):
        list(trial_log.read(path))


def test_portions() -> None:
    assert portion("2/7") == (2, 7)
    for text in ("0/7", "8/7", "2", "a/b", "-1/2", ""):
        with pytest.raises(ValueError, match="K/N"):
            portion(text)
