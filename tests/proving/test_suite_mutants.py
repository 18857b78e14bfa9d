"""The small changes that scripts/mutate_suite.py makes of the suite's own modules, and how it runs tests on them."""

import runpy
from pathlib import Path
from types import CodeType
from typing import Any

SCRIPT: dict[str, Any] = runpy.run_path(str(Path(__file__).parents[2] / "scripts" / "mutate_suite.py"))


def code(text: str) -> CodeType:
    return compile(text, "a.py", "exec")


SOURCE = """
class Order:
    kinds = 2
    def left(self):
        return self.quantity - 1

def full(order):
    return [each for each in order.trades if each > 0]
"""


def touched(was: str, now: str) -> list[str] | None:
    """The functions that this change of the source touches."""
    found = SCRIPT["changed"](code(SOURCE), code(SOURCE.replace(was, now)))
    return None if found is None else [name for name, _ in found]


def test_both_kinds_of_operators_change_a_module_and_no_two_alike() -> None:
    every = SCRIPT["mutants"]("oracle.fills")
    changes = {each.function: [e.change for e in every if e.function == each.function] for each in every}
    assert changes["Fills.quantity"] == ["0 → 1", "0 → -1"]
    assert '@FILLS.rule("order.filled-qty") → ' in changes[""]
    assert "each.status == 'filled' and each.quantity without each.quantity" in changes["Fills.parts"]
    assert len({each.code for each in every}) == len(every)


def test_lines_stay_where_they_are() -> None:
    for each in SCRIPT["mutants"]("oracle.fills"):
        new = SCRIPT["changed"](SCRIPT["code_of"]("oracle.fills"), each.code)
        assert new is None or len(new) == 1


def test_which_functions_a_change_touches() -> None:
    assert touched("- 1", "- 2") == ["Order.left"]
    assert touched("each > 0", "each > 1") == ["full"]
    assert touched("kinds = 2", "kinds = 3") is None
    assert touched("left(self)", "left(self, more=1)") is None


def test_a_fork_tells_what_it_did_and_changes_nothing_here() -> None:
    here = [1]
    assert SCRIPT["apart"](lambda: [*here, here.pop()]) == [1, 1]
    assert SCRIPT["apart"](lambda: 1 / 0) is None
    assert here == [1]


def test_what_is_allowed_is_in_a_function_that_is_there() -> None:
    """Whether it is a mutant still the script itself says: to make all mutants takes seconds."""
    for name in SCRIPT["plain"].allowed(SCRIPT["ALLOWED"]):
        [module] = [each for each in SCRIPT["modules"](SCRIPT["KILLERS"]) if name.startswith(f"{each}.")]
        function = name.removeprefix(f"{module}.").partition(":")[0]
        assert any(f"def {function.rpartition('.')[2]}(" in line for line in lines(module)), name


def lines(module: str) -> list[str]:
    return str(SCRIPT["file_of"](module).read_text(encoding="utf-8")).splitlines()
