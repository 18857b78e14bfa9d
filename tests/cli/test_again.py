"""`run` in rounds: exploring with other seeds, and testing again what an earlier run has found."""

import json
import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from conformance import __version__
from conformance.cli.again import duration_s
from conformance.exits import WrongUsage
from conformance.requirements import CATALOGUE_VERSION
from conformance.sandbox import Exchange, Sandbox
from tests.runs import live, run, start
from tests.sandboxes import profile_in

QUICK = "start_is_inclusive"  # a quick check
DRAWS_LIMITS = "limit_within_range"


class OneFewerAboveHundred(Exchange):
    """Shows an order too few where a limit is 101 to 198: the check of limits alone asks for none of those at first."""

    def page_size(self, limit: int | None) -> int:
        size = super().page_size(limit)
        return size - (100 < size < 199)


class Short(Sandbox):
    """A sandbox with that fault."""

    exchange_class = OneFewerAboveHundred


def verdict_of(results: dict[str, Any], id: str) -> str:
    return str(next(entry["verdict"] for entry in results["requirements"] if entry["id"] == id))


def test_exploring_draws_anew_and_ends_with_one_report(tmp_path: Path) -> None:
    done = run(tmp_path, "--explore", "5s", "-k", QUICK, "--seed", "3")
    assert done.code == 0, done.printed
    seeds = done.results["seeds"]
    assert done.results["seed"] == seeds[0] == 3
    assert 2 <= len(seeds) == len(set(seeds))
    assert all(f"seed {seed}" in done.stderr for seed in seeds)
    assert f"seed 3 and {len(seeds) - 1} more round" in done.stdout
    assert not done.results["partial"]
    sent = [int(line.partition("): ")[2].split()[0]) for line in done.stderr.splitlines() if line.startswith("round ")]
    assert done.results["requests"]["total"] == sum(sent)
    assert not (tmp_path / "reports" / "found.json").exists()


def test_exploring_says_how_many_combinations_of_four_parameters_it_covered(tmp_path: Path) -> None:
    done = run(tmp_path, "--explore", "9s", "-k", "three_parameters and caller and jwt")
    assert done.code == 0, done.printed
    asked, possible = done.results["coverage"]["queries"]["fours"]
    assert 0 < asked < possible
    assert f"{asked} of {possible} fours of list parameters" in " ".join(done.stdout.split())


def test_what_was_found_is_met_again_on_another_machine_and_then_the_rest_is_tested(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    for folder in (here, there):
        folder.mkdir()
    with profile_in(here, Short(0)) as profile:
        done = run(here, "--target", profile, "--explore", "60s", "--stop-on-first", "-k", DRAWS_LIMITS)
    assert done.code == 1, done.printed
    [finding] = [finding for entry in done.results["requirements"] for finding in entry["findings"]]
    assert finding["seed"] in done.results["seeds"][1:]
    assert f"in the round with seed {finding['seed']}" in " ".join(done.stdout.split())

    found = json.loads((here / "reports" / "found.json").read_text(encoding="utf-8"))
    assert (found["suite"]["version"], found["catalogue_version"]) == (__version__, CATALOGUE_VERSION)
    [entry] = found["found"]
    assert (entry["requirement"], entry["seed"], entry["exploring"]) == ("list.limit-exact", finding["seed"], True)
    assert entry["check"].endswith(f"test_a_{DRAWS_LIMITS}_is_kept")
    assert entry["choices"]
    # Another machine may have other orders, so that the same seed draws something else there.
    entry["seed"] += 1
    (there / "carried.json").write_text(json.dumps(found), encoding="utf-8")

    words = ("--replay", "carried.json", "-k", QUICK)
    with profile_in(there, Short(7)) as profile:
        again = run(there, "--target", profile, *words)
    assert again.code == 1, again.printed
    assert "met again: list.limit-exact" in again.stderr
    assert verdict_of(again.results, "list.limit-exact") == "fail"
    assert verdict_of(again.results, "list.start") == "pass", "the rest is tested too"
    assert again.results["select"] == QUICK
    assert json.loads((there / "reports" / "found.json").read_text(encoding="utf-8"))["found"] == [entry]

    with profile_in(there, Sandbox(7)) as profile:
        mended = run(there, "--target", profile, *words)
    assert mended.code == 0, mended.printed
    assert "not met again: list.limit-exact" in mended.stderr


def test_what_failed_is_run_again_alone(tmp_path: Path) -> None:
    class AlwaysShort(Sandbox):
        exchange_class = type("Fewer", (Exchange,), {"page_size": lambda self, limit: 50 if limit is None else 7})

    with profile_in(tmp_path, AlwaysShort(0)) as profile:
        first = run(tmp_path, "--target", profile, "-k", f"{DRAWS_LIMITS} or {QUICK}", "--seed", "5")
        assert first.with_verdict("fail") == {"list.limit-exact"}, first.printed
        again = run(tmp_path, "--target", profile, "--failed", "reports")
    assert again.code == 1, again.printed
    assert (
        "runs again only the checks of what reports has as violated or inconclusive: list.limit-exact" in again.stderr
    )
    assert again.results["seed"] == 5
    assert f"test_a_{DRAWS_LIMITS}_is_kept" in again.results["select"]
    assert verdict_of(again.results, "list.start") == "none"


def test_exploring_that_is_interrupted_reports_what_was_found_so_far(tmp_path: Path) -> None:
    sandbox = Sandbox()
    with profile_in(tmp_path, sandbox) as profile:
        words = ("run", "--target", profile, "--explore", "10m", "-k", "sequence or window_that_ends")
        going = start(tmp_path, *words)
        printed = tmp_path / "stderr.txt"
        ends_by = time.monotonic() + 30
        while "round 1 " not in (printed.read_text(encoding="utf-8") if printed.exists() else ""):
            assert time.monotonic() < ends_by, "no round has ended"
            time.sleep(0.05)
        time.sleep(1)  # the second one is under way
        os.kill(going.process.pid or 0, signal.SIGINT)
        done = going.end()
    assert done.code == 130, done.printed
    assert verdict_of(done.results, "list.window-empty") == "pass"
    assert done.results["mishaps"]["interrupted"]
    assert done.results["seeds"][0] == 0
    assert not live(sandbox)


def test_a_bound_on_orders_holds_for_all_rounds_together(tmp_path: Path) -> None:
    sandbox = Sandbox()
    with profile_in(tmp_path, sandbox, max_orders=500) as profile:
        done = run(tmp_path, "--target", profile, "--explore", "5s", "-k", "limit_within_range")
    assert done.code == 0, done.printed
    assert len(done.results["seeds"]) > 1
    assert 100 < sum(map(len, sandbox.exchange.orders.values())) <= 500


GOOD = {
    "schema_version": 1,
    "catalogue_version": CATALOGUE_VERSION,
    "suite": {"version": __version__},
    "found": [{"check": "test_load::test_x", "requirement": "weight.zero", "seed": 1, "exploring": True}],
}


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--explore", "10 minutes"), "write for example 90s, 10m or 2h"),
        (("--explore", "0s"), "is not a time"),
        (("--replay", "absent.json"), "absent.json: No such file"),
        (("--replay", "text.json"), "text.json: not a file that `run --explore` has written"),
        (("--replay", "other.json"), "other.json: not a file that `run --explore` has written: $"),
        (("--replay", "empty.json"), "empty.json: it has no violation to reproduce"),
        (("--replay", "older.json"), "older.json: written by version 0.0.1 of the suite"),
        (("--replay", "broken.json"), "broken.json: not a file that `run --explore` has written"),
        (("--failed", "absent"), "absent: no such report"),
        (("--failed", "text.json"), "text.json: no results of a run"),
        (("--failed", "other.json"), "other.json: no results of a run"),
        (("--failed", "absent", "--replay", "absent.json"), "--replay and --failed cannot be given together"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, tuple) else None,
)
def test_a_file_that_cannot_be_used_is_one_clear_message(words: tuple[str, ...], says: str, tmp_path: Path) -> None:
    broken = [{**GOOD["found"][0], "choices": ["no base64"]}]  # type: ignore[index]
    for name, text in {
        "text.json": "no JSON",
        "other.json": "{}",
        "empty.json": json.dumps({**GOOD, "found": []}),
        "older.json": json.dumps({**GOOD, "suite": {"version": "0.0.1"}}),
        "broken.json": json.dumps({**GOOD, "found": broken}),
    }.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    done = run(tmp_path, *words)
    assert done.code == 2, done.printed
    assert says in done.stderr
    assert "Traceback" not in done.printed
    assert done.results == {}


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({}, "this run found nothing violated or inconclusive, so there is nothing to run again"),
        ({"catalogue_version": "0.9"}, "with version 0.9 of its catalogue"),
    ],
)
def test_results_without_anything_to_run_again(changed: dict[str, Any], says: str, tmp_path: Path) -> None:
    first = run(tmp_path, "-k", QUICK)
    assert first.code == 0, first.printed
    (tmp_path / "kept.json").write_text(json.dumps(first.results | changed), encoding="utf-8")
    done = run(tmp_path, "--failed", "kept.json")
    assert done.code == 2, done.printed
    assert says in done.stderr


@pytest.mark.parametrize(("text", "seconds"), [("5s", 5), ("1.5m", 90), ("2h", 7_200)])
def test_times(text: str, seconds: float) -> None:
    assert duration_s(text) == seconds


@pytest.mark.parametrize("text", ["", "5", "m", "-5s", "5d", "5s5", "0m"])
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(WrongUsage):
        duration_s(text)
