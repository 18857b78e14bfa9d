"""Judge the traffic of whole runs: which faults of the catalogue it names, and whether any twin is accused.

    python scripts/judge_traffic.py --share 1/16 --twins 1/6 --seed 0 --alone

Each takes some twelve seconds of CPU, in a process of its own, so this is no test. Names may be given instead of
shares. A recording has the accounts' names, and what is wrong with a credential, in the comments of its entries.
"""

import argparse
import contextlib
import multiprocessing
import os
import random
import sys
import tempfile
import threading
import tomllib
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from fractions import Fraction
from pathlib import Path
from typing import Any

from harfile import HarFile
from rich.console import Console

from conformance import faults
from conformance.judging.plan import make_plan
from conformance.judging.runner import run
from conformance.profile import loader
from conformance.recorded.judge import Recorded
from conformance.recorded.story import Terms
from conformance.reporting import har
from conformance.wire import client as wire_client
from conformance.wire import kept as wire_kept


def record(name: str, seed: int, path: Path) -> Terms:
    """Record a whole run against the fault or twin of this name."""
    original, lock = wire_client.kept, threading.Lock()
    wire_kept._KEPT = 2**22
    with faults.serve(name, seed) as profile, tempfile.TemporaryDirectory() as folder, path.open("w") as file:
        target = tomllib.loads(profile)["target"]
        with HarFile(file) as archive:

            def recording(call: Any, came: Any, redactor: Any) -> Any:
                exchange = original(call, came, redactor)
                told = f"account {call.account}" + (f" with {call.forged}" if call.forged else "")
                with lock:
                    har.add(archive, exchange.to_json(), told)
                return exchange

            wire_client.kept = recording
            try:
                plan = make_plan(
                    loader.loads(profile, name),
                    scope=None,
                    seed=seed,
                    require="none",
                    labels=(),
                    report_dir=folder,
                    cancel_existing=False,
                    jobs=1,
                )
                run(plan, Console(quiet=True), stop_on_first=False)
            finally:
                wire_client.kept = original
    return Terms(False, target.get("consistency_ms", 0) / 1000, target.get("settle_ms", 2000) / 1000)


def judged(name: str, seed: int, alone: bool, keep: Path | None) -> dict[str, str]:
    """What the traffic violates, and what each violation says. Of what is advisory, only what the fault breaks."""
    with tempfile.TemporaryDirectory() as folder:
        path = (keep or Path(folder)) / f"{name}.har"
        terms = record(name, seed, path)
        recorded = Recorded(path, Terms(alone, terms.consistency_s, terms.settle_s), {}, None, lambda *_: None)
        results = recorded.judge({})
        broken_off = [line for line in recorded.told() if "as far as it goes" in line]
        if broken_off:
            raise ValueError(broken_off[0])
        breaks = getattr(faults.load().get(name), "breaks", None)
        counted = (each for each in results.own_violations if each.level != "advisory" or each.id == breaks)
        return {each.id: f"{each.id}: {each.reason}" for each in counted}


def main() -> int:
    """Print a line for each, and the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--share", type=Fraction, default=Fraction(1, 16))
    parser.add_argument("--twins", type=Fraction, default=Fraction(1, 6))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--alone", action="store_true")
    parser.add_argument("--keep", type=Path)
    given = parser.parse_args()
    os.environ["XDG_STATE_HOME"] = tempfile.mkdtemp()
    liars = {name: each for name, each in faults.load().items() if each.command == "run"}
    twins = {name: each for name, each in faults.twins().items() if each.command == "run"}
    names = given.names or [*_some(list(twins), given.twins, given.seed), *_some(list(liars), given.share, given.seed)]
    named = met = clean = 0
    for name in names:
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
            judging = process.submit(judged, name, given.seed, given.alone, given.keep)
            error = judging.exception()
            ids = {"crashed": repr(error)} if error else judging.result()
        breaks = liars[name].breaks if name in liars else None
        good = breaks in ids if breaks else not ids
        met += breaks is not None
        named += bool(breaks and good)
        clean += bool(not breaks and good)
        more = "" if good and breaks else " | ".join(ids.values())[:900]
        sys.stdout.write(f"{'ok ' if good else 'NOT'} {name} {breaks or 'twin'} {','.join(ids)} {more}\n")
        sys.stdout.flush()
    sys.stdout.write(f"{named} of {met} faults named; {clean} of {len(names) - met} twins without a violation\n")
    return 0


def _some(names: Sequence[str], share: Fraction, seed: int) -> list[str]:
    drawn = random.Random(seed).sample(sorted(names), max(1, int(len(names) * share)))  # noqa: S311
    return sorted(drawn)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main())
