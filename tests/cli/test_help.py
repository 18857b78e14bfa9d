"""The help of the command line: it imports little, and is the same wherever it is written."""

import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from conformance.cli import COMMANDS, main
from conformance.options import ROUNDS, RUN
from conformance.plugin import pytest_addoption

HEAVY = {"pytest", "hypothesis", "schemathesis", "jsonschema", "yaml", "requests", "starlette", "uvicorn"}


def command(name: str) -> click.Command:
    found = main.get_command(click.Context(main), name)
    assert found is not None
    return found


@pytest.mark.parametrize("name", COMMANDS)
def test_the_table_says_of_a_command_what_its_own_help_says_first(name: str) -> None:
    assert (command(name).help or "").partition("\n")[0] == COMMANDS[name]


@pytest.mark.parametrize("words", [["--help"], ["requirements"], ["explain", "list.limit-max"]], ids=" ".join)
def test_what_only_tells_imports_nothing_heavy(words: list[str]) -> None:
    script = (
        f"import sys\nfrom conformance.cli import main\ntry:\n    main({words!r})\nfinally:\n    print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert not HEAVY & set(done.stdout.split("\n")[-2].split())


@pytest.mark.parametrize(("typed", "offered"), [("hi", "history"), ("run --see", "--seed")])
def test_commands_and_options_are_completed(typed: str, offered: str) -> None:
    words = {"COMP_WORDS": f"p99-conformance {typed}", "COMP_CWORD": str(len(typed.split()))}
    done = CliRunner().invoke(
        main, env={"_P99_CONFORMANCE_COMPLETE": "bash_complete", **words}, prog_name="p99-conformance"
    )
    assert done.output == f"plain,{offered}\n"


def test_pytest_takes_the_options_of_run() -> None:
    parser = pytest.Parser(_ispytest=True)
    pytest_addoption(parser)
    of_pytest = vars(parser.parse_known_args([]))
    of_run = command("run").make_context("run", []).params
    names, alone = ({each.name.removeprefix("--").replace("-", "_") for each in options} for options in (RUN, ROUNDS))
    assert names == of_run.keys() - {"detail", "select"} - alone == of_pytest.keys() - {"file_or_dir"}
    assert {name: of_run[name] or None for name in names} == {name: of_pytest[name] or None for name in names}
