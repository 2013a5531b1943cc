"""Reads a notebook cell as tokens: enough of Python to find calls, in cells that Python itself could not parse.

Not Python's own tokenizer: that one stops at a magic, at `!ls` and at the first mistake, and its answer to f-strings
depends on the version. The JupyterLab extension reads cells by the same rules, and `schema/fixtures/number.json` holds
both to them; a test compares what is found here with `ast` in cells that Python can parse.
"""

from __future__ import annotations

import re
from typing import NamedTuple

#: Cell magics whose body is Python of this kernel. The body of any other (`%%bash`, `%%html` …) is left alone.
PYTHON_CELL_MAGICS = ("time", "timeit", "capture", "prun", "debug")

_TOKEN = re.compile(
    r"""
    (?P<space>[^\S\n]+|\\\n)
  | (?P<newline>\n)
  | (?P<comment>\#[^\n]*)
  | (?P<string>(?:[rR][bBfFtT]?|[bBfFtT][rR]?|[uU])?(?:\"{3}|'{3}|\"|'))
  | (?P<number>[0-9][0-9A-Za-z_.]*)
  | (?P<name>[^\W\d]\w*)
  | (?P<op>==|!=|<=|>=|:=|.)
    """,
    re.VERBOSE,
)
#: What stands behind the opening quote, the closing one included. A string without an end stops at its line's end,
#: or at the cell's end if it has three quotes.
_REST = {
    '"': re.compile(r'(?:\\.|[^"\\\n])*"?', re.DOTALL),
    "'": re.compile(r"(?:\\.|[^'\\\n])*'?", re.DOTALL),
    '"""': re.compile(r'(?:\\.|(?!""")[^\\])*(?:""")?', re.DOTALL),
    "'''": re.compile(r"(?:\\.|(?!''')[^\\])*(?:''')?", re.DOTALL),
}
_CELL_MAGIC = re.compile(r"\s*^%%(\w*)[^\n]*", re.MULTILINE)
#: `%time send(x, 3)`: the rest of the line is Python.
_PYTHON_LINE_MAGIC = re.compile(r"%(?:time|timeit)\b")
_WHOLE_LINE = re.compile(r"(?:[^\n\\]|\\\n|\\.)*")


class Token(NamedTuple):
    #: `name`, `number`, `string` or `op`; blanks, line ends and comments are left out.
    kind: str
    text: str
    #: Offsets in the cell's source, in code points.
    start: int
    end: int


def read_tokens(source: str) -> list[Token]:
    """The tokens of a code cell; none for a cell in another language."""
    at = 0
    magic = _CELL_MAGIC.match(source)
    if magic is not None:
        if magic[1] not in PYTHON_CELL_MAGICS:
            return []
        at = magic.end()
    tokens: list[Token] = []
    depth = 0
    line_begins = True
    while at < len(source):
        if depth == 0 and source[at] in "%!?" and (line_begins or (tokens and tokens[-1].text == "=")):
            timed = _PYTHON_LINE_MAGIC.match(source, at)
            at = timed.end() if timed is not None else _end(_WHOLE_LINE, source, at)
            line_begins = False
            continue
        found = _TOKEN.match(source, at)
        if found is None:  # pragma: no cover - every character is a token
            raise AssertionError(source[at])
        kind, end = str(found.lastgroup), found.end()
        if kind == "string":
            quote = found.group().lstrip("rRbBfFtTuU")
            end = _end(_REST[quote], source, end)
        if kind == "newline":
            line_begins = True
        elif kind not in ("space", "comment"):
            line_begins = False
            tokens.append(Token(kind, source[at:end], at, end))
            if kind == "op":
                depth = depth + 1 if source[at] in "([{" else max(0, depth - 1) if source[at] in ")]}" else depth
        at = end
    return tokens


def _end(pattern: re.Pattern[str], source: str, at: int) -> int:
    found = pattern.match(source, at)
    return found.end() if found is not None else at
