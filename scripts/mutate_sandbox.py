"""Runs the suite against every small change that plain operators make of the reference exchange.

    python scripts/mutate_sandbox.py
    python scripts/mutate_sandbox.py --share 1/10 --jobs 1

A comparison becomes its neighbour, a condition is negated, one half of an "and" or an "or" is left out, a sum becomes a
difference, a whole number is one more or one less, a statement is left out. `p99-conformance run` has to end with exit
code 1 on each. What does not is entered in scripts/allowed_mutants.toml, with the reason why it is allowed, or is a gap
of the suite. A mutant takes 1 to 6 s of CPU, and there are hundreds: this is a command of its own, and no test.
"""

import ast
import importlib
import importlib.abc
import importlib.machinery
import os
import sys
import tomllib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import click

from conformance.proving.bench import Subject, trials

FOLDER = Path(__file__).parent.parent / "conformance" / "sandbox"
MODULES = ("exchange", "records", "face", "credentials")
ALLOWED = Path(__file__).parent / "allowed_mutants.toml"

_NEIGHBOURS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
}  # fmt: skip

Change = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: where it is made, the statement as it stands, and what becomes of it. It is the change of this number
    of the node of this number in the source.
    """

    module: str
    function: str
    row: int
    line: str
    change: str
    source: str
    at: tuple[int, int]

    @property
    def name(self) -> str:
        """What it is called here and in the file of those that are allowed."""
        return f"{self.module}.{self.function}: {self.change}"

    @property
    def tree(self) -> ast.Module:
        """The module's new tree, in which lines have the numbers that they had."""
        tree = ast.parse(self.source)
        node, number = self.at
        _, change = list(_changes(list(_nodes(tree))[node][1]))[number]
        change()
        return ast.fix_missing_locations(_Whole().visit(tree))

    @property
    def text(self) -> str:
        """The module's new text."""
        return ast.unparse(self.tree) + "\n"


def mutants(module: str, source: str) -> Iterator[Mutant]:
    """All mutants of the functions of a module."""
    lines = source.splitlines()
    for at, (function, node) in enumerate(_nodes(ast.parse(source))):
        row = next((each.lineno for each in ast.walk(node) if hasattr(each, "lineno")), 1)
        for number, (told, _) in enumerate(_changes(node)):
            yield Mutant(module, function, row, lines[row - 1].strip(), told, source, (at, number))


def _nodes(tree: ast.AST, function: str = "") -> Iterator[tuple[str, ast.AST]]:
    """All that stands in a function, with the function's name. What makes an object is no rule."""
    for child in ast.iter_child_nodes(tree):
        named = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        inside = ".".join(filter(None, (function, child.name))) if named else function  # type: ignore[attr-defined]
        if function and not named and not function.endswith("__init__"):
            yield function, child
        yield from _nodes(child, inside)


def _changes(node: Any) -> Iterator[tuple[str, Change]]:
    was = ast.unparse(node).strip() if isinstance(node, ast.expr | ast.stmt | ast.comprehension) else ""
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        became: Any = _NEIGHBOURS[type(node.ops[0])]()
        now = ast.unparse(ast.Compare(node.left, [became], node.comparators))
        yield f"{was} → {now}", partial(node.ops.__setitem__, 0, became)
    elif isinstance(node, ast.BinOp) and type(node.op) in _NEIGHBOURS:
        became = _NEIGHBOURS[type(node.op)]()
        yield f"{was} → {ast.unparse(ast.BinOp(node.left, became, node.right))}", partial(setattr, node, "op", became)
    elif isinstance(node, ast.BoolOp):
        for at, value in enumerate(node.values):
            yield f"{was} without {ast.unparse(value)}", partial(_take, node.values, at)
    elif isinstance(node, ast.If | ast.IfExp | ast.While):
        yield f"not {ast.unparse(node.test)}", partial(setattr, node, "test", ast.UnaryOp(ast.Not(), node.test))
    elif isinstance(node, ast.comprehension):
        for at, value in enumerate(node.ifs):
            yield f"{was} without {ast.unparse(value)}", partial(_take, node.ifs, at)
    elif isinstance(node, ast.Constant) and type(node.value) is int:
        for one in (node.value + 1, node.value - 1):
            yield f"{was} → {one}", partial(setattr, node, "value", one)
    elif isinstance(node, ast.Assign | ast.AugAssign | ast.Expr | ast.Raise | ast.Delete) and not _is_docstring(node):
        yield f"without {was}", partial(_leave_out, node)


class _Whole(ast.NodeTransformer):
    """An "and" or an "or" of which one half is left is that half."""

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.expr:
        self.generic_visit(node)
        return node if len(node.values) > 1 else node.values[0]


def _take(values: list[ast.expr], at: int) -> None:
    del values[at]


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _leave_out(node: ast.stmt) -> None:
    """Turn the statement into one that does nothing."""
    node.__class__ = ast.Pass
    for name in list(node.__dict__):
        if name not in ("lineno", "col_offset", "end_lineno", "end_col_offset"):
            delattr(node, name)


def all_mutants() -> list[Mutant]:
    """All mutants of the reference exchange."""
    return [each for name in MODULES for each in mutants(name, (FOLDER / f"{name}.py").read_text(encoding="utf-8"))]


def allowed(file: Path = ALLOWED) -> dict[str, str]:
    """What is allowed, with the reasons: a mutant by its name, or all of a function, by the name before the colon."""
    document = tomllib.loads(file.read_text(encoding="utf-8"))
    return {name: entry["reason"] for entry in document["allowed"] for name in entry["names"]}


def is_allowed(mutant: Mutant, known: dict[str, str]) -> bool:
    """Whether it is entered, or its function is."""
    return mutant.name in known or f"{mutant.module}.{mutant.function}" in known


class _Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports one module of the sandbox from another text."""

    def __init__(self, name: str, text: str) -> None:
        self._name, self._text = name, text

    def find_spec(self, name: str, path: Any, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        return importlib.machinery.ModuleSpec(name, self) if name == self._name else None

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self._text, self._name, "exec"), module.__dict__)  # noqa: S102 - our own text


@contextmanager
def serve(module: str, text: str, seed: int) -> Iterator[str]:
    """Serve the sandbox with this text of one of its modules; yields its profile as TOML. The process is not of use
    for another sandbox afterwards.
    """
    for name in [name for name in sys.modules if name.startswith("conformance.sandbox")]:
        del sys.modules[name]
    sys.meta_path.insert(0, _Changed(f"conformance.sandbox.{module}", text))
    with importlib.import_module("conformance.sandbox").Sandbox(seed).serve() as served:
        yield served.profile_toml


def subjects(chosen: Sequence[Mutant]) -> list[Subject]:
    """As the trials take them."""
    return [Subject(each.name, each.line, None, partial(serve, each.module, each.text)) for each in chosen]


@click.command(help=(__doc__ or "").partition("\n")[0])
@click.option("--share", default="1/1", show_default=True, metavar="K/N", help="The K-th of each N mutants.")
@click.option("--seed", default=0, show_default=True)
@click.option("--jobs", default=os.cpu_count() or 1, show_default=True)
@click.option("--again", metavar="TEXT", help="Only mutants in whose names this stands, the allowed ones too.")
def main(share: str, seed: int, jobs: int, again: str | None) -> None:
    """Judge the mutants, and name those that escaped."""
    known, first, of = allowed(), *map(int, share.split("/"))
    every = all_mutants()
    open_ = [each for each in every if again in each.name] if again else [e for e in every if not is_allowed(e, known)]
    chosen = open_[first - 1 :: of]
    escaped = 0
    for done, trial in enumerate(trials(subjects(chosen), seed, jobs, stop_on_first=True), 1):
        if trial.exit_code != 1:
            escaped += 1
            click.echo(f"NOT FOUND, exit {int(trial.exit_code)}: {trial.name}\n    in: {trial.says}")
        click.echo(f"\r{done} of {len(chosen)}", nl=False, err=True)
    click.echo(f"\n{len(chosen) - escaped} of {len(chosen)} found; {len(every) - len(open_)} others are allowed")
    sys.exit(1 if escaped else 0)


if __name__ == "__main__":
    main()
