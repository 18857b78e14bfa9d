"""The documents' own samples, run as they stand against the sandbox: only base URL and credentials are put in."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance.sandbox import Sandbox, Served
from conformance.sandbox.records import from_record
from tests.orders import record

SAMPLES = Path(__file__).parent.parent / "samples"
PARTLY = {"status": "partially_filled", "filled_qty": "50", "avg_fill_price": "0.6000"}


@pytest.fixture
def sandbox() -> Sandbox:
    """Alice has one order open and one partly filled in DFUSDT, one open elsewhere, and one that is filled."""
    made = Sandbox()
    for each in (
        record("open-one"),
        record("part-one", side="sell", price="0.6000", quantity="200", **PARTLY),
        record("elsewhere", symbol="BTCUSDT", price="30000.0", quantity="0.010"),
        record("filled-one", status="filled", filled_qty="100", avg_fill_price="0.5"),
    ):
        made.exchange.inject(from_record("alice", each))
    return made


@pytest.fixture
def served(sandbox: Sandbox) -> Iterator[Served]:
    with sandbox.serve() as served:
        yield served


def run(name: str, sandbox: Sandbox, served: Served) -> str:
    """Run the sample; what it printed."""
    keys = sandbox.gatekeeper.keys["alice"]
    text = (SAMPLES / name).read_text(encoding="utf-8")
    for placeholder, value in {
        "https://api-sepolia.p99.world/api/v1": served.base_url,
        "your_jwt_token": keys.jwt,
        "your_api_key": keys.api_key,
        "your_api_secret": keys.api_secret,
    }.items():
        text = text.replace(placeholder, value)
    if name.endswith(".sh"):
        for tool in ("bash", "curl", "openssl"):
            assert shutil.which(tool), f"the documents' samples need {tool}; install it"
        words = ["bash", "-euo", "pipefail", "-c", text]
    else:
        words = [sys.executable, "-c", text]
    done = subprocess.run(words, capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def answers(printed: str) -> list[Any]:
    """The JSON documents that were printed one behind the other."""
    found, decoder = [], json.JSONDecoder()
    while printed := printed.strip():
        value, end = decoder.raw_decode(printed)
        found.append(value)
        printed = printed[end:]
    return found


def ids(orders: list[dict[str, Any]]) -> set[str]:
    return {order["id"] for order in orders}


def test_list_with_a_token(sandbox: Sandbox, served: Served) -> None:
    open_ones, last = answers(run("list-jwt.sh", sandbox, served))
    assert ids(open_ones) == {"open-one"}
    assert ids(last) == {"open-one", "part-one", "elsewhere", "filled-one"}


def test_list_with_a_signed_key(sandbox: Sandbox, served: Served) -> None:
    (open_ones,) = answers(run("list-api-key.sh", sandbox, served))
    assert ids(open_ones) == {"open-one"}


def test_cancel_with_a_token(sandbox: Sandbox, served: Served) -> None:
    first, second = answers(run("cancel-jwt.sh", sandbox, served))
    assert ids(first["canceled"]) == {"open-one", "part-one", "elsewhere"}
    assert second["canceled"] == []


def test_cancel_with_a_signed_key(sandbox: Sandbox, served: Served) -> None:
    (answer,) = answers(run("cancel-api-key.sh", sandbox, served))
    assert ids(answer["canceled"]) == {"open-one", "part-one"}
    assert sandbox.exchange.orders["alice"]["elsewhere"].status == "open"


def test_list_in_python(sandbox: Sandbox, served: Served) -> None:
    lines = run("list.py", sandbox, served).splitlines()
    assert lines == ["1 open order(s)", " open-one buy  100 @ 0.5000", "1 partially-filled order(s)"]


def test_cancel_in_python(sandbox: Sandbox, served: Served) -> None:
    lines = run("cancel.py", sandbox, served).splitlines()
    assert lines[0] == "Canceled 2 orders"
    assert set(lines[1:]) == {
        " open-one buy  100 @ 0.5000 filled=0",
        " part-one sell 200 @ 0.6000 filled=50",
    }
