"""Sentences looked up in a catalogue of messages, by the templates that they were made from.

"3 orders of bob are missing" was made from "{0} of {1} are missing": the template that fits best is found again. What
stands in its gaps is said in turn, since "3 orders" is a message too. What is no message, such as an id, a number or
what a server answered, stays as it is. A sentence that no message fits stays English as a whole: half of it in
another language would be worse.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from string import Formatter
from typing import NamedTuple

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
_STRONG, _SURE = 5, 14  # letters: with fewer of its own, a template fits too much
_PROSE = re.compile(r"(?<![\w\".])[A-Za-z']+ [a-z']{2,}(?![\w\"])")
_WEAK = (", ", " and ", " or ")  # these also stand inside sentences
_BODY = re.compile(r"(?<![\w'])'[^'\n]*'(?!\w)")  # what a server answered, as Python quotes it
_INSIDE = re.compile(r"(?<=\w)\[[^\[\]]*\]")  # of a check: what it was called with
_VALUE = re.compile(r"\S+|[\[{'].*")  # a word, or what a server answered
_BEGIN = re.compile(r"[\s·;,:]+")  # what a piece of a line may begin with
_STOPS = (("; ", "；"), (", ", "，"), (": ", "："))
_UNIT = re.compile(r" (ms|s|%|bytes|MB)\b")  # what stands before it is a number
_HAN, _FULL = "\u4e00-\u9fff", "\u3001-\u3020\uff01-\uff5e\u2018-\u201d"  # characters, stops and brackets
_APART = re.compile(f"[{_HAN}][A-Za-z0-9]|[A-Za-z0-9%][{_HAN}]")
_CLOSE = re.compile(f"[{_HAN}{_FULL}][{_HAN}{_FULL}]|[{_FULL}].|.[{_FULL}]")


class Template:
    """A message with gaps: the texts between them, and what to say."""

    def __init__(self, message: str, said: str) -> None:
        literals, gap = [], False
        for text, name, _, _ in Formatter().parse(message):
            literals.append(text) if not gap else literals.__setitem__(-1, literals[-1] + text)
            gap = name is None
        # A text that does not end in a gap has one literal more than it has gaps.
        self.literals = literals if gap else [*literals, ""]
        self.said = [(text, name) for text, name, _, _ in Formatter().parse(said)]
        self.longest = max(self.literals, key=len)  # what is looked for first, since few texts have it
        self.letters = sum(map(_letters, self.literals))

    def gaps(self, text: str) -> list[str] | None:
        """What stands in the gaps if the text was made from this; None if it was not."""
        first, *between, last = self.literals
        end = len(text) - len(last)
        if not text.startswith(first) or not text.endswith(last) or end < len(first):
            return None
        found: list[str] = []
        at, beside = len(first), 0
        for literal in between:
            if not literal:  # two gaps side by side: the further one is what may be missing
                beside += 1
                continue
            to = text.find(literal, at, end)
            if to < 0:
                return None
            found += [text[at:to], *[""] * beside]
            at, beside = to + len(literal), 0
        if at > end:
            return None
        found += [text[at:end], *[""] * beside]
        counted = zip(found, self.literals[1:], strict=True)
        return None if any(_UNIT.match(then) and not _VALUE.fullmatch(gap) for gap, then in counted) else found

    def filled(self, gaps: list[str]) -> str:
        """What is said, with these in its gaps."""
        return joined(part for text, name in self.said for part in (text, gaps[int(name)] if name else ""))


class Said(NamedTuple):
    """A text in the other language, and how many letters of the English one were in messages."""

    text: str
    letters: int


class Catalogue:
    """Messages and what they are in one other language; `messages`: by their English text, gaps as in str.format."""

    def __init__(self, messages: Mapping[str, str]) -> None:
        parsed = {id: list(Formatter().parse(id)) for id in messages}
        plain = [id for id, parts in parsed.items() if all(name is None for _, name, _, _ in parts)]
        self._whole = {id.format(): messages[id].format() for id in plain}
        gapped = [Template(id, messages[id]) for id in messages.keys() - set(plain)]
        # Of two that fit as well, the one that the text begins with stands around the other.
        self._templates = sorted(gapped, key=lambda each: (not each.literals[0], -each.letters, each.literals))
        self._said = lru_cache(maxsize=10_000)(self._look_up)

    def say(self, text: str) -> str:
        """The text in the other language, and as it is where no message fits it."""
        begin = _BEGIN.match(text)
        inner = text[begin.end() if begin else 0 :].strip()
        said = self._said(inner) if inner else None
        if said is None:
            return text
        before, _, behind = text.partition(inner)
        for stop, other in _STOPS:
            before = before.replace(stop, other)
        return f"{before}{said.text}{behind}"

    def _look_up(self, text: str) -> Said | None:
        """Of all ways to read the text, the one by which most of it is in messages."""
        if not any("a" <= letter.lower() <= "z" for letter in text):
            return None
        for each in (text, text[:1].lower() + text[1:]):  # the first letter may have been made a capital
            if (whole := self._whole.get(each)) is not None:
                return Said(whole, _letters(text))
        readings = [*self._in_parts(text), *self._fitting(text), *self._without_its_end(text), *self._counted(text)]
        return max(readings, key=lambda each: each.letters, default=None)

    def _fitting(self, text: str) -> Iterator[Said]:
        for each in dict.fromkeys((text, text[:1].lower() + text[1:])):
            for template in self._templates:
                if template.longest in each and (gaps := template.gaps(each)) is not None:
                    said = [self._said(gap.strip()) if gap.strip() else None for gap in gaps]
                    if template.letters < _SURE and any(
                        known is None and not _fits(gap, template.letters)
                        for known, gap in zip(said, gaps, strict=True)
                    ):
                        continue
                    letters = template.letters + sum(known.letters for known in said if known)
                    yield Said(template.filled([self.say(gap) for gap in gaps]), letters)

    def _without_its_end(self, text: str) -> Iterator[Said]:
        if text.endswith((".", ":")) and (said := self._said(text[:-1])) is not None:
            yield Said(said.text + ("。" if text.endswith(".") else "："), said.letters)

    def _counted(self, text: str) -> Iterator[Said]:
        """A number of something that is a message: 12 lists."""
        number, _, rest = text.partition(" ")
        if number.isdecimal() and (said := self._said(rest)) is not None:
            yield Said(f"{number} {said.text}", said.letters)

    def _is_said_or_value(self, part: str) -> bool:
        return self._said(part.strip()) is not None or not _PROSE.search(part)

    def _in_parts(self, text: str) -> Iterator[Said]:
        for english, other in _JOINED:
            parts = list(split(text, english))
            # A sentence may hold a colon of its own: each of them may be the one that joins.
            ways = _pairs(parts, english) if english == ": " else [parts]
            for way in ways if len(parts) > 1 else ():
                said = [self._said(part.strip()) for part in way if part.strip()]
                known = any(said) if english not in _WEAK else all(map(self._is_said_or_value, way))
                if known and any(said):
                    told = [part for text in map(self.say, way) for part in (other, text)][1:]
                    yield Said(joined(told), sum(known.letters for known in said if known))


def joined(parts: Iterable[str]) -> str:
    """The parts as one text: with a space between a Chinese character and a letter or digit, but not between two."""
    text = ""
    for part in filter(None, parts):
        left, right = text.rstrip(" "), part.lstrip(" ")
        border = left[-1:] + right[:1]
        if _CLOSE.fullmatch(border):
            text = left + right
        elif _APART.fullmatch(border):
            text = f"{left} {right}"
        else:
            text += part
    return text


def _fits(gap: str, letters: int) -> bool:
    """Whether what is no message may stand in the gap of a template with so many letters of its own."""
    return bool(_VALUE.fullmatch(gap)) if letters < _STRONG else not _PROSE.search(_INSIDE.sub("", gap))


def _pairs(parts: list[str], by: str) -> list[list[str]]:
    """The same text as two parts, in every way."""
    return [[by.join(parts[:at]), by.join(parts[at:])] for at in range(1, len(parts))]


def _letters(text: str) -> int:
    """How many letters, stops and brackets: a message that has one of its own fits better than two parts."""
    return sum(letter.isalpha() or letter in ",;:(" for letter in text)


def split(text: str, by: str) -> Iterator[str]:
    """The parts of the text between these, but not inside quotes or brackets."""
    if by not in text:
        yield text
        return
    begun, depth, quoted, at = 0, 0, False, 0
    while at < len(text):
        letter = text[at]
        if not quoted and (body := _BODY.match(text, at)):  # cut short, so its brackets do not count
            at = body.end()
            continue
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
