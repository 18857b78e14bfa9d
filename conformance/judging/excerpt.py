"""The part of a long answer that a finding is about."""

import json
import re
from collections.abc import Sequence
from typing import Any

# Of a list of more orders than this, only those that matter are shown, each with the one before and the one behind it.
_MOST = 6
_SHOWN = 4000  # characters of an order, or of what is no list of orders

_OPENS = re.compile(r'\s*(\{\s*"canceled"\s*:\s*)?\[\s*')
_GOES_ON = re.compile(r"\s*,\s*")


def excerpt(body: str, about: str) -> str:
    """The body of an answer, one order a line, as they were spelled; of many orders those whose ids stand in `about`,
    with their neighbours.

    Where none of them does, the first two and the last are shown. What is no list of orders is cut off.
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
    """Each element of the array that begins here, as it is spelled, with the id that it has; and where they end."""
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
    except (ValueError, RecursionError):  # it is cut off there, or no JSON
        return found, end


def _shown(ids: Sequence[Any], about: str) -> set[int]:
    named = [number for number, id in enumerate(ids) if id not in (None, "") and str(id) in about]
    if not named:
        return {0, 1, len(ids) - 1}
    around = {near for number in named[:_MOST] for near in (number - 1, number, number + 1)}
    return {number for number in around if 0 <= number < len(ids)}
