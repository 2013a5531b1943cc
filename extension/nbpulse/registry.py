"""`register(type, encoder)`: kinds of values that this package does not know, or that should be sent in another way.

A rule holds for its class and for its subclasses; the nearest class of a value's `__mro__` that has a rule decides. A
class may be named, `"package.module.Class"`, so that nothing need be imported.
"""

from __future__ import annotations

from typing import Any, Callable

from .budget import Budget, Encoded, Overspent, Refused
from .text import class_label, safe_str

ValueEncoder = Callable[[Any], Any]

#: Encoders that give values for other encoders: more in a row is a circle.
_TURNS = 8
_by_class: dict[type, ValueEncoder] = {}
_by_name: dict[str, ValueEncoder] = {}
#: Kinds with one form on the wire; a rule for `int` would make answers of a class incomparable.
_FIXED = frozenset((bool, int, float, complex, str, bytes, bytearray, type(None), object, type))


def add_rule(kind: type | str, encoder: ValueEncoder) -> None:
    """Raises ValueError, in words, for what cannot be a rule."""
    if not callable(encoder):
        raise ValueError("register needs a function: register(MyType, lambda value: value.rows).")
    if isinstance(kind, str):
        if "." not in kind.strip("."):
            raise ValueError(
                f'register names a class with its module, as in "package.module.Class", not {kind[:80]!r}.'
            )
        _by_name[kind] = encoder
    elif isinstance(kind, type):
        if kind in _FIXED:
            raise ValueError(f"register cannot change how {kind.__name__} is sent; register a class of yours.")
        _by_class[kind] = encoder
    else:
        raise ValueError('register takes a class, or its name "package.module.Class", and a function.')


def has_rules() -> bool:
    return bool(_by_class) or bool(_by_name)


def _rule_for(kind: type) -> ValueEncoder | None:
    for base in type.mro(kind) if kind is not type else ():
        rule = _by_class.get(base)
        if rule is None and _by_name:
            rule = _by_name.get(f"{base.__module__}.{base.__qualname__}")
        if rule is not None:
            return rule
    return None


def encode_registered(value: Any, budget: Budget) -> Encoded | None:
    """What the rule for this value gives, encoded; None when there is none, or it failed (the badge then says why)."""
    rule = _rule_for(type(value))
    if rule is None:
        return None
    known = budget.made.get(id(value))
    if known is None:
        budget.made[id(value)] = known = (value, _ask(rule, value))
    given = known[1]
    if given is _FAILED or given is value:
        return None
    if budget.turns >= _TURNS:
        _say(f"the encoder for {class_label(type(value))} goes round in a circle; its repr is sent.")
        return None
    budget.turns += 1
    try:
        return budget.encode(given, budget)
    except (Refused, Overspent):
        raise
    except Exception as error:
        _say(f"what the encoder for {class_label(type(value))} gave cannot be sent ({type(error).__name__}).")
        return None
    finally:
        budget.turns -= 1


_FAILED = object()


def _ask(rule: ValueEncoder, value: Any) -> Any:
    try:
        return rule(value)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        why = f"{type(error).__name__}: {safe_str(error)[:200]}"
        _say(f"the encoder for {class_label(type(value))} failed ({why}); the value is sent as it would be without it.")
        return _FAILED


def _say(message: str) -> None:
    """To the status badge."""
    from .custodian import custodian  # noqa: PLC0415 - it imports the encoders

    custodian().problem("encoder", message)
