"""Reads the entries of a recording one after the other, whatever its size.

A recording is an HTTP archive (HAR 1.2), or a text file with one JSON object a line, each of them such an entry, as the
sandbox's log of requests has them.
"""

import codecs
import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

import ijson

from conformance.exits import WrongUsage

_BEGINNING = 65_536  # bytes that have to tell what the file is
_ENTRIES = "log.entries.item"
_ARCHIVE = re.compile(rb'\s*\{\s*"log"\s*:')
_LINE = re.compile(rb'\s*\{(?:(?!"log"\s*:)[^\n])*"request"')


class NotARecording(WrongUsage):
    """The file cannot be read, or is no recording."""


class Source:
    """A recording. `broken_off`: why its end could not be read, once all before it has been."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.broken_off: str | None = None
        try:
            self.size = path.stat().st_size
            with path.open("rb") as file:
                beginning = file.read(_BEGINNING)
        except OSError as error:
            raise NotARecording(f"{path}: {error.strerror or error}") from None
        beginning = beginning.removeprefix(codecs.BOM_UTF8)
        self._by_line = not _ARCHIVE.match(beginning) and _LINE.match(beginning) is not None
        if not self._by_line and b'"log"' not in beginning:
            raise NotARecording(f"{path}: neither an HTTP archive (HAR 1.2) nor a log with a JSON object on each line")

    def entries(self, tell: Callable[[int], None] = lambda _: None) -> Iterator[Mapping[str, Any]]:
        """The entries in the order of the file; `tell` gets how many bytes have been read.

        Raises NotARecording where there is not one entry to be read.
        """
        self.broken_off = None
        found = 0
        with self.path.open("rb") as file:
            if file.read(len(codecs.BOM_UTF8)) != codecs.BOM_UTF8:
                file.seek(0)
            for entry in self._lines(file) if self._by_line else self._archive(file):
                found += 1
                tell(file.tell())
                if isinstance(entry, Mapping):
                    yield entry
        if not found:
            said = self.broken_off or "there is no entry in it"
            raise NotARecording(f"{self.path}: {said}")

    def _archive(self, file: IO[bytes]) -> Iterator[Any]:
        try:
            yield from ijson.items(file, _ENTRIES, use_float=True)
        except (ijson.JSONError, UnicodeDecodeError) as error:
            self.broken_off = f"no JSON from here on: {str(error).splitlines()[0][:120]}"

    def _lines(self, file: IO[bytes]) -> Iterator[Any]:
        for number, line in enumerate(iter(file.readline, b""), start=1):
            try:
                if line.strip():
                    yield json.loads(line)
            except (ValueError, RecursionError):
                self.broken_off = f"line {number} is no JSON"
