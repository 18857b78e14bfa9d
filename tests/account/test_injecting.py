"""Whole orders that are put into an account while the target goes away: they are put there once."""

import time
import uuid
from collections.abc import Callable

import pytest

from conformance.account.ticket import Ticket
from conformance.sandbox import Sandbox
from conformance.verdict import Unreachable
from conformance.wire.call import Call
from conformance.wire.client import Answer, Client
from tests.orders import record
from tests.sandboxes import lane_on


def losing(client: Client, which: int, *, done: bool) -> tuple[Callable[[Call], Answer], list[Call]]:
    """How the client sends where so many answers to injecting are lost, what was asked being `done` or not; and the
    calls that came through.
    """
    send, tries, through = client.send, iter(range(9)), list[Call]()

    def lossy(call: Call) -> Answer:
        lost = call.method == "POST" and next(tries) < which
        if lost and not done:
            raise Unreachable(send(call.root).exchange, True, False)
        answer = send(call)
        through.extend([call] * (call.method == "POST"))
        if lost:
            raise Unreachable(answer.exchange, True, False)
        return answer

    return lossy, through


@pytest.mark.parametrize(("lost", "done"), [(0, True), (1, True), (1, False), (2, False)])
def test_what_was_taken_is_not_injected_again(lost: int, done: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    sandbox, id = Sandbox(), str(uuid.uuid4())
    with lane_on(sandbox) as lane:
        view, client = lane.view, lane.driver._client
        lossy, through = losing(client, lost, done=done)
        monkeypatch.setattr(client, "send", lossy)
        ticket = Ticket.of_record(record(id, status="canceled", created_at=int(time.time()) - 9))
        view.inject([ticket], lambda: lane.driver.inject(view.account, [ticket]))
        assert id in sandbox.exchange.orders["alice"]
    assert len(through) == 1
