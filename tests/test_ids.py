"""Every id of a requirement that the source names is in the catalogue."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance import contract, requirements

PACKAGE = Path(__file__).parent.parent / "conformance"

AREAS = {id.partition(".")[0] for id in requirements.load() if "." in id}
LOOKS_LIKE_AN_ID = re.compile(rf"(?:{'|'.join(sorted(AREAS))})\.[a-z0-9-]+")

# Where Breach takes its requirement, by position and by name.
POSITION, NAME = 2, "requirement"


def text(node: ast.AST | None) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def ids(source: str) -> Iterator[str]:
    """What looks like an id, and what stands where there has to be one."""
    for node in ast.walk(ast.parse(source)):
        yield from (each for each in text(node) if LOOKS_LIKE_AN_ID.fullmatch(each))
        if isinstance(node, ast.Call) and called(node) == "verifies":
            yield from (id for argument in node.args for id in text(argument))
        if isinstance(node, ast.Call) and called(node) == "Breach":
            given = [*node.args[POSITION : POSITION + 1], *(word.value for word in node.keywords if word.arg == NAME)]
            yield from (id for argument in given for id in text(argument))


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_ids_are_in_the_catalogue(path: Path) -> None:
    assert set(ids(path.read_text(encoding="utf-8"))) <= requirements.load().keys()


def test_ids_in_the_schemas_are_in_the_catalogue() -> None:
    for path in (contract.folder() / "schemas").glob("*.json"):
        named = re.findall(r'"x-requirement":\s*"(.*?)"', path.read_text(encoding="utf-8"))
        assert set(named) <= requirements.load().keys(), path.name


@pytest.mark.parametrize(
    "line",
    ['x = {"list.strat": 1}', '@verifies("slowness")\ndef f(): ...', 'Breach("w", "g", "slow")',
     'verdict.Breach("w", "g", requirement="slow")', 'pytest.mark.verifies("list.array", "slow")'],
)  # fmt: skip
def test_an_id_that_is_misspelt_is_seen(line: str) -> None:
    assert set(ids(line)) - requirements.load().keys()
