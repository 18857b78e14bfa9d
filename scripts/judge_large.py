"""How long it takes to judge large recordings, and how much memory: made-up sessions of two clients that poll.

    python scripts/judge_large.py 10 30 100

For each size in MB it prints the seconds of CPU and the peak of memory, each size in a process of its own.
"""

import argparse
import json
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from conformance.recorded.judge import Recorded
from conformance.recorded.story import Terms

_BEGIN = 1_750_000_000
_NEW = 20  # orders that come between two lists of an account
_MB = 10**6


def session(size: int) -> Iterator[dict[str, Any]]:
    """Entries of this many bytes: lists of 200 orders, of which 20 are new each time, and now and then a cancel-all."""
    histories: dict[str, list[dict[str, Any]]] = {"alice": [], "bob": []}
    written = step = 0
    while written < size:
        step += 1
        name, now = ("alice", "bob")[step % 2], _BEGIN + step
        orders = histories[name] = histories[name][-180:] + [_order(step * 100 + number, now) for number in range(_NEW)]
        calls = [_entry(name, "GET", "?limit=200", now + 0.5, orders[::-1])]
        if step % 40 < 2:
            live = [order for order in orders if order["status"] == "open"]
            for order in live:
                order |= {"status": "canceled", "updated_at": now}
            calls.append(_entry(name, "DELETE", "", now + 0.7, {"canceled": live}))
        for entry in calls:
            written += entry["response"]["content"]["size"] + 600  # what stands around the body
            yield entry


def _order(number: int, now: int) -> dict[str, Any]:
    given = {"id": f"{number:08x}-0000-4000-8000-000000000000", "symbol": "DFUSDT", "side": "buy", "type": "limit"}
    amounts = {"price": "0.5", "quantity": "10", "quote_quantity": None, "filled_qty": "0", "avg_fill_price": "0"}
    state = {"status": "open", "reject_reason": None, "created_at": now, "updated_at": now}
    return {**given, "tif": "gtc", **amounts, **state}


def _entry(name: str, method: str, query: str, at: float, body: Any) -> dict[str, Any]:
    text = json.dumps(body)
    return {
        "startedDateTime": datetime.fromtimestamp(at, UTC).isoformat(timespec="microseconds"),
        "time": 20,
        "comment": f"account {name}",
        "request": {"method": method, "url": f"https://exchange.example/api/v1/spot/orders{query}", "headers": []},
        "response": {
            "status": 200,
            "headers": [{"name": "content-type", "value": "application/json"}],
            "content": {"size": len(text), "text": text},
        },
    }


def measure(mb: int) -> None:
    """Judge a recording of this size, and say what it took."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.har"
        with path.open("w", encoding="utf-8") as file:
            file.write('{"log": {"version": "1.2", "entries": [')
            for number, entry in enumerate(session(mb * _MB)):
                file.write(f"{', ' if number else ''}{json.dumps(entry)}")
            file.write("]}}")
        before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
        recorded = Recorded(path, Terms(settle_s=0), {}, None, lambda *_: None)
        violated = [each.id for each in recorded.judge({}).violated]
        spent, peak = time.process_time() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        size = path.stat().st_size / _MB
    found = ", ".join(violated) or "no violation"
    sys.stdout.write(
        f"{size:.0f} MB: {spent:.1f} s of CPU, {peak / 1024:.0f} MB of memory, "
        f"{before / 1024:.0f} of them before it began; {found}\n"
    )


def main() -> None:
    """Measure each size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("megabytes", nargs="+", type=int)
    for mb in parser.parse_args().megabytes:
        process = multiprocessing.get_context("spawn").Process(target=measure, args=(mb,))
        process.start()
        process.join()


if __name__ == "__main__":
    main()
