"""The part of a long response that a finding is about."""

import json
import re
from collections.abc import Sequence
from typing import Any

# A list of more orders than this is shortened to those that matter, each with the order before it and the one after it.
_MOST = 6
_SHOWN = 4000  # characters of one order, or of a body that is not a list of orders

_OPENS = re.compile(r'\s*(\{\s*"canceled"\s*:\s*)?\[\s*')
_GOES_ON = re.compile(r"\s*,\s*")


def excerpt(body: str, about: str) -> str:
    """The body of a response with one order a line, each spelled as it came.

    Of many orders it shows those whose ids are in `about`, with their neighbours. If there is no such order, it shows
    the first two and the last. A body that is not a list of orders is cut off.
    """
    opening = _OPENS.match(body)
    elements, end = _elements(body, opening.end()) if opening else ([], 0)
    few = len(elements) <= _MOST
    if opening is None or (few and not any(id for _, id in elements)):
        return body[: _SHOWN * max(1, len(elements))]
    shown = set(range(len(elements))) if few else _shown([id for _, id in elements], about)
    lines = [body[: opening.end()].strip()]
    for number, (order, _) in enumerate(elements):
        if number in shown:
            lines.append(f"  {order[:_SHOWN]}{',' * (number + 1 < len(elements))}")
        elif number == 0 or number - 1 in shown:
            left_out = min((each for each in shown if each > number), default=len(elements)) - number
            lines.append(f"  … {left_out} more …")
    return "\n".join([*lines, body[end : end + _SHOWN].strip()])


def _elements(body: str, start: int) -> tuple[list[tuple[str, Any]], int]:
    """Each element of the array that begins here, spelled as it came, with its id; and where the last one ends."""
    decode = json.JSONDecoder().raw_decode
    found: list[tuple[str, Any]] = []
    end = start
    try:
        while True:
            element, end = decode(body, start)
            found.append(
                (" ".join(body[start:end].splitlines()), element.get("id") if isinstance(element, dict) else None)
            )
            if not (more := _GOES_ON.match(body, end)):
                return found, end
            start = more.end()
    except (ValueError, RecursionError):  # the body is cut off there, or it is not JSON
        return found, end


def _shown(ids: Sequence[Any], about: str) -> set[int]:
    named = [number for number, id in enumerate(ids) if id not in (None, "") and str(id) in about]
    if not named:
        return {0, 1, len(ids) - 1}
    around = {near for number in named[:_MOST] for near in (number - 1, number, number + 1)}
    return {number for number in around if 0 <= number < len(ids)}
