"""Whatever answers, or does not: a run ends soon, says why, gives nothing away, and never takes it for an exchange."""

import base64
import json
import os
import re
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from conformance import contract
from tests.hostile.serve import Hostile, serving
from tests.hostile.servers import HOSTILE

AT_ONCE = 10  # as many as wait most of the time, and a few beside
LONGEST_S = 60
MOST_MEMORY_KB = 500 * 1024


def _token(name: str) -> str:
    parts = ({"alg": "HS256"}, {"sub": name, "scope": " ".join(f"permission-{number}" for number in range(20))})
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts]
    return f"{'.'.join(encoded)}.the-signature-of-{name}"


CREDENTIALS = {
    "P99_JWT": _token("alice"),
    "P99_API_KEY": "the-api-key-of-alice-0123456789",
    "P99_API_SECRET": "the-api-secret-of-alice-0123456789",
    "P99_OTHER_JWT": _token("bob"),
}
PROFILE = """
[target]
name = "hostile"
base_url = "{url}"
settle_ms = 200
[accounts.caller]
name = "alice"
api_key = {{ env = "P99_API_KEY" }}
api_secret = {{ env = "P99_API_SECRET" }}
"""

# The codes that a terminal obeys: C0 but for the line break, DEL and C1, and what turns the direction of writing.
OBEYED = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Ended:
    """How one run ended: its code, what it wrote, the seconds it took, and the most memory that it held, in KB."""

    code: int
    out: str
    err: str
    seconds: float
    peak_kb: int
    folder: Path

    @property
    def printed(self) -> str:
        """All that was printed, the lines that a narrow console broke put together."""
        return " ".join((self.out + self.err).split())


def _run(url: str, target: Hostile, folder: Path) -> Ended:
    folder.mkdir()
    aim = url
    if target.profile:
        profile = folder / "profile.toml"
        profile.write_text(PROFILE.format(url=url) + target.profile, encoding="utf-8")
        aim = str(profile)
    started = time.monotonic()
    with (folder / "out.txt").open("wb") as out, (folder / "err.txt").open("wb") as err:
        process = subprocess.Popen(
            [sys.executable, "-m", "conformance", "run", "--target", aim, "--report-dir", str(folder / "reports")],
            stdout=out,
            stderr=err,
            env={"PATH": "/usr/bin:/bin", "HOME": str(folder), **CREDENTIALS},
        )
        # A target that fills the memory should fail its own test, and not those beside it.
        resource.prlimit(process.pid, resource.RLIMIT_DATA, (2 * MOST_MEMORY_KB * 1024,) * 2)
        code, peak_kb = _wait(process)
    printed = [(folder / name).read_text(encoding="utf-8", errors="replace") for name in ("out.txt", "err.txt")]
    return Ended(code, printed[0], printed[1], time.monotonic() - started, peak_kb, folder)


def _wait(process: subprocess.Popen[bytes]) -> tuple[int, int]:
    """The exit code and the peak of memory in KB; a process that takes far too long is killed."""
    patience = time.monotonic() + 2 * LONGEST_S
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            process.returncode = os.waitstatus_to_exitcode(status)
            return process.returncode, usage.ru_maxrss
        if time.monotonic() > patience:
            process.kill()
            patience = float("inf")
        time.sleep(0.05)


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Ended]]:
    folder = tmp_path_factory.mktemp("hostile")
    with serving(HOSTILE) as urls, ThreadPoolExecutor(AT_ONCE) as pool:
        running = {
            name: pool.submit(_run, urls[name], target, folder / re.sub(r"\W", "-", name))
            for name, target in HOSTILE.items()
        }
        yield {name: future.result() for name, future in running.items()}


EACH = pytest.mark.parametrize("name", HOSTILE)


@EACH
def test_it_ends_soon_and_says_why(ended: Mapping[str, Ended], name: str) -> None:
    run = ended[name]
    assert run.code in HOSTILE[name].exits, run.printed
    assert re.search(HOSTILE[name].cause, run.printed), run.printed
    assert run.seconds < LONGEST_S
    assert run.peak_kb < MOST_MEMORY_KB
    assert "Traceback" not in run.printed


@EACH
def test_it_is_reported_and_nothing_given_away(ended: Mapping[str, Ended], name: str) -> None:
    run = ended[name]
    results = json.loads((run.folder / "reports" / "results.json").read_text(encoding="utf-8"))
    assert not list(contract.validator("results").iter_errors(results))
    assert results["exit_code"] == run.code
    assert (results["verdict"] == "fail") == (run.code == 1)
    assert not OBEYED.search(run.out + run.err)
    for path in run.folder.rglob("*"):
        text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
        for secret in CREDENTIALS.values():
            # The beginning alone is one too many: a text that was cut may hold no more of it.
            assert secret[:16] not in text, path
            assert secret[-16:] not in text, path
