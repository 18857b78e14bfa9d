"""Verdicts over several runs, as a page, as Markdown and as a picture."""

import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from markdown_it import MarkdownIt

from conformance import cli
from conformance.exits import WrongUsage
from conformance.reporting import files
from conformance.reporting.history import Flaky, history, markdown
from conformance.reporting.html.history import HEIGHT, TOP, html, plot, svg
from conformance.results import Mishaps, Results
from conformance.verdict import Verdict
from tests.reporting.test_terminal import requirement, results

NONE, PASS, DOUBT, FAIL = Verdict
ID = "list.limit-max"
OTHER = {"name": "other", "base_url": "http://o", "environment": "mock", "scope": "full"}


def run(verdict: Verdict, day: int = 1, selected: bool = True, **changed: Any) -> Results:
    told = replace(requirement(ID, verdict), selected=selected)
    given = results(requirement("order.fields", PASS), told)
    return replace(given, started_at=f"2026-01-{day:02}T00:00:00+00:00", **changed)


def flaky(*runs: Results) -> list[tuple[str, str]]:
    found = history({str(number): each for number, each in enumerate(runs)}).flaky
    return [(each.id, each.told) for each in found]


def test_a_verdict_that_changes_from_run_to_run_is_flaky() -> None:
    days = [run(FAIL, 3), run(PASS, 1), run(PASS, 2), run(DOUBT, 4)]
    assert flaky(*days) == [(ID, "2 pass → 1 fail → 1 inconclusive")]
    assert history({"a": days[0], "b": days[1], "c": days[2], "d": days[3]}).flaky[0].changes == 2


@pytest.mark.parametrize(
    "changed",
    [
        {"suite_version": "1"},
        {"target": OTHER},
        {"target": {**run(PASS).target, "scope": "read-only"}},
        {"target": {**run(PASS).target, "given": "http://127.0.0.1:9/other"}},
    ],
)
def test_it_is_not_where_something_else_changed(changed: dict[str, Any]) -> None:
    assert flaky(run(PASS), run(FAIL, 2, **changed)) == []
    assert flaky(run(PASS), run(FAIL, 2, **changed), run(FAIL, 3)) == [(ID, "1 pass → 1 fail")]


def test_a_mock_may_have_another_port_each_time() -> None:
    assert flaky(run(PASS), run(FAIL, 2, target={**run(PASS).target, "base_url": "http://127.0.0.1:9"}))


def test_what_was_not_tested_contradicts_nothing() -> None:
    assert flaky(run(PASS), run(NONE, 2), run(PASS, 3)) == []


@pytest.mark.parametrize(
    "part", [{"selected": False}, {"select": "order"}, {"mishaps": Mishaps(interrupted=True)}], ids=str
)
def test_a_run_that_was_not_asked_has_an_empty_cell(part: dict[str, Any]) -> None:
    [_, row] = history({"a": run(PASS), "b": run(NONE, 2, **part)}).rows
    assert (row.id, row.verdicts, row.plain) == (ID, (PASS, None), True)


def test_a_requirement_that_one_catalogue_lacks_comes_last() -> None:
    new = replace(run(PASS, 2), requirements=(requirement("list.new", PASS), requirement(ID, PASS)))
    assert [row.id for row in history({"a": run(PASS), "b": new}).rows] == ["list.new", ID, "order.fields"]


GIVEN = history({"night one|two": run(PASS), "b": run(FAIL, 2, labels={"build": "<1>"}), "c": run(DOUBT, 3)})


def test_the_markdown_is_three_tables_and_a_picture() -> None:
    text = markdown(GIVEN, "history.svg")
    page = MarkdownIt("commonmark").enable("table").render(text)
    assert page.count("<table>") == 3
    assert '<img src="history.svg"' in page
    assert "<td>build=&lt;1&gt;</td>" in page
    assert "<td>night one|two</td>" in page
    assert "<td>1 pass → 1 fail → 1 inconclusive</td>" in page
    assert re.search(rf"<code>{ID}</code></td>\s*<td>must</td>\s*<td>✓</td>\s*<td>✗</td>\s*<td>\?</td>", page)
    assert "1 other requirement did not change." in page


def test_the_page_needs_no_script_and_has_every_requirement() -> None:
    page = html(GIVEN)
    assert "<script" not in page
    assert "build=&lt;1&gt;" in page
    assert f'<a href="#{ID}">{ID}</a></th><td>1 pass → 1 fail → 1 inconclusive</td>' in page
    assert page.count('<tr id="') == 2
    assert page.count("<svg") == 1


def test_each_bar_is_as_high_as_its_run_has_requirements() -> None:
    for bar in plot(GIVEN).bars:
        assert sum(part.height for part in bar.parts) == pytest.approx(HEIGHT, abs=0.2)
        assert min(part.y for part in bar.parts) == pytest.approx(TOP, abs=0.2)
    assert [bar.failed for bar in plot(GIVEN).bars] == [0, 1, 0]


def test_one_violation_among_many_is_seen() -> None:
    many = [requirement(f"list.{number}", PASS) for number in range(200)]
    drawn = plot(history({"a": results(*many, requirement(ID, FAIL))}))
    assert [(part.verdict, part.height) for part in drawn.bars[0].parts] == [("fail", 3.0), ("pass", HEIGHT - 3.0)]


@pytest.mark.parametrize("runs", [1, 3, 400])
def test_the_picture_is_whole_whatever_the_number_of_runs(runs: int) -> None:
    picture = ElementTree.fromstring(svg(history({str(each): run(PASS, each % 28 + 1) for each in range(runs)})))
    bars = [each for each in picture.iter("{http://www.w3.org/2000/svg}rect") if each.get("fill") == "#3b9a5b"]
    assert len(bars) == runs + 1  # and one in the legend
    assert all(float(bar.get("x", 0)) + float(bar.get("width", 0)) <= 804 for bar in bars)


def test_a_time_that_is_none_is_refused() -> None:
    with pytest.raises(WrongUsage, match="b: started_at is 'yesterday', which is no time"):
        history({"a": run(PASS), "b": replace(run(PASS), started_at="yesterday")})


def test_flaky_tells_how_often_it_changed() -> None:
    assert Flaky(ID, "t", (PASS, FAIL, PASS, PASS)).changes == 2


def test_the_command_writes_three_files_and_names_what_is_flaky(tmp_path: Path) -> None:
    files.write(run(PASS), tmp_path / "a")
    files.write(run(FAIL, 2), tmp_path / "b")
    words = ["history", str(tmp_path / "b"), str(tmp_path / "a" / "results.json"), "--report-dir", str(tmp_path / "h")]
    done = CliRunner().invoke(cli.main, words)
    assert done.exit_code == 0, done.output
    assert done.output.startswith(
        f"flaky: {ID}  1 pass → 1 fail  (t, full scope, suite 0)\n2 runs, 1 flaky requirement; "
    )
    assert {each.name for each in (tmp_path / "h").iterdir()} == {"history.html", "history.md", "history.svg"}


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "Missing argument 'REPORTS...'"),
        (["absent"], "absent: no such report"),
        (["a", "a/results.json"], "a/results.json: this report is given twice"),
        (["a", "--report-dir", "a/results.json"], "nothing can be written there"),
        (["text.json"], "text.json: no results of a run"),
    ],
)
def test_bad_input_is_one_clear_message(
    words: list[str], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    files.write(run(PASS), tmp_path / "a")
    (tmp_path / "text.json").write_text("no", encoding="utf-8")
    done = CliRunner().invoke(cli.main, ["history", *words])
    assert done.exit_code == 2
    assert says in done.output
