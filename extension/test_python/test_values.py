"""What becomes of values: golden ones, generated ones, hostile ones, and those that are too large."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import golden
import made_values
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from sameness import same
from wire_reader import read_cells, read_float, read_text, read_value

from nbpulse import limits
from nbpulse.budget import Refused
from nbpulse.encode import encode

CASES = json.loads((golden.FIXTURES / "values.json").read_text(encoding="utf-8"))
UNSAFE = re.compile("[\x00\ud800-\udfff]")


def strings_of(data: Any) -> list[str]:
    if isinstance(data, str):
        return [data]
    if isinstance(data, list):
        return [text for item in data for text in strings_of(item)]
    if isinstance(data, dict):
        return [text for key, item in data.items() for text in [key, *strings_of(item)]]
    return []


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_golden_value(case: dict[str, Any]) -> None:
    _, body = encode(golden.evaluate(case["python"]))
    assert json.loads(body) == case["value"]


def test_the_golden_file_has_every_expression() -> None:
    assert [(case["name"], case["python"]) for case in CASES] == golden.EXPRESSIONS


def test_limits_are_those_of_the_wire() -> None:
    wire = json.loads((golden.FIXTURES / "limits.json").read_text(encoding="utf-8"))
    ours = {name: value for name, value in vars(limits).items() if name.isupper() and name not in ("KIB", "MIB")}
    assert len(ours) == 15
    for name, value in ours.items():
        camel = re.sub(r"_(\w)", lambda match: match.group(1).upper(), name.lower())
        if camel.startswith("journal"):
            assert wire["journalLimits"][camel.removeprefix("journal").lower()] == value
        else:
            assert wire["limits"][camel] == value


def test_versions_agree() -> None:
    package = json.loads((Path(__file__).parents[1] / "package.json").read_text(encoding="utf-8"))
    import nbpulse

    assert package["version"] == nbpulse.__version__


@given(made_values.plain)
@settings(max_examples=400, deadline=None)
def test_any_plain_value_comes_back(value: Any) -> None:
    _, body = encode(value)
    data = json.loads(body)
    assert same(read_value(data), value)
    assert not any(UNSAFE.search(text) for text in strings_of(data))
    assert len(body.encode("utf-8")) <= limits.VALUE_BYTES


@given(st.text(st.characters(), min_size=1).map(lambda text: text * 9_000))
@settings(max_examples=40, deadline=None)
def test_long_text_is_cut_to_a_prefix_with_its_full_length(text: str) -> None:
    _, body = encode(text)
    data = json.loads(body)
    kept = read_text(data)
    assert text.startswith(kept)
    assert len(body.encode("utf-8")) <= limits.VALUE_BYTES
    if "cut" in data:
        assert data["cut"]["length"] == len(text) > len(kept)
    else:
        assert kept == text


@given(npst.arrays(npst.scalar_dtypes(), npst.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=5)))
@settings(max_examples=400, deadline=None)
def test_any_numpy_array_has_a_valid_encoding(array: Any) -> None:
    encoded, body = encode(array)
    data = json.loads(body)
    assert data["t"] == "array" and data["shape"] == list(array.shape)
    cells = read_cells(data)
    if array.dtype.kind in "iu":
        assert [int(item) for item in cells] == [int(item) for item in array.ravel()]
    elif array.dtype.kind == "f":
        assert all(
            same(read_float(cell), float(item))
            for cell, item in zip(cells, array.ravel().astype("float64"), strict=True)
        )
    elif array.dtype.kind == "c":
        assert len(cells) == 2 * array.size
    elif array.dtype.kind in "bU":
        assert cells == array.ravel().tolist()
    elif array.dtype.kind == "S":
        assert [cell.encode("latin-1") for cell in cells] == array.ravel().tolist()
    else:
        assert len(cells) == array.size
    copy = np.array(array, order="F", copy=True)
    assert encode(copy)[0].get("sha256") == encoded.get("sha256")


@given(npst.arrays(npst.scalar_dtypes(), ()))
@settings(max_examples=300, deadline=None)
def test_any_numpy_scalar_says_its_dtype(array: Any) -> None:
    scalar = array[()]
    data = json.loads(encode(scalar)[1])
    if data["t"] in ("int", "float", "bool", "complex", "datetime", "timedelta"):
        assert data["dtype"] == str(scalar.dtype)
    if data["t"] == "int":
        assert int(data["v"]) == int(scalar)


cells = st.none() | st.integers(-(2**63), 2**63 - 1) | st.floats() | st.text(st.characters()) | st.booleans()


@given(st.dictionaries(st.text(min_size=1, max_size=5), st.lists(cells, min_size=3, max_size=3), max_size=5))
@settings(max_examples=200, deadline=None)
def test_any_frame_has_a_valid_encoding(columns: dict[str, list[Any]]) -> None:
    frame = pd.DataFrame({name: pd.Series(column, dtype=object) for name, column in columns.items()})
    data = json.loads(encode(frame)[1])
    assert data["t"] == "frame"
    assert data["shape"] == list(frame.shape)
    assert not any(UNSAFE.search(text) for text in strings_of(data))
    for column, (_, given_cells) in zip(data["columns"], columns.items(), strict=True):
        for read, cell in zip(read_cells(column), given_cells, strict=True):
            if isinstance(cell, str):
                assert read == cell
            elif isinstance(cell, int) and not isinstance(cell, bool):
                assert int(read) == cell


def test_equal_sets_are_equal_whatever_their_order() -> None:
    one = {f"word {number}" for number in range(3_000)}
    other = {f"word {number}" for number in reversed(range(3_000))}
    assert encode(one)[1] == encode(other)[1]


def test_a_cut_container_counts_and_hashes_the_whole() -> None:
    numbers = list(range(5_000))
    data = encode(numbers)[0]
    assert (len(data["v"]), data["n"]) == (1_000, 5_000)
    changed = [*numbers[:-1], -1]
    assert encode(changed)[0]["v"] == data["v"]
    assert encode(changed)[0]["sha256"] != data["sha256"]
    assert encode(list(numbers))[0]["sha256"] == data["sha256"]


@pytest.mark.parametrize(
    "value",
    [
        [list(range(1_000))] * 1_000,
        ["x" * 150_000] * 1_000,
        [np.arange(100_000)] * 1_000,
        [pd.DataFrame({"a": ["é" * 500] * 60})] * 100,
        {f"k{number}" * 100: "v" * 10_000 for number in range(900)},
        pd.DataFrame({f"c{number}": ["é" * 500] * 60 for number in range(60)}),
        np.array(["\x00" * 400] * 3_000),
        "\x00" * 1_000_000,
        "🎉" * 1_000_000,
    ],
    ids=["lists", "texts", "arrays", "frames", "dict", "wide frame", "array of NUL", "NUL", "emoji"],
)
def test_what_is_large_is_cut_to_fit(value: Any) -> None:
    _, body = encode(value)
    assert len(body.encode("utf-8")) <= limits.VALUE_BYTES


@pytest.mark.parametrize(
    "value", [b"x" * 2_000_000, [b"x" * 900_000], bytearray(1_500_000)], ids=["bytes", "in list", "bytearray"]
)
def test_what_cannot_be_cut_is_refused_with_a_message(value: Any) -> None:
    with pytest.raises(Refused, match="1 MB"):
        encode(value)


class Hostile:
    """Every way in which an object can lie to whoever looks at it."""

    def __init__(self, how: str) -> None:
        self.how = how

    def __repr__(self) -> Any:
        if self.how == "returns a number":
            return 3
        if self.how == "exits":
            raise SystemExit
        if self.how == "recurses":
            return repr(self)
        raise RuntimeError("no repr")

    def _repr_html_(self) -> Any:
        raise RuntimeError("no html")

    def _repr_mimebundle_(self, **_: Any) -> Any:
        return {"text/html": 3, "image/png": "not base64!"}

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("no eq")

    __hash__ = None  # type: ignore[assignment]


@pytest.mark.parametrize("how", ["returns a number", "exits", "recurses", "raises"])
def test_a_hostile_repr_is_described(how: str) -> None:
    for value in (Hostile(how), [Hostile(how)], {"a": (Hostile(how),)}, np.array([Hostile(how)], dtype=object)):
        assert "its repr" in encode(value)[1]


def test_a_class_that_overrides_everything_is_still_a_list() -> None:
    class Liar(list):  # type: ignore[type-arg]
        def __len__(self) -> int:
            raise RuntimeError

        def __iter__(self) -> Any:
            raise RuntimeError

    data = encode(Liar([1, 2]))[0]
    assert (data["t"], data["n"], len(data["v"])) == ("list", 2, 2)


def test_a_frame_that_holds_lists_is_hashed_too() -> None:
    lists = [[number] for number in range(60)]
    data = encode(pd.DataFrame({"a": lists}))[0]
    assert read_cells(data["columns"][0]) == lists[:50]
    assert data["sha256"] != encode(pd.DataFrame({"a": [*lists[:-1], [0]]}))[0]["sha256"]


def test_an_exception_brings_its_traceback() -> None:
    try:
        _ = 1 / 0
    except ZeroDivisionError as error:
        data = encode(error)[0]
    assert data["cls"] == "ZeroDivisionError"
    assert "1 / 0" in data["tb"]["v"]


class Doubler:
    def twice(self, number: int) -> int:
        return 2 * number


def test_functions_bring_their_source() -> None:
    triple = lambda number: 3 * number  # noqa: E731
    assert encode(triple)[0]["kind"] == "lambda"
    assert "3 * number" in encode(triple)[0]["src"]["v"]
    assert encode(Doubler)[0]["kind"] == "class"
    assert "def twice" in encode(Doubler)[0]["src"]["v"]
    method = encode(Doubler().twice)[0]
    assert (method["kind"], method["name"]) == ("method", "Doubler.twice")
    assert method["src"]["v"].startswith("def twice")


def test_a_tensor_is_an_array_of_its_library() -> None:
    class Tensor:
        """As torch has it: on a graph until detached."""

        dtype = "torch.float32"
        shape = (2,)

        def __init__(self, attached: bool = True) -> None:
            self.attached = attached

        def detach(self) -> Tensor:
            return Tensor(attached=False)

        def cpu(self) -> Tensor:
            return self

        def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
            if self.attached:
                raise RuntimeError("Can't call numpy() on Tensor that requires grad.")
            return np.array([1.5, 2.5], dtype="float32")

    Tensor.__module__ = "torch"
    data = encode(Tensor())[0]
    assert (data["lib"], data["dtype"], data["v"]) == ("torch", "torch.float32", [1.5, 2.5])
