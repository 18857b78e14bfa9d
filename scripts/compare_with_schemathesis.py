"""Runs stock Schemathesis on the faults and twins that the suite is proven on, to see what it tells from a good server.

    python scripts/compare_with_schemathesis.py --jobs 2 --out docs/schemathesis.md

It gets the same openapi.yaml, a bearer token, and an account with a history. A fault is killed where something is
reported that is not reported on the clean sandbox. Writes Markdown, and the same as JSON beside it.
"""

import json
import random
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import click

from conformance import contract, faults
from conformance.account.account import Account
from conformance.account.ticket import Ticket
from conformance.profile import Profile, loader
from conformance.sandbox import Sandbox
from conformance.stage.driver import Driver
from conformance.stage.history import history
from conformance.verdict import DriverRefused
from conformance.wire.client import Client
from conformance.wire.redaction import Redactor

# Its checks that accuse a conforming server: odd values may be ignored; POST may exist on the path, undocumented; no
# Allow header is asked for.
ACCUSING = ("negative_data_rejection", "unsupported_method", "allow_header_conformance")
SETTINGS: Mapping[str, tuple[str, ...]] = {
    "as it comes": (),
    "without the checks that accuse": ("--exclude-checks", ",".join(ACCUSING)),
}

CLEAN = "clean"
# As the suite's own staging: enough for the longest page and one more, spread over a quarter of an hour.
ORDERS = {"caller": 300, "other": 40}
NEWEST_S, OLDEST_S = 60, 960
# What it has to say of a good server: by several seeds, and past each first failure, which would hide the next.
CLEAN_SEEDS = 3
START_S = 60  # for a process to import, serve and stage, twice, on a busy machine


@dataclass(frozen=True, slots=True)
class Trial:
    """One run of the tool. `reported`: "CODE title: operation" for each. `problem`: why it came to no end."""

    reported: tuple[str, ...] = ()
    requests: int = 0
    seconds: float = 0.0
    problem: str | None = None

    @property
    def codes(self) -> str:
        """The codes of what it reported."""
        return ", ".join(sorted({each.partition(" ")[0] for each in self.reported}))


Trials = Mapping[str, Trial]  # by the name of the setting


def attempt(sandbox: Sandbox, options: Sequence[str], timeout_s: float) -> Trial:
    """Serve the sandbox with a history, and run the tool on it, in a folder of its own."""
    with sandbox.serve() as served, TemporaryDirectory() as folder:
        profile = loader.loads(served.profile_toml, "sandbox")
        token = profile.accounts["caller"].jwt
        assert token is not None
        report = Path(folder) / "report.json"
        words = ["--url", served.base_url, "--header", f"Authorization: Bearer {token.reveal()}"]
        words += ["--report", "json", "--report-json-path", str(report), *options]
        command = [sys.executable, "-m", "schemathesis.cli", "run", str(contract.folder() / "openapi.yaml"), *words]
        try:
            fill(profile)
            started = time.monotonic()
            done = _run(command, timeout_s, folder)
        except DriverRefused as refused:
            return Trial(problem=f"no history: {refused}")
        except subprocess.TimeoutExpired:
            return Trial(seconds=timeout_s, problem="out of time")
        seconds = round(time.monotonic() - started, 1)
        if not report.exists():
            return Trial(seconds=seconds, problem=f"no report: {(done.stderr or done.stdout)[-200:]!r}")
        found = json.loads(report.read_text(encoding="utf-8"))
    said = [f"{each['code']} {each['title']}: {place}" for each in found["failures"] for place in each["operations"]]
    said += [f"error {each['title']}" for each in found["errors"]]
    return Trial(tuple(sorted(said)), found["test_cases"]["generated"], seconds)


def fill(profile: Profile) -> None:
    """Inject a history into both accounts. Raises DriverRefused."""
    client = Client(profile.target, Redactor(profile.secrets))
    driver, now = Driver(profile.driver, client), int(time.time())
    for role, count in ORDERS.items():
        rng = random.Random(role)  # noqa: S311 - variety, not secrecy
        made = history(profile.markets, count, now - NEWEST_S, now - OLDEST_S, rng)
        driver.inject(Account(profile.accounts[role], client), [Ticket.of_record(each) for each in made])


def alone(name: str, options: Sequence[str], timeout_s: float, seed: int) -> Trials:
    """`attempt` under each setting, in a process of its own, so that a sandbox that hangs ends with it."""
    words = ["--only", name, "--seed", str(seed), "--timeout", str(timeout_s), *options]
    try:
        done = _run([sys.executable, __file__, *words], len(SETTINGS) * timeout_s + START_S)
    except subprocess.TimeoutExpired:
        return dict.fromkeys(SETTINGS, Trial(problem="out of time: the sandbox hangs"))
    click.echo(f"{name}{' failed' if done.returncode else ''}", err=True)
    if done.returncode:
        return dict.fromkeys(SETTINGS, Trial(problem=f"no sandbox: {done.stderr[-200:]!r}"))
    return {setting: Trial(**trial) for setting, trial in json.loads(done.stdout).items()}


def document(clean: Mapping[str, set[str]], killed: Mapping[str, Trials], accused: Mapping[str, Trials]) -> str:
    """The comparison as Markdown. `killed` has what was reported beyond the clean sandbox, `accused` has all of it."""
    tried = [*killed.values(), *accused.values()]
    ended = {s: [trials[s] for trials in tried if trials[s].problem is None] or [Trial()] for s in SETTINGS}
    said = {each for trials in tried for s in SETTINGS for each in (*trials[s].reported, *clean[s])}
    summary: dict[str, Callable[[str], object]] = {
        "faults killed": lambda s: f"{sum(bool(each[s].reported) for each in killed.values())} of {len(killed)}",
        "twins accused": lambda s: f"{sum(bool(each[s].reported) for each in accused.values())} of {len(accused)}",
        "clean sandbox accused": lambda s: Trial(tuple(clean[s])).codes or "no",
        "came to no end": lambda s: sum(each[s].problem is not None for each in tried),
        "requests, median": lambda s: round(median(each.requests for each in ended[s])),
        "seconds, median": lambda s: round(median(each.seconds for each in ended[s]), 1),
    }
    breaks = faults.load()
    lines = [
        "# Stock Schemathesis on the same faults\n",
        f"`schemathesis run` with `openapi.yaml`, a token and {ORDERS['caller']} orders; then without "
        f"{', '.join(f'`{each}`' for each in ACCUSING)}, which accuse a conforming server.\n",
        *_table(["", *SETTINGS], [[title, *map(figure, SETTINGS)] for title, figure in summary.items()]),
        "## Faults\n",
        *_table(["fault", "breaks", *SETTINGS], [[n, breaks[n].breaks, *_cells(t)] for n, t in killed.items()]),
        "## Twins\n",
        *_table(["twin", *SETTINGS], [[name, *_cells(trials)] for name, trials in accused.items()]),
        "## What it reported\n",
        *sorted({f"- {each.partition(':')[0]}" for each in said}),
    ]
    return "\n".join(lines) + "\n"


def _run(command: Sequence[str], timeout_s: float, folder: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - the words are our own
        command, cwd=folder, capture_output=True, text=True, timeout=timeout_s, check=False
    )


def _cells(trials: Trials) -> list[str]:
    return [(trials[s].problem or trials[s].codes or "–").partition(":")[0] for s in SETTINGS]


def _table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
    return ["| " + " | ".join(map(str, row)) + " |" for row in (head, ["---"] * len(head), *rows)] + [""]


@click.command()
@click.option("--sample", type=click.IntRange(1), default=1, metavar="N", help="Only each N-th fault and twin.")
@click.option("--jobs", type=click.IntRange(1), default=2, show_default=True)
@click.option("--max-examples", default=50, show_default=True, help="For each operation, as the tool counts them.")
@click.option("--timeout", "timeout_s", default=120.0, show_default=True, help="Seconds for one run of the tool.")
@click.option("--seed", default=1, show_default=True)
@click.option("--out", type=click.Path(path_type=Path), default=Path("docs/schemathesis.md"), show_default=True)
@click.option("--only", metavar="NAME", help="This fault or twin alone, or clean: print what is reported as JSON.")
def main(sample: int, jobs: int, max_examples: int, timeout_s: float, seed: int, out: Path, only: str | None) -> None:
    """Compare."""
    options = ["--max-examples", str(max_examples)]
    if only is not None:
        words = [*options, "--seed", str(seed), *(["--continue-on-failure"] if only == CLEAN else [])]
        make: Callable[[int], Sandbox] = Sandbox if only == CLEAN else {**faults.load(), **faults.twins()}[only].sandbox
        trials = {s: attempt(make(seed), [*words, *more], timeout_s) for s, more in SETTINGS.items()}
        click.echo(json.dumps({s: asdict(trial) for s, trial in trials.items()}))
        return
    liars, conforming = list(faults.load())[::sample], list(faults.twins())[::sample]
    with ThreadPoolExecutor(jobs) as pool:
        known = list(pool.map(lambda more: alone(CLEAN, options, timeout_s, seed + more), range(CLEAN_SEEDS)))
        if problem := next((trial.problem for trials in known for trial in trials.values() if trial.problem), None):
            raise click.ClickException(f"nothing to compare with: the clean sandbox came to no end: {problem}")
        results = pool.map(lambda name: alone(name, options, timeout_s, seed), [*liars, *conforming])
        tried = dict(zip([*liars, *conforming], results, strict=True))
    clean = {s: {each for trials in known for each in trials[s].reported} for s in SETTINGS}
    killed = {
        name: {s: replace(t, reported=tuple(sorted({*t.reported} - clean[s]))) for s, t in tried[name].items()}
        for name in liars
    }
    out.write_text(document(clean, killed, {name: tried[name] for name in conforming}), encoding="utf-8")
    plain = {name: {s: asdict(trial) for s, trial in trials.items()} for name, trials in tried.items()}
    found = {"clean": {s: sorted(clean[s]) for s in SETTINGS}, "tried": plain}
    out.with_suffix(".json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
