"""Wheel and source distribution as an index would see them: nothing in them that should not be, metadata that it takes.

pip install check-wheel-contents twine
python scripts/check_package.py
"""

import subprocess
import sys
import tempfile
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Build both, and check them; exit 1 if anything is found."""
    with tempfile.TemporaryDirectory() as folder:
        build = [sys.executable, "-m", "hatchling", "build", "-d", folder]
        subprocess.run(build, cwd=CHECKOUT, check=True)  # noqa: S603 - our own words
        built = sorted(map(str, Path(folder).iterdir()))
        wheels = [name for name in built if name.endswith(".whl")]
        checks = (["check_wheel_contents", *wheels], ["twine", "check", "--strict", *built])
        return max(subprocess.run([sys.executable, "-m", *words], check=False).returncode for words in checks)  # noqa: S603


if __name__ == "__main__":
    sys.exit(main())
