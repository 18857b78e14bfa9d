"""What differs between two short texts, word by word."""

import re
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher

_WORD = re.compile(r"[\u2e80-\uffef]|[^\W\u2e80-\uffef][^\s,;:\"(){}\[\]=\u2e80-\uffef]*|\W|\w")

# Below this likeness two texts say different things, and to mark single words would confuse.
_ALIKE = 0.6

Pieces = list[tuple[str, bool]]


def difference(want: str, got: str) -> tuple[Pieces, Pieces]:
    """Both texts in pieces, each with whether it is marked: not in the other one, though most of the rest is."""
    left, right = _WORD.findall(want), _WORD.findall(got)
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    if matcher.ratio() < _ALIKE:
        return [(want, False)], [(got, False)]
    changes = [(left[i:j], right[m:n], tag != "equal") for tag, i, j, m, n in matcher.get_opcodes()]
    old = _pieces((words, marked) for words, _, marked in changes)
    new = _pieces((words, marked) for _, words, marked in changes)
    return list(old), list(new)


def _pieces(parts: Iterable[tuple[list[str], bool]]) -> Iterator[tuple[str, bool]]:
    for words, marked in parts:
        if words:
            yield "".join(words), marked
