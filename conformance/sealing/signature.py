"""Signatures of the statements: DSSE envelopes with an Ed25519 key.

The library that signs is an extra: who does not sign, and verifies nothing that is signed, has no need of it.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conformance.exits import WrongUsage
from conformance.reporting.statement import canonical
from conformance.sealing.container import PUBLIC_KEY, STATEMENTS, Damaged

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

PAYLOAD_TYPE = "application/vnd.in-toto+json"


def envelope_of(statement: str) -> str:
    """The name of the envelope that a statement is signed in."""
    return f"{Path(statement).stem}.dsse.json"


def signed(files: Mapping[str, bytes], key: Path) -> dict[str, bytes]:
    """The envelopes of the statements among the files, and the public key. Raises WrongUsage."""
    private = _private_key(key)
    public = private.public_key()
    made = {PUBLIC_KEY: _pem(public)}
    for name in (name for name in STATEMENTS if name in files):
        signature = {"keyid": _fingerprint(public), "sig": _text(private.sign(_signed_bytes(files[name])))}
        envelope = {"payload": _text(files[name]), "payloadType": PAYLOAD_TYPE, "signatures": [signature]}
        made[envelope_of(name)] = canonical(envelope).encode()
    return made


def expect_signed(files: Mapping[str, bytes], public_key: Path | None) -> str:
    """Verify the signatures; returns what is to be said of them. Raises Damaged, or WrongUsage for a wrong key.

    Without a key, with the one that the file brings along, which tells nothing of who signed.
    """
    envelopes = [name for name in STATEMENTS if envelope_of(name) in files]
    if not envelopes and PUBLIC_KEY not in files:
        if public_key is not None:
            raise Damaged("it is not signed; leave out --public-key, or seal it with a key")
        return "not signed"
    if PUBLIC_KEY not in files or envelopes != [name for name in STATEMENTS if name in files]:
        raise Damaged(f"only some of {PUBLIC_KEY} and the signed statements are in it")
    brought = _public_key(files[PUBLIC_KEY], PUBLIC_KEY)
    trusted = brought if public_key is None else _public_key(_read(public_key), str(public_key))
    print_ = _fingerprint(trusted)
    if _fingerprint(brought) != print_:
        raise Damaged(f"{PUBLIC_KEY}: it is signed with the key {_fingerprint(brought)}, and {public_key} is {print_}")
    for name in envelopes:
        _expect_envelope(files[envelope_of(name)], files[name], trusted, envelope_of(name))
    whose = "" if public_key else ", a key that it brings along: give --public-key to know whose"
    return f"signed with the key {print_}{whose}"


def _expect_envelope(content: bytes, statement: bytes, key: "Ed25519PublicKey", name: str) -> None:
    from cryptography.exceptions import InvalidSignature

    try:
        envelope = json.loads(content)
        payload = base64.b64decode(envelope["payload"], validate=True)
        [signature] = envelope["signatures"]
        sig = base64.b64decode(signature["sig"], validate=True)
        type_, keyid = envelope["payloadType"], signature["keyid"]
    except (ValueError, KeyError, TypeError, binascii.Error) as error:
        raise Damaged(f"{name}: no DSSE envelope: {error}") from None
    if type_ != PAYLOAD_TYPE or keyid != _fingerprint(key):
        raise Damaged(f"{name}: its payloadType or its keyid is not as it was signed")
    if payload != statement:
        raise Damaged(f"{name}: payload: it is not the statement beside it")
    try:
        key.verify(sig, _signed_bytes(payload))
    except InvalidSignature:
        raise Damaged(f"{name}: signatures[0]: the signature is wrong") from None


def _signed_bytes(payload: bytes) -> bytes:
    """What DSSE signs: the type and the payload, each with its length."""
    return b"DSSEv1 %d %b %d %b" % (len(PAYLOAD_TYPE), PAYLOAD_TYPE.encode(), len(payload), payload)


def _private_key(path: Path) -> "Ed25519PrivateKey":
    serialization, ed25519 = _library()
    try:
        key = serialization.load_pem_private_key(_read(path), password=None)
    except TypeError:
        raise WrongUsage(f"{path}: the key has a password: give one without, say from a secret of the job") from None
    except ValueError:
        raise WrongUsage(
            f"{path}: no private key in PEM form; `openssl genpkey -algorithm ed25519` makes one"
        ) from None
    if not isinstance(key, ed25519.Ed25519PrivateKey):
        raise WrongUsage(f"{path}: a private key, but no Ed25519 key")
    found: Ed25519PrivateKey = key
    return found


def _public_key(pem: bytes, source: str) -> "Ed25519PublicKey":
    serialization, ed25519 = _library()
    try:
        key = serialization.load_pem_public_key(pem)
    except ValueError:
        told = "no public key in PEM form; `openssl pkey -in KEY -pubout` makes it from the private one"
        raise WrongUsage(f"{source}: {told}") from None
    if not isinstance(key, ed25519.Ed25519PublicKey):
        raise WrongUsage(f"{source}: a public key, but no Ed25519 key")
    found: Ed25519PublicKey = key
    return found


def _library() -> tuple[Any, Any]:
    try:
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import ed25519
    except ImportError:
        raise WrongUsage("signatures need a library: pip install 'p99-conformance[seal]'") from None
    return serialization, ed25519


def _pem(key: "Ed25519PublicKey") -> bytes:
    serialization, _ = _library()
    pem: bytes = key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return pem


def _fingerprint(key: "Ed25519PublicKey") -> str:
    return hashlib.sha256(_pem(key)).hexdigest()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise WrongUsage(f"{path}: {error.strerror}") from None


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
