"""Targets that are away for a moment, or behind: what is told apart from a defect."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from conformance.faults.standby import Standby
from conformance.proving.bench import Subject, trials
from conformance.sandbox import Sandbox
from tests import runs
from tests.gateway import Away, Gateway, gateway

AWAY_S = 1.5


@contextmanager
def behind_a_gateway(sandbox: Sandbox, folder: Path, loses: int = 0) -> Iterator[tuple[Gateway, Path]]:
    """Serve the sandbox behind a gateway: the gateway, and a profile that goes by way of it. `loses` as it has it."""
    with sandbox.serve() as served, gateway(urlsplit(served.base_url).port or 0, loses) as gate:
        path = folder / "profile.toml"
        path.write_text(re.sub(r"127\.0\.0\.1:\d+", f"127.0.0.1:{gate.port}", served.profile_toml), encoding="utf-8")
        yield gate, path


@pytest.mark.parametrize("outages", [(("drops", 100), ("refuses", 900)), (("hangs", 500), ("502", 900))])
def test_a_gateway_that_is_away_for_a_while_is_waited_for(outages: list[tuple[Away, int]], tmp_path: Path) -> None:
    """Whatever was under way when it went, after so many requests, was cut off, though the target may have done it."""
    sandbox = Sandbox(1)
    with behind_a_gateway(sandbox, tmp_path) as (gate, profile):
        run = runs.start(tmp_path, "run", "--target", profile, "--seed", "1")
        for away, after in outages:
            while gate.asked < after:
                assert run.process.is_alive()
                time.sleep(0.01)
            gate.go(away)
            time.sleep(AWAY_S)
            gate.come_back()
        ended = run.end()
    assert ended.code == 0, ended.printed
    assert len(ended.untested) <= 1, ended.printed
    assert runs.live(sandbox) == []


def test_what_a_cancel_all_may_have_done_that_was_not_answered_accuses_nobody(tmp_path: Path) -> None:
    """Of five cancel-alls the last is done, and its answer lost. A burst of them that breaks off cannot be judged."""
    sandbox = Sandbox(1)
    with behind_a_gateway(sandbox, tmp_path, loses=5) as (_, profile):
        ended = runs.start(tmp_path, "run", "--target", profile, "--seed", "1", "--skip", "list,order").end()
    assert ended.with_verdict("fail") == set(), ended.printed
    assert ended.with_verdict("inconclusive") == {"weight.zero"}, ended.printed
    assert runs.live(sandbox) == []


class _HardlyBehind(Standby):
    def behind_s(self, what: str) -> float:
        return 0.1


class _HardlyBehindUnsaid(Sandbox):
    exchange_class = _HardlyBehind


@contextmanager
def hardly_behind(seed: int) -> Iterator[str]:
    with _HardlyBehindUnsaid(seed).serve() as served:
        yield served.profile_toml


def test_lists_that_are_behind_break_one_requirement_alone() -> None:
    subject = Subject("hardly behind", "Says nothing of it.", None, hardly_behind)
    [trial] = trials([subject], seed=1, jobs=1, preload=runs.PRELOADED)
    assert trial.violated == ("cancel.visible",), trial
    assert " ms later" in trial.reason
    assert "consistency_ms" in trial.reason
