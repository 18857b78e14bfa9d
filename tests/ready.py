"""What the runs of tests are forked from: all that each of them needs and none changes, imported and read once.

But for the checks, which pytest rewrites when it imports them: a test may change what becomes of that.
"""

import gc

from conformance import contract, generated, hypothesis_seam
from conformance.cli import run
from conformance.judging import gathering, runner, traceability
from conformance.reporting import html
from tests import runs

__all__ = ["gathering", "run", "runner", "runs"]

traceability.checks_by_requirement()
contract.order_breaches({})
generated.schema()
hypothesis_seam.know_characters()
templates = html.template().environment
for name in templates.list_templates(["j2"]):
    templates.get_template(name)
gc.freeze()  # what is here stays: to look through it for garbage is in vain
