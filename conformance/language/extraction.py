"""The messages that are in the sources: what a reader may meet, as templates. `scripts/messages.py` lists them.

An f-string is a message with numbered gaps. Where it holds a choice between two texts, it is several messages.
"""

import ast
import inspect
import itertools
import json
import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

from conformance.language.listed import WORDS

# Nobody reads these in Chinese: the reference exchange, its faults, what is private to a check or a tool, what is for
# tests of other programs, what goes over the wire or into a profile, and the sentences of the documents.
_UNREAD = {
    *("sandbox", "faults", "proving", "language", "strategies.py", "generated.py", "hypothesis_seam.py"),
    *("mock", "operations.py", "writing.py", "sentences.py", "sentences.toml"),
}

_LETTERS = re.compile(r"[A-Za-z]{2,}")
_FRINGE = re.compile(r"^[\s;,·…–:]+|\s+$")
_NO_SENTENCE = re.compile(
    r"\\[dwsS.]|\(\?|^[a-z-]+/|^<(svg|text|\?xml)|^class=|^bold |^\||\w\[\w+, |^[\w.]+$"
    r'|^" viewBox|^Content-Type: |^"[$AX]|^#:|^[A-Z]{3,7} /\S*$'
)  # markup, names, requests and patterns
_NO_PROSE = re.compile(r"<[^<>]*>|`[^`]*`|\{\d+\}")  # what is left of a text without these is for a reader
_CALLED = ("re.", "AssertionError", "AttributeError", "TypeVar", "cast", "getattr", "RuntimeError")  # for developers
_MOST = 24  # messages of one expression; with more choices they become gaps

Parts = tuple[str | None, ...]  # None: a gap


def messages(package: Path) -> dict[str, set[str]]:
    """Every message in the package, with the files that it stands in."""
    found: dict[str, set[str]] = {}
    for path in sorted(package.rglob("*")):
        inside = path.relative_to(package)
        if _UNREAD.intersection(inside.parts):
            continue
        for message in _in_file(path, inside):
            found.setdefault(message, set()).add(inside.as_posix())
    for path in sorted(package.parent.glob("schemas/*.json")):
        written = path.stem == "profile"  # by a person, who is told what is missing
        for message in of_schema(json.loads(path.read_text(encoding="utf-8")), missing=written):
            found.setdefault(message, set()).add(f"schemas/{path.name}")
    for message in WORDS:
        found.setdefault(message, set()).add("language/listed.py")
    return found


def _in_file(path: Path, inside: Path) -> Iterable[str]:
    match path.suffix:
        case ".py":
            return of_python(path.read_text(encoding="utf-8"))
        case ".j2":
            return of_template(path.read_text(encoding="utf-8"))
        case ".toml":
            return _of_toml(tomllib.loads(path.read_text(encoding="utf-8")))
    return ()


def of_python(source: str) -> Iterator[str]:
    """The messages in a module."""
    tree = ast.parse(source)
    skipped = {id(inner) for node in ast.walk(tree) for outer in _unread(node) for inner in ast.walk(outer)}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and any(_is_command(each) for each in node.decorator_list):
            yield from of_help(ast.get_docstring(node) or "")
        if isinstance(node, ast.FunctionDef) and any(_is_judge(each) for each in node.decorator_list):
            first = " ".join((ast.get_docstring(node) or "").partition("\n\n")[0].split())
            yield from filter(None, [_message((first,))])
        if id(node) in skipped:
            continue
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "count"
            and len(node.args) == 2
        ):
            yield from _counted(node)
        if isinstance(node, ast.Constant | ast.JoinedStr | ast.BinOp):
            choices = [parts for parts in _choices(node) if parts is not None]
            if any(each is not None for parts in choices for each in parts):
                skipped |= {id(inner) for inner in _used(node)}
                yield from filter(None, (_message(line) for parts in choices for line in _lines(parts)))


def of_help(text: str) -> Iterator[str]:
    r"""The paragraphs of a command's help; behind a \b each line, which are parts between dots."""
    for paragraph in inspect.cleandoc(text).split("\n\n"):
        if paragraph.startswith("\b"):
            yield from paragraph.splitlines()[1:]
        else:
            yield " ".join(paragraph.split())


def of_template(source: str) -> Iterator[str]:
    """The texts between the tags of a page, and its attributes that are read."""
    source = re.sub(r"\{#.*?#\}", "", source, flags=re.DOTALL)
    for expression in re.findall(r"\{\{(.*?)\}\}", source, flags=re.DOTALL):
        for text in re.findall(r'"([^"]*)"', expression):
            yield from filter(None, [_message((text,))] if " " in text.strip() else [])
    source = re.sub(r"\{%.*?%\}", "<>", source, flags=re.DOTALL)
    source = re.sub(r"<(code|pre|script|style)\b.*?</\1>", "<>", source, flags=re.DOTALL)
    read = re.findall(r'(?:aria-label|placeholder|data-say-\w+)="([^"]*)"', source)
    # What an attribute says may hold tags of the template; these were cut out above.
    for text in [*re.split(r"<[^<>]*>", source), *(part for each in read for part in each.split("<>"))]:
        pieces = re.split(r"\{\{.*?\}\}", " ".join(text.split()), flags=re.DOTALL)
        parts = [each for piece in pieces for each in (piece.replace("&gt;", ">"), None)][:-1]
        if (message := _message(tuple(part for part in parts if part != ""), alone=True)) is not None:
            yield message


def of_schema(schema: object, *, missing: bool) -> Iterator[str]:
    """What a complaint says: what a value has to be, and what the key is that is `missing`."""
    if isinstance(schema, dict):
        if isinstance(want := schema.get("x-want"), str):
            yield want
        needed = schema.get("required", ()) if missing else ()
        described = (schema.get("properties", {}).get(name, {}) for name in needed)
        for text in (each["description"].removesuffix(".") for each in described if "description" in each):
            yield f"{text[0].lower()}{text[1:]}"
    for inner in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        yield from of_schema(inner, missing=missing)


def _of_toml(document: object, key: str = "") -> Iterator[str]:
    if isinstance(document, dict):
        for name, value in document.items():
            yield from _of_toml(value, name)
    elif isinstance(document, list):
        for value in document:
            yield from _of_toml(value, key)
    elif isinstance(document, str) and key not in ("id", "of", "level", "command"):
        yield from filter(None, [_message((document,))] if " " in document else [])


def _unread(node: ast.AST) -> Iterator[ast.AST]:
    """What below this node is no text for a reader: docstrings, types, patterns, and what only a developer meets."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        yield node.value
    for name in ("annotation", "returns"):
        if isinstance(annotation := getattr(node, name, None), ast.AST):
            yield annotation
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
        yield node.slice
    if isinstance(node, ast.Assert) and node.msg is not None:
        yield node.msg
    if isinstance(node, ast.Call):
        called = _name(node.func)
        if called.startswith(_CALLED) or called.endswith((".addinivalue_line", ".getgroup")):
            yield from node.args
        if called == "count":
            yield from node.args[1:]


def _name(called: ast.expr) -> str:
    match called:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=of, attr=name):
            return f"{_name(of)}.{name}"
    return ""


def _is_command(decorator: ast.expr) -> bool:
    return isinstance(decorator, ast.Call) and _name(decorator.func) in ("click.command", "click.group")


def _is_judge(decorator: ast.expr) -> bool:
    """Whether it is that of a check or of a rule, whose docstring tells a user how a requirement is tested."""
    called = decorator.func if isinstance(decorator, ast.Call) else None
    return getattr(called, "id", "") in ("verifies", "needs") or getattr(called, "attr", "") == "rule"


def _counted(call: ast.Call) -> Iterator[str]:
    for parts in _choices(call.args[1]):
        if parts and all(each is not None for each in parts):
            noun = "".join(filter(None, parts))
            yield from (f"{{0}} {noun}", f"{{0}} {noun}s")


def _used(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes whose texts are in the message of this one, and not messages by themselves."""
    yield node
    match node:
        case ast.JoinedStr():
            for value in node.values:
                yield from _used(value)
        case ast.FormattedValue():
            if isinstance(node.value, ast.IfExp | ast.Constant | ast.JoinedStr):
                yield from _used(node.value)
        case ast.IfExp():
            for branch in (node.body, node.orelse):
                yield from _used(branch)
        case ast.BinOp(op=ast.Add()):
            for side in (node.left, node.right):
                yield from _used(side)


def _choices(node: ast.AST) -> list[Parts]:
    """What the expression may say, each as texts and gaps."""
    match node:
        case ast.Constant(value=str(text)):
            # What str.format fills in later is a gap as well.
            return [tuple(part for piece in text.split("{}") for part in (piece, None))[:-1]]
        case ast.JoinedStr():
            return _product(
                [[(part,)] if (part := _literal(value)) is not None else _choices(value) for value in node.values]
            )
        case ast.FormattedValue():
            return _choices(node.value) if node.format_spec is None else [(None,)]
        case ast.IfExp():
            return [*_choices(node.body), *_choices(node.orelse)]
        case ast.BinOp(op=ast.Add()):
            return _product([_choices(node.left), _choices(node.right)])
    return [(None,)]


def _literal(node: ast.AST) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _product(choices: list[list[Parts]]) -> list[Parts]:
    number = 1
    for each in choices:
        number *= len(each)
    if number > _MOST:
        choices = [each if len(each) == 1 else [(None,)] for each in choices]
    return [tuple(itertools.chain.from_iterable(each)) for each in itertools.product(*choices)]


def _lines(parts: Parts) -> Iterator[Parts]:
    """The lines of a text: each is said by itself."""
    line: list[str | None] = []
    for part in parts:
        first, *further = [None] if part is None else part.split("\n")
        line.append(first)
        for each in further:
            yield tuple(line)
            line = [each]
    yield tuple(line)


def _message(parts: Parts, *, alone: bool = False) -> str | None:
    """The parts as a message, without what only joins it to others; None if nobody reads it. `alone`: a word is one."""
    text, gaps = "", 0
    for part in parts:
        text += f"{{{gaps}}}" if part is None else part.replace("{", "{{").replace("}", "}}")
        gaps += part is None
    text = _FRINGE.sub("", text)
    words = _LETTERS.findall(_NO_PROSE.sub(" ", text))
    if not words or (_NO_SENTENCE.search(text) and not alone):
        return None
    # Without a space it is a word, which is mostly a name, or a name with gaps: a key, a path, an address.
    enough = alone or (" " in text and (gaps > 0 or len(words) >= 2))
    return text if enough else None
