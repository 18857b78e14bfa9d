"""An exchange as it is kept for the evidence: cut to a bounded length, and without secrets."""

from conformance.evidence import Exchange
from conformance.wire.call import Call, Came
from conformance.wire.headers import SHOWN_IN_A_LINE, cut
from conformance.wire.redaction import Redactor

_KEPT = 2**17  # characters of a body; more than a page of 200 orders has


def kept(call: Call, came: Came, redactor: Redactor) -> Exchange:
    """The request and what came back for it."""
    return Exchange(
        account=call.account,
        method=call.method,
        url=redactor.redact(call.whole_url),
        request_headers=redactor.redact_headers(call.headers),
        request_body=redactor.redact((call.body or b"").decode(errors="replace"))[:_KEPT],
        status=None if came.problem else came.status,
        response_headers=cut(redactor.redact_headers(came.headers)),
        response_body=redactor.redact(came.body.decode(errors="replace"))[:_KEPT],
        sent_at=came.sent_at,
        elapsed_ms=came.seconds * 1000,
        problem=redactor.redact(came.problem)[:SHOWN_IN_A_LINE] if came.problem else None,
        operation=call.operation,
        forged=call.forged,
    )
