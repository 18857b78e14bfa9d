"""Targets that are away for a moment, or behind: what is told apart from a defect."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import Response

from conformance.faults.standby import Standby
from conformance.proving.bench import Subject, trials
from conformance.sandbox import Sandbox
from conformance.sandbox.face import Face, Handler
from conformance.sandbox.server import in_thread, listen
from tests import runs

AWAY_S = 1.5


class _Counts(Face):
    answered = 0

    async def respond(self, request: Request, handle: Handler) -> Response:
        self.answered += 1
        return await super().respond(request, handle)


class _Counted(Sandbox):
    face_class = _Counts


@pytest.mark.parametrize("after", [150, 900])
def test_a_server_that_accepts_no_connection_for_a_while_is_waited_for(tmp_path: Path, after: int) -> None:
    sandbox = _Counted(1)
    assert isinstance(sandbox.face, _Counts)
    listening, root = listen(0)
    port = listening.getsockname()[1]
    with in_thread(sandbox.app, listening):
        profile = tmp_path / "profile.toml"
        profile.write_text(sandbox._served(root).profile_toml, encoding="utf-8")
        run = runs.start(tmp_path, "run", "--target", profile, "--seed", "1")
        while sandbox.face.answered < after:
            assert run.process.is_alive()
            time.sleep(0.01)
    time.sleep(AWAY_S)
    again, _ = listen(port)
    with in_thread(sandbox.app, again):
        ended = run.end()
    assert ended.with_verdict("fail") == set(), ended.printed
    assert ended.code in (0, 3), ended.printed
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
    [trial] = trials([Subject("hardly behind", "Says nothing of it.", None, hardly_behind)], seed=1, jobs=1)
    assert trial.violated == ("cancel.visible",), trial
    assert " ms later" in trial.reason
    assert "consistency_ms" in trial.reason
