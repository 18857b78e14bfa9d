"""No violation without the requests that show it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import conformance

PACKAGE = Path(conformance.__file__).parent


def bare_violations(tree: ast.AST) -> Iterator[int]:
    """The lines that make a Violation of a breach alone."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    yield from (call.lineno for call in calls if ast.unparse(call.func) == "Violation" and len(call.args) < 2)


def test_every_violation_carries_its_requests() -> None:
    bare = {
        str(path.relative_to(PACKAGE)): lines
        for path in PACKAGE.rglob("*.py")
        if (lines := list(bare_violations(ast.parse(path.read_text(encoding="utf-8")))))
    }
    assert bare == {}


def test_one_that_carries_none_is_found() -> None:
    assert list(bare_violations(ast.parse("raise Violation(breach)"))) == [1]
    assert list(bare_violations(ast.parse("raise Violation(breach, *page.exchanges)"))) == []
