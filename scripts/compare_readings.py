"""Compares three readings of the documents, the oracle, the sandbox and SQL, on histories that Hypothesis draws.

    python scripts/compare_readings.py --lists 100000

To each list there is an altered page, to each fiftieth list a cancel-all and an altered one. It stops at the first on
which the three do not agree, with the smallest history that shows it, and ends with exit code 1. A test does the same
on a few hundred.
"""

import argparse
import sys
import time
from collections import Counter
from pathlib import Path
from random import Random

from hypothesis import HealthCheck, Phase, given, seed, settings, strategies

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.readings.agreement import History, cancels_agree, lists_agree
from tests.readings.histories import histories

LISTS, CANCELS = 200, 4  # of each history


def compare(lists: int, from_seed: int) -> Counter[str]:
    """So many lists, with this seed; how many answers were right and wrong. Raises AssertionError."""
    told: Counter[str] = Counter()

    @seed(from_seed)
    @settings(
        max_examples=-(-lists // LISTS),
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(histories(), strategies.integers(0, 2**64 - 1))
    def agree(history: History, number: int) -> None:
        luck = Random(number)  # noqa: S311 - drawn once for all lists of a history, which is quicker
        told.update(lists_agree(history, [luck.getrandbits(64) for _ in range(LISTS)]))
        told.update(cancels_agree(history, [luck.getrandbits(32) for _ in range(CANCELS)]))
        told["histories"] += 1

    agree()
    return told


def main() -> None:
    """Compare, and print what was compared."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--lists", type=int, default=100_000, help="how many lists (default: 100000)")
    parser.add_argument("--seed", type=int, default=0, help="seed of what is drawn (default: 0)")
    given_ = parser.parse_args()
    started = time.process_time()
    for what, count in sorted(compare(given_.lists, given_.seed).items()):
        print(f"{count:>8,} {what}")  # noqa: T201
    print(f"all agree; {time.process_time() - started:.0f} s of CPU")  # noqa: T201


if __name__ == "__main__":
    main()
