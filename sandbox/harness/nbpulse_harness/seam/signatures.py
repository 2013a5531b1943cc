"""`inspect.signature` of the other end's functions and classes: its parts as plain data, put together again here."""

from __future__ import annotations

import inspect
from typing import Any

_MOST = 200


def parts_of(target: Any) -> tuple[Any, ...]:
    """(parameters, return annotation); a parameter is (name, kind, default, annotation)."""
    signature = inspect.signature(target)
    parameters = tuple((p.name, int(p.kind), p.default, p.annotation) for p in signature.parameters.values())
    return parameters[:_MOST], signature.return_annotation


def from_parts(parts: Any) -> inspect.Signature:
    """Raises TypeError or ValueError on what is no signature."""
    parameters, returned = parts
    if type(parameters) is not tuple or len(parameters) > _MOST:
        raise ValueError("parameters are expected")
    kinds = {int(kind): kind for kind in inspect._ParameterKind}
    found = []
    for name, kind, default, annotation in parameters:
        if type(name) is not str or type(kind) is not int:
            raise ValueError("a parameter is expected")
        found.append(inspect.Parameter(name, kinds[kind], default=default, annotation=annotation))
    return inspect.Signature(found, return_annotation=returned, __validate_parameters__=False)
