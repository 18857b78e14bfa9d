"""What a run costs on accounts that have many old orders.

    python benchmarks/history.py

For each number of old orders a new sandbox is served by a process of its own, and each of its two accounts is given so
many orders that ended long ago. Prints the requests, the CPU time and the memory of each run, as a Markdown table; the
sandbox's own are left out. Readers ask for more lists, and a burst is sent a second time, where the target is slow.
"""

import json
import os
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.request import Request, urlopen

import click
from processes import Ran, run, sandbox

_AT_ONCE = 2_000  # so many are injected by one request
_YOUNGEST_S = 30 * 86_400
_APART_S = 60


@click.command()
@click.option("--seed", default=0, show_default=True, help="Seed of the runs.")
@click.option("--orders", default=[0, 10_000, 100_000], show_default=True, multiple=True, help="Old orders.")
@click.option("--rounds", default=1, show_default=True, help="Runs of each; the one that takes least counts.")
def main(seed: int, orders: tuple[int, ...], rounds: int) -> None:
    """Measure each, side by side, and print them."""
    with TemporaryDirectory() as name:
        os.environ["XDG_STATE_HOME"] = name
        rows = {count: [judged(seed, count, Path(name))] for count in orders}
        for _ in range(rounds - 1):
            for count in orders:
                rows[count].append(judged(seed, count, Path(name)))
    table({count: min(ran, key=lambda each: each.cpu_s) for count, ran in rows.items()})


def judged(seed: int, count: int, folder: Path) -> Ran:
    """A run on accounts with so many old orders each."""
    with sandbox(seed, folder) as profile:
        inject(profile, count)
        ran = run(folder, "--target", str(profile), "--seed", str(seed))
    if ran.code:
        click.echo(f"a run on accounts with {count} old orders ended with exit code {ran.code}", err=True)
    return ran


def inject(profile: Path, count: int) -> None:
    """Give both accounts of the profile so many orders that ended long ago, by its test hook."""
    document = tomllib.loads(profile.read_text(encoding="utf-8"))
    url, body = (document["driver"]["inject"][name] for name in ("url", "body"))
    for account in document["accounts"].values():
        orders = list(old(document["markets"], count))
        for first in range(0, count, _AT_ONCE):
            values = {"{account}": account["name"], "{orders}": orders[first : first + _AT_ONCE]}
            data = json.dumps({name: values[value] for name, value in body.items()}).encode()
            urlopen(Request(url, data, {"Content-Type": "application/json"}, method="POST")).close()  # noqa: S310


def old(markets: list[dict[str, str]], count: int) -> Iterator[dict[str, Any]]:
    """So many orders that ended, the youngest a month ago, in all markets."""
    youngest = int(time.time()) - _YOUNGEST_S
    for number in range(count):
        market, side = markets[number % len(markets)], ("buy", "sell")[number // 2 % 2]
        status = ("filled", "canceled", "expired")[number // 4 % 3]
        price, filled = market[f"resting_{side}"], status == "filled"
        yield {
            "symbol": market["symbol"],
            "side": side,
            "type": "limit",
            "tif": "ioc" if status == "expired" else "gtc",
            "price": price,
            "quantity": market["quantity"],
            "quote_quantity": None,
            "status": status,
            "filled_qty": market["quantity"] if filled else "0",
            "avg_fill_price": price if filled else "0",
            "reject_reason": None,
            "created_at": youngest - number * _APART_S,
            "updated_at": youngest - number * _APART_S + (0 if status == "expired" else 30),
        }


def table(rows: dict[int, Ran]) -> None:
    """Print a row for each number of old orders, with how many times as much as in the first."""
    first, *_ = rows.values()
    columns = ("old orders in each account", "requests", "without readers and bursts", "CPU s", "memory, MB")
    click.echo(f"| {' | '.join(columns)} |\n{'|---' * len(columns)}|")
    for count, ran in rows.items():
        told = [
            f"{each:.{places}f}" + (f" ({each / base:.2f} times)" if ran is not first else "")
            for each, base, places in _figures(ran, first)
        ]
        click.echo(f"| {count:,} | {' | '.join(told)} |")


def _figures(ran: Ran, first: Ran) -> Iterator[tuple[float, float, int]]:
    counts, base = ran.results["requests"], first.results["requests"]
    yield counts["total"], base["total"], 0
    beside, beside_base = (sum(each["by_purpose"][name] for name in ("readers", "bursts")) for each in (counts, base))
    yield counts["total"] - beside, base["total"] - beside_base, 0
    yield ran.cpu_s, first.cpu_s, 1
    yield ran.memory_mb, first.memory_mb, 0


if __name__ == "__main__":
    main()
