"""What a report says to meet a finding again does just that, when it is pasted."""

import json
import os
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conformance import faults
from conformance.reporting.reproduction import curl, run_line
from conformance.results import Finding, load
from conformance.sandbox import Sandbox, Served
from conformance.wire.forgery import COMPONENTS
from tests.reporting.test_html import exchange
from tests.reporting.test_terminal import CLEAN, results
from tests.sandboxes import profile_in
from tests.wire.test_forgery import ADDED

FINDING = Finding("x", "y", "…", "test_list_limit::test_x[1]")


@pytest.fixture
def served() -> Iterator[Served]:
    with Sandbox().serve() as served:
        yield served


def pasted(line: str, served: Served) -> tuple[str, str]:
    """The status line and the body that the line prints where the credentials are in the environment."""
    accounts = tomllib.loads(served.profile_toml)["accounts"]
    secrets = {
        f"{variable}_{name.upper()}": accounts[key][name]
        for key, variable in (("caller", "P99"), ("other", "P99_OTHER"))
        for name in ("jwt", "api_key", "api_secret")
    }
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", line], capture_output=True, text=True, env={"PATH": path, **secrets}, timeout=180, check=True
    )
    head, _, body = done.stdout.partition("\n\n")
    return head.splitlines()[0], body


@pytest.mark.parametrize("headers", [{"Authorization": "Bearer ***"}, {"X-MBX-APIKEY": "***"}])
@pytest.mark.parametrize("query", ["", "symbol=DFUSDT&limit=5", "symbol=it%27s%20%24HOME"])
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_curl_line_works(served: Served, headers: dict[str, str], query: str, method: str) -> None:
    signed = "timestamp=17&signature=***" if "X-MBX-APIKEY" in headers else ""
    url = f"{served.base_url}/spot/orders?{'&'.join(filter(None, [query, signed]))}".rstrip("?")
    line = curl(exchange(method, url=url, request_headers=headers))
    status, body = pasted(line, served)
    assert status.startswith("HTTP/1.1 200")
    answer = json.loads(body)
    assert (answer["canceled"] if method == "DELETE" else answer) == []


def test_without_credentials_it_asks_without(served: Served) -> None:
    line = curl(exchange(url=f"{served.base_url}/spot/orders", request_headers={}))
    assert "$" not in line
    assert pasted(line, served)[0].startswith("HTTP/1.1 401")


# Of each component the cells that are put together in a way of their own; the rest differ in a character or two.
PASTED = {
    each.says
    for cells in COMPONENTS.values()
    for each in cells
    if each in (cells[0], cells[-1]) or each.of_another or each.alteration in ("empty", "repeated", "header repeated")
}


@pytest.mark.parametrize("says", sorted({*PASTED, *(each.says for each in ADDED)}))
def test_a_forged_request_is_forged_anew(served: Served, says: str) -> None:
    query = "symbol=BTCUSDT&" if "in front" in says else ""
    url = f"{served.base_url}/spot/orders?{query}limit=5&timestamp=17&signature=***"
    line = curl(exchange("DELETE", url=url, request_headers={"X-MBX-APIKEY": "***"}, forged=says))
    assert line.endswith(f"'{served.base_url}/spot/orders?limit=5' | curl -i -X DELETE -K -")
    status, body = pasted(line, served)
    assert status.split()[1] in ("401", "403"), body


def test_what_arms_a_fault_is_pasted_first(served: Served) -> None:
    hook = served.base_url.replace("/api/v1", "/_test/fault")
    body = '{"error": "ENGINE_BUSY", "times": 1}'
    arming = exchange("POST", url=hook, request_headers={"Content-Type": "application/json"}, request_body=body)
    assert pasted(curl(arming), served)[0].startswith("HTTP/1.1 20")
    armed = exchange("DELETE", url=f"{served.base_url}/spot/orders", request_headers={"Authorization": "***"})
    assert pasted(curl(armed), served)[0].startswith("HTTP/1.1 503")


@pytest.mark.parametrize(
    ("target", "line"),
    [
        ({"name": "sandbox"}, "p99-conformance run --seed 7 -k test_x"),
        (
            {"name": "staging", "scope": "read-only"},
            "p99-conformance run --target PROFILE.toml --scope read-only --seed 7 -k test_x",
        ),
        ({"name": "staging"}, "p99-conformance run --target PROFILE.toml --seed 7 -k test_x"),
        (
            {"name": "x", "environment": "unspecified"},
            "p99-conformance run --target 'http://h/a b' --seed 7 -k test_x",
        ),
    ],
)
def test_the_run_line_names_target_seed_and_check(target: dict[str, str], line: str) -> None:
    given = results(CLEAN)
    there = {"base_url": "http://h/a b", "environment": "mock", "scope": "full", **target}
    assert run_line(replace(given, target=there), FINDING) == line
    assert run_line(replace(given, target=there)) == line.removesuffix(" -k test_x")


def test_a_run_line_meets_the_same_finding_again(tmp_path: Path) -> None:
    def run(*words: str) -> dict[str, Any]:
        command = [sys.executable, "-m", "conformance", *words, "--report-dir", "."]
        subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=180, check=False)
        found = load(tmp_path / "results.json")
        return {result.id: result.findings[0] for result in found.violated} | {"all": found}

    with profile_in(tmp_path, faults.load()["limit-above-maximum-is-default"].sandbox()) as profile:
        renamed = profile.read_text(encoding="utf-8").replace('"sandbox"', '"liar"')
        (tmp_path / "PROFILE.toml").write_text(renamed, encoding="utf-8")
        first = run("run", "--target", "PROFILE.toml", "--stop-on-first", "--seed", "3")
        line = run_line(first["all"], first["list.limit-max"])
        assert "--target PROFILE.toml --seed 3" in line
        again = run(*shlex.split(line)[1:])
    assert again["list.limit-max"].check == first["list.limit-max"].check
    assert first["all"].partial
    assert not again["all"].partial
