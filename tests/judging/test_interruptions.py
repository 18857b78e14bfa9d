"""Runs that are told to stop while many requests are under way."""

import os
import random
import signal
import time
from pathlib import Path

import pytest

from conformance import faults
from conformance.faults.twins_around import FarAway
from conformance.sandbox import Sandbox
from tests.runs import live, start
from tests.sandboxes import profile_in

IN_TIME_S = 5


class TwoLanes(Sandbox):
    """Takes 20 ms for each answer."""

    lanes = 2
    face_class = FarAway


@pytest.mark.parametrize("number", range(6))
def test_nothing_is_left_by_a_run_over_many_connections(number: int, tmp_path: Path) -> None:
    """At a random moment of a run, on one lane or on two, of a target that takes 20 ms for each answer."""
    moments = random.Random(number)
    sandbox = TwoLanes() if number > 3 else faults.twins()["far-away"].sandbox()
    with profile_in(tmp_path, sandbox) as profile:
        run = start(tmp_path, "run", "--target", profile, "--jobs", "8")
        while not any(sandbox.exchange.orders.values()):  # the set-up has begun
            assert run.process.is_alive()
            time.sleep(0.01)
        time.sleep(moments.uniform(0, 6))
        stopped_at = time.monotonic()
        assert run.process.pid is not None
        signal_sent = (signal.SIGINT, signal.SIGTERM)[number % 2]
        os.kill(run.process.pid, signal_sent)
        done = run.end()
    assert time.monotonic() - stopped_at < IN_TIME_S
    assert live(sandbox) == []
    assert done.code == 130, done.printed
    assert done.results["partial"] is True
