"""Reads encoded values back, as far as Python has the type: the property tests compare."""

from __future__ import annotations

import base64
import math
import re
from typing import Any


def read_text(json: dict[str, Any]) -> str:
    if not json.get("esc"):
        return str(json["v"])
    return unescape(json["v"])


def unescape(text: str) -> str:
    def one(match: re.Match[str]) -> str:
        code = match.group(1)
        return "\\" if code == "\\" else "\x00" if code == "0" else chr(int(code[1:], 16))

    return re.sub(r"\\(\\|0|u[0-9A-F]{4})", one, text)


def read_float(json: Any) -> float:
    if isinstance(json, str):
        return {"nan": math.nan, "inf": math.inf, "-inf": -math.inf, "-0": -0.0}[json]
    return float(json)


def read_value(json: dict[str, Any]) -> Any:
    kind = json["t"]
    if kind == "none":
        return None
    if kind == "bool":
        return json["v"]
    if kind == "int":
        return int(json["v"])
    if kind == "float":
        return read_float(json["v"])
    if kind == "complex":
        return complex(read_float(json["re"]), read_float(json["im"]))
    if kind == "str":
        return read_text(json)
    if kind == "bytes":
        return base64.b64decode(json["b64"])
    if kind in ("list", "tuple", "set", "frozenset"):
        make: Any = {"list": list, "tuple": tuple, "set": set, "frozenset": frozenset}[kind]
        return make(read_value(item) for item in json["v"])
    if kind == "dict":
        return {read_value(key): read_value(item) for key, item in json["v"]}
    raise ValueError(f"no reader for {kind}")


def read_cells(json: dict[str, Any]) -> list[Any]:
    if json.get("esc"):
        return [unescape(item) if isinstance(item, str) else item for item in json["v"]]
    return list(json["v"])
