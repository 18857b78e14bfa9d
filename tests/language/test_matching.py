"""A sentence is said by the template that it was made from, and what is no message stays."""

import pytest

from conformance.language.catalogue import Catalogue, split

SAID = Catalogue(
    {
        "{0} orders": "{0} 个订单",
        "{0} of {1} are missing": "{1} 缺少 {0}",
        "the list shows {0}": "列表显示 {0}",
        "the list shows {0} too late": "列表过晚显示 {0}",
        "no answer": "没有响应",
        'the answer is {{"canceled": []}}': '响应为 {{"canceled": []}}',
    }
)


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("no answer", "没有响应"),
        ("No answer.", "没有响应。"),
        ("3 orders of alice are missing", "alice 缺少 3 个订单"),
        ("the list shows 3 orders", "列表显示 3 个订单"),
        ("the list shows 3 orders too late", "列表过晚显示 3 个订单"),
        ("no answer; the list shows 3 orders", "没有响应；列表显示 3 个订单"),
        ('the list shows {"error": "no; such"}', '列表显示 {"error": "no; such"}'),
        ('the answer is {"canceled": []}', '响应为 {"canceled": []}'),
        ("  no answer\n", "  没有响应\n"),
        ("most of what was said of bob are missing", "most of what was said of bob are missing"),
        ("what nobody said, no answer", "what nobody said, no answer"),
        ("what nobody said; no answer", "what nobody said；没有响应"),
        ("list.limit-max", "list.limit-max"),
        ("what nobody said", "what nobody said"),
        ("没有响应", "没有响应"),
        ("", ""),
    ],
)
def test_said(english: str, chinese: str) -> None:
    assert SAID.say(english) == chinese


def test_what_is_quoted_or_in_brackets_is_not_split() -> None:
    assert list(split('a; (b; c); "d; e"; f', "; ")) == ["a", "(b; c)", '"d; e"', "f"]
