"""The rules of renumbering, by the examples that the Lab extension is held to too, and against Python's `ast`."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nbpulse.command.calls import find_calls
from nbpulse.command.number import apply_edits, plan_numbers
from nbpulse.command.tokens import read_tokens

GOLDEN = json.loads((Path(__file__).parents[2] / "schema/fixtures/number.json").read_text("utf-8"))


def renumber(cells: list[str | None]) -> list[str | None]:
    edits = plan_numbers(cells).edits
    return [
        None if source is None else apply_edits(source, [edit for edit in edits if edit.cell == index])
        for index, source in enumerate(cells)
    ]


@pytest.mark.parametrize("case", GOLDEN, ids=[case["name"] for case in GOLDEN])
def test_golden(case: dict[str, Any]) -> None:
    sources = [cell["source"] if cell["type"] == "code" else None for cell in case["cells"]]
    plan = plan_numbers(sources)
    expected = [after if source is not None else None for source, after in zip(sources, case["after"], strict=True)]
    assert renumber(sources) == expected
    assert [change._asdict() for change in plan.changes] == case["changes"]
    assert [left._asdict() for left in plan.left] == case["left"]


keys = st.one_of(
    st.integers(0, 30).map(str),
    st.tuples(st.integers(0, 30), st.sampled_from(["", "a", ".b", " bonus", "é"])).map(
        lambda key: f'"{key[0]}{key[1]}"'
    ),
    st.sampled_from(['"warm-up"', "key", "1 + 2", "f'{key}'", "2.5", "b'3'", "(4)"]),
)
values = st.sampled_from(
    ["a", "(1, 2)", '", 9)"', "lambda p, q=3: p", "[x for x in (1, 2)]", "{1: send}", "f(1, 2)[0, 1:2]"]
)
calls = st.tuples(
    values, keys, st.sampled_from(["send({}, {})", "nbpulse.send({},{},)", "send(question={1}, value={0})"])
)
lines = st.one_of(
    calls.map(lambda call: call[2].format(call[0], call[1])),
    st.sampled_from(["x = 1", "# send(a, 5)", 's = "send(a, 5)"', "socket.send(a, 5)", "print('''\nsend(a, 5)\n''')"]),
)
cells_of_lines = st.lists(st.lists(lines, max_size=4).map("\n".join), max_size=5)


def python_calls(tree: ast.AST) -> list[tuple[int, int]]:
    """Where Python itself sees calls of `send`: (line, column) of each name."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("send", "nbpulse.send"):
            found.append((node.func.lineno, node.func.col_offset))
    return sorted(found)


def question_keys(tree: ast.AST) -> list[Any]:
    """The keys of those calls, as the kernel will see them where they are constants."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("send", "nbpulse.send"):
            named = [keyword.value for keyword in node.keywords if keyword.arg == "question"]
            key = named[0] if named else node.args[1]
            found.append(
                (str(key.value) if isinstance(key, ast.Constant) else ast.dump(key), node.lineno, node.col_offset)
            )
    return [key for key, *_ in sorted(found, key=lambda item: item[1:])]


@given(cells_of_lines)
def test_finds_what_python_sees(cells: list[str]) -> None:
    for source in cells:
        assert len(find_calls(source)) == len(python_calls(ast.parse(source)))


@given(cells_of_lines)
def test_equal_stay_equal_and_different_stay_different(cells: list[str]) -> None:
    before = [key for source in cells for key in question_keys(ast.parse(source))]
    after = [key for source in renumber(list(cells)) for key in question_keys(ast.parse(source or ""))]
    assert len(before) == len(after)
    assert len(set(zip(before, after, strict=True))) == len(set(before)) == len(set(after))


@given(cells_of_lines)
def test_a_second_time_changes_nothing(cells: list[str]) -> None:
    once = renumber(list(cells))
    assert renumber(once) == once


@given(st.text(alphabet=st.sampled_from(list("send(a, 3)\"'\\\n#%!={}[]:*.fr é\x00")), max_size=60))
@example("send('\\")
def test_any_text_is_read_to_its_end(source: str) -> None:
    tokens = read_tokens(source)
    assert all(token.text == source[token.start : token.end] for token in tokens)
    assert all(one.end <= two.start for one, two in zip(tokens, tokens[1:], strict=False))
    after = renumber([source])[0] or ""
    strip = str.maketrans("", "", "0123456789")
    assert after.translate(strip) == source.translate(strip)
