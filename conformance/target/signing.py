"""The signature of an API key, as the documents' samples make it."""

import hashlib
import hmac


def sign(secret: str, query: str) -> str:
    """The hex HMAC-SHA256 of the query string, byte for byte as it will be sent."""
    return hmac.new(secret.encode(), query.encode(), hashlib.sha256).hexdigest()


def signed_query(query: str, secret: str, timestamp_ms: int) -> str:
    """The whole query string: what is asked for, as it will be sent, the timestamp behind it, the signature last."""
    stamped = f"{query}&timestamp={timestamp_ms}" if query else f"timestamp={timestamp_ms}"
    return f"{stamped}&signature={sign(secret, stamped)}"
