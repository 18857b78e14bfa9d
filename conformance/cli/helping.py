"""`--help` in the reader's language. Chinese has no spaces to break lines at, and its characters are two cells wide."""

import inspect
import re
from collections.abc import Iterable
from unicodedata import east_asian_width

import click

from conformance import language

# What a line may be broken behind: a space, or a wide character that no stop follows.
_PIECES = re.compile(
    r"[^\s\u2e80-\uffef]+\s*|[\u2e80-\uffef][\u3001\u3002\uff01\uff09\uff0c\uff1a\uff1b\uff1f]*\s*|\s+"
)


class Formatter(click.HelpFormatter):
    """Says what it writes."""

    def write_heading(self, heading: str) -> None:
        """Write a heading."""
        super().write_heading(language.say(heading))

    def write_text(self, text: str) -> None:
        """Write paragraphs."""
        if language.used() == "en":
            super().write_text(text)
            return
        begin = " " * self.current_indent
        for number, paragraph in enumerate(inspect.cleandoc(text).split("\n\n")):
            lines = [said(line) for line in lines_of(paragraph)]
            told = [part for line in lines for part in wrapped(line, self.width - self.current_indent)]
            self.write("\n" * bool(number) + "".join(f"{begin}{line}\n" for line in told))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write names with what they mean."""
        if language.used() == "en":
            super().write_dl(rows, col_max, col_spacing)
            return
        rows = list(rows)
        first = min(max((len(name) for name, _ in rows), default=0), col_max) + col_spacing
        begin = " " * self.current_indent
        for name, means in rows:
            rest = wrapped(_means(means), max(self.width - first - self.current_indent, 20))
            head = f"{begin}{name}"
            if len(name) <= first - col_spacing and rest:
                head, *rest = f"{begin}{name:<{first}}{rest[0]}", *rest[1:]
            self.write(f"{head}\n" + "".join(f"{begin}{' ' * first}{line}\n" for line in rest))


class Context(click.Context):
    """A context whose help is said."""

    formatter_class = Formatter


def lines_of(paragraph: str) -> list[str]:
    r"""A paragraph of help as messages: one, or each line of it behind a \b."""
    if paragraph.startswith("\b"):
        return paragraph.splitlines()[1:]
    return [" ".join(paragraph.split())]


def said(line: str) -> str:
    """A line of help; parts between dots one by one."""
    return language.say(line)


def _means(means: str) -> str:
    """What an option means, without what click has put behind it, such as [default: 0]."""
    text, bracket, extra = means.partition("  [")
    return language.say(text) + bracket + extra


def wrapped(text: str, width: int) -> list[str]:
    """The text in lines of so many cells at most."""
    lines, line, used = [], "", 0
    for piece in _PIECES.findall(text):
        wide = cells(piece.rstrip())
        if line and used + wide > width:
            lines.append(line.rstrip())
            line, used = "", 0
        line += piece
        used += wide + len(piece) - len(piece.rstrip())
    return [*lines, line.rstrip()] if line.strip() else lines


def cells(text: str) -> int:
    """How many cells of a terminal the text takes."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def with_said_help(command: click.Command) -> click.Command:
    """The command; its help will be said."""
    command.context_class = Context
    return command
