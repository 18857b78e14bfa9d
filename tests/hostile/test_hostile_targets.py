"""Whatever answers, or does not: a run ends soon, says why, gives nothing away, and never takes it for an exchange."""

import base64
import json
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from conformance import contract
from tests.hostile.serve import Hostile, serving
from tests.hostile.servers import HOSTILE
from tests.runs import Ended, Run, start

LONGEST_S = 60
MOST_MEMORY_KB = 500 * 1024

# A target that fills the memory should fail its own test, and not those beside it.
BOUNDED = f"import resource\nresource.setrlimit(resource.RLIMIT_DATA, ({2 * MOST_MEMORY_KB * 1024},) * 2)\n"


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

# How a failure of the suite itself is told.
OUR_OWN_FAILURE = re.compile(r"\(conformance/[\w/]+\.py:\d+\)")


@dataclass(frozen=True, slots=True)
class Judged:
    """A run against one target, in a folder of its own: how it ended, and the seconds that it took."""

    name: str
    folder: Path
    ended: Ended
    seconds: float

    @property
    def target(self) -> Hostile:
        return HOSTILE[self.name]

    @property
    def printed(self) -> str:
        """All that was printed, the lines that a narrow console broke put together."""
        return " ".join(self.ended.printed.split())


def _start(name: str, url: str, folder: Path) -> Run:
    folder.mkdir()
    aim = url
    if HOSTILE[name].profile:
        profile = folder / "profile.toml"
        profile.write_text(PROFILE.format(url=url) + HOSTILE[name].profile, encoding="utf-8")
        aim = str(profile)
    return start(folder, "run", "--target", aim, patch=BOUNDED, environ=CREDENTIALS)


def judged(names: Iterable[str], at_once: int, folder: Path) -> Iterator[Judged]:
    """Run the suite against each of these targets, so many at once; the runs come as they end."""
    waiting = list(names)
    running: dict[str, tuple[Run, float]] = {}
    with serving({name: HOSTILE[name] for name in waiting}) as urls:
        while waiting or running:
            while waiting and len(running) < at_once:
                name = waiting.pop(0)
                place = folder / re.sub(r"\W", "-", name)
                running[name] = _start(name, urls[name], place), time.monotonic()
            for name, (run, started) in list(running.items()):
                seconds = time.monotonic() - started
                if run.process.exitcode is not None or seconds > LONGEST_S:
                    del running[name]
                    yield Judged(name, run.folder, run.end(), seconds)
            time.sleep(0.05)


# Runs against the first of the table wait most of the time, so that many fit on one processor. Those that answer, some
# of them without end, keep it busy.
WAITING = list(HOSTILE).index("an endless body")
SHARES = {
    "those that keep one waiting": (list(HOSTILE)[:WAITING], 8),
    "those that answer": (list(HOSTILE)[WAITING:], 2),
}


@pytest.mark.parametrize("share", SHARES)
def test_a_run_ends_soon_says_why_and_gives_nothing_away(share: str, tmp_path: Path, subtests: pytest.Subtests) -> None:
    for run in judged(*SHARES[share], tmp_path):
        with subtests.test(run.name):
            expect_a_good_end(run)
        with subtests.test(f"{run.name}, what is written"):
            expect_nothing_given_away(run)


def expect_a_good_end(run: Judged) -> None:
    assert run.ended.code in run.target.exits, run.printed
    assert re.search(run.target.cause, run.printed), run.printed
    assert run.seconds < LONGEST_S
    assert 0 < run.ended.peak_kb < MOST_MEMORY_KB
    assert "Traceback" not in run.printed
    assert not OUR_OWN_FAILURE.search(run.printed)


def expect_nothing_given_away(run: Judged) -> None:
    results = run.ended.results
    assert not list(contract.validator("results").iter_errors(results))
    assert results["exit_code"] == run.ended.code
    assert (results["verdict"] == "fail") == (run.ended.code == 1)
    assert not OBEYED.search(run.ended.printed)
    for path in run.folder.rglob("*"):
        text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
        for secret in CREDENTIALS.values():
            # The beginning alone is one too many: a text that was cut may hold no more of it.
            assert secret[:16] not in text, path
            assert secret[-16:] not in text, path
