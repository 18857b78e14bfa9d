"""What a report says to meet a finding again does just that, when it is pasted."""

import html
import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.reporting.reproduction import curl, run_line
from conformance.results import Finding, Results, load
from conformance.sandbox import Sandbox, Served
from conformance.wire.forgery import COMPONENTS
from tests.reporting.test_html import exchange
from tests.reporting.test_terminal import CLEAN, results
from tests.wire.test_forgery import ADDED

README = Path(__file__).parents[2] / "README.md"
AROUND = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}

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
    done = subprocess.run(
        ["bash", "-c", line], capture_output=True, text=True, env={**AROUND, **secrets}, timeout=180, check=True
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
        ({"given": ""}, "p99-conformance run --seed 7 -k test_x"),
        ({"name": "sandbox", "given": "liar.toml"}, "p99-conformance run --target liar.toml --seed 7 -k test_x"),
        (
            {"given": "in production/p.toml", "scope": "read-only"},
            "p99-conformance run --target 'in production/p.toml' --scope read-only --seed 7 -k test_x",
        ),
        ({"given": "http://h:8/"}, "p99-conformance run --target http://h:8/ --seed 7 -k test_x"),
        ({}, "p99-conformance run --target 'http://h/a b' --seed 7 -k test_x"),
    ],
    ids=["the embedded sandbox", "a profile", "read-only", "a URL", "results that do not say"],
)
def test_the_run_line_names_target_seed_and_check(target: dict[str, str], line: str) -> None:
    given = results(CLEAN)
    there = {"name": "t", "base_url": "http://h/a b", "environment": "mock", "scope": "full", **target}
    assert run_line(replace(given, target=there), FINDING) == line
    assert run_line(replace(given, target=there)) == line.removesuffix(" -k test_x")


@contextmanager
def serving(line: str, folder: Path) -> Iterator[None]:
    """The server that this command line of the README starts."""
    with subprocess.Popen(shlex.split(line), cwd=folder, env=AROUND, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            assert "serving" in server.stdout.readline()
            assert "profile" in server.stdout.readline()
            yield
        finally:
            server.terminate()


def test_the_line_in_the_report_of_the_readmes_example_meets_the_same_violation(tmp_path: Path) -> None:
    [serves] = re.findall("^p99-conformance sandbox --fault .*", README.read_text(encoding="utf-8"), re.MULTILINE)
    reports = tmp_path / "reports"

    def run(line: str) -> Results:
        done = subprocess.run(
            ["bash", "-c", line],
            cwd=tmp_path,
            env={**AROUND, "XDG_STATE_HOME": str(tmp_path)},
            capture_output=True,
            timeout=180,
            check=False,
        )
        assert done.returncode == 1, done.stdout + done.stderr
        return load(reports / "results.json")

    with serving(serves, tmp_path):
        first = run("p99-conformance run --target liar.toml --stop-on-first --seed 3")
        shown = re.findall(
            "p99-conformance run [^<]*-k [^<]*", html.unescape((reports / "report.html").read_text("utf-8"))
        )
        assert shown
        assert all(line.startswith("p99-conformance run --target liar.toml --seed 3 -k ") for line in shown)
        again = run(shown[0])
    [met] = first.violated
    assert met.findings[0].check in {finding.check for each in again.violated for finding in each.findings}
    assert met.id in {each.id for each in again.violated}
    assert first.partial
    assert not again.partial
