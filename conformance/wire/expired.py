"""Tokens that expire in the middle of a run."""

from collections.abc import Callable
from dataclasses import replace

from conformance.profile.secrets import CredentialError
from conformance.verdict import Inconclusive
from conformance.wire.call import Call
from conformance.wire.client import Answer
from conformance.wire.signer import Signer


def sent_with_a_good_token(call: Call, signer: Signer, send: Callable[[Call], Answer]) -> Answer:
    """What comes back for this call; with a new token where its own is refused, and there is one to be had.

    What was refused has done nothing, so that any request can be sent again. Raises Inconclusive where the source of
    tokens fails.
    """
    answer = send(call)
    if answer.status != 401 or call.forged:
        return answer
    try:
        headers = signer.renewed(call.headers)
    except CredentialError as error:
        raise Inconclusive(f"{call.account}: no new token: {error}") from error
    return answer if headers is None else send(replace(call, headers=headers))
