"""Takes the screenshots of the report that the docs show: a run that passes, one that fails, one that lost a race.

    python scripts/take_screenshots.py

Needs Chromium on the machine.
"""

import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import sync_playwright

from conformance import faults
from conformance.sandbox import Sandbox

IMAGES = Path(__file__).parent.parent / "docs" / "images"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

# What is shown: the fault that the sandbox has, which checks judge it, and how high the picture is.
SHOWN = {
    "pass": (None, None, 900),
    "fail": ("limit-above-maximum-is-default", "list_limit", 900),
    "race": ("both-return-it", "several_cancel_alls", 1500),
}


def report(folder: Path, fault: str | None, select: str | None) -> Path:
    """The report of a run on the sandbox, with this fault if any."""
    sandbox = faults.load()[fault].sandbox(0) if fault else Sandbox(0)
    with sandbox.serve() as served:
        (folder / "profile.toml").write_text(served.profile_toml, encoding="utf-8")
        words = ["run", "--target", "profile.toml", "--report-dir", ".", *(["-k", select] if select else [])]
        subprocess.run([sys.executable, "-m", "conformance", *words], cwd=folder, check=False)  # noqa: S603
    return folder / "report.html"


def main() -> None:
    """Take them all."""
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright, playwright.chromium.launch(executable_path=CHROMIUM) as browser:
        for name, (fault, select, height) in SHOWN.items():
            with TemporaryDirectory() as folder:
                page = browser.new_page(viewport={"width": 1200, "height": height})
                page.goto(report(Path(folder), fault, select).as_uri())
                page.screenshot(path=IMAGES / f"{name}.png")


if __name__ == "__main__":
    main()
