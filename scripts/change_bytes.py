"""Change one byte of a sealed file, a thousand times over, and count how many of them the gate finds.

python scripts/change_bytes.py FILE.seal.tar [TIMES [SEED]]. What it calls is what `gate FILE` calls first.
"""

import random
import sys
import time
from pathlib import Path

from conformance.sealing import agreement, container, signature


def is_found(data: bytes) -> bool:
    """Whether verifying the file says that something is wrong."""
    try:
        sealed = container.unpack(data)
        signature.expect_signed(sealed, None)
    except container.Damaged:
        return True
    return bool(agreement.disagreements(sealed))


def main(path: Path, times: int = 1000, seed: int = 0) -> int:
    """Print the counts; 1 if any change was not found."""
    whole = path.read_bytes()
    began = time.process_time()
    if is_found(whole):
        print(f"{path} is not good to begin with")  # noqa: T201
        return 1
    took = time.process_time() - began
    drawn = random.Random(seed)  # noqa: S311
    missed = []
    for _ in range(times):
        place = drawn.randrange(len(whole))
        changed = bytearray(whole)
        changed[place] ^= drawn.randrange(1, 256)
        if not is_found(bytes(changed)):
            missed.append(place)
    print(f"{times - len(missed)} of {times} found, in a file of {len(whole)} bytes; missed: {missed}")  # noqa: T201
    print(f"verified whole in {took:.2f} s of CPU, without starting Python")  # noqa: T201
    return bool(missed)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), *map(int, sys.argv[2:])))
