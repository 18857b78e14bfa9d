"""What the kill matrix takes for a proof, and each thing that keeps it from being one."""

import io
import json
from collections.abc import Sequence
from typing import Any

import pytest
from rich.console import Console

from conformance.proving import presentation
from conformance.proving.matrix import Matrix, Trial, middle

REQUIREMENTS = {"list.a": "must", "list.b": "implied", "order.c": "must", "order.d": "advisory"}
CHECKS = ("test_list", "test_order")


def fault(name: str, breaks: str, by: Sequence[str] = ("test_list",), **named: Any) -> Trial:
    killed = {
        "exit_code": 1,
        "violated": (breaks,),
        "affected": (),
        "killed_by": tuple(by),
        "requests": 10,
        "seconds": 1.0,
    }
    return Trial(**{"name": name, "says": "It lies.", "breaks": breaks, **killed, **named})


def twin(name: str, **named: Any) -> Trial:
    clean = {"exit_code": 0, "violated": (), "affected": (), "killed_by": (), "requests": 100, "seconds": 9.0}
    return Trial(**{"name": name, "says": "It may.", "breaks": None, **clean, **named})


A, B, C = fault("lies-a", "list.a"), fault("lies-b", "list.b", seconds=2.0), fault("lies-c", "order.c", ["test_order"])
TWIN = twin("any-order")
CLEAN = (TWIN, C, B, A)


def matrix(*trials: Trial) -> Matrix:
    return Matrix(trials, CHECKS, REQUIREMENTS)


def shown(judged: Matrix, *, whole: bool = False) -> str:
    console = Console(width=200, record=True, file=io.StringIO())
    console.print(presentation.render(judged, 1.0, whole=whole))
    return console.export_text()


def wanting(judged: Matrix) -> dict[str, list[str]]:
    """What is not as it should be, by kind."""
    found = {
        "survivors": [trial.name for trial in judged.survivors],
        "false alarms": [trial.name for trial in judged.false_alarms],
        "idle checks": judged.idle_checks,
        "unproven": judged.unproven,
    }
    return {kind: names for kind, names in found.items() if names}


def test_twins_that_were_one_server_are_counted_one_by_one() -> None:
    judged = matrix(*CLEAN, twin("may-hang-up+may-wait"))
    assert judged.proven
    assert judged.to_json()["twins"] == 3
    assert "3 correct twins in 2 servers: 2 of them without a violation" in shown(judged)


def test_every_fault_killed_and_every_twin_clean() -> None:
    judged = matrix(*CLEAN)
    assert wanting(judged) == {}
    assert judged.proven
    assert [trial.name for trial in judged.trials] == ["any-order", "lies-a", "lies-b", "lies-c"]


@pytest.mark.parametrize(
    "survivor",
    [
        fault("survives", "list.a", exit_code=0, violated=(), killed_by=()),
        fault("survives", "list.a", exit_code=1, violated=("list.b",), killed_by=()),
        fault("survives", "list.a", exit_code=3, violated=(), killed_by=()),
    ],
    ids=["found clean", "found by another name", "not judged"],
)
def test_a_fault_that_survives(survivor: Trial) -> None:
    judged = matrix(*CLEAN, survivor)
    assert wanting(judged) == {"survivors": ["survives"]}
    assert not judged.proven


def test_a_fault_may_break_more_than_it_says() -> None:
    assert matrix(*CLEAN, fault("breaks-two", "list.a", violated=("list.b", "list.a"))).proven


@pytest.mark.parametrize(
    "accused",
    [
        twin("accused", exit_code=1, violated=("list.a",)),
        twin("accused", exit_code=3),
        twin("accused", exit_code=4),
    ],
    ids=["violated", "not judged", "crashed"],
)
def test_a_twin_that_is_accused_or_not_judged(accused: Trial) -> None:
    judged = matrix(*CLEAN, accused)
    assert wanting(judged) == {"false alarms": ["accused"]}
    assert not judged.proven


def test_a_twin_may_do_what_is_only_advised_against() -> None:
    assert matrix(*CLEAN, twin("ill-advised", violated=("order.d",))).proven


def test_a_check_that_kills_nothing() -> None:
    judged = matrix(TWIN, A, B, fault("lies-c", "order.c", ["test_list"]))
    assert wanting(judged) == {"idle checks": ["test_order"]}
    assert not judged.proven


@pytest.mark.parametrize(("left_out", "unproven"), [(A, "list.a"), (B, "list.b")])
def test_a_requirement_that_no_fault_breaks(left_out: Trial, unproven: str) -> None:
    judged = matrix(*(trial for trial in CLEAN if trial is not left_out))
    assert wanting(judged) == {"unproven": [unproven]}
    assert not judged.proven


def test_where_only_some_faults_were_tried_nothing_else_is_asked_for() -> None:
    assert Matrix([A]).proven
    assert wanting(Matrix([A])) == {}


def test_faults_by_the_area_that_they_lie_about() -> None:
    areas = [(area, [trial.name for trial in trials]) for area, trials in matrix(*CLEAN).areas()]
    assert areas == [("list", ["lies-a", "lies-b"]), ("order", ["lies-c"])]


def test_as_json_with_medians_of_kills_alone() -> None:
    survivor = fault("survives", "list.a", violated=(), requests=5000, seconds=500.0)
    judged = matrix(*CLEAN, survivor)
    document = json.loads(json.dumps(judged.to_json()))
    assert [document.pop(key) for key in ("faults", "twins", "proven")] == [4, 1, False]
    assert [document.pop(f"median_{what}_to_kill") for what in ("requests", "seconds")] == [10, 1.0]
    assert [trial["name"] for trial in document.pop("trials")] == [trial.name for trial in judged.trials]
    lists = {"survivors": ["survives"], "false_alarms": [], "idle_checks": [], "unproven_requirements": []}
    assert document == lists


@pytest.mark.parametrize(("values", "median"), [([], 0), ([3], 3), ([9, 1, 2], 2), ([1, 2], 1.5), ([0.123], 0.12)])
def test_the_middle(values: list[float], median: float) -> None:
    assert middle(values) == median


def test_what_is_named_first_is_told_where_all_checks_have_judged() -> None:
    late = fault("lies-late", "list.a", violated=("list.b", "list.a"))
    follows = fault("follows", "list.a", violated=("list.b",), affected=("list.a",))
    judged = matrix(A, late, follows)
    assert [trial.name for trial in judged.faults if trial.named_first] == ["lies-a"]
    assert [trial.name for trial in judged.survivors] == ["follows"]
    text = shown(judged, whole=True)
    assert "1 of 3 faults whose own violation is named first; 2 violations at most" in text
    assert "lies-late (list.a)" in text
    assert "also affected: list.a" in text
