"""Judge the traffic of whole runs: which faults of the catalogue it names, and whether any twin is accused.

    python scripts/judge_traffic.py --share 1/16 --twins 1/6 --seed 0 --alone
    python scripts/judge_traffic.py --share 1 --twins 1 --alone --jobs 2 --resume traffic.jsonl

Each takes some twelve seconds of CPU, in a process of its own, so this is no test. Names may be given instead of
shares. With --resume what stands in the file is not judged again, and what is judged is added to it. A recording has
the accounts' names, and what is wrong with a credential, in the comments of its entries. What the run itself violates
is told as well.
"""

import argparse
import contextlib
import json
import multiprocessing
import os
import random
import sys
import tempfile
import threading
import tomllib
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

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


class Judged(NamedTuple):
    """What the run itself violates, as it names it; and what its traffic does, with what each violation says.

    Of what is advisory, the latter has only what the fault breaks.
    """

    run: Sequence[str]
    traffic: Mapping[str, str]


def record(name: str, seed: int, path: Path) -> tuple[Terms, list[str]]:
    """Record a whole run against the fault or twin of this name. The terms to judge it by, and what it violates."""
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
                results = run(plan, Console(quiet=True), stop_on_first=False)
            finally:
                wire_client.kept = original
    terms = Terms(False, target.get("consistency_ms", 0) / 1000, target.get("settle_ms", 2000) / 1000)
    return terms, [each.id for each in results.own_violations]


def judged(name: str, seed: int, alone: bool, keep: Path | None) -> Judged:
    """Record a run, and judge what was recorded."""
    with tempfile.TemporaryDirectory() as folder:
        path = (keep or Path(folder)) / f"{name}.har"
        terms, violated = record(name, seed, path)
        recorded = Recorded(path, Terms(alone, terms.consistency_s, terms.settle_s), {}, None, lambda *_: None)
        results = recorded.judge({})
        broken_off = [line for line in recorded.told() if "as far as it goes" in line]
        if broken_off:
            raise ValueError(broken_off[0])
        breaks = getattr(faults.load().get(name), "breaks", None)
        counted = (each for each in results.own_violations if each.level != "advisory" or each.id == breaks)
        return Judged(violated, {each.id: f"{each.id}: {each.reason}" for each in counted})


def main() -> int:
    """Print a line for each, and the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--share", type=Fraction, default=Fraction(1, 16))
    parser.add_argument("--twins", type=Fraction, default=Fraction(1, 6))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--alone", action="store_true")
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--resume", type=Path)
    given = parser.parse_args()
    os.environ["XDG_STATE_HOME"] = tempfile.mkdtemp()
    liars = {name: each.breaks for name, each in faults.load().items() if each.command == "run"}
    twins = [name for name, each in faults.twins().items() if each.command == "run"]
    names = given.names or [*_some(twins, given.twins, given.seed), *_some(list(liars), given.share, given.seed)]
    known = _known(given.resume)

    def one(name: str) -> Judged:
        if name not in known:
            known[name] = _in_a_process(name, given)
        return known[name]

    good, first = {}, []
    with ThreadPoolExecutor(given.jobs) as pool:
        for name, came in zip(names, pool.map(one, names), strict=True):
            breaks, ids = liars.get(name), came.traffic
            good[name] = breaks in ids if breaks else not ids
            if breaks:
                first.append([*came.run[:1]] == [breaks])
            more = "" if good[name] and breaks else " | ".join(ids.values())[:900]
            sys.stdout.write(f"{'ok ' if good[name] else 'NOT'} {name} {breaks or 'twin'} {','.join(ids)} {more}\n")
            sys.stdout.flush()
    of_faults = [named for name, named in good.items() if name in liars]
    of_twins = [clean for name, clean in good.items() if name not in liars]
    sys.stdout.write(f"{sum(of_faults)} of {len(of_faults)} faults named, {sum(first)} named first by the run itself; ")
    sys.stdout.write(f"{sum(of_twins)} of {len(of_twins)} twins without a violation\n")
    return 0


def _in_a_process(name: str, given: argparse.Namespace) -> Judged:
    """As `judged`, in a process of its own; what came of it is added to the file that is to be resumed."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
        judging = process.submit(judged, name, given.seed, given.alone, given.keep)
        error = judging.exception()
        came = Judged([], {"crashed": repr(error)}) if error else judging.result()
    if given.resume:
        with given.resume.open("a") as file:
            file.write(json.dumps({"name": name, "seed": given.seed, **came._asdict()}) + "\n")
    return came


def _known(path: Path | None) -> dict[str, Judged]:
    if path is None or not path.exists():
        return {}
    lines = map(json.loads, path.read_text().splitlines())
    return {each["name"]: Judged(each["run"], each["traffic"]) for each in lines}


def _some(names: Sequence[str], share: Fraction, seed: int) -> list[str]:
    drawn = random.Random(seed).sample(sorted(names), max(1, int(len(names) * share)))  # noqa: S311
    return sorted(drawn)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main())
