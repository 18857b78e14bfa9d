"""The queue before the sandbox's engine, over HTTP."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from conformance.profile import loader
from conformance.sandbox import Sandbox

ORDER = {"symbol": "DFUSDT", "side": "buy", "type": "limit", "price": "0.5000", "quantity": "10"}


class Client:
    """Asks as alice, each request on a connection of its own."""

    def __init__(self, sandbox: Sandbox, base_url: str) -> None:
        self.url = f"{base_url}/spot/orders"
        self.hook = base_url.replace("/api/v1", "/_test/engine")
        self.headers = {"Authorization": f"Bearer {sandbox.gatekeeper.keys['alice'].jwt}"}

    def ask(self, method: str, **more: Any) -> requests.Response:
        return requests.request(method, self.url, headers=self.headers, timeout=10, **more)

    def engine(self, **given: Any) -> requests.Response:
        return requests.post(self.hook, json=given, timeout=10)

    def at_once(self, methods: list[str]) -> list[requests.Response]:
        barrier = threading.Barrier(len(methods))

        def one(method: str) -> requests.Response:
            barrier.wait()
            return self.ask(method, **({"json": ORDER} if method == "POST" else {}))

        with ThreadPoolExecutor(len(methods)) as pool:
            return list(pool.map(one, methods))


@pytest.fixture
def client() -> Iterator[Client]:
    sandbox = Sandbox(0, queue_size=3, service_ms=150)
    with sandbox.serve() as served:
        yield Client(sandbox, served.base_url)


def test_what_finds_the_queue_full_is_refused_at_once_and_changes_nothing(client: Client) -> None:
    answers = client.at_once(["POST", "DELETE"] * 6)
    refused = [each for each in answers if each.status_code == 503]
    assert len(answers) - len(refused) >= 3
    assert refused
    assert all(each.json() == {"error": "ENGINE_BUSY"} for each in refused)
    taken = [each for each in answers if each.status_code != 503]
    assert max(each.elapsed for each in refused) < max(each.elapsed for each in taken)
    assert {each.request.method for each in refused} == {"POST", "DELETE"}
    placed = {each.json()["id"] for each in answers if each.status_code == 201}
    assert {order["id"] for order in client.ask("GET").json()} == placed


def test_lists_do_not_wait_and_are_not_refused(client: Client) -> None:
    client.engine(size=0, service_ms=1000)
    answers = client.at_once(["GET"] * 10)
    assert {each.status_code for each in answers} == {200}
    assert max(each.elapsed.total_seconds() for each in answers) < 1
    assert client.ask("DELETE").status_code == 503


@pytest.mark.parametrize("code", ["ENGINE_RESTARTING", "spot trading disabled"])
def test_a_state_is_entered_and_left(client: Client, code: str) -> None:
    assert client.engine(stopped=code).json()["stopped"] == code
    for method in ("DELETE", "POST"):
        answer = client.ask(method, json=ORDER)
        assert (answer.status_code, answer.json()) == (503, {"error": code})
    assert client.ask("GET").json() == []
    assert client.engine(stopped=None, service_ms=0).json() == {
        "size": 3,
        "service_ms": 0,
        "stopped": None,
        "waiting": 0,
    }
    assert client.ask("DELETE").json()["canceled"] == []


@pytest.mark.parametrize("given", [{"size": -1}, {"service_ms": "x"}, {"service_ms": 1e9}, {"stopped": "asleep"}])
def test_the_hook_says_what_it_does_not_take(client: Client, given: dict[str, Any]) -> None:
    assert client.engine(**given).status_code == 400


def test_by_default_nothing_waits_and_nothing_is_refused() -> None:
    sandbox = Sandbox(0)
    with sandbox.serve() as served:
        answers = Client(sandbox, served.base_url).at_once(["POST", "DELETE"] * 50)
    assert {each.status_code for each in answers} == {200, 201}


def test_a_profile_has_two_accounts_for_each_lane() -> None:
    with Sandbox(0, lanes=3).serve() as served:
        profile = loader.loads(served.profile_toml, "sandbox")
    assert [len(lane) for lane in profile.lanes] == [2, 2, 2]
    assert len(profile.accounts) == 6
