"""Looks for English that is left in Chinese reports: a run on each fault and each twin, shown in Chinese.

    python scripts/chinese_reports.py                    # all: an hour of CPU
    python scripts/chinese_reports.py --share 1/20       # every twentieth of them
    python scripts/chinese_reports.py limit-unbounded

It looks at the terminal, at summary.md and report.html, and at the messages in junit.xml and ctrf.json. What a server
was sent and answered is left out. Exit code 1 if any is found.
"""

import argparse
import json
import multiprocessing
import os
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from junitparser import JUnitXml

sys.path.insert(0, str(Path(__file__).parent.parent))

from conformance import faults, language
from conformance.proving.bench import Subject, judged
from conformance.proving.shares import portion
from conformance.reporting.ctrf import ctrf
from conformance.reporting.html import html
from conformance.reporting.junit import junit_xml
from conformance.reporting.markdown import markdown
from conformance.reporting.terminal import summary
from conformance.results import Results
from tests.language.english import english, english_in_page

_PRELOADED = ["conformance.judging.runner", "conformance.reporting.html", "tests.language.english"]


def left(name: str, seed: int) -> set[str]:
    """The English that is left in reports about this fault or twin."""
    variant = (faults.load() | faults.twins())[name]
    breaks = getattr(variant, "breaks", None)
    subject = Subject(name, variant.says, breaks, partial(faults.serve, name), variant.command)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_STATE_HOME"] = folder  # what is left on a server that is gone concerns nobody
        results = judged(subject, seed)
    language.use("zh")
    told = summary(results, Path("reports"), detail="verbose", width=10_000)
    shown = "\n".join(line for line in told.splitlines() if not line.startswith("    "))  # without the evidence
    return {
        *(f"terminal: {each}" for each in english(shown)),
        *(f"summary.md: {each}" for each in english(markdown(results))),
        *(f"report.html: {each}" for each in english_in_page(html(results))),
        *(f"junit.xml: {each}" for each in english("\n".join(messages_in_junit(results)))),
        *(f"ctrf.json: {each}" for each in english("\n".join(messages_in_ctrf(results)))),
    }


def messages_in_junit(results: Results) -> Iterator[str]:
    """What Jenkins or GitLab shows to a person, without the evidence."""
    for suite in JUnitXml.fromstring(junit_xml(results).encode()):
        for case in suite:
            yield case.system_out or ""
            yield from (each.message or "" for each in case.result)


def messages_in_ctrf(results: Results) -> Iterator[str]:
    """The same of a CTRF report."""
    for test in json.loads(ctrf(results))["results"]["tests"]:
        yield from (test.get("message", ""), *test["extra"].values())


def main() -> int:
    """Judge them one after the other, and print what is found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("names", nargs="*", help="faults and twins (default: all)")
    parser.add_argument("--share", default="1/1", metavar="K/N", help="only the K-th of N portions")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    part, parts = portion(given.share)
    names = given.names or [*faults.load(), *sorted(faults.twins())][part - 1 :: parts]
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_PRELOADED)
    found = 0
    # Each in a process of its own: nothing of a run is left for the next.
    with context.Pool(1, maxtasksperchild=1) as pool:
        for name, lines in zip(names, pool.imap(partial(left, seed=given.seed), names), strict=True):
            found += len(lines)
            print(f"{name}: {len(lines)}", *sorted(lines), sep="\n  ", flush=True)  # noqa: T201
    print(f"{len(names)} variants, {found} pieces of English")  # noqa: T201
    return int(found > 0)


if __name__ == "__main__":
    sys.exit(main())
