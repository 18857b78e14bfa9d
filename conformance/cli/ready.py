"""What the trials of `prove` are forked from: all that each of them needs and none changes, imported and read once."""

import gc
import importlib
import pkgutil

from conformance import checks, contract, faults, generated, hypothesis_seam
from conformance.judging import runner, traceability
from conformance.reporting import files

__all__ = ["files", "runner"]

hypothesis_seam.prepare(stop_on_first=False)  # before the checks are imported, as in a run
for _module in pkgutil.iter_modules(checks.__path__):
    importlib.import_module(f"{checks.__name__}.{_module.name}")
faults.load()
traceability.checks_by_requirement()
contract.order_breaches({})
generated.schema()
hypothesis_seam.know_characters()
gc.freeze()  # what is here stays: to look through it for garbage is in vain
