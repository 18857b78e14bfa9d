"""Sentences looked up in a catalogue of messages, by the templates that they were made from.

"3 orders of bob are missing" was made from "{0} of {1} are missing": the template that fits best is found again. What
stands in its gaps is said in turn ("3 orders" is a message too), and what is no message, such as an id, a number or what
a server answered, stays as it is.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from string import Formatter

# What parts of a text are joined by, in both languages; the first that is found outside quotes and brackets splits it.
_JOINED = (
    ("\n", "\n"),
    (" · ", " · "),
    ("; ", "；"),
    (". ", "。"),
    (" → ", " → "),
    (": ", "："),
    (", ", "，"),
    (" and ", "和"),
    (" or ", "或"),
)
_STRONG = 5  # letters: with fewer of its own, a template fits too much
_LIST = re.compile(r"\S+")


class Template:
    """A message with gaps: the texts between them, and what to say."""

    def __init__(self, message: str, said: str) -> None:
        literals, gap = [], False
        for text, name, _, _ in Formatter().parse(message):
            literals.append(text) if not gap else literals.__setitem__(-1, literals[-1] + text)
            gap = name is None
        # A text that does not end in a gap has one literal more than it has gaps.
        self.literals = literals if gap else [*literals, ""]
        self.said = said
        self.letters = sum(letter.isalpha() for text in self.literals for letter in text)

    def gaps(self, text: str) -> list[str] | None:
        """What stands in the gaps if the text was made from this; None if it was not."""
        first, *between, last = self.literals
        end = len(text) - len(last)
        if not text.startswith(first) or not text.endswith(last) or end < len(first):
            return None
        found, at = [], len(first)
        for literal in between:
            to = text.find(literal, at + (not literal), end)
            if to < 0:
                return None
            found.append(text[at:to])
            at = to + len(literal)
        if at > end:
            return None
        found.append(text[at:end])
        weak = self.letters < _STRONG
        return None if any(not each or (weak and not _LIST.fullmatch(each)) for each in found) else found


class Catalogue:
    """Messages and what they are in one other language; `messages`: by their English text, gaps as in str.format."""

    def __init__(self, messages: Mapping[str, str]) -> None:
        parsed = {id: list(Formatter().parse(id)) for id in messages}
        plain = [id for id, parts in parsed.items() if all(name is None for _, name, _, _ in parts)]
        self._whole = {id.format(): messages[id].format() for id in plain}
        gapped = [Template(id, messages[id]) for id in messages.keys() - set(plain)]
        self._templates = sorted(gapped, key=lambda each: (-each.letters, each.literals))
        self._said = lru_cache(maxsize=10_000)(self._look_up)

    def say(self, text: str) -> str:
        """The text in the other language, and as it is where no message fits it."""
        inner = text.strip()
        said = self._said(inner) if inner else None
        return text if said is None else text.replace(inner, said, 1)

    def _look_up(self, text: str) -> str | None:
        if not any("a" <= letter.lower() <= "z" for letter in text):
            return None
        for found in (self._fitting(text), self._without_its_end(text), self._in_parts(text)):
            if found is not None:
                return found
        return None

    def _fitting(self, text: str) -> str | None:
        """By a message that is the whole text; the first letter may have been made a capital."""
        for each in (text, text[:1].lower() + text[1:]):
            if (said := self._whole.get(each)) is not None:
                return said
            for template in self._templates:
                if (gaps := template.gaps(each)) is not None:
                    return template.said.format(*map(self.say, gaps))
        return None

    def _without_its_end(self, text: str) -> str | None:
        said = self._fitting(text[:-1]) if text.endswith((".", ":")) else None
        return None if said is None else said + ("。" if text.endswith(".") else "：")

    def _in_parts(self, text: str) -> str | None:
        for english, other in _JOINED:
            parts = list(split(text, english))
            if len(parts) > 1 and any(self._said(part.strip()) is not None for part in parts):
                return _joined(parts, self.say, other)
        return None


def _joined(parts: list[str], say: Callable[[str], str], by: str) -> str:
    """Said part by part. Where none of two neighbours was a message, nothing between them is changed either."""
    return by.join(map(say, parts))


def split(text: str, by: str) -> Iterator[str]:
    """The parts of the text between these, but not inside quotes or brackets."""
    if by not in text:
        yield text
        return
    begun, depth, quoted, at = 0, 0, False, 0
    while at < len(text):
        letter = text[at]
        if letter == '"':
            quoted = not quoted
        elif not quoted and letter in "([{":
            depth += 1
        elif not quoted and letter in ")]}":
            depth -= 1
        elif depth <= 0 and not quoted and text.startswith(by, at):
            yield text[begun:at]
            begun = at = at + len(by)
            continue
        at += 1
    yield text[begun:]
