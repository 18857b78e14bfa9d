"""Write tests/proving/killed_soonest.json: for each requirement the fault that was killed soonest, from a prove.json.

    python -m conformance prove --report-dir /tmp/proof
    python scripts/killed_soonest.py /tmp/proof/prove.json

The tests of a checkout try these; `prove` tries all.
"""

import json
import sys
from pathlib import Path

from conformance import faults

WRITTEN = Path(__file__).parents[1] / "tests" / "proving" / "killed_soonest.json"


def main(proof: str) -> int:
    """Write the file."""
    known, soonest = faults.load(), {}
    trials = json.loads(Path(proof).read_text(encoding="utf-8"))["trials"]
    for trial in sorted(trials, key=lambda trial: (trial["seconds"], trial["name"])):
        if trial["breaks"] in trial["violated"] and trial["name"] in known:
            soonest.setdefault(trial["breaks"], trial["name"])
    WRITTEN.write_text(json.dumps(dict(sorted(soonest.items())), indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
