"""How many faults are found for each 1,000 requests and in each minute: by this suite, and by stock Schemathesis.

    python benchmarks/defects.py --share 1/20

Each fault is served by a process of its own, one after the other. Schemathesis gets the same openapi.yaml,
a token, and an account with a history. It has found a fault where it reports something that it does not report on
the reference, by any of three seeds and past each first failure; this suite has where it ends with exit code 1.
"""

import json
import random
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from processes import run, sandbox

from conformance import contract, faults
from conformance.account.account import Account
from conformance.account.ticket import Ticket
from conformance.coverage.population import AGES, population
from conformance.orders import STATUSES
from conformance.profile import Profile, loader
from conformance.stage.driver import Driver
from conformance.stage.history import history
from conformance.verdict import DriverRefused
from conformance.wire.client import Client
from conformance.wire.redaction import Redactor

# Its checks that accuse a conforming server: odd values may be ignored; POST may exist on the path, undocumented; no
# Allow header is asked for.
ACCUSING = ("negative_data_rejection", "unsupported_method", "allow_header_conformance")
SETTINGS: Mapping[str, tuple[str, ...]] = {
    "Schemathesis, as it comes": (),
    "Schemathesis, without the checks that accuse": ("--exclude-checks", ",".join(ACCUSING)),
}
SUITE = "this suite"

OF_EACH_STATUS = 50  # enough for the longest page and more
NEWEST_S, OLDEST_S = 60, 960
CLEAN_SEEDS = 3
TIME_LIMIT_S = 120


@dataclass(slots=True)
class Tally:
    """What one tool did in all of its runs."""

    found: list[str] = field(default_factory=list)
    no_end: list[str] = field(default_factory=list)
    requests: int = 0
    seconds: float = 0.0

    def row(self, name: str, of: int) -> str:
        """As a row of the table."""
        thousand, minute = len(self.found) * 1000 / max(self.requests, 1), len(self.found) * 60 / max(self.seconds, 0.1)
        told = (f"{len(self.found)} of {of}", self.requests, f"{self.seconds:.0f}", f"{thousand:.1f}", f"{minute:.1f}")
        return f"| {name} | {' | '.join(map(str, told))} | {len(self.no_end)} |"


_HEAD = "| | faults found | requests | s | found per 1,000 requests | found per minute | came to no end |"


def reported(profile: Path, options: Sequence[str], tally: Tally, name: str) -> set[str]:
    """What Schemathesis has to say of the server of this profile, its account filled. Counted in `tally`."""
    served = loader.load(profile)
    token = served.accounts["caller"].jwt
    assert token is not None
    with TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        words = ["--url", served.target.base_url, "--header", f"Authorization: Bearer {token.reveal()}"]
        words += ["--report", "json", "--report-json-path", str(report), "--max-examples", "50", *options]
        command = [sys.executable, "-m", "schemathesis.cli", "run", str(contract.folder() / "openapi.yaml"), *words]
        began = time.monotonic()
        try:
            fill(served)
            began = time.monotonic()
            subprocess.run(command, cwd=folder, capture_output=True, timeout=TIME_LIMIT_S, check=False)  # noqa: S603
        except (DriverRefused, subprocess.TimeoutExpired):
            tally.no_end.append(name)
        tally.seconds += time.monotonic() - began
        if not report.exists():
            return set()
        document = json.loads(report.read_text(encoding="utf-8"))
    tally.requests += document["test_cases"]["generated"]
    said = {f"{each['code']} {each['title']}: {place}" for each in document["failures"] for place in each["operations"]}
    return said | {f"error {each['title']}" for each in document["errors"]}


def fill(profile: Profile) -> None:
    """Inject a history into both accounts. Raises DriverRefused."""
    client = Client(profile.target, Redactor(profile.secrets))
    driver, now = Driver(profile.driver, client), int(time.time())
    markets = {market.symbol: market for market in profile.markets}
    for role in ("caller", "other"):
        rng = random.Random(role)  # noqa: S311 - variety, not secrecy
        kinds = population(list(markets), list(AGES), dict.fromkeys(STATUSES, OF_EACH_STATUS), rng)
        made = history(markets, kinds, now - NEWEST_S, now - OLDEST_S, rng)
        driver.inject(Account(profile.accounts[role], client), [Ticket.of_record(each) for each in made])


def on_the_reference(folder: Path) -> Mapping[str, set[str]]:
    """By setting, what Schemathesis reports on a conforming server, with any of its seeds."""
    clean: dict[str, set[str]] = {setting: set() for setting in SETTINGS}
    for seed in range(1, CLEAN_SEEDS + 1):
        for setting, more in SETTINGS.items():
            with sandbox(seed, folder) as profile:
                options = [*more, "--seed", str(seed), "--continue-on-failure"]
                clean[setting] |= reported(profile, options, Tally(), "reference")
    return clean


def judged(name: str, seed: int, folder: Path, clean: Mapping[str, set[str]], tallies: Mapping[str, Tally]) -> None:
    """Let each tool look for this fault."""
    serve = partial(sandbox, seed, folder, "--fault", name)
    for setting, more in SETTINGS.items():
        with serve() as profile:
            if reported(profile, [*more, "--seed", str(seed)], tallies[setting], name) - clean[setting]:
                tallies[setting].found.append(name)
    suite = tallies[SUITE]
    with serve() as profile:
        ran = run(folder, "--target", str(profile), "--seed", str(seed))
    suite.requests += ran.results["requests"]["total"]
    suite.seconds += ran.wall_s
    if ran.code == 1:
        suite.found.append(name)


@click.command()
@click.option("--share", default="1/20", show_default=True, metavar="K/N", help="The K-th of each N faults.")
@click.option("--seed", default=1, show_default=True)
def main(share: str, seed: int) -> None:
    """Let both look for a share of the faults, and print a table in Markdown."""
    which, of = map(int, share.split("/"))
    names = [name for name, fault in faults.load().items() if fault.command == "run"][which - 1 :: of]
    tallies = {each: Tally() for each in (*SETTINGS, SUITE)}
    with TemporaryDirectory() as name:
        folder = Path(name)
        clean = on_the_reference(folder)
        for number, each in enumerate(names, 1):
            judged(each, seed, folder, clean, tallies)
            click.echo(f"\r{number} of {len(names)}", nl=False, err=True)
    click.echo(f"\n{_HEAD}\n|{'---|' * 7}")
    for each, tally in tallies.items():
        click.echo(tally.row(each, len(names)))
    for setting in SETTINGS:
        click.echo(f"{setting} found: {', '.join(tallies[setting].found) or 'none'}")


if __name__ == "__main__":
    main()
