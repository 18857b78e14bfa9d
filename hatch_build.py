"""Building the package compiles its catalogues of messages: .po is the source, .mo is what is read."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompileMessages(BuildHookInterface):
    """Runs before a wheel is built, also an editable one."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the .mo files into the checkout; `artifacts` takes them along, though git ignores them."""
        sys.path.insert(0, str(Path(self.root) / "scripts"))
        import messages

        messages.compile(Path(self.root))
