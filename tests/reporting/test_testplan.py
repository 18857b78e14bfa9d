"""The catalogue as a test plan, read back by readers of each format."""

import csv
import io
import json

from click.testing import CliRunner
from markdown_it import MarkdownIt

from conformance import requirements
from conformance.cli.requirements import requirements as command
from conformance.reporting.testplan import COLUMNS


def printed(*words: str) -> str:
    done = CliRunner().invoke(command, words)
    assert done.exit_code == 0, done.output
    return done.output


def test_csv_has_a_row_for_each_requirement() -> None:
    rows = list(csv.DictReader(io.StringIO(printed("--format", "csv"))))
    assert [row["id"] for row in rows] == list(requirements.load())
    assert set(rows[0]) == set(COLUMNS)
    assert all(row["checks"] for row in rows)
    assert {row["id"]: row["requirement"] for row in rows} == {
        each.id: each.says for each in requirements.load().values()
    }


def test_markdown_has_a_table_for_each_section_and_an_anchor_for_each_id() -> None:
    text = printed("--format", "markdown")
    tokens = MarkdownIt().enable("table").parse(text)
    assert sum(token.type == "table_open" for token in tokens) == len(requirements.SECTIONS)
    assert sum(token.type == "tr_open" for token in tokens) == len(requirements.load()) + len(requirements.SECTIONS)
    assert all(f'<a id="{id}"></a>' in text for id in requirements.load())


def test_json_is_the_same_by_either_option() -> None:
    assert json.loads(printed("--format", "json", "list.limit-max")) == json.loads(printed("--json", "list.limit-max"))
