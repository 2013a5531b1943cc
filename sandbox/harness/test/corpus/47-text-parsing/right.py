import json
import re
from urllib.parse import parse_qs

ROMAN = [(1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"),
         (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")]  # fmt: skip


def parse_ini(text):
    result, section = {}, None
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()
        if not line or line.startswith(";"):
            continue
        if line.startswith("["):
            section = result.setdefault(line.strip("[]"), {})
            continue
        if section is None:
            raise SyntaxError(f"line {number}: no section yet")
        key, _, value = (part.strip() for part in line.partition("="))
        section[key] = convert(value)
    return result


def convert(text):
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            pass
    return text


def parse_query(text):
    return parse_qs(text)


def json_lines(text):
    return [json.loads(line) for line in text.splitlines() if line]


def to_json(value):
    return json.dumps(value, sort_keys=True, default=list)


def parse_table(text):
    head, _, *rows = [[cell.strip() for cell in line.split("|")] for line in text.splitlines()]
    return [dict(zip(head, row)) for row in rows]


def tokenize(text):
    return [int(t) if t.isdigit() else t for t in re.findall(r"\d+|[-+*()]", text)]


def calculate(text):
    tokens = tokenize(text)

    def factor():
        token = tokens.pop(0) if tokens else None
        if token == "(":
            value = total()
            if not tokens or tokens.pop(0) != ")":
                raise ValueError("a bracket is not closed")
            return value
        if not isinstance(token, int):
            raise ValueError(f"unexpected {token}")
        return token

    def product():
        value = factor()
        while tokens and tokens[0] == "*":
            tokens.pop(0)
            value *= factor()
        return value

    def total():
        value = product()
        while tokens and tokens[0] in ("+", "-"):
            value = value + product() if tokens.pop(0) == "+" else value - product()
        return value

    result = total()
    if tokens:
        raise ValueError(f"unexpected {tokens[0]}")
    return result


def to_roman(n):
    text = ""
    for value, letters in ROMAN:
        while n >= value:
            text += letters
            n -= value
    return text


def from_roman(text):
    values = dict((letter, value) for value, letter in ROMAN)
    total = 0
    for a, b in zip(text, text[1:] + "I"):
        total += -values[a] if values[a] < values[b] else values[a]
    return total


def wrap(text, width):
    lines = [""]
    for word in text.split():
        candidate = (lines[-1] + " " + word).strip()
        if len(candidate) <= width:
            lines[-1] = candidate
        else:
            lines.append(word)
    return "\n".join(lines)


def checksum(data):
    return sum(data) % 256


def hex_dump(data):
    return data.hex(" ")


def decode(data):
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")
