"""The small changes that scripts/mutate_sandbox.py makes of the reference exchange."""

import runpy
from pathlib import Path
from typing import Any

SCRIPT: dict[str, Any] = runpy.run_path(str(Path(__file__).parents[2] / "scripts" / "mutate_sandbox.py"))

SOURCE = '''
def rule(order, limit):
    """A rule."""
    if order.live and order.left <= limit:
        order.value += 2
        return [each for each in order.trades if each.quantity > 0]
    return order.left - 50
'''


def test_every_operator_has_its_mutants() -> None:
    assert [each.change for each in SCRIPT["mutants"]("a", SOURCE)] == [
        "not order.live and order.left <= limit",
        "order.live and order.left <= limit without order.live",
        "order.live and order.left <= limit without order.left <= limit",
        "order.left <= limit → order.left < limit",
        "without order.value += 2",
        "2 → 3",
        "2 → 1",
        "for each in order.trades if each.quantity > 0 without each.quantity > 0",
        "each.quantity > 0 → each.quantity >= 0",
        "0 → 1",
        "0 → -1",
        "order.left - 50 → order.left + 50",
        "50 → 51",
        "50 → 49",
    ]


def test_a_mutant_is_changed_in_one_place() -> None:
    [without] = [each for each in SCRIPT["mutants"]("a", SOURCE) if each.change.endswith("without order.live")]
    assert (without.name, without.line) == (
        "a.rule: order.live and order.left <= limit without order.live",
        "if order.live and order.left <= limit:",
    )
    assert "    if order.left <= limit:\n" in without.text
    assert without.text.count("order.left <= limit") == 1


def test_what_is_allowed_is_a_mutant_still_or_a_function() -> None:
    every = SCRIPT["all_mutants"]()
    names = {each.name for each in every} | {each.name.partition(":")[0] for each in every}
    assert SCRIPT["allowed"]().keys() <= names
