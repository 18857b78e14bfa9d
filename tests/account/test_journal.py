"""The journal: what a run has placed, kept for the next one in case the run is killed."""

import os
from pathlib import Path

import pytest

from conformance.account.journal import FOLDER, Journal, Taken
from conformance.account.ticket import Ticket
from tests.orders import record


def test_a_journal_belongs_to_one_run_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    first, second, of_bob = Journal("http://t", "alice"), Journal("http://t", "alice"), Journal("http://t", "bob")
    assert first.open() == []
    numbers = first.intend([Ticket.of_record(record("a")), Ticket.of_record(record("b"))])
    for number, id in zip(numbers, "ab", strict=True):
        first.name(number, id)
    with pytest.raises(Taken):
        second.open()
    assert of_bob.open() == []
    first.close(clean=False)
    assert [each["id"] for each in second.open()] == ["a", "b"]
    [number] = second.intend([Ticket.of_record(record("c"))])
    second.name(number, "c")
    second.close(clean=False)
    assert [each["id"] for each in first.open()] == ["a", "b", "c"]
    first.close(clean=True)
    of_bob.close(clean=True)
    assert list((tmp_path / FOLDER).iterdir()) == []


def test_a_journal_where_nothing_can_be_written_keeps_nobody_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/dev/null")
    journals = [Journal("http://t", "alice") for _ in range(2)]
    assert [journal.open() for journal in journals] == [[], []]
    assert journals[0].intend([Ticket.of_record(record("a"))]) == [0]
    journals[0].close(clean=True)


def test_what_has_finished_and_what_is_old_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    gone, journal = Journal("http://gone", "alice"), Journal("http://t", "alice")
    gone.open()
    gone.intend([Ticket.of_record(record("x"))])
    gone.close(clean=False)
    for path in (tmp_path / FOLDER).iterdir():
        os.utime(path, (0, 0))
    journal.open()
    for number, id in zip(journal.intend([Ticket.of_record(record(each)) for each in "ab"]), "ab", strict=True):
        journal.name(number, id)
    journal.close(clean=False, finished={"a"})
    assert [each["id"] for each in journal.open()] == ["b"]
    assert gone.open() == []
