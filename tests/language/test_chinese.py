"""Help and reports in Chinese, by --lang and by the locale."""

import json
import re
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from conformance import cli, language
from conformance.language import page
from conformance.reporting import coverage, history, words
from conformance.reporting.ctrf import ctrf
from conformance.reporting.html import history as drawn
from conformance.reporting.html.difference import difference
from conformance.reporting.html.evidence import marked, named_in
from conformance.reporting.junit import junit_xml
from conformance.results import Finding, Results
from conformance.verdict import Verdict
from tests.language.english import english
from tests.reporting.test_history import GIVEN
from tests.reporting.test_terminal import requirement, results

_ENGLISH = re.compile(r"[A-Za-z]+ [a-z]{2,}")


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "en_GB.UTF-8", "LC_MESSAGES": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8", "LANGUAGE": "de:zh"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LANGUAGE": "en"}, "en"),
        ({"LC_ALL": "C", "LANGUAGE": "zh"}, "en"),
    ],
)
def test_the_language_of_a_locale(environment: dict[str, str], expected: str) -> None:
    assert language.of(environment) == expected


def help_of(*words: str, **environment: str) -> str:
    given = {"LC_ALL": "", "LC_MESSAGES": "", "LANG": "", "LANGUAGE": "", **environment}
    done = CliRunner().invoke(cli.main, list(words), env=given, prog_name="p99-conformance")
    language.use("en")
    return done.output


@pytest.mark.usefixtures("chinese")
@pytest.mark.parametrize("words", [("--lang", "zh", "--help"), ("--help", "--lang=zh")])
def test_help_in_the_language_that_is_asked_for(words: tuple[str, ...]) -> None:
    assert "测试一个被测系统并写出报告。" in help_of(*words)


@pytest.mark.usefixtures("chinese")
@pytest.mark.parametrize("command", cli.COMMANDS)
def test_help_of_every_command_by_the_locale(command: str) -> None:
    told = help_of(command, "--help", LANG="zh_CN.UTF-8")
    assert told.startswith("用法：")
    assert "显示本帮助并退出。" in told
    assert all(len(line) <= 80 for line in told.splitlines())


@pytest.mark.usefixtures("chinese")
def test_a_mistake_is_told_in_chinese() -> None:
    assert "错误：没有命令 'rum'" in help_of("--lang", "zh", "rum")


@pytest.mark.usefixtures("chinese")
def test_requirements_and_how_they_are_tested_in_chinese() -> None:
    text = help_of("--lang", "zh", "requirements", "list.limit-max", "cancel.complete")
    assert "list.limit-max  必须" in text
    assert "超过 200 的 limit 按 200 处理。" in text
    assert all(len(line) <= 80 for line in text.splitlines() if "::" not in line)
    plan = help_of("--lang", "zh", "requirements", "--format", "markdown", "list.limit-max")
    assert "| id | 级别 | 要求 | 出处 | 检查 | 故障 |" in plan
    told = help_of("--lang", "zh", "explain", "list.limit-max").partition("检查能发现的故障")[0]
    assert "恰好最新的 200 个" in told
    assert [each for each in english(text + plan + told) if not each.startswith("test")] == []


@pytest.mark.usefixtures("chinese")
def test_a_page_is_said_without_what_it_quotes() -> None:
    shown = page.said('<html lang="en"><p aria-label="no answer">no\nanswer</p><code>no answer</code></html>')
    assert shown == '<html lang="zh-CN"><p aria-label="没有响应">没有响应</p><code>no answer</code></html>'


def test_two_chinese_texts_differ_in_single_words() -> None:
    want, got = difference("列表显示 3 个订单", "列表显示 4 个订单")
    assert [text for text, marked in want if marked] == ["3"]
    assert [text for text, marked in got if marked] == ["4"]


JUDGED = results(
    replace(requirement("list.limit-max", Verdict.FAIL), says="A limit above 200 is treated as 200."),
    requirement("list.end", Verdict.FAIL, "advisory", "want a; got b"),
    requirement("order.fields", Verdict.INCONCLUSIVE, reason="no response contained what this test needs"),
)


@pytest.mark.usefixtures("chinese")
def test_messages_for_people_in_junit_and_ctrf_are_chinese_and_what_programs_read_stays() -> None:
    told = _read(JUDGED)
    language.use("en")
    kept = _read(JUDGED)
    assert [_for_programs(each) for each in told[0].iter()] == [_for_programs(each) for each in kept[0].iter()]
    names = ("name", "status", "rawStatus", "suite", "tags")
    assert [[test[name] for name in names] for test in told[1]] == [[test[name] for name in names] for test in kept[1]]
    assert "超过 200 的 limit" in told[0].findtext(".//system-out", "")
    assert "对 limit=1000 最多 200 个订单" in told[0].findtext(".//failure", "")
    assert "对 limit=1000 最多 200 个订单" in told[1][0]["trace"]
    assert told[1][0]["extra"]["says"] == "超过 200 的 limit 按 200 处理。"


def _read(judged: Results) -> tuple[ElementTree.Element, list[dict[str, Any]]]:
    return ElementTree.fromstring(junit_xml(judged).encode()), json.loads(ctrf(judged))["results"]["tests"]


def _for_programs(element: ElementTree.Element) -> tuple[str, dict[str, str]]:
    return element.tag, {name: value for name, value in element.attrib.items() if name != "message"}


@pytest.mark.usefixtures("chinese")
@pytest.mark.parametrize(
    ("drawn", "said"),
    [
        ("limit=1000", "limit=1000"),
        ("text='no answer'", "text='no answer'"),
        ("query=no parameters", "query=没有参数"),
        ("asked=?limit=7 by caller with jwt", "asked=调用方的 ?limit=7，使用 jwt"),
        ("1. places account='caller', side='buy'\n2. cancels all", "1. 下单 account='caller', side='buy'\n2. 全部撤单"),
    ],
)
def test_what_was_drawn_is_said_where_it_is_ours(drawn: str, said: str) -> None:
    assert words.drawn(drawn) == said


@pytest.mark.usefixtures("chinese")
def test_how_many_orders_are_left_out_of_a_body_is_said() -> None:
    lines = [line for line, _ in marked('[\n  {"id": "a"},\n  … 25 more …\n]', Finding("a", "b", "", "a::check"))]
    assert lines == ["[", '  {"id": "a"},', "  … 另有 25 个 …", "]"]


@pytest.mark.usefixtures("chinese")
def test_a_history_in_chinese() -> None:
    text, shown = history.markdown(GIVEN, "history.svg"), drawn.html(GIVEN).partition("</style>")[2]
    for told in (text, re.sub(r"<[^<>]*>", " ", shown)):
        assert "3 次运行" in told
        assert "1 通过 → 1 失败 → 1 无法判定" in told
        assert [each for each in _ENGLISH.findall(told) if each not in ("night one", "conformance history")] == []


@pytest.mark.usefixtures("chinese")
def test_what_is_told_of_a_long_answer_is_said_although_it_stands_among_what_is_quoted() -> None:
    """How many other orders there are, behind the one that the finding names, and where none of them is that one."""
    body = "\n".join(json.dumps({"id": id}) for id in ("one-of-many", "another", "a-third"))
    found = Finding("one-of-many as it was", "it is open", "", "a::check", exchanges=({"response_body": body},))
    told = [line for line, _ in named_in(body, found)]
    assert told[1:] == ["另有其他 2 个"]
    assert [line for line, _ in named_in(body.replace("one-of", "not-of"), found)] == ["3 个订单，都不是此处所指的订单"]


@pytest.mark.usefixtures("chinese")
@pytest.mark.parametrize("gaps", ["", "; the report names what is missing"])
def test_what_was_covered_is_said_in_chinese_to_the_last_word(gaps: str) -> None:
    areas = {
        "queries": {"pairs": [1, 2], "triples": [1, 2], "fours": [1, 2]},
        "orders": {"pairs": [1, 2], "triples": [1, 2]},
        "cancels": {"sizes": [1, 2], "kinds": [1, 2], "triples": [1, 2]},
        "credentials": {"forged": [1, 2]},
    }
    for each in coverage.told(areas):
        told = language.say(f"covered: {', '.join(each.counts)}{gaps}")
        assert told.count("1/2") == len(each.counts), told
        assert re.search("[a-z]{2}", told.replace("limit", "")) is None, told
