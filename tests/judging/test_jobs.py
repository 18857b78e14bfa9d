"""A run over many connections, beside one that sends one request after the other."""

import re
import threading
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

from conformance import faults
from conformance.faults.twins_around import FarAway
from conformance.sandbox import Exchange, Sandbox
from conformance.sandbox.records import Order
from tests.runs import Ended, live, run
from tests.sandboxes import profile_in

# Checks whose requests do not depend on the time of day, and that nobody reads beside.
FIXED = "forged_credential_cancels or odd_value_does or odd_queries or symbol_cancels_nothing or knows_no_wildcards"


_SIGNING = ("timestamp", "signature")
_TIME = re.compile(r"^[0-9]{10}$")  # a second at which a snapshot goes on
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")  # of an order that is canceled by itself


class Seen:
    """What a sandbox is asked for, without signatures, times and ids, and how many requests are under way at once."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.requests: Counter[tuple[str, str, tuple[tuple[str, str], ...]]] = Counter()
        self.most = 0
        self._under_way = 0
        self._lock = threading.Lock()
        self._app = sandbox.face.app
        sandbox.face.app = self  # type: ignore[assignment]

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        query = parse_qsl(scope["query_string"].decode(errors="replace"), keep_blank_values=True)
        asked = tuple((name, _TIME.sub("then", value)) for name, value in query if name not in _SIGNING)
        self.requests[scope["method"], _ID.sub("id", scope["path"]), asked] += 1
        self._under_way += 1
        self.most = max(self.most, self._under_way)
        try:
            await self._app(scope, receive, send)
        finally:
            self._under_way -= 1


def judged(folder: Path, sandbox: Sandbox, jobs: int, *words: str) -> Ended:
    folder.mkdir()
    with profile_in(folder, sandbox) as profile:
        return run(folder, "--target", profile, "--jobs", str(jobs), *words)


def test_the_same_requests_are_sent_over_any_number_of_connections(tmp_path: Path) -> None:
    sandboxes = {jobs: faults.twins()["far-away"].sandbox(0) for jobs in (1, 8)}
    seen = {jobs: Seen(sandbox) for jobs, sandbox in sandboxes.items()}
    done = {
        jobs: judged(tmp_path / str(jobs), sandbox, jobs, "-k", FIXED, "--scope", "full")
        for jobs, sandbox in sandboxes.items()
    }
    assert [each.code for each in done.values()] == [0, 0]
    assert seen[1].requests == seen[8].requests
    assert done[1].with_verdict("pass") == done[8].with_verdict("pass")
    assert seen[1].most == 1
    assert seen[8].most > 1


@pytest.mark.parametrize("name", ["cancels-before-it-asks", "start-drops-the-symbol"])
def test_a_fault_is_found_and_named_alike(name: str, tmp_path: Path) -> None:
    fault = faults.load()[name]
    words = "-k", "forged_credential_cancels or three_parameters or limit"
    found = [judged(tmp_path / str(jobs), fault.sandbox(0), jobs, *words) for jobs in (1, 8)]
    assert fault.breaks in found[0].with_verdict("fail")
    assert found[0].with_verdict("fail") == found[1].with_verdict("fail")


class TwoLanes(Sandbox):
    """Has accounts for two lanes, and tells who has canceled."""

    lanes = 2


def test_what_cancels_is_shared_out_among_the_lanes(tmp_path: Path) -> None:
    sandbox = TwoLanes(0)
    with profile_in(tmp_path, sandbox) as profile:
        done = run(tmp_path, "--target", profile, "-v")
    assert done.code == 0, done.printed
    assert "uses 2 lanes, at the same time if the target is far away" in done.stderr
    assert done.with_verdict("inconclusive") == set()
    by_account = {name: len(orders) for name, orders in sandbox.exchange.orders.items()}
    assert min(by_account.values()) > 20, by_account
    coverage = done.results["coverage"]
    assert coverage["cancels"]["sizes"] == [12, 12], coverage["cancels"]
    assert coverage["cancels"]["kinds"] == [2, 2]
    assert coverage["credentials"]["forged"][0] == coverage["credentials"]["forged"][1]
    assert live(sandbox, *by_account) == []


def test_a_violation_on_a_further_lane_is_found_and_named(tmp_path: Path) -> None:
    class LeavesCarols(Exchange):
        """Cancels nothing of the caller of the second lane, and says so of what it does."""

        def cancelable(self, account: str) -> list[Order]:
            return [] if account == "carol" else super().cancelable(account)

    class Faulty(TwoLanes):
        exchange_class = LeavesCarols

    with profile_in(tmp_path, Faulty(0)) as profile:
        done = run(tmp_path, "--target", profile, "-k", "cancel_live or cancel_nothing")
    assert done.code == 1, done.printed
    assert "cancel.complete" in done.with_verdict("fail")
    findings = [found for each in done.results["requirements"] for found in each["findings"]]
    assert "carol" in findings[0]["evidence"]


def test_one_request_after_the_other_on_two_lanes(tmp_path: Path) -> None:
    seen = Seen(sandbox := TwoLanes(0))
    with profile_in(tmp_path, sandbox) as profile:
        words = "-k", "forged_credential_cancels or cancel_nothing", "--jobs", "1"
        done = run(tmp_path, "--target", profile, *words)
    assert done.code == 0, done.printed
    assert len(sandbox.exchange.orders) == 4
    assert "uses 2 lanes, one after the other" in done.stderr
    assert seen.most <= 1 + 4  # readers have connections of their own


class TwoFarLanes(TwoLanes):
    """Takes 20 ms for each answer."""

    face_class = FarAway


def test_lanes_at_the_same_time_send_the_same_requests_and_find_the_same(tmp_path: Path) -> None:
    seen, done = {}, {}
    words = "-k", "forged_credential_cancels or cancel_nothing or cancel_live or wildcards", "--scope", "full"
    for jobs in (1, 8):
        seen[jobs] = Seen(sandbox := TwoFarLanes(0))
        done[jobs] = judged(tmp_path / str(jobs), sandbox, jobs, *words)
        assert live(sandbox, *sandbox.exchange.orders) == []
    assert [each.code for each in done.values()] == [0, 0], done[8].printed
    assert "uses 2 lanes, at the same time" in done[8].stderr
    changes = [Counter({asked: n for asked, n in of.requests.items() if asked[0] != "GET"}) for of in seen.values()]
    assert changes[0] == changes[1]
    assert done[1].with_verdict("pass") == done[8].with_verdict("pass")


class LeavesSells(Exchange):
    """Cancels no order that sells, on either lane."""

    def cancelable(self, account: str) -> list[Order]:
        return [order for order in super().cancelable(account) if order.side == "buy"]


class CancelsForEverybody(Exchange):
    """Cancels the orders of all accounts: what one lane does is seen on the other."""

    def cancel_all(self, account: str, symbol: str | None) -> list[Order]:
        return [order for each in self.orders for order in super(CancelsForEverybody, self).cancel_all(each, symbol)]


LANES_CANCEL = "forged_credential_cancels or cancel_live or cancel_nothing"


@pytest.mark.parametrize("faulty", [LeavesSells, CancelsForEverybody])
def test_a_violation_is_named_alike_where_lanes_work_at_the_same_time(faulty: type[Exchange], tmp_path: Path) -> None:
    class Faulty(TwoFarLanes):
        exchange_class = faulty

    found = [judged(tmp_path / str(jobs), Faulty(0), jobs, "-k", LANES_CANCEL) for jobs in (1, 8)]
    assert [each.code for each in found] == [1, 1]
    # What follows from it is met or not by what the other lane has live at that moment.
    told = [[entry for entry in each.results["requirements"] if entry["verdict"] == "fail"] for each in found]
    named = [{entry["id"] for entry in entries if not entry["consequence_of"]} for entries in told]
    assert named[0] == named[1] != set()


def test_the_first_violation_ends_a_run_whose_lanes_work_at_the_same_time(tmp_path: Path) -> None:
    class Faulty(TwoFarLanes):
        exchange_class = LeavesSells

    done = judged(tmp_path / "reports", Faulty(0), 8, "-k", LANES_CANCEL, "--stop-on-first")
    assert done.code == 1
    assert done.with_verdict("fail") == {"cancel.complete"}
    assert done.results["partial"] is True


def test_what_is_wrong_once_beside_another_lane_is_a_violation_all_the_same(tmp_path: Path) -> None:
    class LeavesOrdersOnce(Exchange):
        """One cancel-all of the second lane's caller leaves one order live."""

        left = False

        def concerned(self, account: str, symbol: str | None) -> list[Order]:
            orders = super().concerned(account, symbol)
            if account == "carol" and len(orders) > 1 and not self.left:
                self.left = True
                return orders[1:]
            return orders

    class Faulty(TwoFarLanes):
        exchange_class = LeavesOrdersOnce

    done = judged(tmp_path / "reports", Faulty(0), 8, "-k", LANES_CANCEL)
    assert done.code == 1
    assert done.with_verdict("fail") == {"cancel.complete"}


LACKS = '[[lanes]]\ncaller = "caller2"\n\n[accounts.caller2]\nname = "carol"\njwt = "a.b.c"\n\n[accounts.caller]'


def test_a_lane_that_lacks_what_the_first_has_is_not_used(tmp_path: Path) -> None:
    with profile_in(tmp_path, Sandbox()) as profile:
        text = profile.read_text(encoding="utf-8").replace("[accounts.caller]", LACKS, 1)
        profile.write_text(text, encoding="utf-8")
        done = run(tmp_path, "--target", profile, "-k", "start_is")
    assert done.code == 0, done.printed
    assert "uses 1 lane, 1 not used: further ones lack a credential" in " ".join(done.stderr.split())


def test_a_run_needs_a_connection(tmp_path: Path) -> None:
    done = run(tmp_path, "--jobs", "0")
    assert done.code == 2, done.printed
    assert "--jobs 0: give 1 or more" in done.printed
