"""A client is recorded through the proxy, and its recording judged."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from conformance.profile import loader
from conformance.recorded.judge import Recorded
from conformance.recorded.story import Terms
from conformance.sandbox import Sandbox


@contextmanager
def recording(to: str, file: Path, end: signal.Signals) -> Iterator[str]:
    command = [sys.executable, "-m", "conformance", "record", "--to", to, "--port", "0", str(file)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        line = process.stderr.readline()
        yield line.split(" at ")[1].split(" into ")[0]
        process.send_signal(end)
        process.wait(20)


def converse(base: str, profile: str) -> list[str]:
    account = loader.loads(profile, "sandbox").accounts["caller"]
    assert account.jwt is not None
    token = account.jwt.reveal()
    headers = {"Authorization": f"Bearer {token}"}
    order = {"symbol": "DFUSDT", "side": "buy", "type": "limit", "price": "0.5", "quantity": "1"}
    assert requests.post(f"{base}/spot/orders", json=order, headers=headers, timeout=5).status_code == 201
    for method in ("GET", "DELETE", "GET", "DELETE"):
        answer = requests.request(method, f"{base}/spot/orders?symbol=DFUSDT", headers=headers, timeout=5)
        assert answer.status_code == 200
    return [token]


def test_a_client_is_recorded_without_its_token_and_judged(tmp_path: Path) -> None:
    file = tmp_path / "client.har"
    with Sandbox(0).serve() as served, recording(served.base_url, file, signal.SIGINT) as base:
        secrets = converse(base, served.profile_toml)
    text = file.read_text(encoding="utf-8")
    assert len(json.loads(text)["log"]["entries"]) == 5
    assert not any(secret in text for secret in secrets)
    results = Recorded(file, Terms(), {}, None, lambda *_: None).judge({})
    verdicts = {each.id: each.verdict.word for each in results.requirements}
    assert not results.violated
    assert verdicts["cancel.status"] == verdicts["cancel.complete"] == verdicts["list.symbol"] == "pass"
    assert verdicts["list.page-walk"] == "none"


def test_what_a_killed_proxy_has_written_is_judged_as_far_as_it_goes(tmp_path: Path) -> None:
    file = tmp_path / "client.har"
    with Sandbox(0).serve() as served, recording(served.base_url, file, signal.SIGKILL) as base:
        converse(base, served.profile_toml)
    recorded = Recorded(file, Terms(), {}, None, lambda *_: None)
    assert recorded.judge({}).requests["total"] == 4
    assert any("as far as it goes" in line for line in recorded.told())
