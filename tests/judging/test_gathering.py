"""What several workers found, and what they left behind, is gathered in one place."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response

from conformance.judging.gathering import Gathering
from conformance.judging.plan import Plan
from conformance.judging.worker import CleanUp, Worker
from conformance.profile import loader
from conformance.sandbox import Face, Sandbox
from tests.runs import live, run_pytest
from tests.sandboxes import profile_in


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    profile = '[target]\nname = "t"\nbase_url = "http://127.0.0.1:9"\n[accounts.caller]\nname = "a"\njwt = "none"\n'
    return Plan(loader.loads(profile, "profile.toml"), report_dir=tmp_path)


class NeverCancels(Face):
    """Fails at every cancel-all."""

    def cancel_orders(self, request: Request, account: str, body: bytes) -> Response:
        return self.error(500, "DB_ERROR")


class Stubborn(Sandbox):
    face_class = NeverCancels


def test_a_worker_tells_the_controller_how_cleaning_up_went(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    config: Any = SimpleNamespace(workerinput={}, workeroutput={})
    controller: Any = SimpleNamespace()
    worker = Worker(config, plan)
    monkeypatch.setattr(worker, "clean_up", lambda: CleanUp(("order 1",), ("it broke",)))
    worker.pytest_sessionfinish()
    gathering = Gathering(controller, plan, Worker(controller, plan))
    gathering.pytest_testnodedown(SimpleNamespace(workeroutput=config.workeroutput), None)
    assert (gathering._left, gathering._crashes) == (["order 1"], ["it broke"])


def test_a_worker_that_died_has_told_nothing(plan: Plan) -> None:
    controller: Any = SimpleNamespace()
    gathering = Gathering(controller, plan, Worker(controller, plan))
    gathering.pytest_testnodedown(SimpleNamespace(gateway=SimpleNamespace(id="gw1")), "crashed")
    assert gathering._crashes == ["worker gw1 went down: crashed"]
    assert gathering._left == ["what worker gw1 had placed may be left; the next run cancels it"]


def test_what_several_workers_leave_is_named(tmp_path: Path) -> None:
    sandbox = Stubborn()
    with profile_in(tmp_path, sandbox, r"\[driver\.cancel\][^[]*"):
        done = run_pytest(tmp_path, "--target", "profile.toml", "-k", "start_is_inclusive", "-n", "2")
    standing = {order.id for order in live(sandbox)}
    assert standing
    assert {line.split()[1] for line in done.results["mishaps"]["left"]} == standing
