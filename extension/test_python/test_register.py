"""`register`: kinds of a lab's own, by class and by name; what fails is said in the badge and never in the cell."""

from __future__ import annotations

import collections
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import nbpulse
from nbpulse import registry
from nbpulse.custodian import Custodian
from nbpulse.encode import encode


@pytest.fixture(autouse=True)
def badge(monkeypatch: pytest.MonkeyPatch) -> Iterator[Custodian]:
    """Rules of this test alone, and the custodian whose badge hears of them."""
    monkeypatch.setattr(registry, "_by_class", {})
    monkeypatch.setattr(registry, "_by_name", {})
    keeper = Custodian()
    monkeypatch.setattr("nbpulse.custodian._current", keeper)
    yield keeper
    keeper.close(0)


class Molecule:
    def __init__(self, *atoms: str) -> None:
        self.atoms = list(atoms)

    def __repr__(self) -> str:
        return "a molecule"


class Acid(Molecule):
    pass


def test_what_the_encoder_gives_is_sent_in_its_place() -> None:
    nbpulse.register(Molecule, lambda molecule: {"atoms": molecule.atoms})
    assert encode(Molecule("C", "H"))[0] == encode({"atoms": ["C", "H"]})[0]
    assert encode([Molecule("C")])[0] == encode([{"atoms": ["C"]}])[0]
    assert encode(np.array([Molecule("C"), 1], dtype=object))[0]["v"][0]["t"] == "dict"


def test_as_a_decorator_and_by_name() -> None:
    @nbpulse.register(f"{Molecule.__module__}.Molecule")
    def atoms_of(molecule: Molecule) -> list[str]:
        return molecule.atoms

    assert atoms_of(Molecule("O")) == ["O"]
    assert encode(Molecule("O"))[0] == encode(["O"])[0]


def test_holds_for_subclasses_and_the_nearest_class_wins() -> None:
    nbpulse.register(Molecule, lambda molecule: "molecule")
    assert encode(Acid())[0]["v"] == "molecule"
    nbpulse.register(Acid, lambda acid: "acid")
    assert (encode(Acid())[0]["v"], encode(Molecule())[0]["v"]) == ("acid", "molecule")
    nbpulse.register(Acid, lambda acid: "last rule")
    assert encode(Acid())[0]["v"] == "last rule"


def test_goes_before_what_the_package_knows() -> None:
    nbpulse.register(np.ndarray, lambda array: float(array.sum()))
    assert encode(np.array([1, 2]))[0] == {"t": "float", "v": 3.0}
    nbpulse.register("collections.Counter", lambda counter: counter.most_common(1))
    assert encode(collections.Counter("aab"))[0] == encode([("a", 2)])[0]


@pytest.mark.parametrize("error", [ValueError("no bonds"), SystemExit(3)])
def test_one_that_fails_costs_nothing_but_a_word_in_the_badge(badge: Custodian, error: BaseException) -> None:
    def fail(molecule: Molecule) -> Any:
        raise error

    nbpulse.register(Molecule, fail)
    assert encode(Molecule())[0]["text"]["v"] == "a molecule"
    assert "encoder for" in badge.last_problem and type(error).__name__ in badge.last_problem
    assert bool(nbpulse.send(Molecule(), 1))


def test_each_value_is_asked_for_once_in_a_send() -> None:
    asked: list[Molecule] = []

    def big(molecule: Molecule) -> list[int]:
        asked.append(molecule)
        return list(range(1_500))  # is cut, so that a hash of the whole is made

    nbpulse.register(Molecule, big)
    assert "sha256" in encode(Molecule())[0]
    assert len(asked) == 1


def test_circles_end(badge: Custodian) -> None:
    nbpulse.register(Molecule, lambda molecule: molecule)
    assert encode(Molecule())[0]["t"] == "repr"
    nbpulse.register(Molecule, lambda molecule: Acid(*molecule.atoms))
    assert encode(Molecule())[0]["t"] == "repr"
    assert "circle" in badge.last_problem
    nbpulse.register(Molecule, lambda molecule: [molecule])
    assert encode(Molecule())[1].count("list") <= 30


@pytest.mark.parametrize(
    ("kind", "encoder", "said"),
    [
        (int, str, "cannot change how int"),
        ("Molecule", str, "with its module"),
        (3, str, "takes a class"),
        (Molecule, "not a function", "needs a function"),
    ],
)
def test_what_cannot_be_a_rule_is_said_and_never_raised(badge: Custodian, kind: Any, encoder: Any, said: str) -> None:
    nbpulse.register(kind, encoder)
    assert said in badge.last_problem
    assert encode(2)[0] == {"t": "int", "v": 2}
