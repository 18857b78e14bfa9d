"""Who may import whom: the house's walls, read off the source."""

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "conformance"

# From the ground up: a module imports those of its own floor, and of floors below it. docs/architecture.md shows them.
FLOORS = (
    {
        "evidence",
        "operations",
        "turns",
        "cost",
        "requirements",
        "hypothesis_seam",
        "exits",
        "options",
        "naming",
        "every_answer",
        "language",
    },
    {"verdict"},
    {"fields", "orders", "spelled", "observations"},
    {"results", "contract", "bundle"},
    {"gating"},
    {"reporting"},
    {"oracle"},
    {"coverage"},
    {"profile"},
    {"wire"},
    {"account"},
    {"stage", "elsewhere"},
    {"fit"},
    {"scenarios", "doctor", "first_contact", "strategies", "generated"},
    {"declare"},
    {"checks"},
    {"judging", "plugin"},
    {"overload"},
    {"load"},
    {"recorded"},
    {"proving"},
    {"sealing"},
    {"sandbox"},
    {"faults"},
    {"mock"},
    {"cli"},
    {"__main__"},
)

ABOVE_RESULTS = {"oracle", "profile", "wire", "account", "stage", "scenarios", "checks", "sandbox", "faults", "judging"}

# Who must not know whom, however high it stands.
WALLS = [
    ("oracle", {"sandbox", "faults"}),
    ("sandbox", {"oracle"}),
    ("checks", {"wire.client", "sandbox", "faults"}),
    (
        "reporting",
        {"oracle", "profile", "wire", "account", "stage", "checks", "sandbox", "faults", "judging", "contract"},
    ),
    ("gating", {"oracle", "profile", "wire", "account", "stage", "checks", "sandbox", "faults", "judging"}),
]

# The libraries that speak HTTP, and the one room that may use them.
HTTP = {"requests", "urllib3"}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def everything_imported(path: Path) -> Iterator[str]:
    """All that the file imports, wherever in it: modules, and what is taken out of them."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}: a relative import"
            yield from (node.module, *(f"{node.module}.{alias.name}" for alias in node.names))
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def imports(path: Path) -> Iterator[str]:
    """The modules of ours that the file imports, without the package's own name."""
    ours = (each for each in everything_imported(path) if each.startswith("conformance."))
    yield from (each.removeprefix("conformance.") for each in ours)


def name(path: Path) -> str:
    """The module's name, as an import spells it."""
    return ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")


def needed(path: Path) -> Iterator[str]:
    """The modules that have to be there before the file is run: not those that only a type checker reads."""
    known = {name(each) for each in modules()}
    own = name(path)
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped = {id(inner) for node in ast.walk(tree) if _for_types_alone(node) for inner in ast.walk(node)}
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.ImportFrom) and node.module:
            taken = {f"{node.module}.{alias.name}" for alias in node.names}
            modules_taken = taken & known
            # The package itself is needed for what is not a module of it.
            yield from modules_taken | ({node.module} & known if taken - known else set()) - {own}
        elif isinstance(node, ast.Import):
            yield from {alias.name for alias in node.names} & known - {own}


def _for_types_alone(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def floor(room: str) -> int | None:
    return next((number for number, rooms in enumerate(FLOORS) if room in rooms), None)


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_run_one_way(path: Path) -> None:
    if path == PACKAGE / "__init__.py":
        return
    own = floor(room(path))
    assert own is not None, f"{room(path)} stands on no floor; give it one"
    for each in imports(path):
        below = floor(each.partition(".")[0])
        assert below is None or below <= own, f"{room(path)} imports {each}, which stands above it"


@pytest.mark.parametrize(("inside", "unknown"), WALLS, ids=[inside for inside, _ in WALLS])
def test_walls_stand(inside: str, unknown: set[str]) -> None:
    files = [path for path in modules() if room(path) == inside]
    assert files
    for path in files:
        for imported in imports(path):
            met = {each for each in unknown if imported == each or imported.startswith(f"{each}.")}
            assert not met, f"{path.name} imports {imported}"


def test_the_sandbox_knows_nothing_of_the_suite() -> None:
    for path in modules():
        if room(path) == "sandbox":
            assert {each.partition(".")[0] for each in imports(path)} <= {"sandbox"}, path


def test_no_circle() -> None:
    graph = {name(path): set(needed(path)) for path in modules()}
    try:
        list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        pytest.fail(f"a circle: {' → '.join(error.args[1])}")


def test_one_room_alone_speaks_http() -> None:
    for path in modules():
        if room(path) != "wire":
            assert not {each.partition(".")[0] for each in everything_imported(path)} & HTTP, path


@pytest.mark.parametrize(
    "line", ["import requests", "import requests.auth as a", "from requests import get", "from urllib3.util import Url"]
)
def test_speaking_http_is_seen_in_any_form_of_import(line: str, tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text(f"def f():\n    {line}\n", encoding="utf-8")
    assert {each.partition(".")[0] for each in everything_imported(module)} & HTTP


def test_only_the_command_line_and_mocks_see_faults() -> None:
    for path in modules():
        if any(each.startswith("faults") for each in imports(path)):
            assert room(path) in ("cli", "faults", "mock"), path
