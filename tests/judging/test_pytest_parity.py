"""`pytest --target` judges the same as `run`, and works with pytest's own options."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance import faults
from conformance.sandbox import Sandbox
from conformance.sandbox.records import from_record
from tests.orders import record
from tests.sandboxes import profile_in
from tests.whole_run import WholeRun

CHECKOUT = Path(__file__).parent.parent.parent


@pytest.fixture
def profile(tmp_path: Path) -> Iterator[Path]:
    with profile_in(tmp_path, Sandbox()) as path:
        yield path


def judge(profile: Path, *options: str) -> tuple[int, dict[str, Any], str]:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", f"--target={profile}", f"--report-dir={profile.parent}", *options],
        capture_output=True,
        text=True,
        cwd=CHECKOUT,
        timeout=120,
        check=False,
    )
    written = profile.parent / "results.json"
    results = json.loads(written.read_text(encoding="utf-8")) if written.exists() else {}
    return done.returncode, results, done.stdout + done.stderr


def verdicts(results: dict[str, Any]) -> dict[str, str]:
    return {entry["id"]: entry["verdict"] for entry in results["requirements"]}


def test_the_very_same_verdicts(profile: Path, whole_run: WholeRun) -> None:
    code, results, printed = judge(profile, "-k", "list_filters or cancel_nothing or sequences")
    assert code == 0, printed
    assert "no violation found" in printed
    whole, tested = verdicts(whole_run.ended.results), verdicts(results)
    assert {id: whole[id] for id, word in tested.items() if word != "none"}.items() <= tested.items()
    assert {tested[id] for id in ("list.status", "cancel.idempotent", "cancel.complete")} == {"pass"}


def test_several_workers_give_the_same_verdicts(profile: Path, whole_run: WholeRun) -> None:
    code, results, printed = judge(profile, "-n", "2")
    assert code == 0, printed
    assert verdicts(results) == verdicts(whole_run.ended.results)
    assert verdicts(results)["cancel.complete"] == "pass"
    assert results["requests"]["total"] > 400
    assert sum(results["requests"]["by_purpose"].values()) == results["requests"]["total"]
    assert results["limit"]["ratio"] > 0


def test_a_selection_by_name(profile: Path) -> None:
    code, results, printed = judge(profile, "-k", "start_is_inclusive")
    assert code == 0, printed
    assert verdicts(results)["list.start"] == "pass"
    assert verdicts(results)["list.end"] == "none"
    sent = results["requests"]["by_purpose"]
    needed = sum(sent.values()) - sent["clean-up"]  # how much is to be canceled in the end depends on time
    assert needed < 25, "set-up is what the selected checks need"


def test_it_stops_at_the_first_violation(tmp_path: Path) -> None:
    with profile_in(tmp_path, faults.load()["limit-unbounded"].sandbox()) as profile:
        code, results, printed = judge(profile, "-x")
        assert code == 1, printed
        assert "list.limit-max is violated" in printed
        assert len([word for word in verdicts(results).values() if word == "fail"]) == 1
        assert verdicts(results)["cancel.complete"] == "none"


def test_read_only_scope_sends_nothing_but_get(tmp_path: Path) -> None:
    sandbox = Sandbox()
    methods = set()

    async def spied(scope: Any, receive: Any, send: Any) -> None:
        methods.add(scope["method"])
        await app(scope, receive, send)

    app, sandbox.face.app = sandbox.face.app, spied  # type: ignore[assignment]
    with profile_in(tmp_path, sandbox) as profile:
        code, results, printed = judge(profile, "--scope", "read-only")
    assert code == 3, printed
    assert methods == {"GET"}
    assert results["target"]["scope"] == "read-only"
    (why,) = next(entry["missing"] for entry in results["requirements"] if entry["id"] == "cancel.idempotent")
    assert "--scope full" in why["enable"]


def test_checks_without_a_target_are_a_usage_error() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "conformance/checks"],
        capture_output=True,
        text=True,
        cwd=CHECKOUT,
        check=False,
    )
    assert done.returncode == 4
    assert "--target URL" in done.stdout + done.stderr


def test_a_profile_that_is_wrong_is_a_usage_error(tmp_path: Path) -> None:
    code, results, printed = judge(tmp_path / "absent.toml")
    assert code == 4
    assert "absent.toml: no such file" in printed
    assert results == {}


@pytest.mark.parametrize("deeper_than", [0, 1500])
def test_live_orders_of_somebody_else_are_never_canceled(deeper_than: int, tmp_path: Path) -> None:
    sandbox = Sandbox()
    sandbox.exchange.inject(from_record("alice", record("somebody-elses")))
    for number in range(deeper_than):
        newer = record(f"newer-{number}", created_at=1_778_400_001 + number, status="canceled")
        sandbox.exchange.inject(from_record("alice", newer))
    with profile_in(tmp_path, sandbox) as profile:
        _, results, printed = judge(profile, "-m", "cancels")
        assert sandbox.exchange.orders["alice"]["somebody-elses"].status == "open", printed
        assert verdicts(results)["cancel.complete"] == "none"
        _, results, printed = judge(profile, "--cancel-existing", "-k", "cancel_live")
        assert sandbox.exchange.orders["alice"]["somebody-elses"].status == "canceled"
        assert verdicts(results)["cancel.complete"] == "pass"


def test_a_check_that_breaks_is_the_suites_own_failure(profile: Path, tmp_path: Path) -> None:
    broken = tmp_path / "test_broken.py"
    broken.write_text(
        "from conformance.declare import verifies\n"
        "@verifies('list.array')\n"
        "def test_broken(caller):\n"
        "    caller.list()\n"
        "    raise KeyError('of the suite')\n",
        encoding="utf-8",
    )
    code, results, printed = judge(profile, "-p", "conformance.plugin", str(broken))
    assert code == 4, printed
    assert results["exit_code"] == 4
    assert "KeyError" in results["mishaps"]["crashes"][0]
    assert results["partial"] is True
