"""The sandbox's own log of requests, judged as any other recording."""

import time
from pathlib import Path
from typing import Any

import pytest
import requests

from conformance.mock import P99Sandbox, serve
from conformance.recorded.judge import Recorded
from conformance.recorded.story import Terms
from conformance.results import Results
from conformance.wire.signer import bearer, key, signed_query

TICKET = {"symbol": "DFUSDT", "side": "buy", "type": "limit", "price": "0.5000", "quantity": "10"}


def session(served: P99Sandbox, sign: bool) -> None:
    """What a client does: three orders, some lists, a cancel-all, and a list."""
    keys = served.accounts["alice"]

    def ask(method: str, query: str = "", **more: Any) -> None:
        if sign:
            query = signed_query(query, keys.api_secret, int(time.time() * 1000))
        headers = key(keys.api_key) if sign else bearer(keys.jwt)
        url = f"{served.base_url}/spot/orders{'?' if query else ''}{query}"
        requests.request(method, url, headers=headers, timeout=10, **more)

    for _ in range(3):
        ask("POST", json=TICKET)
    for query in ("limit=200", "limit=2", "symbol=DFUSDT", "limit=200"):
        ask("GET", query)
    ask("DELETE")
    ask("GET", "limit=200")


def judged(path: Path, *names: str, sign: bool = False) -> Results:
    log = path / "calls.jsonl"
    with serve(names, log=log) as served:
        session(served, sign)
    recorded = Recorded(log, Terms(settle_s=0), {}, None, lambda *_: None)
    results = recorded.judge({})
    assert recorded.told() == [f"6 requests of {served.base_url}; accounts: alice"]
    return results


@pytest.mark.parametrize("sign", [False, True], ids=["jwt", "api-key"])
@pytest.mark.parametrize("names", [(), ("compressed-answers",)], ids=["reference", "compressed"])
def test_an_honest_server_is_not_accused(names: tuple[str, ...], sign: bool, tmp_path: Path) -> None:
    results = judged(tmp_path, *names, sign=sign)
    assert results.violated == []
    verdicts = {each.id: each.verdict.word for each in results.requirements}
    assert {verdicts[id] for id in ("cancel.complete", "cancel.status", "list.symbol", "list.limit-exact")} == {"pass"}


def test_a_fault_is_named(tmp_path: Path) -> None:
    assert "cancel.status" in {each.id for each in judged(tmp_path, "canceled-expire").violated}
