"""Runs the suite's own tests against small changes of the suite's own modules: who tests the judge?

    python scripts/mutate_suite.py --module oracle
    python scripts/mutate_suite.py --module oracle.listing --share 1/4

Cosmic Ray makes the changes: its operators turn text into text, and leave files and the run of the tests to others.
mutmut rewrites the package in a copy of its own, and leaves decorated functions alone, of which the oracle is made. The
operators of scripts/mutate_sandbox.py, which leave out a statement or half of a condition, are added. A change counts
as found if a test fails. What no test finds is entered in scripts/allowed_suite_mutants.toml with the reason why it is
allowed, or is a gap of the tests.

pytest collects the tests of a room once. Each mutant has a fork of that process in which the functions have their
changed code, and runs only the tests that call a changed function, the quickest first. What differs outside of
functions needs a new import, and all tests of the room: --quick leaves these out, --slow tries them alone. A mutant
takes 0.1 to 5 s of CPU, one of scenarios up to some minutes.
"""

import ast
import contextlib
import gc
import importlib.abc
import importlib.machinery
import importlib.util
import inspect
import os
import pickle
import resource
import signal
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property, partial
from itertools import groupby
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import click
import pytest
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]
import mutate_sandbox as plain  # noqa: E402

FOLDER = Path(__file__).resolve().parent.parent / "conformance"
ALLOWED = Path(__file__).parent / "allowed_suite_mutants.toml"


@dataclass(frozen=True)
class Killers:
    """The tests that have to find a change. Those that take more than `slow_s` of CPU are left out.

    `cpu_s`: what those of one mutant may take. A mutant that takes more is found, as one that comes to no end.
    """

    tests: list[str]
    slow_s: float = 1.0
    cpu_s: int = 20


# By what the module's name begins with. Scenarios are done to a target, so that only whole runs tell.
KILLERS = {
    "oracle": Killers(["tests/oracle"]),
    "account.known": Killers(["tests/account", "tests/oracle"]),
    "gating": Killers(["tests/gating"]),
    "judging": Killers(["tests/judging"]),
    "scenarios": Killers(["tests/scenarios", "tests/proving/reduced_matrix.py"], slow_s=60, cpu_s=300),
}
OPERATORS = {
    "AddNot", "ReplaceAndWithOr", "ReplaceOrWithAnd", "ReplaceTrueWithFalse", "ReplaceFalseWithTrue",
    "ReplaceBreakWithContinue", "ReplaceContinueWithBreak", "NumberReplacer", "ZeroIterationForLoop", "RemoveDecorator",
    "ReplaceUnaryOperator_USub_UAdd",
    "ReplaceComparisonOperator_Eq_NotEq", "ReplaceComparisonOperator_NotEq_Eq",
    "ReplaceComparisonOperator_Lt_LtE", "ReplaceComparisonOperator_LtE_Lt",
    "ReplaceComparisonOperator_Gt_GtE", "ReplaceComparisonOperator_GtE_Gt",
    "ReplaceComparisonOperator_Is_IsNot", "ReplaceComparisonOperator_IsNot_Is",
    "ReplaceBinaryOperator_Add_Sub", "ReplaceBinaryOperator_Sub_Add", "ReplaceBinaryOperator_BitOr_BitAnd",
    "ReplaceBinaryOperator_BitAnd_BitOr", "ReplaceBinaryOperator_Mul_Div", "ReplaceBinaryOperator_Div_Mul",
}  # fmt: skip
"""Of Cosmic Ray's operators those whose change may be a slip of the pen: a comparison has one neighbour, not seven."""

ARGUMENTS = ["-q", "-x", "-s", "--tb=no", "--assert=plain", "-p", "no:cacheprovider", "--hypothesis-seed=0"]

NO_RULES = ("@dataclass", "@property", "@cached_property", "@cache", "@classmethod", "@staticmethod", "@contextmanager")
"""What makes an object is no rule."""

WALL_S = 1800
"""How long the tests of a mutant may take by the clock of the wall."""


@dataclass(frozen=True, eq=False)
class Mutant:
    """One change: the module, the line and the function in which it is made, what it is, and what stands in the module
    instead of its statement of the number `at`.
    """

    module: str
    row: int
    function: str
    change: str
    at: int
    new: list[ast.stmt]

    @property
    def name(self) -> str:
        """What it is called in the file of those that are allowed."""
        return f"{self.module}.{self.function}: {self.change}"

    def __str__(self) -> str:
        return f"{file_of(self.module).relative_to(FOLDER.parent)}:{self.row} {self.name}"

    @cached_property
    def code(self) -> CodeType:
        """The module's new code, under the name of its file."""
        body = tree_of(self.module).body
        tree = ast.Module([*body[: self.at], *self.new, *body[self.at + 1 :]], [])
        return compile(tree, str(file_of(self.module)), "exec", dont_inherit=True)


def file_of(module: str) -> Path:
    """The file of `oracle.listing`."""
    return FOLDER.joinpath(*module.split(".")).with_suffix(".py")


@cache
def tree_of(module: str) -> ast.Module:
    """The module's tree as it stands."""
    return ast.parse(file_of(module).read_text(encoding="utf-8"))


@cache
def code_of(module: str) -> CodeType:
    """The module's code as it stands."""
    return compile(tree_of(module), str(file_of(module)), "exec", dont_inherit=True)


def modules(chosen: Iterable[str]) -> list[str]:
    """Modules by their names; the name of a room means all modules of it."""
    found = []
    for name in chosen:
        room = FOLDER.joinpath(*name.split("."))
        found += [f"{name}.{each.stem}" for each in sorted(room.glob("[!_]*.py"))] if room.is_dir() else [name]
    return found


def mutants(module: str) -> list[Mutant]:
    """All mutants of a module: no two have the same text."""
    lines = file_of(module).read_text(encoding="utf-8").splitlines()
    found = []
    for at, statement in enumerate(tree_of(module).body):
        first = min(each.lineno for each in (statement, *getattr(statement, "decorator_list", ())))
        # With no line before it, each statement is parsed alone: Cosmic Ray parses it anew for each change.
        alone = "\n" * (first - 1) + "\n".join(lines[first - 1 : statement.end_lineno]) + "\n"
        texts = {ast.unparse(statement)}
        for mutant in (*_plain(module, at, alone), *_cosmic(module, at, alone)):
            text = "\n".join(map(ast.unparse, mutant.new))
            if text not in texts:
                found.append(mutant)
            texts.add(text)
    return sorted(found, key=lambda each: each.row)


def _plain(module: str, at: int, source: str) -> Iterator[Mutant]:
    for each in plain.mutants(module, source):
        yield Mutant(module, each.row, each.function, each.change, at, each.tree.body)


def _cosmic(module: str, at: int, source: str) -> Iterator[Mutant]:
    lines, nodes, tree = source.splitlines(), list(ast_nodes(get_ast(source))), ast.parse(source)
    for name in sorted(OPERATORS):
        operator = get_operator(f"core/{name}")()
        rows = [start[0] for node in nodes for start, _ in operator.mutation_positions(node)]
        for number, row in enumerate(rows):
            was = lines[row - 1].strip()
            if was.startswith(NO_RULES):
                continue
            text = mutate_code(source, operator, number)
            if was.startswith("@"):  # the decorator is gone; the other lines stay where they are
                text = "\n".join([*lines[: row - 1], "", *lines[row:], ""])
            with contextlib.suppress(SyntaxError):
                now = text.splitlines()[row - 1].strip()
                if now.replace("/,", "*,") == was:  # the star of a signature is no product
                    continue
                yield Mutant(module, row, _function(tree, row), f"{was} → {now}", at, ast.parse(text).body)


def _function(tree: ast.Module, row: int) -> str:
    """The function and the classes in which this line stands."""
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    around = [each for each in ast.walk(tree) if isinstance(each, kinds)]
    return ".".join(each.name for each in around if each.lineno <= row <= (each.end_lineno or 0))


# --- which functions a change touches ---

Place = tuple[str, int]
"""A function: its qualified name and its first line. Lines stay where they are in a mutant."""


def _place(code: CodeType) -> Place:
    return code.co_qualname, code.co_firstlineno


def changed(old: CodeType, new: CodeType) -> dict[Place, CodeType] | None:
    """The new code of the functions that differ, the outermost ones; None if what is no function's differs."""
    if _own(old) != _own(new):
        return None
    found: dict[Place, CodeType] = {}
    for was, now in zip(_inner(old), _inner(new), strict=True):
        if was.co_flags & inspect.CO_OPTIMIZED:
            if _all(was) != _all(now):
                found[_place(was)] = now
        else:
            inside = changed(was, now)
            if inside is None:
                return None
            found |= inside
    return found


def _inner(code: CodeType) -> list[CodeType]:
    return [each for each in code.co_consts if isinstance(each, CodeType)]


def _own(code: CodeType) -> tuple[Any, ...]:
    return code.co_code, code.co_names, [_place(c) if isinstance(c, CodeType) else repr(c) for c in code.co_consts]


def _all(code: CodeType) -> tuple[Any, ...]:
    return _own(code), [_all(each) for each in _inner(code)]


# --- processes ---


def apart(work: Callable[[], Any]) -> Any:
    """What this returns in a process of its own, a fork of this one; None if it ends in another way, or too late."""
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        os.close(reading)
        _stand_alone()
        try:
            told = pickle.dumps(work())
            with os.fdopen(writing, "wb") as sink:
                sink.write(told)
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as source:
        told = source.read()
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)  # what its tests have started, too
    os.waitpid(pid, 0)
    return pickle.loads(told) if told else None  # noqa: S301 - our own child's


def _stand_alone() -> None:
    os.setsid()
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)


def _limited(cpu_s: int) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(WALL_S)


# --- the tests ---

Calls = set[tuple[str, Place]]


@contextlib.contextmanager
def calls() -> Iterator[Calls]:
    """Which functions of the suite are called within it, in any thread: the file, and the place in it."""
    found: Calls = set()

    def see(frame: Any, event: str, _: object) -> None:
        code = frame.f_code
        if event == "call" and code.co_filename.startswith(str(FOLDER)):
            found.add((code.co_filename, _place(code)))

    threading.setprofile(see)
    sys.setprofile(see)
    try:
        yield found
    finally:
        sys.setprofile(None)
        threading.setprofile(None)  # type: ignore[arg-type]


class Forks:
    """A pytest plugin: once the tests are collected, each mutant is judged in a fork.

    `missed`: the numbers of those that no test finds. `left`: of those that need a new import; `slow`: nothing but
    these numbers is asked for.
    """

    def __init__(self, chosen: list[Mutant], by: Killers, tell: Callable[[Mutant], None], slow: bool) -> None:
        self._chosen, self._by, self._tell, self._slow = chosen, by, tell, slow
        self.missed: list[int] = []
        self.left: list[int] = []
        self.failing: str | None = None  # before anything is changed

    @pytest.hookimpl(wrapper=True)
    def pytest_collection(self) -> Iterator[None]:
        """Note what imports call: a change of that is not seen in a fork."""
        with calls() as self._imports:
            return (yield)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Judge the mutants whose functions are there; the others are left."""
        tests = [] if self._slow else apart(lambda: _timed(session, self._by.slow_s))
        if tests is None:
            raise pytest.UsageError("the tests do not end")
        if isinstance(tests, str):
            self.failing = tests
            return False
        living, caches = _living()
        gc.freeze()
        for number, mutant in enumerate(self._chosen):
            file = str(file_of(mutant.module))
            new = changed(code_of(mutant.module), mutant.code)
            places = {(file, place) for place in new or ()}
            if new is None or places & self._imports or not places <= living.keys():
                self.left.append(number)
                continue
            if self._slow:
                continue
            calling = [session.items[at] for at, called in tests if places & called]

            def work(new=new, file=file, calling=calling) -> bool:  # type: ignore[no-untyped-def]
                _limited(self._by.cpu_s)
                for place, code in new.items():
                    for function in living[file, place]:
                        function.__code__ = code
                for each in caches:
                    each.cache_clear()
                return _passes(session, calling)

            if apart(work):
                self.missed.append(number)
                self._tell(mutant)
        return True


def _living() -> tuple[dict[tuple[str, Place], list[FunctionType]], list[Any]]:
    """The functions of this process by their place, and the caches before some."""
    functions: dict[tuple[str, Place], list[FunctionType]] = defaultdict(list)
    caches = []
    for each in gc.get_objects():
        if isinstance(each, FunctionType):
            functions[each.__code__.co_filename, _place(each.__code__)].append(each)
        elif type(each).__name__ == "_lru_cache_wrapper" and each.__module__.startswith("conformance"):
            caches.append(each)
    return functions, caches


def _timed(session: pytest.Session, slow_s: float) -> list[tuple[int, Calls]] | str:
    """The tests by number, the quickest first, with what each calls. Slow ones are left out. The first that fails, if
    one does.
    """
    found = []
    for number, item in enumerate(session.items):
        began = time.process_time()
        with calls() as called:
            if not _passes(session, [item]):
                return item.nodeid
        found.append((time.process_time() - began, number, called))
    found.sort(key=lambda each: each[:2])
    return [(number, called) for took, number, called in found if took <= slow_s]


def _passes(session: pytest.Session, items: list[pytest.Item]) -> bool:
    for item, following in zip(items, [*items[1:], None], strict=True):
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.testsfailed:
            return False
    return True


class _Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports one module from its new code."""

    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant

    def find_spec(self, name: str, path: Any, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        own = name == f"conformance.{self._mutant.module}"
        return importlib.util.spec_from_file_location(name, file_of(self._mutant.module), loader=self) if own else None

    def exec_module(self, module: ModuleType) -> None:
        exec(self._mutant.code, module.__dict__)  # noqa: S102 - our own text


def run_tests(tests: list[str], plugins: list[object]) -> int:
    """Import all of ours anew, and run pytest."""
    for name in [name for name in sys.modules if name.partition(".")[0] in ("conformance", "tests", "conftest")]:
        del sys.modules[name]
    return int(pytest.main([*ARGUMENTS, *tests], plugins=plugins))


def run_changed(mutant: Mutant, by: Killers) -> bool:
    """Whether all tests pass with the module that is imported from this."""
    _limited(by.cpu_s)
    sys.meta_path.insert(0, _Changed(mutant))
    return run_tests([*_own_tests(mutant, by.tests), *by.tests], []) == 0


def judge(
    chosen: list[Mutant], by: Killers, tell: Callable[[Mutant], None], quick: bool, slow: bool
) -> tuple[list[Mutant], list[Mutant]]:
    """The mutants that no test finds, each told as soon as that is known, and those that were not tried."""

    def forked() -> tuple[list[int], list[int]] | str:
        forks = Forks(chosen, by, tell, slow)
        code = run_tests(by.tests, [forks])
        return forks.failing or (f"pytest ended with {code}" if code else (forks.missed, forks.left))

    judged = apart(forked)
    if judged is None or isinstance(judged, str):
        raise click.ClickException(f"before anything is changed the tests fail: {judged or 'no end'}")
    missed, left = ([chosen[number] for number in numbers] for numbers in judged)
    if quick:
        return missed, left
    for mutant in left:
        if apart(partial(run_changed, mutant, by)):
            tell(mutant)
            missed.append(mutant)
    return missed, [each for each in chosen if each not in left] if slow else []


def _own_tests(mutant: Mutant, tests: list[str]) -> list[str]:
    """The file of tests that is named like the module: where there is one, it comes first."""
    name = f"test_{mutant.module.rpartition('.')[2]}.py"
    return [str(file) for room in tests if (file := Path(room) / name).is_file()]


def killers(mutant: Mutant) -> Killers:
    """The tests that have to find a change of this module."""
    return next(by for name, by in KILLERS.items() if mutant.module.startswith(name))


@click.command(help=(__doc__ or "").partition("\n")[0])
@click.option("--module", "names", multiple=True, default=list(KILLERS), show_default=True, help="A module, or a room.")
@click.option("--share", default="1/1", show_default=True, metavar="K/N", help="The K-th of each N mutants.")
@click.option("--quick", is_flag=True, help="Leave out what needs a new import.")
@click.option("--slow", is_flag=True, help="Try only what needs a new import.")
@click.option("--again", is_flag=True, help="Judge those that are allowed, too.")
def main(names: tuple[str, ...], share: str, quick: bool, slow: bool, again: bool) -> None:
    """Judge the mutants, and name those that no test finds."""
    known, first, of = plain.allowed(ALLOWED), *map(int, share.split("/"))
    every = [each for name in modules(names) for each in mutants(name)]
    open_ = [each for each in every if again or not plain.is_allowed(each, known)]
    chosen = open_[first - 1 :: of]
    output = os.fdopen(os.dup(sys.stdout.fileno()), "w")  # seen from forks, too, whose own goes nowhere
    missed, untried = [], []
    for by, group in groupby(chosen, killers):
        some, left = judge(list(group), by, lambda each: click.echo(f"NOT FOUND: {each}", file=output), quick, slow)
        missed, untried = missed + some, untried + left
    entered, lost, not_tried = (
        Counter(each.module for each in some) for some in (set(every) - set(open_), missed, untried)
    )
    for module, count in Counter(each.module for each in chosen).items():
        tried = count - not_tried[module]
        click.echo(
            f"{module}: {tried - lost[module]} of {tried} found;"
            f" {entered[module]} others are allowed, {not_tried[module]} were not tried"
        )
    names_of = {each.name for each in every} | {f"{each.module}.{each.function}" for each in every}
    stale = [name for name in known if name.startswith(tuple({f"{e.module}." for e in every})) and name not in names_of]
    for name in stale:
        click.echo(f"ALLOWED, and no mutant: {name}")
    sys.exit(1 if missed or stale else 0)


if __name__ == "__main__":
    main()
