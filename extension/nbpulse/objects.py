"""Objects by their parts: dataclasses, attrs, pydantic, named tuples, deques, estimators, the student's own classes.

Only fields that hold data are read; no property runs, nothing is called that could change or use up the object.
"""

from __future__ import annotations

import sys
from itertools import islice
from typing import Any

from . import limits
from .budget import Budget, Encoded
from .containers import encode_fields, spend_text
from .text import class_label, safe_repr

_MISSING = object()
_COLLECTIONS = frozenset(
    ("collections.deque", "array.array", "builtins.dict_keys", "builtins.dict_values", "builtins.dict_items")
)


def encode_object(value: Any, budget: Budget) -> Encoded | None:
    """None for what has no named parts."""
    kind = type(value)
    names = _field_names(kind, value)
    if names is not None:
        return encode_fields(value, _read(value, names), budget)
    encoded = _collection(value, budget)
    if encoded is not None:
        return encoded
    if "sklearn.base" in sys.modules and isinstance(value, sys.modules["sklearn.base"].BaseEstimator):
        return _estimator(value, budget)
    return _keras_model(value, budget)


def _field_names(kind: type, value: Any) -> list[str] | None:
    names = getattr(kind, "__dataclass_fields__", None)
    if isinstance(names, dict):
        return [str(name) for name in names]
    names = getattr(kind, "_fields", None)
    if isinstance(value, tuple) and isinstance(names, tuple) and all(isinstance(name, str) for name in names):
        return list(names)
    attributes = getattr(kind, "__attrs_attrs__", None)
    if isinstance(attributes, tuple):
        return [str(attribute.name) for attribute in attributes]
    for base in kind.__mro__:
        if base.__module__.split(".")[0] == "pydantic" and base.__name__ == "BaseModel":
            fields = getattr(kind, "__pydantic_fields__", None) or getattr(kind, "__fields__", None)
            return [str(name) for name in fields] if isinstance(fields, dict) else None
    return None


def _read(value: Any, names: list[str]) -> list[tuple[str, Any]]:
    """A field that was deleted, or whose reading fails, is left out."""
    found = []
    for name in names:
        try:
            item = getattr(value, name, _MISSING)
        except Exception:
            item = _MISSING
        if item is not _MISSING:
            found.append((name, item))
    return found


def encode_own_object(value: Any, budget: Budget) -> Encoded | None:
    """An object of a class of the notebook that has no repr of its own: what it holds says more than its address."""
    kind = type(value)
    if kind.__module__ != "__main__" or "__repr__" in _inherited(kind):
        return None
    held = getattr(value, "__dict__", None)
    if type(held) is not dict or not held:
        return None
    return encode_fields(value, [(str(name), item) for name, item in list(held.items())], budget)


def _inherited(kind: type) -> set[str]:
    """Names that its classes below `object` define."""
    return {name for base in kind.__mro__ if base is not object for name in vars(base)}


def _collection(value: Any, budget: Budget) -> Encoded | None:
    """Collections whose repr could be endless: the first items, the count, and what kind it is."""
    kind = type(value)
    name = f"{kind.__module__}.{kind.__qualname__}"
    if name in _COLLECTIONS:
        count = len(value)
        items = list(islice(iter(value), None if budget.exact else budget.items))
        fields: list[tuple[str, Any]] = [("items", items)]
        if count > len(items):
            fields.append(("length", count))
        if name == "collections.deque" and value.maxlen is not None:
            fields.append(("maxlen", value.maxlen))
        if name == "array.array":
            fields.insert(0, ("typecode", value.typecode))
        return encode_fields(value, fields, budget)
    return None


def encode_unread(value: Any, budget: Budget) -> Encoded | None:
    """Generators, iterators and the like are named, never run: reading would use them up."""
    kind = type(value)
    runs = hasattr(kind, "__next__") or kind.__name__ in ("coroutine", "async_generator")
    if not runs or kind.__module__ not in ("builtins", "itertools"):
        return None  # files and readers of a library say in their repr what they are
    name = getattr(value, "__qualname__", None) if kind.__name__.endswith(("generator", "coroutine")) else None
    what = f"<{kind.__name__} {name}>" if isinstance(name, str) else f"<{kind.__name__}>"
    hint = "await it and send what it gives" if kind.__name__ == "coroutine" else "send(list(…), …) sends what it gives"
    text = spend_text(f"{what}, not run: {hint}", limits.REPR_CHARS, budget)
    return {"t": "repr", "cls": class_label(kind), "text": text}


def _estimator(value: Any, budget: Budget) -> Encoded | None:
    """scikit-learn: its parameters, and of the outermost one what fitting found (`coef_`, `n_features_in_` …)."""
    try:
        fields = list(value.get_params(deep=False).items())
    except Exception:
        return None
    if budget.depth == 0:
        fields += [
            (name, item)
            for name, item in list(vars(value).items())
            if name.endswith("_") and not name.startswith("_") and not name.endswith("__")
        ]
    encoded = encode_fields(value, fields, budget)
    if encoded["t"] == "object" and budget.depth == 0:
        encoded["text"] = spend_text(safe_repr(value), limits.REPR_CHARS, budget)
    return encoded


def _keras_model(value: Any, budget: Budget) -> Encoded | None:
    """A model's repr is an address; its summary is what people print."""
    kind = type(value)
    bases = {f"{base.__module__.split('.')[0]}.{base.__name__}" for base in kind.__mro__}
    if not bases & {"keras.Model", "tensorflow.Model", "tf_keras.Model"}:
        return None
    lines: list[str] = []
    try:
        value.summary(print_fn=lambda line, *_more, **_options: lines.append(str(line)), line_length=100)
    except Exception:
        return None
    if not lines:
        return None
    text = spend_text("\n".join(lines), limits.REPR_CHARS, budget)
    return {"t": "repr", "cls": class_label(kind), "text": text}
