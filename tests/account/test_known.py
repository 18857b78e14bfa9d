"""When a list that contradicts what is known of an account counts as a violation."""

from collections.abc import Sequence

import pytest

from conformance.account.account import Page
from conformance.account.known import Known
from conformance.evidence import Exchange
from conformance.observations import Observations
from conformance.oracle.snapshot import Snapshot
from conformance.orders import Order, Query
from conformance.verdict import Violation
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

    def list(self, query: Query, credential: Credential | None = None) -> Page:
        orders = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        return Page(query, tuple(orders), EXCHANGE, credential or "jwt")


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
