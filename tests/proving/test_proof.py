"""The kill matrix, reduced: a fault for each requirement and a few twins. All of it is `p99-conformance prove`."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from conformance import faults, requirements
from conformance.cli.variants import in_groups, together_as_one
from conformance.judging.traceability import checks_by_requirement
from conformance.proving import trial_log
from conformance.proving.bench import Subject, trial_of, trials
from conformance.proving.matrix import Trial
from conformance.results import Results
from tests.proving.test_matrix import fault
from tests.runs import PRELOADED
from tests.whole_run import WholeRun

# One for each requirement: what is killed soonest, as scripts/killed_soonest.py wrote; for what is new, the last.
SOONEST: dict[str, str] = json.loads(Path(__file__).with_name("killed_soonest.json").read_text(encoding="utf-8"))
FAULTS = {fault.breaks: name for name, fault in faults.load().items()} | SOONEST

# Of each kind a few that wait for nothing; what lags, or is away, takes long. The command judges the first; the others
# are a few in one server, as the command does it.
BY_COMMAND, *SOME = (
    "canceled-oldest-first",
    "clock-ahead",
    "eight-decimals",
    "errors-are-problems",
    "hangs-up",
    "numeric-ids",
    "signed-within-five-seconds",
    "slashed-markets",
    "ties-oldest-first",
    "tiny-queue",
)
TWINS = ["+".join(each.name for each in some) for some in in_groups([faults.twins()[name] for name in SOME], 4, seed=3)]


def subject(names: str) -> Subject:
    """One server that is all of these, joined by +."""
    first, *others = together_as_one(names)
    says = " ".join(each.says for each in (first, *others))
    return Subject(names, says, getattr(first, "breaks", None), partial(faults.serve, names), first.command)


@contextmanager
def counting_what_is_left(names: str, told_in: Path, seed: int) -> Iterator[str]:
    """Serve this variant, and write how many live orders it is left with."""
    sandbox = faults.sandbox(names, seed)
    with sandbox.serve() as served:
        yield served.profile_toml
    left = sum(order.live for account in sandbox.exchange.orders.values() for order in account.values())
    told_in.write_text(str(left), encoding="utf-8")


def tried(names: str, folder: Path) -> tuple[Trial, int]:
    """One trial, and how many live orders it left."""
    told_in = folder / "left"
    served = replace(subject(names), serve=partial(counting_what_is_left, names, told_in))
    [trial] = trials([served], seed=3, jobs=1, preload=PRELOADED)
    return trial, int(told_in.read_text(encoding="utf-8"))


@pytest.mark.parametrize("names", TWINS)
def test_twins_stay_clean_and_nothing_is_left_there(names: str, tmp_path: Path) -> None:
    trial, left = tried(names, tmp_path)
    assert trial.good, trial
    assert left == 0


def test_a_fault_is_not_cleaned_up_since_nobody_uses_it_any_more(tmp_path: Path) -> None:
    trial, left = tried("limit-unbounded", tmp_path)
    assert trial.good, trial
    assert left > 0


@pytest.mark.parametrize("name", FAULTS.values(), ids=list(FAULTS))
def test_a_fault_is_killed(name: str) -> None:
    [trial] = trials([subject(name)], seed=3, jobs=1, preload=PRELOADED, stop_on_first=True)
    assert trial.good, trial


def test_a_check_that_has_found_a_fault_need_not_find_the_next() -> None:
    first, second = trials([subject("limit-unbounded")] * 2, seed=3, jobs=1, preload=PRELOADED)
    assert first.good
    assert second.good
    assert set(second.killed_by) < set(first.killed_by)


def test_every_must_and_implied_requirement_has_a_check_and_a_fault() -> None:
    needed = {id for id, entry in requirements.load().items() if entry.level != "advisory"}
    assert needed <= {fault.breaks for fault in faults.load().values()}
    assert needed <= {id for id, checks in checks_by_requirement().items() if checks}


def test_each_fault_that_is_tried_is_one_of_its_requirement() -> None:
    assert {name: id for id, name in SOONEST.items()} == {name: faults.load()[name].breaks for name in SOONEST.values()}


def test_the_catalogue_is_as_large_as_it_claims() -> None:
    assert len(faults.load()) > 100
    assert len(faults.twins()) >= 25
    told = [variant.says for variant in (*faults.load().values(), *faults.twins().values())]
    assert len(set(told)) == len(told)
    assert all(told)


def test_silences_are_read_by_twins() -> None:
    unread = {each.id for each in requirements.silences()} - {twin.silence for twin in faults.twins().values()}
    # What cannot be read in two ways by a server: where text is lost, and what the suite alone decides.
    assert unread <= {"time-unit", "one-id-two-histories"}


def test_a_fault_that_is_none_survives(whole_run: WholeRun) -> None:
    results = Results.from_json(whole_run.ended.results)
    trial = trial_of(Subject("honest", "Does nothing wrong.", "auth.jwt", lambda _: nullcontext("")), results, 9.0)
    assert not trial.good
    assert trial.exit_code == 0


def test_the_command_says_what_it_proved(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "conformance", "prove", "oldest-first", BY_COMMAND, "--report-dir", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "every fault found, no violation on a twin" in done.stdout
    proof = json.loads((tmp_path / "prove.json").read_text(encoding="utf-8"))
    assert proof["proven"]
    assert {trial["name"] for trial in proof["trials"]} == {"oldest-first", BY_COMMAND}
    fault = next(trial for trial in proof["trials"] if trial["breaks"])
    assert fault["breaks"] in fault["violated"]
    assert fault["killed_by"]


def test_a_name_that_is_none_is_said_so(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "conformance", "prove", "oldest-frist", "--report-dir", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "did you mean" in done.stderr


def prove(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "conformance", "prove", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_with_seeds_what_is_done_is_not_done_again(tmp_path: Path) -> None:
    log, name = tmp_path / "trials.jsonl", "null-for-nothing"
    trial_log.add(log, 1, fault(name, "cancel.empty"))
    words = [name, "--seed", "1", "--seeds", "2", "--resume", str(log), "--report-dir", str(tmp_path)]
    done = prove(*words, "--share", "1/2", "--compare", str(log))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "found in every run" in done.stdout
    assert "nothing" in done.stdout.partition("What changed")[2]
    assert [seed for seed, _ in trial_log.read(log)] == [1]  # the other share is seed 2
    assert json.loads((tmp_path / "prove.json").read_text(encoding="utf-8"))["faults"][0]["runs"] == 1


def test_what_belongs_to_seeds_needs_them(tmp_path: Path) -> None:
    done = prove("oldest-first", "--share", "1/2", "--report-dir", str(tmp_path))
    assert done.returncode == 2
    assert "need --seeds" in done.stderr
