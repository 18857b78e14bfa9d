"""What checks, rules and faults declare, read from their source text: no module of theirs is imported."""

import ast
import inspect
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

Definition = ast.FunctionDef | ast.ClassDef


@dataclass(frozen=True, slots=True)
class Declaration:
    """A decorated function or class at the top of a module.

    `decorators`: their last names, `rule` of `@LISTING.rule(…)`. `ids`: the requirements that the decorators name.
    """

    module: str
    name: str
    says: str
    decorators: tuple[str, ...]
    ids: tuple[str, ...]

    @property
    def full_name(self) -> str:
        """Module and name, as reports spell them."""
        return f"{self.module}::{self.name}"

    @property
    def summary(self) -> str:
        """The first paragraph of the docstring, on one line."""
        return " ".join(self.says.partition("\n\n")[0].split())


def declarations(room: str, catalogue: Collection[str]) -> Iterator[Declaration]:
    """All that is decorated in the modules of this room, say "checks", that name any of these requirements.

    `catalogue`: their ids. A module that names none of them is not parsed, since parsing is most of the work.
    """
    folder = files("conformance") / room
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".py") and file.name != "__init__.py":
            text = file.read_text(encoding="utf-8")
            if any(id in text for id in catalogue):
                yield from in_module(file, text, catalogue)


def in_module(file: Traversable, source: str, catalogue: Collection[str]) -> Iterator[Declaration]:
    """All that is decorated in this module. Raises SyntaxError."""
    tree = ast.parse(source)
    named = dict(_named(tree))
    for node in tree.body:
        if isinstance(node, Definition) and node.decorator_list:
            texts = [text for each in node.decorator_list for text in _texts(each, named, set())]
            yield Declaration(
                module=file.name.removesuffix(".py"),
                name=node.name,
                says=inspect.cleandoc(ast.get_docstring(node) or ""),
                decorators=tuple(last_name(each) for each in node.decorator_list),
                ids=tuple(dict.fromkeys(text for text in texts if text in catalogue)),
            )


def _named(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """What each name at the top of a module stands for."""
    for node in tree.body:
        if isinstance(node, Definition):
            yield node.name, node
        elif isinstance(node, ast.Assign):
            yield from ((target.id, node.value) for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
            yield node.target.id, node.value


def _texts(node: ast.AST, named: Mapping[str, ast.AST], seen: set[str]) -> Iterator[str]:
    """The texts in an expression, and in what its names stand for, in the order in which they are written."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.Name) and node.id in named and node.id not in seen:
        seen.add(node.id)
        yield from _texts(named[node.id], named, seen)
    for child in ast.iter_child_nodes(node):
        yield from _texts(child, named, seen)


def last_name(decorator: ast.expr) -> str:
    """`rule` of `@LISTING.rule(…)`."""
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""
