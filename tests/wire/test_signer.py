"""Signatures, against vectors that other programs computed."""

import time
from urllib.parse import parse_qs, urlencode

import pytest

from conformance.profile import AccountProfile
from conformance.profile.secrets import Secret
from conformance.wire.signer import Signer, sign, signed_query

# openssl dgst -sha256 -hmac your_api_secret, of this text without a line break at its end
QUERY = "symbol=DFUSDT&status=open&limit=50&timestamp=1778400000123"
SIGNATURE = "88e6eb136c57c0c9385e5531c64cb462c958501b5f5625779a091b9c8d000075"


def test_rfc_4231_test_case_2() -> None:
    expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert sign("Jefe", "what do ya want for nothing?") == expected


def test_the_documents_sample_query_signs_as_openssl_signs_it() -> None:
    assert sign("your_api_secret", QUERY) == SIGNATURE


def test_a_signed_query_has_its_timestamp_last_and_the_signature_behind_it() -> None:
    query = "symbol=DFUSDT&status=open&limit=50"
    assert signed_query(query, "your_api_secret", 1778400000123) == f"{QUERY}&signature={SIGNATURE}"


def test_without_parameters_the_timestamp_alone_is_signed() -> None:
    assert signed_query("", "k", 5) == f"timestamp=5&signature={sign('k', 'timestamp=5')}"


def test_what_is_signed_is_what_is_sent_urlencoded_as_in_the_samples() -> None:
    query = signed_query(urlencode([("symbol", "a b&c=é/")]), "k", 5)
    sent, _, signature = query.rpartition("&signature=")
    assert sent == "symbol=a+b%26c%3D%C3%A9%2F&timestamp=5"
    assert signature == sign("k", sent)
    assert signature == "f73ccf726fddfa868fc67d4361b5a3a7f4d9659ffda01fa83fd6f83bcf9067a8"


def test_no_two_requests_are_signed_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    signer = Signer(AccountProfile("alice", api_key=Secret("k"), api_secret=Secret("s")))

    def stamped(at: float) -> int:
        monkeypatch.setattr(time, "time", lambda: at)
        return int(parse_qs(signer.authorize("", "api-key")[0])["timestamp"][0])

    assert [stamped(at) for at in (100.0, 100.0, 100.0, 101.0, 40.0)] == [100000, 100001, 100002, 101000, 40000]
