"""The signature of an API key, as the documents' samples make it."""

import hashlib
import hmac
from collections.abc import Iterable
from urllib.parse import urlencode


def sign(secret: str, query: str) -> str:
    """The hex HMAC-SHA256 of the query string, byte for byte as it will be sent."""
    return hmac.new(secret.encode(), query.encode(), hashlib.sha256).hexdigest()


def signed_query(pairs: Iterable[tuple[str, str]], secret: str, timestamp_ms: int) -> str:
    """The whole query string: urlencoded pairs in the given order, the timestamp last, the signature behind it."""
    query = urlencode([*pairs, ("timestamp", str(timestamp_ms))])
    return f"{query}&signature={sign(secret, query)}"
