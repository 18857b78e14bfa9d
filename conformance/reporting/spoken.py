"""What rich prints, in the reader's language: each text, piece by piece where it changes its style."""

from itertools import pairwise
from typing import Any

from rich.console import Console, Group
from rich.padding import Padding
from rich.style import Style
from rich.table import Table
from rich.text import Text

from conformance import language

# The style of a piece that is shown as it is: what was drawn, as Python writes it, and what was sent and answered.
QUOTED = Style(meta={"quoted": True})


class Unsaid(Text):
    """A text that is shown as it is: of names, and of faults, which are said in the language of their code."""


class SpokenConsole(Console):
    """A console that says everything in the reader's language."""

    def print(self, *objects: Any, **further: Any) -> None:
        """Print these, said."""
        super().print(*map(spoken, objects), **further)


def spoken(shown: Any) -> Any:
    """The same, said. What is no text stays as it is."""
    if language.used() == "en":
        return shown
    match shown:
        case str():
            return language.say_lines(shown)
        case Text() if not isinstance(shown, Unsaid):
            return _text(shown)
        case Group():
            return Group(*map(spoken, shown.renderables))
        case Padding():
            return Padding(spoken(shown.renderable), (shown.top, shown.right, shown.bottom, shown.left), expand=False)
        case Table():
            for column in shown.columns:
                column.header = spoken(column.header)
                column.overflow = "fold"  # a sentence without spaces is longer than a line, and is not cut off
                column._cells = [spoken(cell) for cell in column._cells]
    return shown


def _text(text: Text) -> Text:
    """Its pieces between two changes of style are said one by one, without the spaces around them."""
    borders = sorted({0, len(text), *(at for span in text.spans for at in (span.start, span.end))})
    said = Text(style=text.style, justify=text.justify, no_wrap=text.no_wrap, overflow=text.overflow)
    for begin, end in pairwise(borders):
        style = next((span.style for span in reversed(text.spans) if span.start <= begin and end <= span.end), "")
        piece = text.plain[begin:end]
        quoted = isinstance(style, Style) and style.meta.get("quoted")
        said.append(piece if quoted else language.say_lines(piece), style=style)
    return said
