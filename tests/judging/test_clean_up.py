"""However a run ends, it leaves no order behind; where it cannot help it, it says so, and the next one sees to it."""

import asyncio
import os
import re
import signal
import time
import uuid
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response

from conformance import faults
from conformance.sandbox import Face, Sandbox
from conformance.sandbox.face import BASE_PATH
from conformance.sandbox.records import from_record
from tests.orders import record
from tests.runs import Ended, live, run, start
from tests.sandboxes import profile_in
from tests.whole_run import WholeRun

QUICK = "start_is_inclusive"
ORDERS = f"{BASE_PATH}/spot/orders"
INJECT = "/_test/orders"

# Long enough for a run that was interrupted to ask for a list before the order that it asked for is there, and how long
# it then waits for that order.
LATE_S = 0.2
SETTLES = {"settle_ms": 600}

DAY_S = 86400


class Changeable:
    """An application that may be changed while it is served."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.app(scope, receive, send)


def changeable(sandbox: Sandbox) -> Changeable:
    """What the sandbox serves, as one that may be changed."""
    if not isinstance(sandbox.face.app, Changeable):
        sandbox.face.app = Changeable(sandbox.face.app)  # type: ignore[assignment]
    return sandbox.face.app  # type: ignore[return-value]


def changing() -> Sandbox:
    """A sandbox that is served as one that may be changed meanwhile."""
    sandbox = Sandbox()
    changeable(sandbox)
    return sandbox


def without(profile: Path, action: str) -> None:
    """Take an action of the driver out of the profile."""
    tables = profile.read_text(encoding="utf-8").split("\n[")
    kept = [table for table in tables if not table.startswith(f"driver.{action}")]
    assert len(kept) < len(tables)
    profile.write_text("\n[".join(kept), encoding="utf-8")


def meanwhile(sandbox: Sandbox, method: str, path: str, number: int, what: Callable[[], object], late_s: float) -> None:
    """Let this happen when the n-th such request has come, and the request take effect only so much later."""
    place, seen = changeable(sandbox), 0
    app = place.app

    async def watching(scope: Any, receive: Any, send: Any) -> None:
        nonlocal seen
        seen += (scope["method"], scope["path"]) == (method, path)
        if seen != number:
            await app(scope, receive, send)
            return
        seen += 1
        request = await receive()
        what()
        await asyncio.sleep(late_s)

        async def again() -> Any:
            return request  # the server forgets it once its sender has gone

        await app(scope, again, send)

    place.app = watching


def foreign(sandbox: Sandbox, id: str, account: str = "alice", **changed: Any) -> None:
    """Somebody else's order stands in the account."""
    sandbox.exchange.inject(from_record(account, record(id, **changed)))


def journals(folder: Path) -> list[Path]:
    return list((folder / "state" / "p99-conformance").glob("*"))


def left(done: Ended) -> str:
    return "\n".join(done.results["mishaps"]["left"])


# -- to the end ----------------------------------------------------------------------------------------------------


def test_nothing_is_left_by_a_whole_run(whole_run: WholeRun) -> None:
    assert whole_run.ended.code == 0, whole_run.ended.printed
    assert whole_run.placed >= 40
    assert whole_run.standing == []
    assert left(whole_run.ended) == ""
    assert whole_run.journals == []


@pytest.mark.parametrize("select", [QUICK, "fills or concurrent or sequence"])
def test_nothing_is_left_by_a_run_that_ends(select: str, tmp_path: Path) -> None:
    sandbox = Sandbox()
    with profile_in(tmp_path, sandbox) as profile:
        done = run(tmp_path, "--target", profile, "-k", select)
    assert done.code == 0, done.printed
    assert sum(map(len, sandbox.exchange.orders.values())) >= 40, "it has placed some"
    assert live(sandbox) == []
    assert left(done) == ""
    assert journals(tmp_path) == []


@pytest.mark.parametrize("name", ["start-exclusive", "cancels-sells-alone", "comes-back-to-life"])
def test_nothing_is_left_by_a_run_that_stops_at_what_it_finds(name: str, tmp_path: Path) -> None:
    sandbox = faults.load()[name].sandbox(seed=1)
    with profile_in(tmp_path, sandbox) as profile:
        done = run(tmp_path, "--target", profile, "-k", "start_is or other_users or any_sequence", "--stop-on-first")
    assert done.code == 1, done.printed
    assert live(sandbox) == []


def test_nothing_is_left_by_a_set_up_that_breaks(tmp_path: Path) -> None:
    sandbox = Sandbox()
    patch = (
        "from conformance.stage.arranger import Arranger\n"
        "histories = Arranger.histories\n"
        "Arranger.histories = lambda *given: (histories(*given), {}['boom'])\n"
    )
    with profile_in(tmp_path, sandbox) as profile:
        done = run(tmp_path, "--target", profile, "-k", QUICK, patch=patch)
    assert done.code == 4, done.printed
    assert sandbox.exchange.orders["alice"]
    assert live(sandbox) == []


# -- told to stop --------------------------------------------------------------------------------------------------

PLACES = "updated_at_tells or one_market_and_then_all or another_accounts or fills_of"


def stopped(
    folder: Path,
    sandbox: Sandbox,
    method: str,
    path: str,
    number: int,
    *signals: signal.Signals,
    late_s: float = LATE_S,
) -> Ended:
    """A run on the sandbox that gets these signals, one after the other, once the n-th such request has come."""
    sent: list[Callable[[], None]] = []

    def send() -> None:
        sent.pop(0)()

    for _ in signals:
        meanwhile(sandbox, method, path, number, send, late_s)
    with profile_in(folder, sandbox, **SETTLES) as profile:
        under_way = start(folder, "run", "--target", profile, "-k", PLACES)
        pid = under_way.process.pid or 0
        sent += [lambda each=each: os.kill(pid, each) for each in signals]  # type: ignore[misc]
        return under_way.end()


@pytest.mark.parametrize(
    ("method", "path", "number", "sent"),
    [
        ("GET", ORDERS, 1, signal.SIGINT),
        ("POST", INJECT, 1, signal.SIGTERM),
        ("POST", INJECT, 2, signal.SIGINT),
        ("GET", ORDERS, 40, signal.SIGTERM),
        ("DELETE", ORDERS, 1, signal.SIGINT),
        ("POST", ORDERS, 1, signal.SIGINT),
        ("POST", ORDERS, 5, signal.SIGTERM),
        ("DELETE", ORDERS, 5, signal.SIGTERM),
    ],
)
def test_nothing_is_left_by_a_run_that_is_told_to_stop(
    method: str, path: str, number: int, sent: signal.Signals, tmp_path: Path
) -> None:
    """Neither of what it had asked for at that moment, nor of what it had before."""
    sandbox = Sandbox()
    done = stopped(tmp_path, sandbox, method, path, number, sent)
    assert done.code == 130, done.printed
    assert live(sandbox) == []
    assert left(done) == ""
    assert journals(tmp_path) == []
    assert done.results["exit_code"] == 130
    assert done.results["partial"] is True
    assert done.results["verdict"] != "pass"
    assert "interrupted" in done.stdout


@pytest.mark.parametrize("sent", ["SIGINT", "SIGTERM"])
def test_it_stops_where_a_library_takes_the_signal_for_a_failure_of_its_own(sent: str, tmp_path: Path) -> None:
    patch = (
        "import os, signal\n"
        "from conformance.account.known import Known\n"
        "def explains(*_):\n"
        "    try:\n"
        f"        os.kill(os.getpid(), signal.{sent})\n"
        "        signal.pause()\n"
        "    except BaseException:\n"
        "        pass\n"
        "Known.explains = explains\n"
    )
    done = run(tmp_path, "-k", "start_is or end_is", patch=patch)
    assert done.code == 130, done.printed
    assert done.results["partial"] is True
    assert done.results["verdict"] != "pass"


def test_to_be_told_so_while_it_cleans_up_does_not_keep_it_from_that(tmp_path: Path) -> None:
    sandbox = Sandbox()
    patch = (
        "import os, signal\n"
        "from conformance.judging import stages\n"
        "clean_up = stages.clean_up\n"
        "def interrupted(lane):\n"
        "    stages.clean_up = clean_up\n"
        "    os.kill(os.getpid(), signal.SIGTERM)\n"
        "    return clean_up(lane)\n"
        "stages.clean_up = interrupted\n"
    )
    with profile_in(tmp_path, sandbox) as profile:
        done = run(tmp_path, "--target", profile, "-k", QUICK, patch=patch)
    assert done.code == 130, done.printed
    assert live(sandbox) == []
    assert done.results["verdict"] != "pass"


def test_to_be_told_so_twice_is_heeded_and_the_next_run_cleans_up(tmp_path: Path) -> None:
    sandbox = Sandbox()
    patch = (
        "import os, signal\n"
        "from conformance.judging import stages\n"
        "stages.clean_up = lambda lane: os.kill(os.getpid(), signal.SIGINT)\n"
    )
    with profile_in(tmp_path, sandbox) as profile:
        done = run(tmp_path, "--target", profile, "-k", QUICK, patch=patch)
        assert done.code == 130, done.printed
        assert "stopped twice" in left(done)
        assert "stopped twice" in done.stdout
        assert f"whether {len(live(sandbox, 'alice'))} orders of this run" in left(done)
        assert all(order.id in left(done) for order in live(sandbox))
        assert "http://127.0.0.1" in left(done)
        assert "the next run looks for them" in left(done)
        assert journals(tmp_path)
        done = run(tmp_path, "--target", profile, "-k", QUICK)
    assert done.code == 0, done.printed
    assert live(sandbox) == []
    assert journals(tmp_path) == []


# -- cancel-all is what is broken ----------------------------------------------------------------------------------


class NeverCancels(Face):
    """Says that the engine is busy, whatever is asked."""

    says = (503, "ENGINE_BUSY")
    mended = False

    def cancel_orders(self, request: Request, account: str, body: bytes) -> Response | Awaitable[Response]:
        return super().cancel_orders(request, account, body) if self.mended else self.error(*self.says)


class FailsToCancel(NeverCancels):
    """Fails at every cancel-all."""

    says = (500, "DB_ERROR")


class ForbidsToCancel(NeverCancels):
    """Lets nobody cancel all."""

    says = (403, "FORBIDDEN")


BROKEN: dict[str, type[Face]] = {each.__name__: each for each in (NeverCancels, FailsToCancel, ForbidsToCancel)}


def broken(name: str) -> Sandbox:
    """A sandbox with this fault."""
    if name not in BROKEN:
        return faults.load()[name].sandbox()
    kind: type[Sandbox] = type(name, (Sandbox,), {"face_class": BROKEN[name]})
    return kind()


@pytest.mark.parametrize(
    ("name", "select"),
    [
        ("cancels-two-hundred", "longest_page"),
        ("cancels-sells-alone", "other_users"),
        ("canceled-without-envelope", "other_users"),
        ("cancel-needs-symbol", "other_users"),
        *((name, QUICK) for name in BROKEN),
    ],
)
def test_what_cancel_all_does_not_remove_is_removed_one_by_one(name: str, select: str, tmp_path: Path) -> None:
    sandbox = broken(name)
    with profile_in(tmp_path, sandbox) as profile:
        done = run(tmp_path, "--target", profile, "-k", select)
    assert done.code == (0 if select == QUICK else 1), done.printed
    assert sandbox.exchange.orders["alice"]
    assert live(sandbox) == []
    assert left(done) == ""


def test_where_the_driver_cannot_it_is_said_again(tmp_path: Path) -> None:
    sandbox = broken("cancels-fifty")
    with profile_in(tmp_path, sandbox) as profile:
        without(profile, "cancel")
        done = run(tmp_path, "--target", profile, "-k", "longest_page")
    assert done.code == 1, done.printed
    assert live(sandbox) == []


def test_where_nothing_works_what_is_left_is_named(tmp_path: Path) -> None:
    sandbox = broken("FailsToCancel")
    with profile_in(tmp_path, sandbox) as profile:
        without(profile, "cancel")
        done = run(tmp_path, "--target", profile, "-k", QUICK)
        standing = {order.id for order in live(sandbox)}
        assert standing
        assert {line.split()[1] for line in done.results["mishaps"]["left"]} == standing
        assert all(id in done.stdout for id in standing)
        assert journals(tmp_path)
        sandbox.face.mended = True  # type: ignore[attr-defined]
        done = run(tmp_path, "--target", profile, "-k", QUICK)
    assert done.code == 0, done.printed
    assert live(sandbox) == []


class HasForgotten(NeverCancels):
    """Shows orders as live of which it says, when they are to be canceled, that there are none."""

    def cancel_orders(self, request: Request, account: str, body: bytes) -> Response | Awaitable[Response]:
        return self.cancel_answer([])

    def cancel_order(self, request: Request, account: str, body: bytes) -> Response:
        return self.error(404, "NO_SUCH_ORDER")


def test_what_only_lists_show_as_live_is_not_to_be_canceled_by_hand(tmp_path: Path) -> None:
    class Forgetful(Sandbox):
        face_class = HasForgotten

    sandbox = Forgetful()
    with profile_in(tmp_path, sandbox) as profile:
        done = run(tmp_path, "--target", profile, "-k", QUICK)
    lines = done.results["mishaps"]["left"]
    assert {line.split()[1] for line in lines} == {order.id for order in live(sandbox)}
    assert all("its cancel was answered 404" in line for line in lines)
    assert "by hand" not in done.printed
    assert journals(tmp_path), "the next run knows them for this one's"


# -- killed --------------------------------------------------------------------------------------------------------


def killed(folder: Path, sandbox: Sandbox, profile: Path, method: str, path: str, number: int) -> None:
    """A run on the sandbox that is killed when the n-th such request has come; the request takes effect."""
    pids: list[int] = []
    app = changeable(sandbox).app
    meanwhile(sandbox, method, path, number, lambda: os.kill(pids[0], signal.SIGKILL), late_s=0)
    under_way = start(folder, "run", "--target", profile, "-k", PLACES)
    pids.append(under_way.process.pid or 0)
    done = under_way.end()
    changeable(sandbox).app = app
    assert done.code == -signal.SIGKILL
    assert done.results == {}


@pytest.mark.parametrize(
    ("method", "path", "number"), [("POST", INJECT, 2), ("GET", ORDERS, 24), ("POST", ORDERS, 2), ("DELETE", ORDERS, 1)]
)
def test_what_a_killed_run_has_left_is_removed_by_the_next(method: str, path: str, number: int, tmp_path: Path) -> None:
    sandbox = changing()
    with profile_in(tmp_path, sandbox) as profile:
        killed(tmp_path, sandbox, profile, method, path, number)
        assert live(sandbox)
        assert journals(tmp_path)
        done = run(tmp_path, "--target", profile, "-k", QUICK)
    assert done.code == 0, done.printed
    assert live(sandbox) == []
    assert journals(tmp_path) == []


def test_a_run_that_may_only_read_forgets_nothing_of_it(tmp_path: Path) -> None:
    sandbox = changing()
    with profile_in(tmp_path, sandbox) as profile:
        killed(tmp_path, sandbox, profile, "GET", ORDERS, 24)
        assert (standing := live(sandbox))
        run(tmp_path, "--target", profile, "--scope", "read-only", "-k", QUICK)
        assert live(sandbox) == standing
        assert run(tmp_path, "--target", profile, "-k", QUICK).code == 0
    assert live(sandbox) == []


def test_a_run_that_reaches_nobody_forgets_nothing_of_it(tmp_path: Path) -> None:
    sandbox = changing()
    with profile_in(tmp_path, sandbox) as profile:
        killed(tmp_path, sandbox, profile, "GET", ORDERS, 24)
        good = profile.read_text(encoding="utf-8")
        profile.write_text(re.sub(r'(jwt|api_key) = "', r"\g<0>x", good), encoding="utf-8")
        done = run(tmp_path, "--target", profile, "-k", QUICK)
        assert done.code == 3, done.printed
        assert "could not be seen" in left(done)
        profile.write_text(good, encoding="utf-8")
        assert run(tmp_path, "--target", profile, "-k", QUICK).code == 0
    assert live(sandbox) == []


def test_it_is_found_behind_a_long_history_too(tmp_path: Path) -> None:
    sandbox = changing()
    with profile_in(tmp_path, sandbox) as profile:
        killed(tmp_path, sandbox, profile, "GET", ORDERS, 24)
        for order in sandbox.exchange.orders["alice"].values():
            order.created_at -= 30 * DAY_S
        yesterday = int(time.time()) - DAY_S
        for number in range(1100):
            foreign(sandbox, str(uuid.uuid4()), status="canceled", created_at=yesterday + number // 50)
        done = run(tmp_path, "--target", profile, "-k", "start_is_inclusive or nothing_live_in")
    assert done.code == 0, done.printed
    assert live(sandbox) == []
    assert left(done) == ""


def test_somebody_elses_order_is_neither_removed_with_it_nor_forgotten(tmp_path: Path) -> None:
    sandbox = changing()
    with profile_in(tmp_path, sandbox) as profile:
        killed(tmp_path, sandbox, profile, "GET", ORDERS, 24)
        foreign(sandbox, "somebody-elses", quantity="7")
        for _ in range(2):
            done = run(tmp_path, "--target", profile, "-k", "nothing_live_in")
            assert done.code == 2, done.printed
            assert "a live order that this run did not place, in DFUSDT," in " ".join(done.stdout.split())
            assert [order.id for order in live(sandbox)] == ["somebody-elses"]


# -- somebody else's -----------------------------------------------------------------------------------------------


def test_a_run_refuses_where_it_would_meet_somebody_elses_orders(tmp_path: Path) -> None:
    sandbox = Sandbox()
    foreign(sandbox, "one")
    foreign(sandbox, "two", symbol="BTCUSDT", price="30000.0")
    foreign(sandbox, "over", symbol="DFUSDT2", status="canceled")
    with profile_in(tmp_path, sandbox) as profile:
        done = run(tmp_path, "--target", profile, "-k", "plain_list or nothing_live_in")
        assert done.code == 2, done.printed
        told = " ".join(done.stdout.split())
        assert "alice has 2 live orders that this run did not place, in BTCUSDT, DFUSDT," in told
        assert done.results["partial"] is True
        assert done.results["verdict"] != "pass"
        assert set(sandbox.exchange.orders["alice"]) == {"one", "two", "over"}, "nothing was placed before"
        done = run(tmp_path, "--target", profile, "-k", "nothing_live_in", "--cancel-existing")
    assert done.code == 0, done.printed
    assert live(sandbox) == []


def test_where_the_target_is_disposable_it_does_not_refuse(tmp_path: Path) -> None:
    sandbox = Sandbox()
    foreign(sandbox, "one")
    with profile_in(tmp_path, sandbox, disposable=True) as profile:
        done = run(tmp_path, "--target", profile, "-k", "nothing_live_in")
    assert done.code == 0, done.printed
    assert live(sandbox) == []


def test_those_of_the_other_account_stay_and_keep_nothing_else_from_being_tested(tmp_path: Path) -> None:
    sandbox = Sandbox()
    foreign(sandbox, "of-bob", "bob", quantity="7", price="0.1")
    with profile_in(tmp_path, sandbox) as profile:
        done = run(tmp_path, "--target", profile, "-k", f"fills_of or any_sequence or taken or {QUICK}")
    assert done.code == 0, done.printed
    assert "cancel.final" not in done.untested
    assert [order.id for order in live(sandbox)] == ["of-bob"]


def test_where_the_target_is_disposable_those_of_the_other_account_are_canceled(tmp_path: Path) -> None:
    sandbox = Sandbox()
    foreign(sandbox, "of-bob", "bob", quantity="7", price="0.1")
    with profile_in(tmp_path, sandbox, disposable=True) as profile:
        done = run(tmp_path, "--target", profile, "-k", "fills_of")
    assert done.code == 0, done.printed
    assert live(sandbox) == []


@pytest.mark.parametrize(
    ("select", "method", "path", "number", "code"),
    [(QUICK, "GET", ORDERS, 12, 0), ("updated_at_tells", "POST", "/_test/orders", 1, 3)],
)
def test_one_that_comes_in_the_middle_of_a_run_stays(
    select: str, method: str, path: str, number: int, code: int, tmp_path: Path
) -> None:
    sandbox = Sandbox()
    meanwhile(sandbox, method, path, number, lambda: foreign(sandbox, "newcomer", quantity="7"), late_s=0)
    with profile_in(tmp_path, sandbox) as profile:
        done = run(tmp_path, "--target", profile, "-k", select)
    assert done.code == code, done.printed
    assert (code == 3) == ("somebody else uses the account" in " ".join(done.stdout.split()))
    assert [order.id for order in live(sandbox)] == ["newcomer"]


def test_of_two_runs_on_one_machine_the_second_leaves_the_first_alone(tmp_path: Path) -> None:
    sandbox = Sandbox()
    with profile_in(tmp_path, sandbox) as profile:
        first = start(tmp_path, "run", "--target", profile, "-k", PLACES)
        meets = time.monotonic() + 30
        while not live(sandbox) and time.monotonic() < meets:
            time.sleep(0.01)
        (tmp_path / "second").mkdir()
        same_machine = {"XDG_STATE_HOME": str(tmp_path / "state")}
        second = run(tmp_path / "second", "--target", profile, "-k", "nothing_live_in", **same_machine)
        assert first.end().code == 0
    assert second.code == 3, second.printed
    assert "another run on this machine uses alice" in " ".join(second.stdout.split())
    assert second.results["requests"]["total"] == 0


def test_two_runs_on_two_machines_part_without_harm(tmp_path: Path) -> None:
    sandbox = Sandbox()
    with profile_in(tmp_path, sandbox) as profile:
        both = []
        for name in ("one", "two"):
            (tmp_path / name).mkdir()
            both.append(start(tmp_path / name, "run", "--target", profile, "-k", f"{PLACES} or {QUICK}"))
        codes = {each.end().code for each in both}
    assert codes <= {0, 2, 3}
    assert live(sandbox) == []


# -- how many ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("injects", [True, False])
def test_no_run_places_more_than_the_profile_allows(injects: bool, tmp_path: Path) -> None:
    sandbox = Sandbox()
    with profile_in(tmp_path, sandbox, max_orders=30, **SETTLES) as profile:
        if not injects:
            without(profile, "inject")
        done = run(tmp_path, "--target", profile, "-k", "status_shows or other_users")
    assert done.code in (0, 3), done.printed
    assert sum(map(len, sandbox.exchange.orders.values())) <= 30
    assert "target.max_orders allows 30 orders" in " ".join(done.stdout.split())
    assert live(sandbox) == []
