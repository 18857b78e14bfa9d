"""Trials with their seeds in a file of JSON lines, which is only added to: what was interrupted goes on from there."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from conformance.exits import Exit
from conformance.proving.matrix import Trial


class BadLog(ValueError):
    """A file that holds something else. The message names the line."""


def read(path: Path) -> Iterator[tuple[int, Trial]]:
    """The trials of a file, each with its seed. A last line that was cut short is left out. Raises BadLog, OSError."""
    for number, line in enumerate(_whole_lines(path.read_bytes()).splitlines(), start=1):
        try:
            entry: dict[str, Any] = json.loads(line)
            seed = int(entry.pop("seed"))
            exit_code = Exit(entry.pop("exit_code"))
            entry |= {name: tuple(entry[name]) for name in ("violated", "affected", "killed_by")}
            yield seed, Trial(exit_code=exit_code, **entry)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadLog(f"{path}, line {number}: not a trial: {error}") from None


def add(path: Path, seed: int, trial: Trial) -> None:
    """Add a trial at the end."""
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps({"seed": seed, **asdict(trial)}, ensure_ascii=False) + "\n")


def mend(path: Path) -> None:
    """Cut off a last line that was cut short, so that the next one begins a line. A file that is not there is made."""
    path.touch()
    path.write_bytes(_whole_lines(path.read_bytes()))


def _whole_lines(data: bytes) -> bytes:
    return data[: data.rfind(b"\n") + 1]
