"""When a list that contradicts what is known of an account counts as a violation."""

from collections.abc import Sequence

import pytest

from conformance.account.account import Page
from conformance.account.known import Known
from conformance.account.sender import Came
from conformance.evidence import Exchange
from conformance.observations import Observations
from conformance.oracle.snapshot import Snapshot
from conformance.orders import Order, Query
from conformance.verdict import Violation
from conformance.wire.client import Answer
from conformance.wire.signer import Credential
from tests.orders import order

EXCHANGE = Exchange("alice", "GET", "http://127.0.0.1/", {}, "", 200, {}, "[]", 0.0, 1.0)
A, B = order("a", created_at=1_778_400_001), order("b")


class Pages:
    """An account that shows these orders, one answer after the other; the last one for ever."""

    credentials = ("jwt",)

    def __init__(self, *answers: Sequence[Order]) -> None:
        self.observations = Observations(["list.array"])
        self._answers = list(answers)
        self.asked = 0
        self.coming: dict[tuple[str, Credential], Came] = {}

    def list(self, query: Query, credential: Credential | None = None) -> Page:
        self.asked += 1
        orders = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        return Page(query, tuple(orders), EXCHANGE, credential or "jwt")

    def list_unless_rejected(
        self, query: Query, credential: Credential, *, may_reject: bool, came: Answer | None
    ) -> Page | None:
        if came is None:
            return self.list(query, credential)
        return None if may_reject and came.status == 400 else Page(query, (B,), EXCHANGE, credential)


def known(account: Pages, *snapshots: Sequence[Order]) -> Known:
    taken = list(snapshots)

    def take() -> Snapshot:
        return Snapshot.of(taken.pop(0) if len(taken) > 1 else taken[0])

    return Known(account, take)  # type: ignore[arg-type]


def test_a_list_that_agrees_is_explained() -> None:
    account = Pages([A, B])
    known(account, [A, B]).explains(account.list(Query()))


def test_a_contradiction_that_is_met_again_is_a_violation() -> None:
    account = Pages([A])
    with pytest.raises(Violation, match="without it"):
        known(account, [A, B]).explains(account.list(Query()))


def test_one_that_shows_now_and_then_is_met_again() -> None:
    account = Pages([A], [A, B], [A, B], [A])
    with pytest.raises(Violation, match="without it"):
        known(account, [A, B]).explains(account.list(Query()))


def test_one_that_is_not_met_again_leaves_a_doubt() -> None:
    account = Pages([A], [A, B])
    known(account, [A, B]).explains(account.list(Query()))
    assert "contradicted a snapshot" in account.observations.doubts["list.array"]


def test_one_that_a_change_explains_leaves_nothing() -> None:
    filled = order("b", status="filled", filled_qty="100", avg_fill_price="0.5")
    account = Pages([A, filled])
    known(account, [A, B], [A, filled]).explains(account.list(Query()))
    assert account.observations.doubts == {}


def test_a_list_that_has_agreed_is_not_asked_for_again_until_the_snapshot_is_renewed() -> None:
    account = Pages([A, B])
    held = known(account, [A, B])
    for _ in range(3):
        held.expect(Query())
        assert held.page(Query()).orders == (A, B)
    assert account.asked == 1
    held.refresh()
    held.expect(Query())
    assert account.asked == 2


def test_a_list_that_does_not_agree_is_asked_for_each_time() -> None:
    account = Pages([A])
    held = known(account, [A, B])
    for _ in range(2):
        with pytest.raises(Violation, match="without it"):
            held.expect(Query())
    assert account.asked > 2


def test_an_answer_that_came_ahead_is_judged_in_place_of_another_request() -> None:
    account = Pages([A, B])
    held = known(account, [A, B])
    held.keep(Query(), "jwt", Answer(200, {}, b"", EXCHANGE))
    assert held.page(Query()).orders == (B,)
    assert account.asked == 0
    held.expect(Query())
    assert "agreed when asked again" in account.observations.doubts["list.array"]


def test_an_answer_that_came_ahead_may_be_a_rejection() -> None:
    account = Pages([A, B])
    held = known(account, [A, B])
    held.keep(Query(symbol="X"), "jwt", Answer(400, {}, b"", EXCHANGE))
    held.expect(Query(symbol="X"), may_reject=True)
    assert account.asked == 0


def test_whether_a_page_agrees_is_told() -> None:
    filled = order("b", status="filled", filled_qty="100", avg_fill_price="0.5")
    for answers, snapshots, agrees in (
        ([[A, B]], [[A, B]], True),
        ([[A, filled]], [[A, B], [A, filled]], False),
        ([[A], [A, B]], [[A, B]], False),
    ):
        account = Pages(*answers)
        assert known(account, *snapshots).explains(account.list(Query())) is agrees


def test_what_is_renewed_forgets_what_came_ahead() -> None:
    account = Pages([A, B])
    held = known(account, [A, B])
    held.keep(Query(), "jwt", Answer(200, {}, b"", EXCHANGE))
    account.coming["x", "jwt"] = None  # type: ignore[assignment]
    held.refresh()
    assert held.page(Query()).orders == (A, B)
    assert account.coming == {}


def test_a_list_is_asked_for_with_the_first_credential_unless_told() -> None:
    account = Pages([A, B])
    account.credentials = ("jwt", "api-key")  # type: ignore[assignment]
    held = known(account, [A, B])
    held.expect(Query())
    held.expect(Query(), "api-key")
    assert account.asked == 2
    assert held.page(Query()).credential == "jwt"
    assert held.page(Query(), "api-key").credential == "api-key"
    assert account.asked == 2


def test_a_rejection_is_no_page_unless_the_query_may_be_rejected() -> None:
    held = known(Pages([A, B]), [A, B])
    held.keep(Query(symbol="X"), "jwt", Answer(400, {}, b"", EXCHANGE))
    assert held.page(Query(symbol="X")).orders == (B,)


def test_a_list_that_may_be_behind_is_asked_for_again_first() -> None:
    asked_at = []

    def late(at: float) -> bool:
        asked_at.append(at)
        return True

    account = Pages([A], [A, B])
    held = Known(account, lambda: Snapshot.of([A, B]), catch_up=late)  # type: ignore[arg-type]
    assert held.explains(account.list(Query()))
    assert held.explains(account.list(Query()))
    assert (account.asked, asked_at, account.observations.doubts) == (3, [0.0], {})


def test_the_violation_is_of_what_the_record_breaks_or_of_who_is_blamed() -> None:
    canceled = order("b", status="canceled")
    for shown, requirement in (((A,), "list.symbol"), ((A, canceled), "cancel.visible")):
        account = Pages(shown)
        with pytest.raises(Violation) as raised:
            known(account, [A, B]).explains(account.list(Query()), "list.symbol")
        assert raised.value.breach.requirement == requirement


def test_after_a_violation_the_next_one_needs_no_new_snapshot() -> None:
    taken = []

    def take() -> Snapshot:
        taken.append(1)
        return Snapshot.of([A, B])

    account = Pages([A])
    held = Known(account, take)  # type: ignore[arg-type]
    for more in (2, 0):
        before = len(taken)
        with pytest.raises(Violation):
            held.explains(account.list(Query()), "list.symbol")
        assert len(taken) - before == more
    held.refresh()
    before = len(taken)
    with pytest.raises(Violation):
        held.explains(account.list(Query()), "list.symbol")
    assert len(taken) - before == 2
