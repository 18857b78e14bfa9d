"""When a list that contradicts what is known of an account counts as a violation."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import pytest

from conformance.account.ahead import Wanted
from conformance.account.answers import Page
from conformance.account.known import Known
from conformance.account.otherwise import Otherwise
from conformance.account.sent import Came
from conformance.evidence import Exchange
from conformance.observations import Observations
from conformance.oracle.settled import Settled
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
        self.foreign: dict[tuple[object, ...], object] = {}
        self.settled = Settled()
        self.otherwise = Otherwise(self.settled, lambda query: (), "jwt")
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


Lie = Callable[[Query, Credential], bool]
"""Whether the list by this query, asked with this credential, leaves all orders out."""


class Hiding(Pages):
    """An account that shows what it has, but for lists that leave all out. An exchange has the query in its URL."""

    credentials = ("jwt", "api-key")  # type: ignore[assignment]

    def __init__(self, orders: Sequence[Order], leaves_out: Lie) -> None:
        super().__init__(orders)
        self._orders, self._leaves_out = orders, leaves_out

    def list(self, query: Query, credential: Credential | None = None) -> Page:
        self.asked += 1
        kind: Credential = credential or "jwt"
        shown = [each for each in self._orders if query.symbol in (None, each.symbol)]
        shown = [each for each in shown if query.status in (None, each.status)]
        orders = () if self._leaves_out(query, kind) else tuple(shown)
        return Page(query, orders, replace(EXCHANGE, url=str(query)), kind)

    def wanted(self, queries: Iterable[Query | str], credential: Credential | None = None) -> Sequence[Wanted]:
        self.asked_ahead = [*queries], credential
        return ()


ALL_OPEN = Query(symbol=B.symbol, status="open", limit=200)


def test_the_shortest_query_that_is_wrong_is_shown() -> None:
    account = Hiding([A, B], lambda query, _: query.status is not None)
    with pytest.raises(Violation) as raised:
        known(account, [A, B]).explains(account.list(ALL_OPEN))
    assert raised.value.evidence[-1].url == "?status=open"
    assert "2 orders" in raised.value.breach.want
    assert raised.value.breach.requirement == "list.status"


def test_a_query_of_which_nothing_can_be_left_out_is_shown_as_it_is() -> None:
    account = Hiding([A, B], lambda query, _: len(query.pairs()) == 3)
    with pytest.raises(Violation) as raised:
        known(account, [A, B]).explains(account.list(ALL_OPEN))
    assert raised.value.evidence[-1].url == str(ALL_OPEN)


def test_where_it_is_clear_who_is_blamed_no_shorter_query_is_looked_for() -> None:
    account = Hiding([A, B], lambda query, _: query.status is not None)
    with pytest.raises(Violation) as raised:
        known(account, [A, B]).explains(account.list(ALL_OPEN), "list.symbol")
    assert raised.value.evidence[-1].url == str(ALL_OPEN)
    assert account.asked == 2


def test_who_is_blamed_is_decided_once_for_each_kind_of_query() -> None:
    orders = [A, B, order("x", symbol="X")]
    account = Hiding(orders, lambda query, _: query.status is not None or query.symbol == "X")
    held = known(account, orders)

    def asked_for(query: Query, requirement: str) -> int:
        page, before = account.list(query), account.asked
        with pytest.raises(Violation) as raised:
            held.explains(page)
        assert raised.value.breach.requirement == requirement
        return account.asked - before

    first = asked_for(Query(status="open"), "list.status")
    another = asked_for(Query(symbol="X"), "list.symbol")
    for query, requirement, once in (
        (Query(status="open"), "list.status", first),
        (Query(symbol="X"), "list.symbol", another),
    ):
        assert asked_for(query, requirement) == 1 < once - 1  # a shorter query alone


def test_a_credential_that_shows_nothing_where_the_first_one_does_is_blamed() -> None:
    account = Hiding([A, B], lambda _, credential: credential == "api-key")
    with pytest.raises(Violation) as raised:
        known(account, [A, B]).explains(account.list(Query(), "api-key"))
    assert raised.value.breach.requirement == "auth.same-account"


def test_the_first_list_of_the_snapshot_is_shown_before_the_wrong_one() -> None:
    account = Pages([A])
    first, second = replace(EXCHANGE, url="first"), replace(EXCHANGE, url="second")
    snapshot = replace(Snapshot.of([A, B]), exchanges=(first, second))
    with pytest.raises(Violation) as raised:
        Known(account, lambda: snapshot).explains(account.list(Query()))  # type: ignore[arg-type]
    assert raised.value.evidence == (first, EXCHANGE)


def test_of_several_contradictions_the_first_one_tells_what_is_broken() -> None:
    canceled = order("b", status="canceled")
    account = Pages([canceled])
    with pytest.raises(Violation) as raised:
        known(account, [A, B]).explains(account.list(Query()), "list.symbol")
    assert raised.value.breach.requirement == "cancel.visible"
    assert not account.observations.in_passing


@pytest.mark.parametrize("times_right", [2, 3])
def test_a_contradiction_is_looked_for_again_three_times(times_right: int) -> None:
    account = Pages([A], *[[A, B]] * times_right, [A])
    held = known(account, [A, B])
    if times_right == 2:
        with pytest.raises(Violation, match="without it"):
            held.explains(account.list(Query()))
    else:
        assert not held.explains(account.list(Query()))
    assert account.asked == 4


def test_only_lists_that_would_be_asked_for_again_are_asked_for_ahead() -> None:
    account = Hiding([A, B], lambda *_: False)
    held = known(account, [A, B])
    one, two, three = Query(limit=1), Query(limit=2), Query(limit=3)
    held.page(one)
    held.keep(two, "jwt", Answer(200, {}, b"", EXCHANGE))
    assert [held.has(each, "jwt") for each in (one, two, three)] == [True, True, False]
    with held.ahead([one, two, three]):
        assert account.asked_ahead == ([three], "jwt")
    with held.ahead([one, two, three], "api-key"):
        assert account.asked_ahead == ([one, two, three], "api-key")


def test_a_list_that_is_asked_for_now_is_judged_though_the_one_before_it_agreed() -> None:
    account = Pages([A, B], [A])
    held = known(account, [A, B])
    held.expect(Query())
    assert held.ask(Query(), "jwt").orders == (A,)
    with pytest.raises(Violation, match="without it"):
        held.expect(Query())


def test_a_list_that_was_asked_for_now_is_not_asked_for_again() -> None:
    account = Pages([A, B])
    held = known(account, [A, B])
    held.ask(Query(), "jwt")
    held.expect(Query())
    assert account.asked == 1


def test_the_first_snapshot_may_be_given() -> None:
    account, first = Pages([A, B]), Snapshot.of([A, B])
    held = Known(account, lambda: Snapshot.of([]), first)  # type: ignore[arg-type]
    assert held.snapshot is first
    assert held.explains(account.list(Query()))


def test_what_has_agreed_is_judged_again_once_the_snapshot_is_renewed() -> None:
    account = Pages([A, B], [A])
    held = known(account, [A, B])
    held.expect(Query())
    held.refresh()
    with pytest.raises(Violation, match="without it"):
        held.expect(Query())


def test_after_a_violation_the_list_is_asked_for_anew_each_time() -> None:
    account = Pages([A])
    held = known(account, [A, B])
    asked = []
    for _ in range(3):
        before = account.asked
        with pytest.raises(Violation, match="without it"):
            held.expect(Query(), blamed="list.symbol")
        asked.append(account.asked - before)
    assert asked == [2, 1, 1]


def test_where_lists_may_be_behind_the_snapshot_is_renewed_as_well() -> None:
    account = Pages([A, B])
    taken = [Snapshot.of([A]), Snapshot.of([A, B])]
    held = Known(account, lambda: taken.pop(0), catch_up=lambda _: True)  # type: ignore[arg-type]
    assert held.explains(account.list(Query()))


def test_a_query_may_not_be_rejected_unless_told() -> None:
    account = Pages([A, B])
    held = known(account, [A, B])
    held.keep(Query(symbol="X"), "jwt", Answer(400, {}, b"", EXCHANGE))
    held.expect(Query(symbol="X"))
    assert held.page(Query(symbol="X")).orders == (B,)
