"""Lists that are asked for ahead: who wants one is given what has come, once, and nothing that is out of date."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any
from urllib.parse import urlencode

import pytest

from conformance.account.account import Account
from conformance.account.ahead import asked_ahead
from conformance.account.sent import Came
from conformance.operations import Operation
from conformance.orders import Query
from conformance.profile import loader
from conformance.sandbox import Sandbox
from conformance.stage.arranger import Arranger
from conformance.stage.driver import Driver
from conformance.stage.lane import Lane
from conformance.stage.stage import Stage
from conformance.stage.wishes import Wish
from conformance.verdict import Unreachable
from conformance.wire.client import Client
from conformance.wire.redaction import Redactor
from conformance.wire.signer import Credential

QUERIES = [Query(limit=1), Query(limit=2), Query(status="open")]


@contextmanager
def stage_over(connections: int, **target: object) -> Iterator[tuple[Stage, Client]]:
    with Sandbox().serve() as served:
        more = "".join(f"\n{name} = {value}" for name, value in target.items())
        profile = loader.loads(served.profile_toml.replace("[target]", f"[target]{more}"), "sandbox")
        client = Client(profile.target, Redactor(profile.secrets), connections=connections)
        accounts = {key: Account(account, client) for key, account in profile.accounts.items()}
        driver = Driver(profile.driver, client)
        lane = Lane(accounts["caller"], accounts["other"], profile.target, profile.markets, driver)
        yield Stage(lane, Arranger(lane, seed=0), full_scope=True), client


def test_what_was_asked_for_ahead_is_given_once() -> None:
    with stage_over(4) as (stage, client), stage.caller.ahead(QUERIES):
        for query in QUERIES:
            stage.caller.list(query)
        assert client.counts.total == 3
        stage.caller.list(QUERIES[0])
        assert client.counts.total == 4


@pytest.mark.parametrize("target", [{}, {"max_requests_per_second": 1000}], ids=["one connection", "a limited rate"])
def test_one_at_a_time_nothing_is_asked_for_ahead(target: dict[str, int]) -> None:
    with stage_over(4 if target else 1, **target) as (stage, client), stage.caller.ahead(QUERIES):
        assert client.counts.total == 0


def test_nothing_that_was_asked_for_before_a_change_is_given_after_it() -> None:
    with stage_over(4) as (stage, client):
        with stage.caller.ahead(QUERIES):
            stage.arranger.arrange(stage.view, [Wish(stage.markets[0], "buy")], by="placing")
            assert len(stage.caller.list(Query(limit=1))) == 1
        with asked_ahead(view.account.page_until() for view in stage.lane.views):
            stage.caller.cancel_all()
            sent = client.counts.total
            assert not stage.view.fresh().live()
            assert client.counts.total > sent


def test_what_has_come_is_judged_while_others_are_under_way() -> None:
    with stage_over(4) as (stage, client):
        first_is_judged, asked_now = threading.Event(), stage.caller.asked_now

        def held_back(operation: Operation, query: str, kind: Credential) -> Came:
            if query != urlencode(QUERIES[0].pairs()):
                assert first_is_judged.wait(5)
            return asked_now(operation, query, kind)

        stage.caller.asked_now = held_back  # type: ignore[method-assign]
        with stage.caller.ahead(QUERIES):
            stage.caller.list(QUERIES[0])
            assert client.counts.total == 1
            first_is_judged.set()
            stage.caller.list(QUERIES[2])
        assert client.counts.total == 3


def test_what_is_not_wanted_is_forgotten() -> None:
    with stage_over(4) as (stage, client):
        with stage.caller.ahead(QUERIES):
            pass
        stage.caller.list(QUERIES[0])
        assert client.counts.total == 4


def test_what_never_came_is_raised_where_it_is_wanted() -> None:
    with stage_over(4) as (stage, _):
        caller = stage.caller
    with caller.ahead(QUERIES), pytest.raises(Unreachable):  # nobody serves any more
        caller.list(QUERIES[1])


def test_two_accounts_are_looked_at_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with stage_over(4) as (stage, client):
        for view in stage.lane.views:
            view.latest()
        stage.arranger.arrange(stage.view, [Wish(stage.markets[0], "buy")], by="placing")
        sent, together = client.counts.total, list[int]()
        under_way = client.under_way

        def noting(calls: Sequence[Callable[[], Any]]) -> AbstractContextManager[list[Any]]:
            together.append(len(calls))
            return under_way(calls)

        monkeypatch.setattr(client, "under_way", noting)
        assert [len(each.live()) for each in stage.look(*stage.lane.views)] == [1, 0]
        assert together == [2]
        assert client.counts.total == sent + 2


def test_lists_that_will_be_wanted_one_by_one_are_asked_for_at_once_and_kept() -> None:
    with stage_over(4) as (stage, client):
        known = stage.view.known
        known.page(QUERIES[0])
        known.foresee(QUERIES)
        sent = client.counts.total
        assert all(known.has(query, "jwt") for query in QUERIES)
        for query in QUERIES:
            known.expect(query)
        assert client.counts.total == sent == 4  # with the snapshot


@pytest.mark.parametrize("connections", [1, 4])
def test_one_list_alone_or_over_one_connection_is_not_foreseen(connections: int) -> None:
    with stage_over(connections) as (stage, client):
        stage.view.known.foresee(QUERIES[:1] if connections > 1 else QUERIES)
        assert client.counts.total == 1
