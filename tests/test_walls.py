"""Who may import whom: the house's walls, read off the source."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "conformance"

# From the ground up: a module imports those of its own floor, and of floors below it.
FLOORS = (
    {"evidence"},
    {"verdict"},
    {"orders", "observations"},
    {"requirements"},
    {"results", "contract"},
    {"gating"},
    {"reporting"},
    {"oracle"},
    {"target"},
    {"stage", "strategies", "generated"},
    {"declare"},
    {"checks"},
    {"judging", "plugin"},
    {"proving"},
    {"sandbox"},
    {"faults"},
    {"cli"},
    {"__main__"},
)

# Who must not know whom, however high it stands.
WALLS = [
    ("oracle", {"sandbox", "faults"}),
    ("sandbox", {"oracle"}),
    ("checks", {"target.client", "sandbox", "faults"}),
    ("reporting", {"oracle", "target", "checks", "sandbox", "faults", "stage", "judging", "contract"}),
    ("gating", {"oracle", "target", "checks", "sandbox", "faults", "stage", "judging"}),
]


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    """The modules of ours that the file imports, without the package's own name."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}: a relative import"
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        yield from (name.removeprefix("conformance.") for name in names if name.startswith("conformance."))


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def floor(name: str) -> int | None:
    return next((number for number, names in enumerate(FLOORS) if name in names), None)


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_run_one_way(path: Path) -> None:
    if path == PACKAGE / "__init__.py":
        return
    own = floor(room(path))
    assert own is not None, f"{room(path)} stands on no floor; give it one"
    for name in imports(path):
        below = floor(name.partition(".")[0])
        assert below is None or below <= own, f"{room(path)} imports {name}, which stands above it"


@pytest.mark.parametrize(("name", "unknown"), WALLS, ids=[name for name, _ in WALLS])
def test_walls_stand(name: str, unknown: set[str]) -> None:
    files = [path for path in modules() if room(path) == name]
    assert files
    for path in files:
        for imported in imports(path):
            met = {each for each in unknown if imported == each or imported.startswith(f"{each}.")}
            assert not met, f"{path.name} imports {imported}"


def test_the_sandbox_knows_nothing_of_the_suite() -> None:
    for path in modules():
        if room(path) == "sandbox":
            assert {name.partition(".")[0] for name in imports(path)} <= {"sandbox"}, path


def test_one_module_alone_speaks_http() -> None:
    speaking = [
        path.relative_to(PACKAGE).as_posix()
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import) and any(alias.name == "requests" for alias in node.names)
    ]
    assert speaking == ["target/client.py"]


def test_only_the_command_line_sees_faults() -> None:
    for path in modules():
        if any(name.startswith("faults") for name in imports(path)):
            assert room(path) in ("cli", "faults"), path
