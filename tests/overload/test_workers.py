"""An overload by Locust's master and two workers, all on this machine."""

import importlib.util
import os
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conformance.sandbox import Sandbox
from tests.runs import GONE_FOR_GOOD, Ended, Run, live, start
from tests.sandboxes import profile_in

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("locust") is None, reason="Locust is not installed: pip install -e '.[load]'"
)

LONG = ("--max-requests", "5000", "--max-rate", "300", "--recover", "2", "--watch", "0.5", "--max-at-once", "16")


def small() -> Sandbox:
    return Sandbox(0, lanes=2, queue_size=8, service_ms=3.0)


def begun(folder: Path, profile: Path, *words: str, patch: str = "") -> tuple[Run, list[Run]]:
    """The overload, and its two workers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    master = start(folder, "overload", "--target", profile, "--workers", "2", "--listen", address, *words, patch=patch)
    workers = []
    for name in ("one", "two"):
        (folder / name).mkdir()
        workers.append(start(folder / name, "overload", "--target", profile, "--join", address))
    return master, workers


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 40
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def told(done: Ended) -> dict[str, Any]:
    figures: dict[str, Any] = done.results["overload"]
    assert figures["sent"] == sum(figures[each] for each in ("accepted", "refused", "failed", "unknown"))
    assert (figures["lost"], figures["doubled"]) == (0, 0)
    return figures


def busy(sandbox: Sandbox) -> Callable[[], bool]:
    """Whether bursts are under way on both lanes."""
    return lambda: all(len(sandbox.exchange.orders[name]) > 12 for name in ("alice", "carol"))


def test_two_workers_and_one_ledger(tmp_path: Path) -> None:
    sandbox = small()
    with profile_in(tmp_path, sandbox) as profile:
        master, workers = begun(
            tmp_path, profile, "--max-requests", "300", "--max-at-once", "32", "--recover", "4", "--watch", "0.5"
        )
        done, helped = master.end(), [each.end() for each in workers]
    assert done.code == 0, done.printed
    assert told(done)["by_kind"]["cancel-all"]["refused"] > 10
    assert {each.code for each in helped} == {0}
    lanes = {line for each in helped for line in each.stderr.splitlines() if "sends requests of" in line}
    assert lanes == {f"worker: sends requests of {names}" for names in ("alice, bob", "carol, dave")}
    assert live(sandbox) == []


def test_a_worker_that_is_killed_leaves_what_it_held_in_doubt(tmp_path: Path) -> None:
    sandbox = small()
    with profile_in(tmp_path, sandbox) as profile:
        master, workers = begun(tmp_path, profile, *LONG, "--max-seconds", "8")
        until(busy(sandbox))
        os.kill(workers[1].process.pid or 0, signal.SIGKILL)
        done = master.end()
        workers[0].end(), workers[1].end()
    assert done.code == 3, done.printed
    told(done)
    assert not done.with_verdict("fail")
    reasons = {each["id"]: each["reason"] or "" for each in done.results["requirements"]}
    assert "a worker was lost" in reasons["overload.no-loss"]
    assert live(sandbox) == []


def test_told_to_stop_it_reports_and_leaves_nothing(tmp_path: Path) -> None:
    sandbox = small()
    with profile_in(tmp_path, sandbox) as profile:
        master, workers = begun(tmp_path, profile, *LONG)
        until(busy(sandbox))
        os.kill(master.process.pid or 0, signal.SIGINT)
        done, helped = master.end(), [each.end() for each in workers]
    assert done.code == 130, done.printed
    told(done)
    assert not done.with_verdict("fail")
    assert {each.code for each in helped} == {0}
    assert live(sandbox) == []


def test_a_target_that_dies_has_lost_nothing_for_certain(tmp_path: Path) -> None:
    sandbox = small()
    with profile_in(tmp_path, sandbox) as profile:
        master, workers = begun(tmp_path, profile, *LONG, patch=GONE_FOR_GOOD)
        until(busy(sandbox))
    done, helped = master.end(), [each.end() for each in workers]
    assert done.code == 3, done.printed
    told(done)
    assert not done.with_verdict("fail")
    assert done.results["mishaps"]["left"]
    assert {each.code for each in helped} == {0}


def test_where_the_master_is_killed_the_workers_end_and_its_next_run_cleans_up(tmp_path: Path) -> None:
    sandbox = small()
    with profile_in(tmp_path, sandbox) as profile:
        master, workers = begun(tmp_path, profile, *LONG)
        until(busy(sandbox))
        os.kill(master.process.pid or 0, signal.SIGKILL)
        master.end()
        helped = [each.end() for each in workers]
        assert {each.code for each in helped} == {3}
        assert all("the master is lost" in each.stderr for each in helped)
        start(tmp_path, "overload", "--target", profile, "--max-requests", "8", "--watch", "0").end()
    assert live(sandbox) == []
