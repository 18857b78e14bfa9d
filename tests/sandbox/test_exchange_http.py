"""The reference exchange over real TCP: access, parameters, placing, and the test hooks."""

import base64
import itertools
import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import jwt
import pytest
import requests

from conformance.profile.loader import load, loads
from conformance.sandbox import Sandbox
from conformance.sandbox.records import from_record
from conformance.wire.signer import sign, signed_query
from tests.orders import record

SANDBOX = Sandbox(seed=3)
ALICE, BOB = SANDBOX.gatekeeper.keys["alice"], SANDBOX.gatekeeper.keys["bob"]
TOKEN = {"Authorization": f"Bearer {ALICE.jwt}"}
KEY = {"X-MBX-APIKEY": ALICE.api_key}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with SANDBOX.serve() as served:
        yield f"{served.base_url}/spot/orders"


@pytest.fixture(autouse=True)
def clean() -> None:
    SANDBOX.exchange.orders.clear()
    SANDBOX.exchange.inject(from_record("alice", record("mine")))


def now_ms() -> int:
    return int(time.time() * 1000)


def signed(*pairs: tuple[str, str], at: int | None = None, secret: str = ALICE.api_secret) -> str:
    return signed_query(urlencode(pairs), secret, now_ms() if at is None else at)


def test_either_credential_is_enough(url: str) -> None:
    by_token = requests.get(url, headers=TOKEN, timeout=5)
    by_key = requests.get(f"{url}?{signed(('symbol', 'DFUSDT'))}", headers=KEY, timeout=5)
    assert by_token.json() == by_key.json()
    assert by_token.headers["content-type"] == "application/json"
    assert [order["id"] for order in by_token.json()] == ["mine"]


def _forged(**claims: Any) -> str:
    return jwt.encode({"sub": "alice", "exp": time.time() + 60, **claims}, "another secret of enough length.", "HS256")


def _without_algorithm() -> str:
    _, payload, _ = ALICE.jwt.split(".")
    none = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').rstrip(b"=").decode()
    return f"{none}.{payload}."


def _other_payload() -> str:
    header, _, signature = ALICE.jwt.split(".")
    _, payload, _ = BOB.jwt.split(".")
    return f"{header}.{payload}.{signature}"


@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize(
    ("headers", "query"),
    [
        ({}, ""),
        ({"Authorization": "Bearer "}, ""),
        ({"Authorization": "Bearer garbage"}, ""),
        ({"Authorization": ALICE.jwt}, ""),
        ({"Authorization": f"Basic {ALICE.jwt}"}, ""),
        ({"Authorization": f"Bearer {_forged()}"}, ""),
        ({"Authorization": f"Bearer {_without_algorithm()}"}, ""),
        ({"Authorization": f"Bearer {_other_payload()}"}, ""),
        (KEY, ""),
        (KEY, "symbol=DFUSDT"),
        (KEY, f"symbol=DFUSDT&timestamp={now_ms()}"),
        (KEY, f"timestamp={now_ms()}&signature="),
        (KEY, signed(secret=BOB.api_secret)),
        (KEY, f"signature={sign(ALICE.api_secret, '')}"),
        (KEY, signed().replace("timestamp", "symbol=DFUSDT&timestamp")),
        (KEY, f"{signed()}&symbol=DFUSDT"),
        (KEY, signed(at=now_ms() - 86_400_000)),
        ({"X-MBX-APIKEY": "unknown"}, signed()),
        ({"X-MBX-APIKEY": BOB.api_key}, signed()),
    ],
    ids=itertools.count(),
)
def test_anything_else_is_refused_and_touches_nothing(
    url: str, method: str, headers: dict[str, str], query: str
) -> None:
    answer = requests.request(method, f"{url}?{query}", headers=headers, timeout=5)
    assert answer.status_code in (401, 403)
    assert set(answer.json()) == {"error"}
    assert SANDBOX.exchange.orders["alice"]["mine"].status == "open"


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("limit=abc", 400),
        ("limit=", 400),
        ("limit=1.5", 400),
        ("limit=-1", 200),
        (f"limit={'9' * 30}", 200),
        (f"limit={'9' * 5000}", 400),
        ("start=\x00", 400),
        ("start=%00", 400),
        ("end=%FF%FE", 400),
        ("status=OPEN", 400),
        ("status=", 400),
        ("symbol=", 200),
        ("symbol=%F0%9F%92%A9", 200),
        (f"symbol={'A' * 4096}", 200),
        ("symbol=A&symbol=B", 400),
        ("limit=1&limit=2", 400),
        ("unknown=1", 200),
        ("%zz=%zz", 200),
        ("&&&=", 200),
        ("start=5&end=1", 200),
    ],
)
def test_odd_values_never_break_it(url: str, query: str, status: int) -> None:
    answer = requests.get(f"{url}?{query}", headers=TOKEN, timeout=5)
    assert answer.status_code == status
    assert isinstance(answer.json(), list if status == 200 else dict)


def test_it_takes_orders_and_cancels_one(url: str) -> None:
    ask = {"symbol": "DFUSDT", "side": "buy", "type": "limit", "tif": "gtc", "price": "0.4", "quantity": "5"}
    placed = requests.post(url, headers=TOKEN, json=ask, timeout=5)
    assert (placed.status_code, placed.json()["status"]) == (201, "open")
    place = f"{url}/{placed.json()['id']}"
    assert requests.delete(place, headers={"Authorization": f"Bearer {BOB.jwt}"}, timeout=5).status_code == 404
    assert requests.delete(place, headers=TOKEN, timeout=5).json()["status"] == "canceled"
    assert requests.delete(place, headers=TOKEN, timeout=5).status_code == 404


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{", b"[" * 100_000, b'{"side":"buy"}', b'{"side":"buy","price":"NaN","quantity":"1"}', b"\xff"],
)
def test_what_is_no_order_is_refused(url: str, body: bytes) -> None:
    assert requests.post(url, headers=TOKEN, data=body, timeout=5).status_code == 400


def test_injected_orders_are_there_and_can_be_canceled(url: str) -> None:
    root = url.partition("/api")[0]
    orders = [record(f"in-{number}", status=status) for number, status in enumerate(("open", "filled", "expired"))]
    for each in orders[1:]:
        del each["id"]
    answer = requests.post(f"{root}/_test/orders", json={"account": "alice", "orders": orders}, timeout=5)
    assert answer.status_code == 200
    assert len(requests.get(url, headers=TOKEN, timeout=5).json()) == 4
    canceled = requests.delete(url, headers=TOKEN, timeout=5).json()["canceled"]
    assert {order["id"] for order in canceled} == {"mine", "in-0"}
    wrongs: list[Any] = [{"account": "nobody", "orders": []}, {"account": "alice", "orders": [{}]}, []]
    for wrong in wrongs:
        assert requests.post(f"{root}/_test/orders", json=wrong, timeout=5).status_code in (400, 404)


@pytest.mark.parametrize(
    ("error", "method", "status"),
    [
        ("DB_ERROR", "GET", 500),
        ("ENGINE_BUSY", "DELETE", 503),
        ("ENGINE_RESTARTING", "DELETE", 503),
        ("spot trading disabled", "DELETE", 503),
    ],
)
def test_an_armed_error_is_answered_as_often_as_told(url: str, error: str, method: str, status: int) -> None:
    hook = url.partition("/api")[0] + "/_test/fault"
    assert requests.post(hook, json={"error": error, "times": 2}, timeout=5).status_code == 200
    answers = [requests.request(method, url, headers=TOKEN, timeout=5) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [status, status, 200]
    assert answers[0].json() == {"error": error}
    requests.post(hook, json={"error": error, "times": 5}, timeout=5)
    requests.post(hook, json={"error": error, "times": 0}, timeout=5)
    assert requests.request(method, url, headers=TOKEN, timeout=5).status_code == 200
    assert requests.post(hook, json={"error": "OTHER", "times": 1}, timeout=5).status_code == 400


def test_it_starts_and_stops_at_once_and_leaves_no_thread() -> None:
    before = threading.active_count()
    started = time.monotonic()
    with Sandbox().serve() as served:
        assert requests.get(served.base_url, timeout=5).status_code == 404
        assert time.monotonic() - started < 1
    assert threading.active_count() == before


def test_its_profile_is_a_good_one() -> None:
    with Sandbox().serve() as served:
        profile = loads(served.profile_toml, "sandbox")
    assert profile.target.base_url == served.base_url
    assert len(profile.markets) >= 2
    assert all([profile.driver.place, profile.driver.cancel, profile.driver.inject, profile.driver.fault])


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
def test_alone_it_serves_until_it_is_stopped(told: signal.Signals, tmp_path: Path) -> None:
    words = [sys.executable, "-m", "conformance", "sandbox", "--profile-out", "sandbox.toml"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=tmp_path) as process:
        assert process.stdout is not None
        said = process.stdout.readline().split()
        assert process.stdout.readline().split() == ["profile", "sandbox.toml"]
        profile = load(tmp_path / "sandbox.toml")
        assert said == ["serving", profile.target.base_url]
        token = profile.accounts["caller"].jwt
        assert token is not None
        answer = requests.get(
            f"{said[1]}/spot/orders", headers={"Authorization": f"Bearer {token.reveal()}"}, timeout=5
        )
        assert json.loads(answer.text) == []
        process.send_signal(told)
        assert process.wait(timeout=5) == 0
