"""From an exception of the libraries to a sentence: why no whole answer came."""

import re
from http.client import BadStatusLine, HTTPException

from requests import exceptions
from urllib3.exceptions import NameResolutionError, NewConnectionError, ProtocolError, ReadTimeoutError

from conformance.wire.bounded import Unbounded

# What OpenSSL puts around its words: the name of the error, and a line of its source.
_OF_OPENSSL = re.compile(r"\[SSL[^]]*\] | \(_ssl\.c:\d+\)")

# How OpenSSL names an answer that is no record of TLS.
_NO_TLS = ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST", "UNKNOWN_PROTOCOL", "PACKET_LENGTH_TOO_LONG")


def in_words(error: Exception, connect_s: float, patience_s: float) -> str:
    """What went wrong, for a reader who does not know the libraries.

    `connect_s` and `patience_s`: how long the client waited for the connection and for the answer.
    """
    match error, _cause(error):
        case Unbounded(), _:
            return str(error)
        case exceptions.SSLError(), _ if any(each in str(error) for each in _NO_TLS):
            return "the server at that port does not use TLS"
        case exceptions.SSLError(), _:
            said = str(error.args[0].reason if hasattr(error.args[0], "reason") else error)
            return f"TLS failed: {_OF_OPENSSL.sub('', said).rstrip('.')}"
        case exceptions.ConnectTimeout(), _:
            return f"no connection within {connect_s:g} s"
        case exceptions.ReadTimeout(), _:
            return f"no answer within {patience_s:g} s"
        case exceptions.ConnectionError(), ReadTimeoutError():
            return f"no whole answer within {patience_s:g} s"
        case exceptions.ChunkedEncodingError(), cause:
            return f"the connection was closed in the middle of the answer: {cause}"
        case exceptions.ContentDecodingError(), _:
            return "the body is not in the Content-Encoding of its header"
        case exceptions.ConnectionError(), ConnectionError():
            return "the connection was closed before an answer came"
        case exceptions.ConnectionError(), BadStatusLine() as cause:
            return f"no HTTP: {str(cause)!r}"
        case exceptions.ConnectionError(), HTTPException() as cause:
            return f"no HTTP response that can be read: {cause}"
        case exceptions.ConnectionError(), _ if type(getattr(_cause(error), "reason", None)) is NameResolutionError:
            return f"the name of the host does not resolve: {_innermost(error)}"
        case exceptions.ConnectionError(), _:
            return f"no connection: {_innermost(error)}"
    return f"{type(error).__name__}: {error}"


def _cause(error: Exception) -> object:
    """The error inside: the last argument of the protocol error that the library has wrapped."""
    inner = error.args[0] if error.args else None
    return inner.args[-1] if isinstance(inner, ProtocolError) and inner.args else inner


def is_dropped(error: Exception) -> bool:
    """Whether the peer closed the connection without an answer."""
    return isinstance(error, exceptions.ConnectionError) and isinstance(_cause(error), ConnectionError)


def is_cut_off(error: Exception) -> bool:
    """Whether the peer closed the connection in the middle of an answer."""
    return isinstance(error, exceptions.ChunkedEncodingError)


def is_refused(error: Exception) -> bool:
    """Whether no connection was made, so that nothing was sent."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(error, exceptions.ConnectionError) and type(reason) is NewConnectionError


def _innermost(error: BaseException) -> str:
    """The innermost message, for example "Connection refused", without what the libraries have added."""
    cause = getattr(error.args[0], "reason", None) if error.args else None
    return str(cause if cause is not None else error).rpartition(": ")[2].rpartition("] ")[2].rstrip(")\"'")
