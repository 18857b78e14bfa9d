"""Selection by requirement: what is run, what counts, and what is said of it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from conformance import faults, requirements
from conformance.exits import WrongUsage
from conformance.gating.gate import decide
from conformance.gating.selecting import narrowed
from conformance.reporting import words
from conformance.reporting.reproduction import run_line
from conformance.requirements.selection import everything, selection
from conformance.sandbox import Sandbox
from conformance.verdict import Verdict
from tests.cli.test_commands import command
from tests.gating.test_waivers import TODAY
from tests.reporting.test_terminal import CLEAN, requirement, results
from tests.runs import Ended, run, run_pytest

ALL = frozenset(requirements.load())


@pytest.mark.parametrize(
    ("only", "skip", "ids"),
    [
        ("list.limit-max", None, {"list.limit-max"}),
        ("weight, latency", None, {"weight.zero", "latency"}),
        ("access", "auth", {"error.envelope", "error.envelope-4xx", "error.bad-input", "weight.zero", "latency"}),
        (None, "order,list,cancel,auth,error", {"weight.zero", "latency"}),
    ],
)
def test_ids_and_areas_are_selected(only: str | None, skip: str | None, ids: set[str]) -> None:
    assert selection(only, skip).ids == ids


@pytest.mark.parametrize(("only", "skip"), [("order,order.id", "order"), ("order", "oder"), ("", None)])
def test_what_selects_nothing_or_is_no_name_is_refused(only: str, skip: str | None) -> None:
    with pytest.raises(WrongUsage):
        selection(only, skip)


def test_a_misspelt_name_is_told_what_was_meant() -> None:
    with pytest.raises(
        WrongUsage, match="--skip weigth: there is no requirement or area 'weigth'; did you mean weight"
    ):
        selection(skip="weigth")


def test_every_requirement_is_in_one_group() -> None:
    grouped = [id for ids in requirements.groups().values() for id in ids]
    assert sorted(grouped) == sorted(id for id in ALL if not requirements.command_of(id))
    assert not requirements.groups().keys() & {id.partition(".")[0] for id in ALL}, "none is left out of groups.toml"
    assert len(requirements.groups()["shape"]) == 15


FAILED = requirement("weight.zero", Verdict.FAIL)
WITHOUT_WEIGHT = selection(skip="weight")


def test_what_is_not_selected_does_not_count() -> None:
    told = narrowed(results(CLEAN, FAILED), WITHOUT_WEIGHT)
    assert told.exit_code == 0
    assert words.headline(told) == "no violation found (1 of 1 requirement tested with --skip weight)"
    assert told.requirements[1].reason == "not selected: --skip weight"
    assert run_line(told).endswith("--skip weight --seed 7")
    assert narrowed(results(CLEAN, FAILED), everything()) == results(CLEAN, FAILED)


def test_what_followed_from_something_that_is_not_selected_counts_by_itself() -> None:
    follows = replace(requirement("list.start", Verdict.FAIL), consequence_of="weight.zero")
    assert narrowed(results(CLEAN, FAILED, follows), WITHOUT_WEIGHT).violated[0].id == "list.start"


def test_the_gate_decides_on_what_is_selected() -> None:
    before, now = results(CLEAN, requirement("weight.zero", Verdict.PASS)), results(CLEAN, FAILED)
    assert decide(now, baseline=before, today=TODAY).exit_code == 1
    assert decide(now, baseline=before, today=TODAY, selected=WITHOUT_WEIGHT).exit_code == 0
    skipped = narrowed(now, WITHOUT_WEIGHT)
    assert decide(skipped, baseline=before, today=TODAY).exit_code == 3, "the run left it out, and nobody told the gate"


def test_what_is_required_is_what_is_selected_and_nobody_calls_it_conformant() -> None:
    told = narrowed(results(CLEAN, requirement("weight.zero", Verdict.NONE), require="must"), WITHOUT_WEIGHT)
    assert told.exit_code == 0
    assert "conformant" not in words.headline(told)
    assert "--require must met" in words.headline(told)


def test_the_fidelity_line_counts_groups() -> None:
    told = words.fidelity(results(CLEAN, requirement("list.start", Verdict.FAIL)))
    assert told == "fidelity: shape 1 of 1, filters 0 of 1"


@pytest.mark.parametrize("start", [run, run_pytest], ids=["run", "pytest"])
def test_a_run_is_about_what_is_selected(start: Callable[..., Ended], tmp_path: Path) -> None:
    with faults.load()["limit-before-filters"].sandbox(1).serve() as served:
        (tmp_path / "p.toml").write_text(served.profile_toml, encoding="utf-8")
        done = start(tmp_path, "--target", "p.toml", "--only", "list.start,order.fields", "--skip", "order.fields")
    judged = {each["id"] for each in done.results["requirements"] if each["verdict"] != "none"}
    assert judged == {"list.start"}
    assert done.results["selection"] == "--only list.start,order.fields --skip order.fields"
    assert done.results["requests"]["by_purpose"].get("bursts", 0) == 0


def test_the_shape_alone_of_a_mock_with_fixed_examples(tmp_path: Path) -> None:
    sandbox = Sandbox(1)
    with sandbox.serve() as served:
        (tmp_path / "p.toml").write_text(served.profile_toml, encoding="utf-8")
        done = run(tmp_path, "--target", "p.toml", "--shape-only")
    assert not any(sandbox.exchange.orders.values()), "no order is placed"
    assert done.results["selection"] == "--shape-only"
    assert {each["id"] for each in done.results["requirements"] if each["selected"]} == {
        *requirements.groups()["shape"]
    }


@pytest.mark.parametrize("given", ["--only nope", "--shape-only --only order", "--skip order,list,cancel,access"])
def test_a_command_line_that_selects_wrongly_ends_with_2(given: str, tmp_path: Path) -> None:
    done = command("run", *given.split(), cwd=tmp_path)
    assert done.returncode == 2, done.stdout
    assert done.stderr.startswith("p99-conformance: --")
