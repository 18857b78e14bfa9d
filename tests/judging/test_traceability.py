"""What the source declares is what Python, pytest and the rulebooks make of it."""

import importlib
import inspect
import pkgutil
from collections import defaultdict
from collections.abc import Iterable, Iterator
from types import ModuleType
from typing import Any

import pytest

from conformance import checks, every_answer, faults, oracle
from conformance.cli.proofs import faults_by_requirement
from conformance.judging import traceability
from conformance.judging.source import Declaration, declarations
from conformance.oracle.rules import Rulebook

Found = dict[str, list[str]]


def modules(package: ModuleType) -> Iterator[tuple[str, ModuleType]]:
    for each in pkgutil.iter_modules(package.__path__):
        yield each.name, importlib.import_module(f"{package.__name__}.{each.name}")


def functions() -> Iterator[tuple[str, Any]]:
    """The checks, by the names that reports give them."""
    for module, imported in modules(checks):
        for name, check in vars(imported).items():
            if name.startswith("test_") and inspect.isfunction(check):
                yield f"{module}::{name}", check


def rules() -> Iterator[tuple[str, Any]]:
    """The rules of all rulebooks, by the names that reports give them."""
    for module, imported in modules(oracle):
        for book in vars(imported).values():
            if isinstance(book, Rulebook) and any(rule.look.__module__ == imported.__name__ for rule in book.rules):
                yield from ((f"{module}::{rule.look.__name__}", rule) for rule in book.rules)


def verified(marks: Iterable[pytest.Mark]) -> list[str]:
    """The requirements that the marks of a check name, those of single parameters included, each once."""
    ids: list[str] = []
    for mark in marks:
        if mark.name == "verifies":
            ids += mark.args
        elif mark.name == "parametrize":
            for parameter in mark.args[1]:
                own = getattr(parameter, "marks", ())
                ids += verified(each.mark if isinstance(each, pytest.MarkDecorator) else each for each in own)
    return list(dict.fromkeys(ids))


def first_paragraph(documented: Any) -> str:
    return " ".join((documented.__doc__ or "").partition("\n\n")[0].split())


def test_the_checks_and_rules_of_each_requirement() -> None:
    imported: Found = defaultdict(list)
    for name, check in functions():
        for id in verified(getattr(check, "pytestmark", ())):
            imported[id].append(name)
    for id in every_answer.OF_SCHEMAS:
        imported[id].append("the schemas")
    for id in every_answer.OF_STATUSES:
        imported[id].append("every answer")
    for name, rule in rules():
        for id in rule.charges:
            imported[id].append(name)
    read = traceability.checks_by_requirement()
    assert {id: sorted(names) for id, names in read.items()} == {id: sorted(names) for id, names in imported.items()}
    assert traceability.check_names() == sorted(name for name, _ in functions())


def test_what_checks_and_rules_say() -> None:
    told = traceability.descriptions()
    for name, check in functions():
        assert told[name] == first_paragraph(check)
    for name, rule in rules():
        assert told[name] == first_paragraph(rule.look)


def test_the_faults_of_each_requirement() -> None:
    imported: dict[str, dict[str, str]] = defaultdict(dict)
    for fault in faults.load().values():
        imported[fault.breaks][fault.name] = fault.says
    assert faults_by_requirement() == imported


def test_a_rule_is_named_under_all_that_it_charges() -> None:
    for id in ("list.limit-default", "list.limit-exact", "list.limit-max", "list.limit-below"):
        assert "listing::no_more_than_the_limit" in traceability.checks_by_requirement()[id]


def test_an_id_is_found_wherever_a_decorator_leads_to(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "room").mkdir()
    (tmp_path / "room" / "test_module.py").write_text(
        'NAMED: str = "list.end"\n'
        "PARAMETERS = [pytest.param(1, marks=pytest.mark.verifies(NAMED)), 2]\n"
        "def mark(): return pytest.mark.verifies('list.start')\n"
        "EACH = pytest.mark.parametrize('n', [mark(), mark()])\n"
        "@verifies('list.array')\n"
        "@pytest.mark.parametrize('number', PARAMETERS)\n"
        "@EACH\n"
        "def test_it(number):\n"
        '    """Says\n    this.\n\n    And more.\n    """\n'
        "    assert 'list.symbol'\n"
        "def test_it_not(): pass\n",
        encoding="utf-8",
    )
    monkeypatch.setattr("conformance.judging.source.files", lambda _: tmp_path)
    catalogue = {"list.array", "list.start", "list.end", "list.symbol"}
    [found] = declarations("room", catalogue)
    assert found == Declaration(
        module="test_module",
        name="test_it",
        says="Says\nthis.\n\nAnd more.",
        decorators=("verifies", "parametrize", "EACH"),
        ids=("list.array", "list.end", "list.start"),
    )
    assert (found.full_name, found.summary) == ("test_module::test_it", "Says this.")
