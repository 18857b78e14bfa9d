"""Races: what a cancel-all is charged with that fails, and how the whole race is shown."""

import asyncio
from collections import Counter
from collections.abc import Callable

import pytest
from starlette.responses import Response

from conformance import faults
from conformance.checks import test_races
from conformance.evidence import Exchange
from conformance.sandbox import Face, Sandbox
from conformance.sandbox.records import Order
from conformance.scenarios.heat import under_way_at_once
from conformance.scenarios.races import Races, Taking, Together
from conformance.stage.stage import Stage
from conformance.stage.wishes import Wish
from conformance.verdict import Busy, DriverRefused, NotObserved, Violation
from tests.sandboxes import stage_on

CANCEL, PLACE, FILL = "cancel.concurrent-once", "cancel.concurrent-place", "cancel.concurrent-fill"


def cancel(stage: Stage, races: Races, together: Together | None = None, following: Together | None = None) -> None:
    market = stage.markets[0]
    races.cancel_and_cancel([Wish(market, "buy"), Wish(market, "sell")], market, together or Together(3), following)


def place(stage: Stage, races: Races) -> None:
    races.cancel_and_place([Wish(stage.markets[0], "buy")], stage.markets[0])


def fill(stage: Stage, races: Races) -> None:
    races.cancel_and_take(stage.markets[0], "buy", Taking(half=False, cancel_alls=2))


Race = Callable[[Stage, Races], None]


def violation(sandbox: Sandbox, race: Race) -> Violation:
    """What one of some such races shows."""

    def eight(stage: Stage, races: Races) -> None:
        for _ in range(8):
            race(stage, races)

    with stage_on(sandbox) as stage, Races(stage) as races, pytest.raises(Violation) as found:
        eight(stage, races)
    return found.value


@pytest.mark.parametrize(
    ("name", "race", "requirement", "got"),
    [
        ("deadlock-of-two", cancel, CANCEL, '500 \'{"error":"DEADLOCK_DETECTED"}\''),
        ("conflict-of-two", cancel, CANCEL, '409 \'{"error":"IN_PROGRESS"}\''),
        ("locked-for-the-third", cancel, CANCEL, '423 \'{"error":"LOCKED"}\''),
        ("cannot-serialize", place, PLACE, '500 \'{"error":"SERIALIZATION_FAILURE"}\''),
        ("conflict-with-a-fill", fill, FILL, '409 \'{"error":"VERSION_CONFLICT"}\''),
    ],
)
def test_what_fails_in_a_race_alone_is_charged_to_the_race(name: str, race: Race, requirement: str, got: str) -> None:
    found = violation(faults.load()[name].sandbox(), race)
    assert found.breach.requirement == requirement
    assert found.breach.want == "200 to a cancel-all in a race, as to the same one alone after it"
    assert found.breach.got.startswith(f"{got}; under way at one moment: cancel-all")
    assert found.evidence[-1].status == 200  # the one alone


def test_fills_meet_a_cancel_all_that_is_over_at_once() -> None:
    with stage_on(Sandbox()) as stage, Races(stage) as races:
        taken = [races.cancel_and_take(stage.markets[0], "buy", Taking(half=False)) for _ in range(6)]
    assert sum(taken) >= 4


def test_races_without_a_fill_leave_fills_untested(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Races, "cancel_and_take", lambda *_, **__: False)
    with stage_on(Sandbox()) as stage, pytest.raises(NotObserved, match="nothing was filled in any race"):
        test_races.test_filling_during_cancel_all(stage, "buy")


def test_what_the_next_race_is_about_stands_there_already_and_one_look_serves_both() -> None:
    with stage_on(Sandbox()) as stage, Races(stage) as races:
        cancel(stage, races, Together(2), Together(2))
        looked = stage.view.believed()
        assert len(looked.live()) == 2
        cancel(stage, races, Together(2))
        assert {order.id for order in looked.live()} <= stage.view.believed().orders.keys()
        assert not stage.view.believed().live()


def test_why_the_next_race_cannot_be_run_is_raised_once_this_one_was_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    with stage_on(Sandbox()) as stage, Races(stage) as races:

        def refuse(*_: object, **__: object) -> None:
            raise DriverRefused("enough")

        cancel(stage, races)
        monkeypatch.setattr(stage, "bring", refuse)
        monkeypatch.setattr(stage, "arrange", lambda *_, **__: None)
        cancel(stage, races, Together(2), Together(2))
        with pytest.raises(DriverRefused, match="enough"):
            cancel(stage, races)


class FailsOverOrders(Face):
    """Fails in each cancel-all that finds something."""

    status = 500

    def cancel_answer(self, orders: list[Order]) -> Response:
        return self.error(self.status, "OOPS") if orders else super().cancel_answer(orders)


class BusyForLong(FailsOverOrders):
    """Is busy whenever there is something to cancel."""

    status = 503

    async def cancel_all(self, account: str, symbol: str | None) -> Response:
        await asyncio.sleep(0.01)
        found = self.exchange.cancelable(account)
        return self.busy("ENGINE_BUSY") if found else self.cancel_answer([])


def sandbox_with(face: type[Face]) -> Sandbox:
    kind: type[Sandbox] = type(face.__name__, (Sandbox,), {"face_class": face})
    return kind()


@pytest.mark.parametrize("race", [cancel, place, fill])
def test_what_fails_alone_too_is_the_cancel_alls_own(race: Race) -> None:
    found = violation(sandbox_with(FailsOverOrders), race)
    assert found.breach.requirement == "cancel.envelope"
    assert [each.method for each in found.evidence] == ["DELETE"]


def test_a_documented_503_is_no_violation() -> None:
    with stage_on(sandbox_with(BusyForLong)) as stage, Races(stage) as races, pytest.raises(Busy):
        cancel(stage, races)


@pytest.mark.parametrize(
    ("name", "race", "sent"),
    [
        ("third-tells-again", lambda stage, races: cancel(stage, races, Together(4)), {"DELETE": 4}),
        ("third-tells-again", lambda stage, races: cancel(stage, races, Together(4), Together(2)), {"DELETE": 4}),
        (
            "one-cancel-all-at-a-time",
            lambda stage, races: cancel(stage, races, Together(2, other_too=True)),
            {"DELETE": 3},
        ),
        ("sweeps-up-newcomers", place, {"DELETE": 1, "POST": 6}),
        ("returns-what-was-filled", fill, {"DELETE": 2, "POST": 6}),
    ],
)
def test_all_requests_of_the_race_are_shown_in_the_order_sent(name: str, race: Race, sent: dict[str, int]) -> None:
    found = violation(faults.load()[name].sandbox(), race)
    before, *raced, after = found.evidence
    methods = Counter(each.method for each in raced)
    assert methods.pop("GET") >= 2
    assert methods == sent
    assert [each.sent_at for each in raced] == sorted(each.sent_at for each in raced)
    assert before.sent_at <= raced[0].sent_at
    assert after.sent_at >= max(each.sent_at for each in raced if each.method != "GET")
    assert "; under way at one moment: cancel-all" in found.breach.got


def exchange(sent_ms: float, elapsed_ms: float, operation: str | None = "cancel-all") -> Exchange:
    sent_at = sent_ms / 1000
    return Exchange("alice", "", "", {}, "", 200, {}, "", sent_at, elapsed_ms, operation=operation)


@pytest.mark.parametrize(
    ("exchanges", "told"),
    [
        ([exchange(0, 5), exchange(5, 5)], "no two of them ran at the same moment"),
        ([exchange(9, 5), exchange(0, 5), exchange(4, 9)], "under way at one moment: cancel-alls 1 and 2"),
        ([exchange(0, 9), exchange(1, 9), exchange(2, 9)], "under way at one moment: cancel-alls 1, 2 and 3"),
        (
            [exchange(5, 5), exchange(0, 5, None), exchange(3, 5, None), exchange(3, 9, None)],
            "under way at one moment: cancel-all 1; placements 2 and 3",
        ),
    ],
)
def test_what_was_under_way_at_once_is_told(exchanges: list[Exchange], told: str) -> None:
    assert under_way_at_once(exchanges) == told
