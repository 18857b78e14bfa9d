"""English that is left in a Chinese text: two words side by side of which neither is a name."""

import html
import re
from collections.abc import Iterator

# Names that stay as they are in Chinese: of fields, values, parameters, options, accounts and the like.
_NAMES = """
    id symbol side type tif price quantity status created updated canceled filled open rejected expired partially
    buy sell limit market gtc start end body url path method headers header lists
    caller other jwt key api full read only sandbox mock staging production json http https none alg
    python pytest hypothesis requests graphql fix seed run curl p99-conformance conformance pip install
    spot trading disabled
"""
_WORDS = re.compile(r"(?<![\w./:=<$-])[A-Za-z][a-z']*(?: [a-z][a-z']*)+(?![\w/:=-])")
# What is quoted: code, what a server answered, what a check was called with.
_QUOTED = re.compile(r"""`[^`]*`|"[^"]*"|'[^'\n]*'|\{[^{}]*\}|(?<=\w)\\?\[[^\[\]]*\]""")
# What a server answered, or was sent. Other code is read: a command may have words of ours in it.
_QUOTED_IN_PAGE = re.compile(r'<(code|pre)\b[^>]* translate="no"[^>]*>.*?</\1>', re.DOTALL)
_UNSHOWN = re.compile(r"<(script|style|title)\b.*?</\1>|<!--.*?-->", re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")
_READ = re.compile(r'(?:aria-label|placeholder|data-say-\w+)="([^"]*)"')


def english(text: str) -> Iterator[str]:
    """What of a plain text is English prose."""
    for line in _QUOTED.sub(" “” ", text).splitlines():
        for found in _WORDS.findall(line):
            if sum(word.lower() not in _NAMES.split() for word in found.split()) > 1:
                yield found


def english_in_page(page: str) -> Iterator[str]:
    """What of an HTML page is English prose: of its texts, and of the attributes that are read out or shown."""
    page = _QUOTED_IN_PAGE.sub(" ", _UNSHOWN.sub(" ", page))
    for text in (*_TAG.split(page), *_READ.findall(page)):
        yield from english(" ".join(html.unescape(text).split()))
