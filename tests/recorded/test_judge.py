"""What recordings tell, each made by hand: a list, a cancel-all, and who asked."""

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from conformance.recorded.census import mapping
from conformance.recorded.judge import Recorded
from conformance.recorded.source import NotARecording
from conformance.recorded.story import Terms
from conformance.results import Results

NOW = 1_750_000_000
URL = "https://exchange.example/api/v1/spot/orders"


def token(user: str, alg: str = "HS256", signature: str = "c2lnbmF0dXJl") -> str:
    parts = ({"alg": alg, "typ": "JWT"}, {"sub": user})
    return ".".join(
        [*(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts), signature]
    )


def order(number: int, **given: Any) -> dict[str, Any]:
    record = {
        "id": f"00000000-0000-4000-8000-{number:012}",
        "symbol": "DFUSDT",
        "side": "buy",
        "type": "limit",
        "tif": "gtc",
        "price": "0.5",
        "quantity": "10",
        "quote_quantity": None,
        "filled_qty": "0",
        "avg_fill_price": "0",
        "status": "open",
        "reject_reason": None,
        "created_at": NOW - 1000 + number,
        "updated_at": NOW - 1000 + number,
    }
    return record | given


def canceled(record: Mapping[str, Any], at: int = NOW) -> dict[str, Any]:
    return {**record, "status": "canceled", "updated_at": at}


Orders = list[dict[str, Any]]


class Recording:
    """Entries, each five seconds after the one before."""

    def __init__(self) -> None:
        self.entries: list[dict[str, Any]] = []

    def ask(
        self, method: str, query: str, body: Any, user: str | None = "alice", status: int = 200, **given: Any
    ) -> "Recording":
        headers = (
            [] if user is None else [{"name": "authorization", "value": f"Bearer {given.get('token') or token(user)}"}]
        )
        at = datetime.fromtimestamp(NOW + 5 * len(self.entries) + 0.000001, UTC).isoformat()
        text = body if isinstance(body, str) else json.dumps(body)
        self.entries.append(
            {
                "startedDateTime": given.get("at", at),
                "time": given.get("took", 20),
                "request": {
                    "method": method,
                    "url": f"{URL}{query}",
                    "headers": [{"name": ":path", "value": "x"}, *headers],
                },
                "response": {
                    "status": status,
                    "headers": [{"name": "content-type", "value": "application/json"}],
                    "content": {"size": len(text), "text": text},
                },
            }
        )
        return self

    def list(self, orders: Orders, query: str = "?limit=200", **given: Any) -> "Recording":
        return self.ask("GET", query, sorted(orders, key=lambda each: -each["created_at"]), **given)

    def cancel(self, orders: Orders, query: str = "", **given: Any) -> "Recording":
        return self.ask("DELETE", query, {"canceled": orders}, **given)

    def judged(
        self, path: Path, *, alone: bool = False, owners: tuple[str, ...] = (), consistency_s: float = 0
    ) -> Results:
        file = path / "traffic.har"
        file.write_text(json.dumps({"log": {"version": "1.2", "entries": self.entries}}), encoding="utf-8")
        return Recorded(file, Terms(alone, consistency_s), mapping(owners), None, lambda *_: None).judge({})


def violated(results: Results) -> set[str]:
    return {each.id for each in results.requirements if each.verdict.word == "fail"}


def stands(results: Results, id: str) -> str:
    return next(each.verdict.word for each in results.requirements if each.id == id)


A, B, C = order(1), order(2, symbol="BTCUSDT"), order(3)


def test_an_honest_session_is_not_accused(tmp_path: Path) -> None:
    done = [canceled(A, NOW + 10), canceled(C, NOW + 10)]
    recording = Recording().list([A, B, C]).list([A, C], "?symbol=DFUSDT").cancel(done, "?symbol=DFUSDT")
    results = recording.list([*done, B]).cancel([], "?symbol=DFUSDT").list([*done, B]).judged(tmp_path)
    assert violated(results) == set()
    for id in ("list.symbol", "cancel.complete", "cancel.status", "cancel.idempotent", "cancel.final"):
        assert stands(results, id) == "pass", id


@pytest.mark.parametrize(
    ("recording", "broken"),
    [
        (Recording().ask("GET", "", [A, C]), "list.newest-first"),
        (Recording().list([A, B], "?symbol=DFUSDT"), "list.symbol"),
        (Recording().list([A, B, C]).list([A, B]).list([A, B, C]), "list.limit-exact"),
        (Recording().list([A, C]).cancel([canceled(A)]).list([canceled(A), C]), "cancel.complete"),
        (Recording().list([A, B]).cancel([canceled(A), canceled(B)], "?symbol=DFUSDT"), "cancel.scope-symbol"),
        (Recording().list([A]).cancel([A]), "cancel.status"),
        (Recording().list([A]).cancel([canceled(A)]).list([A]), "cancel.visible"),
        (Recording().list([canceled(A)]).list([A]), "cancel.final"),
        (Recording().list([canceled(A), C]).cancel([canceled(A), canceled(C)]), "cancel.exact"),
        (Recording().cancel([], "").ask("DELETE", "", {"canceled": None}), "cancel.empty"),
        (Recording().list([A]).list([B], user="bob").list([A, B]), "list.own-only"),
        (Recording().list([A]).list([B], user="bob").cancel([canceled(B)]), "cancel.own-only"),
        (
            Recording()
            .list([A, B])
            .cancel([canceled(B)], "?symbol=BTCUSDT")
            .list([A, canceled(B)])
            .ask("DELETE", "?symbol=BTCUSDT", "", status=404),
            "cancel.empty",
        ),
        (Recording().list([A]).list([A], user=None), "auth.required"),
        (Recording().list([A]).list([A], token=token("alice", "none", "")), "auth.jwt-forged"),
        (
            Recording()
            .list([A])
            .ask("GET", "?symbol=%FF", "", status=500)
            .list([A])
            .ask("GET", "?symbol=%FF", "", status=500)
            .ask("GET", "?symbol=%FF", "", status=500),
            "error.bad-input",
        ),
        (Recording().list([A]).ask("GET", "?limit=abc", [order(n) for n in range(300, 0, -1)]), "error.bad-input"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_defect_is_named(recording: Recording, broken: str, tmp_path: Path) -> None:
    assert broken in violated(recording.judged(tmp_path))


def test_what_somebody_else_may_have_done_is_inconclusive_unless_nobody_else_was_there(tmp_path: Path) -> None:
    recording = Recording().list([A, C]).cancel([canceled(A)]).list([canceled(A), canceled(C)])
    assert stands(recording.judged(tmp_path), "cancel.exact") == "inconclusive"
    assert stands(recording.judged(tmp_path, alone=True), "cancel.exact") == "fail"


def test_orders_of_others_that_a_cancel_all_canceled_are_named_where_nothing_else_was_done(tmp_path: Path) -> None:
    def recording() -> Recording:
        return Recording().list([A]).list([B], user="bob")

    went = recording().cancel([canceled(A)]).list([canceled(B)], user="bob")
    assert stands(went.judged(tmp_path, alone=True), "cancel.own-only") == "fail"
    assert stands(went.judged(tmp_path), "cancel.own-only") == "inconclusive"
    own = recording().cancel([canceled(B)], user="bob").cancel([canceled(A)]).list([canceled(B)], user="bob")
    assert violated(own.judged(tmp_path, alone=True)) == set()


def test_a_list_that_is_behind_does_not_tell_what_was_live(tmp_path: Path) -> None:
    done = [canceled(A), canceled(C)]
    recording = Recording().list([A, C]).cancel(done).list([A, C]).cancel([]).list(done)
    assert "cancel.visible" in violated(recording.judged(tmp_path, alone=True))
    assert violated(recording.judged(tmp_path, alone=True, consistency_s=7)) == set()


def test_lists_that_overlap_tell_nothing_of_each_other(tmp_path: Path) -> None:
    recording = Recording().list([canceled(A)], took=9000).list([A]).judged(tmp_path)
    assert violated(recording) == {"latency"}


def test_no_secret_is_written(tmp_path: Path) -> None:
    results = Recording().list([A]).cancel([A]).judged(tmp_path)
    assert token("alice") not in json.dumps(results.to_json())
    assert "Bearer ***" in json.dumps(results.to_json())


def test_users_who_cannot_be_told_apart_are_not_held_against_each_other(tmp_path: Path) -> None:
    recording = Recording().list([A, C], token="***").list([A], token="***").list([A, C], token="***")
    assert violated(recording.judged(tmp_path)) == set()
    assert "list.limit-exact" in violated(recording.judged(tmp_path, owners=("alice",)))


def test_what_is_left_out_is_counted(tmp_path: Path) -> None:
    recording = Recording().list([A]).ask("GET", "", "", user="alice").ask("GET", "", [A], at="yesterday")
    recording.entries[1]["response"]["content"] = {"size": 70}
    recording.entries.append({"request": {"method": "GET", "url": "https://cdn.example/logo.png"}})
    file = tmp_path / "traffic.har"
    file.write_text(json.dumps({"log": {"entries": recording.entries}}), encoding="utf-8")
    recorded = Recorded(file, Terms(), {}, None, lambda *_: None)
    recorded.judge({})
    told = "\n".join(recorded.told())
    for words in ("left out the body", "startedDateTime", "other paths"):
        assert words in told


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("hello", "neither an HTTP archive"),
        ('{"log": {"entries": []}}', "no entry"),
        ('{"log": {"entries": [{"req', "no JSON"),
        (
            '{"log": {"entries": [{"request": {"method": "GET", "url": "https://a.example/x"}}]}}',
            "no request of GET or",
        ),
    ],
)
def test_a_file_that_is_no_recording_is_said_so(text: str, says: str, tmp_path: Path) -> None:
    file = tmp_path / "traffic.har"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(NotARecording, match=says):
        Recorded(file, Terms(), {}, None, lambda *_: None).judge({})


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "byte order mark"])
@pytest.mark.parametrize("by_line", [True, False], ids=["lines", "archive"])
def test_a_log_of_a_line_for_each_entry_is_read_too(by_line: bool, mark: bytes, tmp_path: Path) -> None:
    file = tmp_path / "traffic.jsonl"
    many = [order(number) for number in range(400)]  # the first line is longer than what tells of the file
    entries = Recording().list(many).ask("GET", "", [A, C]).entries
    text = "\n".join(map(json.dumps, entries)) if by_line else json.dumps({"log": {"entries": entries}})
    file.write_bytes(mark + text.encode())
    assert "list.newest-first" in violated(Recorded(file, Terms(), {}, None, lambda *_: None).judge({}))


def test_a_body_in_base64_is_read(tmp_path: Path) -> None:
    recording = Recording().ask("GET", "", [A, C])
    content = recording.entries[0]["response"]["content"]
    content |= {"text": base64.b64encode(content["text"].encode()).decode(), "encoding": "base64"}
    assert "list.newest-first" in violated(recording.judged(tmp_path))


@pytest.mark.parametrize(
    ("symbol", "is_wrong"), [("%25", True), ("DF*", True), ("%25DFUSDT", False), ("DFUSDT,BTCUSDT", False), ("", False)]
)
def test_an_odd_symbol_is_no_pattern(tmp_path: Path, symbol: str, is_wrong: bool) -> None:
    """What is canceled, or listed, is in a market that is named in the symbol, however oddly."""
    lists = Recording().list([A, C], f"?symbol={symbol}")
    cancels = Recording().list([A, C]).cancel([canceled(A), canceled(C)], f"?symbol={symbol}")
    for recording in (lists, cancels):
        assert ("error.bad-input" in violated(recording.judged(tmp_path))) is is_wrong


def test_an_odd_cancel_all_may_have_canceled_what_the_next_one_does_not_tell(tmp_path: Path) -> None:
    """An empty symbol may mean all markets."""
    recording = Recording().list([A, B]).cancel([], "?symbol=").cancel([canceled(A)], "?symbol=DFUSDT")
    recording.list([canceled(A), canceled(B)])
    assert "cancel.scope-symbol" not in violated(recording.judged(tmp_path, alone=True))
    plain = Recording().list([A, B]).cancel([canceled(A)], "?symbol=DFUSDT").list([canceled(A), canceled(B)])
    assert "cancel.scope-symbol" in violated(plain.judged(tmp_path, alone=True))


def test_a_list_that_comes_late_shows_what_was(tmp_path: Path) -> None:
    """It was asked for while the other account's cancel-all ran, and comes behind its answer: that order is over."""
    at = "2025-06-15T15:06:{:02}+00:00"
    recording = Recording().list([A]).list([B], user="bob")
    recording.cancel([canceled(B)], user="bob", at=at.format(50), took=2000)
    recording.list([B], user="bob", at=at.format(51), took=3000)
    recording.cancel([canceled(A)], at=at.format(55)).list([canceled(A)], at=at.format(56))
    recording.list([canceled(B)], user="bob", at=at.format(57))
    assert "cancel.own-only" not in violated(recording.judged(tmp_path, alone=True))


def test_a_list_that_overlaps_the_next_cancel_all_may_show_what_that_one_did(tmp_path: Path) -> None:
    """It is asked for between the two, and comes once the second has run: that one has canceled the other market."""
    at = "2025-06-15T15:06:{:02}+00:00"

    def recording(took: int) -> Recording:
        went = Recording().list([A, B]).cancel([canceled(A)], "?symbol=DFUSDT", at=at.format(50))
        went.list([canceled(A), canceled(B)], at=at.format(51), took=took)
        went.cancel([canceled(B)], at=at.format(52)).list([canceled(A), canceled(B)], at=at.format(57))
        return went

    assert "cancel.scope-symbol" not in violated(recording(took=2000).judged(tmp_path, alone=True))
    assert "cancel.scope-symbol" in violated(recording(took=20).judged(tmp_path, alone=True))


@pytest.mark.parametrize(("price", "broken"), [("0.5", set()), ("0.6", {"cancel.complete"})])
@pytest.mark.parametrize("races", [True, False])
def test_lists_need_not_show_at_once_what_was_traded_around_a_cancel_all(
    races: bool, price: str, broken: set[str], tmp_path: Path
) -> None:
    taker = order(1100, side="sell", price=price)

    def at(seconds: float) -> str:
        return datetime.fromtimestamp(NOW + seconds, UTC).isoformat()

    recording = Recording().list([A]).list([], user="bob")
    recording.ask("POST", "", taker, user="bob", status=201, at=at(100), took=300 if races else 10)
    recording.list([A], at=at(100.1)).list([taker], user="bob", at=at(100.15))
    recording.cancel([], at=at(100.2)).list([A], at=at(100.4)).list([taker], user="bob", at=at(100.5))
    assert violated(recording.judged(tmp_path, alone=True)) == broken


def _turned_away(*statuses: int, told: str = "account alice", taken: str = "?limit=200") -> Recording:
    """Lists of all orders that were answered so, each before and behind a list that was shown."""
    recording = Recording().list([A], taken)
    for status in statuses:
        recording.ask("GET", "", [A] if status == 200 else {"error": "UNAUTHORIZED"}, status=status).list([A], taken)
    return _vouched_for(recording, told)


def _no(recording: Recording) -> Recording:
    return recording.ask("GET", "", {"error": "UNAUTHORIZED"}, status=401)


def _vouched_for(recording: Recording, told: str = "account alice") -> Recording:
    for entry in recording.entries:
        entry["comment"] = told
    return recording


def test_a_credential_that_one_list_turns_away_each_time_and_others_take_is_not_taken(tmp_path: Path) -> None:
    results = _turned_away(401, 403, 401).judged(tmp_path)
    assert violated(results) == set()  # the same list was answered in two ways
    assert violated(_turned_away(401, 401, 401).judged(tmp_path)) == {"auth.jwt"}


@pytest.mark.parametrize(
    "recording",
    [
        _turned_away(401, 401),
        _turned_away(401, 200, 401, 401),
        _turned_away(429, 429, 429),
        _turned_away(401, 401, 401, told=""),
        _turned_away(401, 401, 401, told="account alice with a token of another account"),
        _vouched_for(_no(_no(_no(Recording().list([A])))).list([A])),
        _vouched_for(_no(_no(_no(Recording().list([A])).list([A])))),
    ],
    ids=["too seldom", "now and then", "throttled", "nobody vouches for it", "forged", "in a row", "from then on"],
)
def test_a_credential_may_have_run_out_or_be_wrong(recording: Recording, tmp_path: Path) -> None:
    assert not {"auth.jwt", "auth.api-key"} & violated(recording.judged(tmp_path))


def test_a_400_speaks_of_a_signature_where_the_same_list_takes_the_token(tmp_path: Path) -> None:
    def recording(with_token: int) -> Recording:
        made = _turned_away(400, 400, 400)
        for entry in made.entries:
            entry["request"]["headers"] = [{"name": "x-mbx-apikey", "value": "***"}]
            entry["request"]["url"] += "&signature=s" if "?" in entry["request"]["url"] else "?timestamp=1&signature=s"
        made.ask("GET", "", [A] if with_token == 200 else {"error": "BAD"}, status=with_token)
        made.entries[-1]["comment"] = "account alice"
        return made

    assert violated(recording(200).judged(tmp_path)) == {"auth.api-key"}
    assert "auth.api-key" not in violated(recording(400).judged(tmp_path))


def test_lists_with_the_same_parameters_are_counted_together(tmp_path: Path) -> None:
    def recording(status: int) -> Recording:
        made = Recording().list([A, B])
        for number, symbol in enumerate(("DFUSDT", "BTCUSDT", "DFUSDT")):
            asked = f"?symbol={symbol}&start={NOW - 2000 + number}"
            refused = status if number == 1 else 401
            answer = [B] if refused == 200 else {"error": "UNAUTHORIZED"}
            made.ask("GET", asked, answer, status=refused).list([A, B])
        return _vouched_for(made)

    assert violated(recording(401).judged(tmp_path)) == {"auth.jwt"}
    assert violated(recording(200).judged(tmp_path)) == set()


@pytest.mark.parametrize("name", order(1))
@pytest.mark.parametrize("spoilt", ["left out", None, "-", {"a": 1}], ids=str)
def test_a_field_that_cannot_be_read_is_a_violation_and_the_rest_is_judged(
    name: str, spoilt: Any, tmp_path: Path
) -> None:
    """In each record, through lists that overlap each other and a cancel-all, of two accounts."""

    def told(record: dict[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in record.items() if key != name} | (
            {} if spoilt == "left out" else {name: spoilt}
        )

    at, recording = "2025-06-15T15:06:{:02}+00:00", Recording()
    for second, user, orders in ((20, "alice", [C, A]), (30, "bob", [B]), (31, "alice", [C, A]), (32, "alice", [C, A])):
        recording.ask("GET", "?limit=200", list(map(told, orders)), user=user, at=at.format(second), took=3000)
    recording.cancel(list(map(told, map(canceled, [A, C]))), at=at.format(33), took=3000)
    recording.ask("GET", "?limit=200", list(map(told, map(canceled, [C, A]))), at=at.format(50))
    recording.ask("GET", "?status=open", [], at=at.format(55))
    legal = (name, spoilt) in (("quote_quantity", None), ("reject_reason", None), ("symbol", "-"))
    assert bool(violated(recording.judged(tmp_path))) is not legal
