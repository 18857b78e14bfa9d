"""Start five mock servers from the bundled contract, run the suite against each, and print a table for docs/mocks.md.

    npm install --prefix /tmp/mocks @stoplight/prism-cli @mockoon/cli json-server@0.17 specmatic
    python scripts/judge_mocks.py /tmp/mocks/node_modules/.bin [NAME...]

Specmatic needs a Java runtime. A mock that is not installed is left out. Each mock is tested twice: with
`--shape-only`, and with a profile that allows cancel-all. This takes some minutes, so it is not one of the tests.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

PROFILE = """
[target]
name = "mock"
base_url = "{base_url}"
environment = "mock"
disposable = true
[accounts.caller]
jwt = {{ env = "P99_MOCK_JWT" }}
api_key = {{ env = "P99_MOCK_KEY" }}
api_secret = {{ env = "P99_MOCK_SECRET" }}
"""
SECRETS = {"P99_MOCK_JWT": "any", "P99_MOCK_KEY": "any", "P99_MOCK_SECRET": "any"}
START_S = 90


def contract(version: str) -> str:
    """The bundled contract, as YAML."""
    return subprocess.run(  # noqa: S603 - the words are our own
        [sys.executable, "-m", "conformance", "contract", "--version", version],
        check=True,
        capture_output=True,
        text=True,
    ).stdout


def commands(folder: Path, port: int) -> Mapping[str, tuple[Sequence[str], str]]:
    """How each mock is started on the port, and the path below which it serves the API."""
    new, old, data, routes = (folder / name for name in ("31.yaml", "30.yaml", "data.json", "routes.json"))
    new.write_text(contract("3.1"))
    old.write_text(contract("3.0"))
    listed = yaml.safe_load(new.read_text())["paths"]["/spot/orders"]["get"]["responses"]["200"]
    data.write_text(json.dumps({"orders": example(listed["content"]["application/json"])}))
    routes.write_text(json.dumps({"/spot/orders": "/orders", "/spot/orders?*": "/orders?$1"}))
    return {
        "Prism, static": (["prism", "mock", "-p", str(port), str(new)], ""),
        "Prism, dynamic": (["prism", "mock", "--dynamic", "-p", str(port), str(new)], ""),
        "Mockoon": (["mockoon-cli", "start", "-X", "-p", str(port), "-d", str(old)], "/api/v1"),
        "json-server": (["json-server", "-p", str(port), "-r", str(routes), str(data)], ""),
        "Specmatic": (["specmatic", "mock", "--port", str(port), str(old)], ""),
    }


def example(media: Mapping[str, Any]) -> Any:
    """The first example of a body."""
    return next(iter(media["examples"].values()))["value"] if "examples" in media else media["example"]


@contextmanager
def started(command: Sequence[str], port: int, folder: Path) -> Iterator[None]:
    """The mock runs, with everything that it starts, until the block ends."""
    with (folder / "mock.log").open("w") as log:
        mock = subprocess.Popen(  # noqa: S603 - the words are our own
            command, cwd=folder, stdout=log, stderr=log, start_new_session=True
        )
        try:
            for _ in range(START_S * 4):
                with socket.socket() as tried:
                    if tried.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.25)
            time.sleep(1)
            yield
        finally:
            os.killpg(mock.pid, signal.SIGTERM)
            mock.wait()


def judge(target: str, folder: Path, *words: str) -> dict[str, Any]:
    """One run: its results, and what it printed."""
    done = subprocess.run(  # noqa: S603 - the words are our own
        [sys.executable, "-m", "conformance", "run", "--target", target, "--report-dir", str(folder), *words],
        env={**os.environ, **SECRETS, "P99_JWT": "any"},
        capture_output=True,
        text=True,
    )
    sys.stderr.write(done.stdout + done.stderr)
    lines = done.stdout.splitlines()
    return {
        "exit": done.returncode,
        "verdict": lines[-1] if lines else done.stderr.strip(),
        "fidelity": next((line.strip() for line in lines if line.strip().startswith("fidelity")), ""),
        "violated": [
            each["id"]
            for each in json.loads((folder / "results.json").read_text())["requirements"]
            if each["verdict"] == "fail" and not each.get("consequence_of")
        ]
        if (folder / "results.json").exists()
        else [],
    }


def main() -> None:
    """Judge each mock and print what came out."""
    if len(sys.argv) > 1:
        os.environ["PATH"] = f"{Path(sys.argv[1]).resolve()}:{os.environ['PATH']}"
    with tempfile.TemporaryDirectory() as named:
        for number, name in enumerate(commands(Path(named), 0)):
            if sys.argv[2:] and name not in sys.argv[2:]:
                continue
            port, folder = 4510 + number, Path(named) / str(number)
            folder.mkdir()
            command, path = commands(folder, port)[name]
            profile = folder / "mock.toml"
            profile.write_text(PROFILE.format(base_url=f"http://127.0.0.1:{port}{path}"))
            try:
                with started(command, port, folder):
                    for words in (["--shape-only"], ["--scope", "full"]):
                        done = judge(str(profile), folder / words[0], *words)
                        sys.stdout.write(f"### {name} {' '.join(words)}\n\n{done['verdict']}\n\n{done['fidelity']}\n\n")
                        sys.stdout.write(f"violated: {', '.join(done['violated']) or 'nothing'}\n\n")
                        sys.stdout.flush()
            except FileNotFoundError:
                sys.stdout.write(f"### {name}\n\nnot installed\n\n")


if __name__ == "__main__":
    main()
