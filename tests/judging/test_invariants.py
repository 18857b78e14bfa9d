"""The sandbox stays clean, whatever the profile offers; and faults are found by the name of what they break."""

from pathlib import Path

import pytest

from conformance import faults, requirements
from conformance.sandbox import Sandbox
from conformance.wire.counts import PURPOSES
from tests.runs import Ended, run
from tests.sandboxes import profile_in
from tests.whole_run import WholeRun

# What a default run may cost, beyond setting the stage.
REQUESTS = 1_000
READERS = 600

OF_RUNS = [entry for entry in requirements.load().values() if requirements.command_of(entry.id) is None]
NEEDED = {entry.id for entry in OF_RUNS if entry.level != "advisory"}


def judge(sandbox: Sandbox, folder: Path, without: str | None = None, *more: str) -> Ended:
    """Judge the sandbox by the command line, its profile without what the pattern matches."""
    with profile_in(folder, sandbox, without) as profile:
        return run(folder, "--target", profile, *more)


def cost(done: Ended) -> int:
    """The requests that it sent beyond setting the stage and reading beside what was done."""
    requests: dict[str, int] = done.results["requests"]
    return requests["total"] - requests["setup"] - requests["readers"]


def test_the_sandbox_is_found_clean_and_everything_exercised(whole_run: WholeRun) -> None:
    done = whole_run.ended
    assert done.code == 0, done.printed
    assert not done.with_verdict("fail") | done.with_verdict("inconclusive"), done.printed
    assert done.with_verdict("pass") >= NEEDED, done.printed
    assert cost(done) <= REQUESTS
    assert 0 < done.results["requests"]["readers"] <= READERS
    by_purpose = done.results["requests"]["by_purpose"]
    assert sum(by_purpose.values()) == done.results["requests"]["total"]
    assert set(by_purpose) == set(PURPOSES) - {"overload"}
    limit = done.results["limit"]
    assert 0 < limit["chain"] <= done.results["requests"]["total"]
    assert 1 <= limit["connections"] <= 8  # one where it is near, and a busy machine is none
    assert 0 < limit["limit_s"] <= done.results["duration_s"]
    assert "0 of 8 races of two, four or six cancel-alls went wrong" in " ".join(done.printed.split())


def test_what_earlier_runs_left_keeps_nothing_from_being_judged(tmp_path: Path) -> None:
    done = judge(faults.twins()["just-used"].sandbox(), tmp_path)
    assert done.code == 0, done.printed
    assert done.with_verdict("pass") >= NEEDED, done.printed
    assert cost(done) <= 1.2 * REQUESTS


NO_INJECT = r"\[driver\.inject[^[]*(\[driver\.inject[^[]*)?"
NO_PLACE = r"\[driver\.place[^[]*\[driver\.place[^[]*"
NO_OTHER = r"\[accounts\.other\][^[]*"


@pytest.mark.parametrize(
    ("without", "exercised"),
    [
        (NO_INJECT, {"cancel.complete", "cancel.own-only", "cancel.keeps-fills", "list.limit-max", "list.page-walk"}),
        (r"api_(key|secret) = .*", {"auth.jwt", "auth.jwt-forged", "cancel.complete", "list.own-only"}),
        (r"jwt = .*", {"auth.api-key", "auth.signature", "cancel.complete", "list.own-only"}),
        (rf"{NO_OTHER}|{NO_INJECT}", {"cancel.complete", "cancel.idempotent", "list.limit-max"}),
        (NO_PLACE, {"cancel.complete", "cancel.own-only", "list.status"}),
    ],
    ids=["no injecting", "no API key", "no token", "no other account, no injecting", "no placing"],
)
def test_a_profile_that_offers_less_accuses_nobody(without: str, exercised: set[str], tmp_path: Path) -> None:
    done = judge(Sandbox(), tmp_path, without)
    assert done.code == 0, done.printed
    assert exercised <= done.with_verdict("pass"), done.printed


@pytest.mark.parametrize("name", ["oldest-first", "limit-unbounded", "cancels-the-whole-market", "null-for-nothing"])
def test_the_invariants_are_judged_without_a_test_hook_too(name: str, tmp_path: Path) -> None:
    fault = faults.load()[name]
    done = judge(fault.sandbox(), tmp_path, NO_INJECT, "--only", fault.breaks, "--stop-on-first")
    assert done.code == 1, done.printed
    assert fault.breaks in done.with_verdict("fail"), done.printed
    findings = [finding for entry in done.results["requirements"] for finding in entry["findings"]]
    assert all(finding["want"] and finding["got"] for finding in findings)
    assert fault.breaks in done.printed


@pytest.mark.parametrize(
    ("fault", "narrow"), [("average-without-volume", "DFUSDT2"), ("returns-what-was-filled", "DFUSDT")]
)
def test_a_market_without_room_for_trades_keeps_no_other_from_being_judged(
    fault: str, narrow: str, tmp_path: Path
) -> None:
    loaded = faults.load()[fault]
    with profile_in(tmp_path, loaded.sandbox()) as profile:
        text = profile.read_text(encoding="utf-8")
        profile.write_text(text.replace(f'"{narrow}",', f'"{narrow}", tick = "0.05",'), encoding="utf-8")
        done = run(tmp_path, "--target", profile, "--only", loaded.breaks, "--stop-on-first")
    assert done.code == 1, done.printed
    assert done.with_verdict("fail") == {loaded.breaks}, done.printed


def test_a_walk_that_misses_orders_comes_with_the_lists_that_show_it(tmp_path: Path) -> None:
    done = judge(faults.load()["walks-two-hundred-deep"].sandbox(), tmp_path, None, "-k", "stepping_back")
    [entry] = [entry for entry in done.results["requirements"] if entry["id"] == "list.page-walk"]
    assert entry["verdict"] == "fail", done.printed
    for finding in entry["findings"]:
        missed = finding["got"].split()[6]
        bodies = [exchange["response_body"] for exchange in finding["exchanges"]]
        assert len(bodies) >= 2
        assert missed in bodies[0], "the list that shows it"
        assert not any(missed in body for body in bodies[1:])


def test_a_violation_of_a_sequence_is_told_in_named_steps(tmp_path: Path) -> None:
    sandbox = faults.load()["comes-back-to-life"].sandbox(seed=1)
    done = judge(sandbox, tmp_path, None, "-k", "any_sequence", "--seed", "1")
    findings = [finding for entry in done.results["requirements"] for finding in entry["findings"]]
    steps = findings[0]["example"].splitlines()
    assert [step.partition(" ")[0] for step in steps] == [f"{number}." for number in range(1, len(steps) + 1)]
    assert len(steps) <= 4
