"""The sandbox as client developers use it: two real clients, requests and curl, whose own tests a fault makes fail."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import requests

from conformance import faults
from conformance.mock import P99Sandbox, p99_sandbox, serve  # noqa: F401 - the fixture, as a client's conftest.py has it

ORDER = {"symbol": "DFUSDT", "side": "buy", "type": "limit", "price": "0.5000", "quantity": "10"}


def bearer(served: P99Sandbox, account: str = "alice") -> str:
    return f"Bearer {served.accounts[account].jwt}"


def with_requests(served: P99Sandbox, method: str, **more: Any) -> Any:
    headers = {"Authorization": bearer(served)}
    return requests.request(method, f"{served.base_url}/spot/orders", headers=headers, timeout=10, **more).json()


def with_curl(served: P99Sandbox, query: str = "") -> Any:
    words = ["curl", "-s", "-H", f"Authorization: {bearer(served)}", f"{served.base_url}/spot/orders{query}"]
    return json.loads(subprocess.run(words, capture_output=True, check=True, timeout=10).stdout)


def expect_a_page(orders: list[Any]) -> None:
    """The own test of a client: it asked for two."""
    assert len(orders) == 2


def test_a_fault_makes_the_test_of_either_client_fail_until_it_is_off(p99_sandbox: P99Sandbox) -> None:  # noqa: F811
    for _ in range(3):
        with_requests(p99_sandbox, "POST", json=ORDER)

    def by_requests() -> None:
        expect_a_page(with_requests(p99_sandbox, "GET", params={"limit": 2}))

    def by_curl() -> None:
        expect_a_page(with_curl(p99_sandbox, "?limit=2"))

    for own_test in (by_requests, by_curl):
        own_test()
        with p99_sandbox.fault("limit-one-short"), pytest.raises(AssertionError):
            own_test()
        own_test()


def test_several_are_switched_over_http_and_orders_stay() -> None:
    with serve(accounts=11) as served:
        assert len(served.accounts) == 11
        placed = {with_requests(served, "POST", json=ORDER)["id"] for _ in range(2)}
        hook = served.base_url.replace("/api/v1", "/_test/variants")
        names = ["limit-one-short", "scope-ignored"]
        assert requests.put(hook, json={"names": names}, timeout=10).json() == {"names": names}
        assert len(with_requests(served, "GET", params={"limit": 2})) == 1
        canceled = with_requests(served, "DELETE", params={"symbol": "BTCUSDT"})
        assert {each["id"] for each in canceled["canceled"]} == placed
        wrong = requests.put(hook, json={"names": ["limit-one-shor"]}, timeout=10)
        assert wrong.status_code == 400
        assert "did you mean limit-one-short" in wrong.json()["error"]
        assert requests.get(hook, timeout=10).json() == {"names": names}
        served.switch()
        listed = with_requests(served, "GET", params={"limit": 2})
        assert [each["status"] for each in listed] == ["canceled", "canceled"]


def test_two_that_do_the_same_thing_cannot_be_combined() -> None:
    known = faults.load()
    with pytest.raises(
        faults.NotTogether, match=r"limit-one-short and limit-one-over cannot be combined: each has its"
    ):
        faults.combined([known["limit-one-short"], known["limit-one-over"]])


def test_the_log_has_a_curl_line_for_each_call_and_no_secret(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    with serve(log=log, latency_ms=30) as served:
        with_requests(served, "POST", json=ORDER)
        with_curl(served, f"?symbol=DFUSDT&api={served.accounts['alice'].api_secret}")
        secrets = [text for keys in served.accounts.values() for text in (keys.jwt, keys.api_key, keys.api_secret)]
        address = f"{served.base_url}/spot/orders"
    text = log.read_text(encoding="utf-8")
    placed, listed = map(json.loads, text.splitlines())
    assert not [each for each in secrets if each in text]
    assert placed["time"] >= 30
    assert placed["response"]["status"] == 201
    assert json.loads(placed["response"]["content"]["text"])["status"] == "open"
    assert placed["comment"] == listed["comment"] == "account alice"
    assert placed["curl"].startswith("curl -i -X POST -H 'Content-Type: application/json' -d ")
    assert listed["curl"] == f"curl -i -X GET -H \"Authorization: Bearer $P99_JWT\" '{address}?symbol=DFUSDT&api=***'"
