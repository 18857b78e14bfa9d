"""`p99-conformance overload`, as users start it."""

import os
import signal
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from conformance import contract, faults
from conformance.results import Results
from conformance.sandbox import Sandbox
from conformance.sandbox.exchange import Ticket
from conformance.sandbox.records import from_record
from tests.orders import record
from tests.runs import GONE_FOR_GOOD, Ended, live, start
from tests.sandboxes import profile_in

SMALL = ("--max-requests", "500", "--max-at-once", "64", "--recover", "4", "--watch", "0.5")
ENDINGS = ("accepted", "refused", "failed", "unknown")


def overload(folder: Path, *words: str | Path) -> Ended:
    return start(folder, "overload", *words).end()


def small(**options: Any) -> Sandbox:
    return Sandbox(0, **{"lanes": 2, "queue_size": 8, "service_ms": 3.0, **options})


def figures(done: Ended) -> dict[str, Any]:
    told: dict[str, Any] = done.results["overload"]
    assert told["sent"] == sum(told[ending] for ending in ENDINGS)
    for counts in (told, *told["by_kind"].values(), *told["steps"]):
        assert counts["sent"] == sum(counts[ending] for ending in ENDINGS)
    return told


def test_the_sandbox_loses_nothing_and_the_reports_say_so(tmp_path: Path) -> None:
    done = overload(tmp_path, *SMALL)
    assert done.code == 0, done.printed
    told = figures(done)
    assert told["by_kind"]["cancel-all"]["refused"] > 10
    assert told["by_kind"]["list"]["accepted"] == told["by_kind"]["list"]["sent"]
    assert (told["lost"], told["doubled"]) == (0, 0)
    assert all(each["after_s"] is not None for each in told["recovery"])
    own = {entry["id"]: entry["verdict"] for entry in done.results["requirements"] if "overload." in entry["id"]}
    assert set(own.values()) == {"pass"}
    assert "at most 500 requests in bursts, 64 at once" in done.stderr
    assert f"{told['sent']} sent = " in done.stdout
    assert f"{told['sent']} sent = " in (tmp_path / "reports" / "summary.md").read_text(encoding="utf-8")
    Draft202012Validator(contract.schema("results")).validate(done.results)
    assert Results.from_json(done.results).to_json()["overload"] == done.results["overload"]
    page = (tmp_path / "reports" / "report.html").read_text(encoding="utf-8")
    assert 'id="overload"' in page
    assert "<polyline" in page


def test_nothing_is_left_and_the_seed_of_a_finding_is_named(tmp_path: Path) -> None:
    sandbox = faults.load()["crowd-places-twice"].sandbox(0, lanes=2, queue_size=8, service_ms=3.0)
    with profile_in(tmp_path, sandbox) as profile:
        done = overload(tmp_path, "--target", profile, *SMALL)
    assert done.code == 1, done.printed
    assert "overload.once" in done.with_verdict("fail")
    assert live(sandbox) == []
    assert "p99-conformance overload --target" in (tmp_path / "reports" / "report.html").read_text(encoding="utf-8")


def test_where_nothing_is_refused_nothing_was_overloaded(tmp_path: Path) -> None:
    with profile_in(tmp_path, Sandbox(0)) as profile:
        done = overload(tmp_path, "--target", profile, "--max-requests", "100", "--max-at-once", "16", "--watch", "0")
    assert done.code == 3, done.printed
    assert "overload.documented" in done.with_verdict("inconclusive")
    assert "overload.no-loss" in done.with_verdict("pass")


@pytest.mark.parametrize("key", ["production", "bare", "no driver"])
def test_where_it_may_not(key: str, tmp_path: Path) -> None:
    sandbox = small()
    words: tuple[str | Path, ...]
    if key == "bare":
        words = ("--target", "https://exchange.example/api/v1")
        done = start(tmp_path, "overload", *words, environ={"P99_JWT": "a.b.c"}).end()
    else:
        without = r"(?s)\[driver\.place\].*?\n\n" if key == "no driver" else None
        target = {"environment": "production"} if key == "production" else {}
        with profile_in(tmp_path, sandbox, without, **target) as profile:
            done = overload(tmp_path, "--target", profile)
    assert done.code == 2, done.printed
    assert not done.results
    assert not any(sandbox.exchange.orders.values())


def test_live_orders_of_others_are_left_alone(tmp_path: Path) -> None:
    sandbox = small()
    with profile_in(tmp_path, sandbox) as profile:
        _place(sandbox, "alice")
        done = overload(tmp_path, "--target", profile, *SMALL)
        assert done.code == 2, done.printed
        assert [order.status for order in sandbox.exchange.orders["alice"].values()] == ["open"]


def test_no_more_orders_than_the_profile_allows(tmp_path: Path) -> None:
    sandbox = small()
    with profile_in(tmp_path, sandbox, max_orders=40) as profile:
        done = overload(tmp_path, "--target", profile, *SMALL)
    assert "and 40 orders" in done.stderr
    assert sum(len(orders) for orders in sandbox.exchange.orders.values()) <= 40
    assert figures(done)["by_kind"]["place"]["sent"] <= 40


def test_told_to_stop_it_reports_and_leaves_nothing(tmp_path: Path) -> None:
    sandbox = small(service_ms=20.0)
    with profile_in(tmp_path, sandbox) as profile:
        running = start(tmp_path, "overload", "--target", profile, "--max-requests", "5000", "--max-rate", "2000")
        _until(lambda: sum(map(len, sandbox.exchange.orders.values())) > 60)
        os.kill(running.process.pid or 0, signal.SIGINT)
        done = running.end()
    assert done.code == 130, done.printed
    assert live(sandbox) == []
    told = figures(done)
    assert (told["lost"], told["doubled"]) == (0, 0)
    assert "overload.no-loss" not in done.with_verdict("fail") | done.with_verdict("pass")


def test_a_target_that_dies_has_lost_nothing_for_certain(tmp_path: Path) -> None:
    sandbox = small()
    with profile_in(tmp_path, sandbox) as profile:
        words = ("--max-requests", "5000", "--max-rate", "300", "--recover", "2")
        running = start(tmp_path, "overload", "--target", profile, *words, patch=GONE_FOR_GOOD)
        _until(lambda: sum(map(len, sandbox.exchange.orders.values())) > 60)
    done = running.end()
    assert done.code == 3, done.printed
    told = figures(done)
    assert (told["lost"], told["doubled"]) == (0, 0)
    assert done.results["mishaps"]["left"]
    assert not done.with_verdict("fail")


def test_options_of_the_sandbox_are_not_for_a_target(tmp_path: Path) -> None:
    done = overload(tmp_path, "--target", "profile.toml", "--queue-size", "9")
    assert done.code == 2
    assert "--queue-size" in done.stderr


def test_a_run_leaves_these_requirements_to_the_command(tmp_path: Path) -> None:
    done = start(tmp_path, "run", "-k", "newest_alone or plain").end()
    entries = [each for each in done.results["requirements"] if each["id"].startswith("overload.")]
    assert {each["verdict"] for each in entries} == {"none"}
    assert {each["reason"] for each in entries} == {"tested by `p99-conformance overload`"}
    required = Results.from_json({**done.results, "require": "all"})
    assert not any(each.id.startswith("overload.") for each in required.unmet)


def _until(holds: Any) -> None:
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _place(sandbox: Sandbox, account: str) -> None:
    ticket = Ticket("DFUSDT", "buy", "limit", "gtc", Decimal("0.5"), Decimal(10))
    sandbox.exchange.place(account, ticket)


@pytest.mark.parametrize("account", ["alice", "bob"])
def test_it_refuses_where_either_account_has_live_orders_of_somebody_else(account: str, tmp_path: Path) -> None:
    sandbox = small()
    sandbox.exchange.inject(from_record(account, record("strange", status="open", created_at=int(time.time()) - 5)))
    with profile_in(tmp_path, sandbox) as profile:
        done = overload(tmp_path, "--target", profile, *SMALL)
    assert done.code == 2, done.printed
    assert f"{account} has a live order that this run did not place" in " ".join(done.stdout.split())
    assert [order.id for order in live(sandbox)] == ["strange"]
