"""Removes credentials and signatures from everything that is shown."""

import base64
import json
import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote, quote_plus

from conformance.profile.secrets import MASK, Secret

# Shorter values also occur in ordinary words and numbers; to replace them would make the evidence unreadable.
_SHORTEST_REDACTED = 4

# A longer part is looked for faster, a shorter one is shared by more forms. This was the fastest.
_PART = 32

_CUT = "…"  # the end of a text that was cut

# In a query, with = or %3D, or as a key of a JSON text that repeats the query.
_SIGNATURE = re.compile(r"""(signature["']?\s*(?:=|:|%3D)\s*["']?)[0-9a-f]+""", re.IGNORECASE)

_SECRET_HEADER = re.compile(r"authorization|x-mbx-apikey|cookie|token|secret|password|api-?key", re.IGNORECASE)


class Redactor:
    """Replaces credentials, in all their encodings, and signatures."""

    def __init__(self, secrets: Iterable[Secret] = ()) -> None:
        self._secrets = tuple(secrets)
        self._added: set[str] = set()
        self._count = 0
        self._forms: list[str] = []
        self._parts: list[str] = []

    def add(self, value: str) -> None:
        """From now on, redact this value too."""
        self._added.add(value)

    def redact(self, text: str) -> str:
        """The text without signatures and without secrets: plain, percent-encoded, JSON-escaped or in base64."""
        forms = self._all_forms()
        # Most texts contain none.
        if any(part in text for part in self._parts):
            for form in forms:
                if form in text:
                    text = text.replace(form, MASK)
        if "signature" in text.lower():
            text = _SIGNATURE.sub(rf"\g<1>{MASK}", text)
        return text

    def redact_headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """The headers without secrets. Of a header with credentials only the scheme stays, as in `Bearer ***`."""
        whole = "\n".join((*headers, *headers.values()))
        # Most headers have no secret, and need not be looked at one by one.
        redact = str if self.redact(whole) == whole else self.redact
        return {
            redact(name): self._masked(name, value) if _SECRET_HEADER.search(name) else redact(value)
            for name, value in headers.items()
        }

    def presentable(self, text: str) -> str:
        """The text for a report. It has no secrets, no beginning of a secret where a value was cut, and no control
        characters.
        """
        *cut, last = self.redact(text).split(_CUT)
        text = _CUT.join([*map(self._without_beginning, cut), last])
        return "".join(each if each.isprintable() or each == "\n" else ascii(each)[1:-1] for each in text)

    def _without_beginning(self, cut: str) -> str:
        """The text, without the beginning of a secret at its end."""
        begun = max((_overlap(cut, form) for form in self._forms), key=len, default="")
        return cut.removesuffix(begun) + MASK if begun else cut

    def _masked(self, name: str, value: str) -> str:
        scheme, space, _ = value.partition(" ")
        if space and scheme.isalpha() and name.lower().endswith("authorization"):
            return f"{self.redact(scheme)} {MASK}"
        return MASK if value else ""

    def _all_forms(self) -> list[str]:
        # Neither of them ever loses a value, so that their number tells whether there is a new one.
        count = len(self._added) + sum([len(secret.values) for secret in self._secrets])
        if count != self._count:
            known = self._added.union(*(secret.values for secret in self._secrets))
            forms = {form for value in known if len(value) >= _SHORTEST_REDACTED for form in _forms(value)}
            # The longest first: else a shorter secret matches the beginning of a longer one, and the rest stays.
            self._forms = sorted(forms, key=len, reverse=True)
            self._parts = _parts_of(self._forms)
            self._count = count
        return self._forms


def _overlap(text: str, form: str) -> str:
    """The longest beginning of `form` that is at the end of `text`. Empty if it is too short to be sure."""
    end = text[-_SHORTEST_REDACTED:]
    at = form.rfind(end) if len(end) == _SHORTEST_REDACTED else -1
    while at >= 0 and not text.endswith(form[: at + len(end)]):
        at = form.rfind(end, 0, at + len(end) - 1)
    return form[: at + len(end)] if at >= 0 else ""


def _parts_of(forms: Iterable[str]) -> list[str]:
    """A few texts of which each form contains one. The forms are alike: forged credentials are made from good ones."""
    parts: list[str] = []
    for form in forms:
        if not any(part in form for part in parts):
            start = max(0, (len(form) - _PART) // 2)
            parts.append(form[start : start + _PART])
    return parts


def _forms(value: str) -> set[str]:
    raw = value.encode(errors="surrogateescape")
    encoded = {quote(raw, safe=""), quote(raw, safe="/"), quote_plus(raw)}
    lower = {re.sub("%[0-9A-F]{2}", lambda found: found[0].lower(), form) for form in encoded}
    escaped = {json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]}
    in_base64 = {base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode()}
    slashed = {form.replace("/", "\\/") for form in escaped}  # some JSON encoders escape the slash
    return {value, *encoded, *lower, *escaped, *slashed, *in_base64, *(form.rstrip("=") for form in in_base64)}
