"""The faults that need three things at once are drawn: nobody has edited, added or left out one."""

import runpy
from pathlib import Path

SCRIPT = Path(__file__).parent.parent.parent / "scripts" / "draw_conditional_faults.py"


def test_the_module_is_what_the_script_writes() -> None:
    script = runpy.run_path(str(SCRIPT))
    assert script["MODULE"].read_text(encoding="utf-8") == script["module"]()
