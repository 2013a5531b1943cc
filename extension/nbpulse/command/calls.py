"""Finds the `send` calls of a cell and the question key of each."""

from __future__ import annotations

import re
from typing import NamedTuple

from .tokens import Token, read_tokens

_CLOSING = {"(": ")", "[": "]", "{": "}"}
_NUMBER = re.compile(r"(?P<head>)(?P<number>[0-9]+)(?P<suffix>\.[0-9]+)?\Z")
_STRING = re.compile(r"""(?P<head>[rRuU]?("{3}|'{3}|"|')[ \t]*)(?P<number>[0-9]+)(?P<suffix>[^\\]*)\2\Z""", re.DOTALL)
_PLAIN_STRING = re.compile(r"""[rRuU]?(?:"[^"\\]*"|'[^'\\]*')\Z""")


class Call(NamedTuple):
    """One `send(…)`."""

    #: The source of the question key; empty when there is none.
    key: str
    #: Where the key's number stands in the cell's source; None when the key stays as it is.
    number: tuple[int, int] | None
    #: Why it stays: `text`, `computed`, `missing` or `unclosed`; empty otherwise.
    why: str
    #: Offset of the key, or of `send` when there is none.
    at: int


def find_calls(source: str) -> list[Call]:
    """Every call of `send` or `nbpulse.send`, in the order of the text."""
    tokens = read_tokens(source)
    calls = []
    for index, token in enumerate(tokens[:-1]):
        if (
            token == ("name", "send", token.start, token.end)
            and tokens[index + 1].text == "("
            and _is_ours(tokens, index)
        ):
            calls.append(_read_call(source, tokens, index))
    return calls


def _is_ours(tokens: list[Token], index: int) -> bool:
    """Not `def send(`, nor the method of something else (`socket.send(`)."""
    before = [token.text for token in tokens[max(0, index - 3) : index]]
    if not before:
        return True
    if before[-1] == ".":
        return before[-2:] == ["nbpulse", "."] and before[-3:-2] != ["."]
    return before[-1] not in ("def", "class")


def _read_call(source: str, tokens: list[Token], index: int) -> Call:
    arguments = _arguments(tokens, index + 2)
    if arguments is None:
        return Call("", None, "unclosed", tokens[index].start)
    key = _key(arguments)
    if key is None:
        return Call("", None, "missing", tokens[index].start)
    key = _inside(key)
    start, text = key[0].start, source[key[0].start : key[-1].end]
    if len(key) > 1 or key[0].kind not in ("number", "string"):
        return Call(text, None, "computed", start)
    found = (_NUMBER if key[0].kind == "number" else _STRING).match(text)
    if found is None:
        return Call(text, None, "text" if _PLAIN_STRING.match(text) else "computed", start)
    return Call(text, (start + found.start("number"), start + found.end("number")), "", start)


def _inside(key: list[Token]) -> list[Token]:
    """`(4)` is `4`: what stands in the brackets, when that is one number or text."""
    inside = key
    while len(inside) > 2 and inside[0].text == "(" and inside[-1].text == ")":
        inside = inside[1:-1]
    return inside if len(inside) == 1 and inside[0].kind in ("number", "string") else key


def _arguments(tokens: list[Token], at: int) -> list[list[Token]] | None:
    """The tokens of each argument; None when the bracket is never closed."""
    arguments: list[list[Token]] = [[]]
    open_brackets = [")"]
    lambdas = 0  # whose parameters are being read: their commas part no arguments
    for token in tokens[at:]:
        if len(open_brackets) == 1 and token.text in ("lambda", ":"):
            lambdas = max(0, lambdas + (1 if token.text == "lambda" else -1))
        if token.kind == "op":
            if token.text in _CLOSING:
                open_brackets.append(_CLOSING[token.text])
            elif token.text in (")", "]", "}"):
                if open_brackets.pop() != token.text:
                    return None
                if not open_brackets:
                    return arguments
            elif token.text == "," and len(open_brackets) == 1 and lambdas == 0:
                arguments.append([])
                continue
        arguments[-1].append(token)
    return None


def _key(arguments: list[list[Token]]) -> list[Token] | None:
    """The argument `question`: by its name, or the second one. What `*` or `**` brings is computed."""
    placed: list[list[Token]] = []
    starred: list[Token] | None = None
    for argument in arguments:
        if len(argument) > 2 and argument[0].kind == "name" and argument[1].text == "=":
            if argument[0].text == "question":
                return argument[2:]
        elif argument and argument[0].text == "*":
            starred = starred or argument
        elif argument and starred is None:
            placed.append(argument)
    if len(placed) > 1:
        return placed[1]
    return starred
