"""Credentials and signatures are never shown."""

import base64
import json
from urllib.parse import quote, quote_plus, urlencode

import pytest

from conformance.profile.secrets import Secret
from conformance.wire.redaction import Redactor

VALUE = 'p@ss/w+rd"\\=é'


@pytest.mark.parametrize(
    "form",
    [
        VALUE,
        quote(VALUE),
        quote(VALUE, safe=""),
        quote_plus(VALUE),
        quote(VALUE, safe="")
        .replace("%2B", "%2b")
        .replace("%C3%A9", "%c3%a9")
        .replace("%2F", "%2f")
        .replace("%3D", "%3d")
        .replace("%5C", "%5c"),
        urlencode({"key": VALUE}),
        json.dumps({"token": VALUE}),
        json.dumps({"token": VALUE}, ensure_ascii=False),
        json.dumps({"token": VALUE}).replace("/", "\\/"),
        base64.b64encode(VALUE.encode()).decode(),
        base64.urlsafe_b64encode(VALUE.encode()).decode().rstrip("="),
    ],
)
def test_a_secret_is_redacted_in_every_form(form: str) -> None:
    text = Redactor([Secret(VALUE)]).redact(f"before {form} after")
    assert text.startswith("before ")
    assert text.endswith(" after")
    assert "***" in text
    assert "rd" not in text
    assert form not in text


def test_secrets_that_are_alike_are_each_redacted() -> None:
    token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJlLW9mLWFsaWNl"
    altered = [token[:-1], token[1:], f"{token}AAAA", token.replace("c2ln", "AAAA"), token.swapcase(), token[:40]]
    redactor = Redactor([Secret(token)])
    for each in altered:
        redactor.add(each)
    for each in (token, *altered):
        assert redactor.redact(f"before {each} after") == "before *** after"


def test_the_longest_secret_goes_first() -> None:
    redactor = Redactor([Secret("abcd"), Secret("abcdefgh")])
    assert redactor.redact("abcdefgh abcdef") == "*** ***ef"


def test_short_values_stay_since_they_stand_in_ordinary_words() -> None:
    assert Redactor([Secret("abc"), Secret("")]).redact("abcdef") == "abcdef"


def test_an_earlier_value_is_redacted_as_well_as_a_new_one() -> None:
    secret = Secret("token-one", lambda: "token-two")
    redactor = Redactor([secret])
    assert redactor.redact("token-one token-two") == "*** token-two"
    secret.refresh()
    assert redactor.redact("token-one token-two") == "*** ***"


def test_a_value_may_be_added() -> None:
    redactor = Redactor([])
    assert redactor.redact("later") == "later"
    redactor.add("later")
    assert redactor.redact("see you later") == "see you ***"


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("https://h/p?a=1&signature=0a1bFF", "https://h/p?a=1&signature=***"),
        ("?signature=0a1b&b=2", "?signature=***&b=2"),
        ("?next=%2Fp%3Fsignature%3D0a1b", "?next=%2Fp%3Fsignature%3D***"),
        ('{"signature": "0a1b"}', '{"signature": "***"}'),
        ("the signature is wrong", "the signature is wrong"),
    ],
)
def test_signatures_are_redacted(text: str, redacted: str) -> None:
    assert Redactor([]).redact(text) == redacted


def test_headers_keep_the_scheme_of_a_credential() -> None:
    redactor = Redactor([Secret("t0ken")])
    given = {
        "Authorization": "Bearer unknown.to.the.redactor",
        "authorization": "t0ken alone",
        "X-MBX-APIKEY": "another key",
        "x-mbx-apikey": "key",
        "Set-Cookie": "sid=1; Path=/",
        "X-Gateway-Token": "abc",
        "X-Echo": "got t0ken",
        "Content-Type": "application/json",
    }
    assert redactor.redact_headers(given) == {
        "Authorization": "Bearer ***",
        "authorization": "***",
        "X-MBX-APIKEY": "***",
        "x-mbx-apikey": "***",
        "Set-Cookie": "***",
        "X-Gateway-Token": "***",
        "X-Echo": "got ***",
        "Content-Type": "application/json",
    }


def test_an_empty_credential_header_stays_empty() -> None:
    assert Redactor([]).redact_headers({"Authorization": ""}) == {"Authorization": ""}


def test_a_secret_is_redacted_where_it_is_the_name_of_a_header() -> None:
    assert Redactor([Secret("t0ken")]).redact_headers({"t0ken": "x", "X-t0ken": "y"}) == {"***": "x", "X-***": "y"}


@pytest.mark.parametrize(
    ("text", "presented"),
    [
        ("got abcd-efgh-abcd-ijkl", "got ***"),
        ('got "abcd-ef… (a string)', 'got "***… (a string)'),
        ("got abcd-efgh-abcd… and x…", "got ***… and x…"),
        ("abc… is too short to tell", "abc… is too short to tell"),
        ("\x1b[2J\u202e\u009b\n[b]", "\\x1b[2J\\u202e\\x9b\n[b]"),
    ],
)
def test_what_is_shown_holds_no_beginning_of_a_secret_and_no_escapes(text: str, presented: str) -> None:
    assert Redactor([Secret("abcd-efgh-abcd-ijkl")]).presentable(text) == presented
