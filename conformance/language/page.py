"""An HTML page in the reader's language: its texts, and the attributes that are read out or shown."""

import html
import re

from conformance import language

_TAG = re.compile(r"(<!--.*?-->|<[^<>]*>)", re.DOTALL)
_SHOWN = re.compile(r'\b(aria-label|placeholder|data-say-\w+)="([^"]*)"')
_SPACE = re.compile(r"\s+")

# What is inside these is for programs, or is quoted.
_QUOTED = ("code", "pre", "script", "style")


def said(page: str) -> str:
    """The page as it is read."""
    if language.used() == "en":
        return page
    parts, inside = [], ""
    for part in _TAG.split(page):
        if part.startswith("<"):
            name = re.sub(r"[^a-z0-9]", " ", part[1:].lower()).split(maxsplit=1)[:1]
            if not inside and name and name[0] in _QUOTED and not part.startswith("</"):
                inside = name[0]
            elif inside and part.lower().startswith(f"</{inside}"):
                inside = ""
            parts.append(part if inside and name[:1] != [inside] else _SHOWN.sub(_attribute, part))
        else:
            parts.append(part if inside else _text(part))
    return "".join(parts).replace('<html lang="en">', '<html lang="zh-CN">', 1)


def _attribute(found: re.Match[str]) -> str:
    return f'{found[1]}="{html.escape(language.say(html.unescape(found[2])))}"'


def _text(part: str) -> str:
    plain = _SPACE.sub(" ", html.unescape(part))
    spoken = language.say(plain)
    return part if spoken == plain else html.escape(spoken, quote=False)
