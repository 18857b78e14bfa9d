"""Documented errors, armed through the driver: status, form, code, and what comes after."""

import pytest

from conformance.account.account import Account
from conformance.declare import alone, cancels, needs, verifies
from conformance.oracle.errors import BUSY, DB_ERROR
from conformance.scenarios import armed_errors
from conformance.stage.stage import Stage


@verifies("list.db-error", "error.envelope")
@needs(fault=True)
def test_a_server_fault_is_a_500(caller: Account, stage: Stage) -> None:
    """A list is armed to fail: 500 with error DB_ERROR. The next one is a list again."""
    armed_errors.list_fails(stage, DB_ERROR)
    caller.list()


@alone
@cancels
@verifies("cancel.busy", "cancel.busy-transient", "cancel.busy-no-loss", "error.envelope")
@needs(fault=True, arrange=True)
@pytest.mark.parametrize("error", BUSY)
def test_a_busy_engine_is_a_503_that_passes(stage: Stage, error: str) -> None:
    """Cancel-all is armed to fail, with live orders: 503 and the code; they stand, until it is said again."""
    armed_errors.cancel_fails(stage, error)
