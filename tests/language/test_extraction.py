"""What a reader may meet is found in the sources as templates."""

from conformance.language.extraction import of_python, of_template


def found(source: str) -> set[str]:
    return set(of_python(source))


def test_a_text_and_an_f_string() -> None:
    source = '"""Of developers."""\nx = "not a list"\ny = f"the list shows {len(x)} orders, {{}}"\nz = "word"\n'
    assert found(source) == {"not a list", "the list shows {0} orders, {{}}"}


def test_a_choice_is_several_messages() -> None:
    source = """f"{'no' if a else 'each'} order is live{'' if b else ', as told'}" """
    assert found(source) == {f"{word} order is live{end}" for word in ("no", "each") for end in ("", ", as told")}


def test_a_counted_noun_is_two_messages() -> None:
    assert found('count(n, "live order")') == {"{0} live order", "{0} live orders"}


def test_lines_are_messages_of_their_own_without_what_joins_them() -> None:
    assert found('f"; is {a} late\\n  and {b} lost"') == {"is {0} late", "and {0} lost"}


def test_no_types_patterns_or_docstrings() -> None:
    source = (
        'def f(x: "int or str") -> "a b":\n    "What it does."\n    re.compile("a b c")\n    assert x, "is not so"\n'
    )
    assert found(source) == set()


def test_the_help_of_a_command() -> None:
    source = '@click.command()\ndef run():\n    """Test a target.\n\n    Without it,\n    the sandbox.\n    """\n'
    assert found(source) == {"Test a target.", "Without it, the sandbox."}


def test_a_page() -> None:
    source = '<p aria-label="all of it">{{ name }} at <code>x y</code>{% if a %} in {{ b }} ms{% endif %}</p>'
    assert set(of_template(source)) == {"{0} at", "in {0} ms", "all of it"}
