"""Kinds of values one by one: what is sent of them, that they stay as they are, and which of them are equal."""

from __future__ import annotations

import array
import asyncio
import collections
import dataclasses
import enum
import functools
import io
import itertools
import json
import sys
import types
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
import plotly.graph_objects as go
import polars as pl
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from nbpulse import limits
from nbpulse.budget import Refused
from nbpulse.encode import encode


def sent(value: Any) -> dict[str, Any]:
    return dict(json.loads(encode(value)[1]))


class TestWhatWouldBeUsedUp:
    @pytest.mark.parametrize(
        "make",
        [
            lambda: (number for number in range(3)),
            lambda: iter([0, 1, 2]),
            lambda: map(int, "012"),
            lambda: zip("abc"),
            lambda: enumerate("abc"),
            lambda: itertools.count(),
            lambda: io.StringIO("a\nb\nc\n"),
            lambda: reversed([2, 1, 0]),
        ],
    )
    def test_an_iterator_is_not_run(self, make: Any) -> None:
        given, untouched = make(), make()
        assert sent(given)["t"] == "repr"
        assert sent([given])["t"] == "list"
        assert next(given) == next(untouched)

    def test_a_coroutine_is_not_run(self) -> None:
        async def answer() -> int:
            return 42

        waiting = answer()
        assert "await it" in sent(waiting)["text"]["v"]
        assert asyncio.run(waiting) == 42

    def test_a_lazy_frame_is_refused_in_words_and_never_collected(self) -> None:
        ran: list[int] = []
        lazy = pl.LazyFrame({"n": [1]}).map_batches(lambda frame: ran.append(1) or frame)
        with pytest.raises(Refused, match=r"collect\(\)"):
            encode(lazy)
        assert "not run" in sent({"plan": lazy})["v"][0][1]["text"]["v"]
        assert ran == []

    def test_an_endless_range_costs_nothing(self) -> None:
        assert sent(range(10**15))["text"]["v"] == "range(0, 1000000000000000)"
        assert len(encode(collections.deque(range(10**6)))[1]) < 50_000


def test_nothing_of_the_students_changes() -> None:
    frame = pd.DataFrame({"a": [1, 2], "b": pd.Categorical(["x", None])}, index=[3, 4])
    masked = np.ma.array([1, 2], mask=[False, True])
    matrix = np.arange(6.0).reshape(2, 3).T
    matrix[0, 0] = -0.0
    figure = go.Figure(go.Bar(x=[1], y=[2]))
    chart = alt.Chart(pd.DataFrame({"a": [1]})).mark_bar().encode(x="a")
    model = LinearRegression().fit([[1], [2]], [1, 2])
    before = (frame.copy(), masked.copy(), matrix.tobytes(), figure.to_json(), chart.to_json(), dict(vars(model)))
    for value in (frame, masked, matrix, figure, chart, model):
        encode(value)
    pd.testing.assert_frame_equal(frame, before[0])
    assert masked.mask.tolist() == before[1].mask.tolist() and masked.data.tolist() == before[1].data.tolist()
    assert (matrix.tobytes(), figure.to_json(), chart.to_json()) == before[2:5]
    assert vars(model) == before[5] and alt.data_transformers.active == "default"


class TestEqualValuesHaveEqualHashes:
    big = np.arange(5_000)

    @pytest.mark.parametrize(
        "twin",
        [
            big.astype("int32"),
            big.astype("float64"),
            big.astype("float32"),
            big.astype(">i8"),
            big.astype("complex128"),
            np.asfortranarray(big),
            np.repeat(big, 2)[::2],
        ],
    )
    def test_whatever_the_dtype_or_memory_of_an_array(self, twin: Any) -> None:
        assert sent(twin)["sha256"] == sent(self.big)["sha256"]

    def test_but_not_of_another_shape_or_last_element(self) -> None:
        changed = self.big.copy()
        changed[-1] = 0
        hashes = {sent(one)["sha256"] for one in (self.big, changed, self.big.reshape(50, 100), self.big == 3)}
        assert len(hashes) == 4

    def test_nor_past_what_a_double_holds(self) -> None:
        wide = np.full(3_000, 2**53 + 1)
        assert sent(wide)["sha256"] != sent(wide.astype("float64"))["sha256"]
        assert sent(wide - 1)["sha256"] == sent((wide - 1).astype("float64"))["sha256"]
        assert sent(wide)["sha256"] == sent(wide.astype("uint64"))["sha256"]

    def test_nan_is_nan_and_minus_zero_is_zero(self) -> None:
        one = np.full(3_000, np.nan)
        other = one.copy()
        other.view("uint64")[:] |= 1  # another NaN
        assert sent(one)["sha256"] == sent(other)["sha256"]
        assert sent(np.full(3_000, -0.0))["sha256"] == sent(np.zeros(3_000, "int8"))["sha256"]

    def test_of_text_of_any_width(self) -> None:
        words = np.array(["a", "bc"] * 2_000)
        assert sent(words)["sha256"] == sent(words.astype("U40"))["sha256"]

    def test_of_tables_of_pandas_and_polars(self) -> None:
        columns = {"n": list(range(100)), "x": [1.5] * 100, "s": ["a"] * 100}
        frames = [pd.DataFrame(columns), pl.DataFrame(columns), pd.DataFrame(columns).astype({"n": "float64"})]
        assert len({sent(frame)["sha256"] for frame in frames}) == 1
        other = pl.DataFrame({**columns, "n": [*range(99), -1]})
        assert sent(other)["sha256"] != sent(frames[0])["sha256"]

    def test_of_cut_lists_whatever_their_numbers_are(self) -> None:
        numbers = list(range(1_500))
        assert sent(numbers)["sha256"] == sent([float(number) for number in numbers])["sha256"]
        assert sent(numbers)["sha256"] == sent(tuple(np.int16(number) for number in numbers))["sha256"]

    def test_a_table_too_large_to_read_cell_by_cell_is_hashed_by_its_library(self) -> None:
        for make in (
            lambda last: pd.DataFrame({"n": [*range(60_000), last]}),
            lambda last: pl.Series([*range(60_000), last]),
        ):
            assert sent(make(1))["sha256"] == sent(make(1))["sha256"] != sent(make(2))["sha256"]


class TestModels:
    def test_an_estimator_is_its_text_and_parameters(self) -> None:
        data = sent(make_pipeline(StandardScaler(), LinearRegression(positive=True)))
        assert "LinearRegression(positive=True)" in data["text"]["v"]
        steps = dict(data["fields"])["steps"]
        assert steps["v"][1]["v"][1]["cls"].endswith("LinearRegression")

    def test_a_fitted_one_brings_what_it_found(self) -> None:
        fields = dict(sent(LinearRegression().fit([[1], [2]], [2, 4]))["fields"])
        assert fields["coef_"]["v"] == pytest.approx([2.0])
        assert fields["n_features_in_"]["v"] == 1

    def test_a_forest_stays_affordable(self) -> None:
        forest = RandomForestClassifier(n_estimators=100).fit([[1], [2]], [0, 1])
        assert len(encode(forest)[1]) < 200_000

    def test_a_keras_model_is_its_summary(self) -> None:
        class Model:
            def summary(self, print_fn: Any = None, line_length: int = 80) -> None:
                print_fn("Total params: 3")

        Model.__module__ = "keras.src.models.model"
        assert sent(type("Net", (Model,), {})())["text"]["v"] == "Total params: 3"


class Tensor:
    """torch's, tensorflow's, jax's and cupy's protocols, one at a time."""

    shape = (2,)

    def __init__(self, dtype: Any, **methods: Any) -> None:
        self.dtype = dtype
        self.__dict__.update(methods)


def tensor(module: str, dtype: Any, array: Any, **methods: Any) -> Any:
    kind = type("Tensor", (Tensor,), {"__array__": array, "__module__": module})
    return kind(dtype, **methods)


def _fails(*_: Any, **__: Any) -> Any:
    raise TypeError("no numpy here")


class TestTensors:
    def test_are_arrays_by_protocol(self) -> None:
        wanted = np.array([1.5, 2.5], "float32")
        named = types.SimpleNamespace(name="float32")
        by_array = tensor("tensorflow.python.framework.ops", named, lambda self, dtype=None, copy=None: wanted)
        wide = tensor("torch", "torch.bfloat16", _fails, float=lambda: wanted)
        on_gpu = tensor("cupy", named, _fails, get=lambda: wanted)
        on_jax = tensor("jaxlib._jax", named, lambda self, dtype=None, copy=None: wanted)
        said = [(data["lib"], data["dtype"]) for data in map(sent, (by_array, wide, on_gpu, on_jax))]
        assert said == [("tensorflow", "float32"), ("torch", "torch.bfloat16"), ("cupy", "float32"), ("jax", "float32")]
        assert {sent(one)["sha256"] for one in (by_array, wide, on_gpu, on_jax)} == {sent(wanted)["sha256"]}

    def test_by_dlpack_alone(self) -> None:
        wanted = np.array([1, 2])

        class Packed(Tensor):
            def __dlpack__(self, **options: Any) -> Any:
                return wanted.__dlpack__(**options)

            def __dlpack_device__(self) -> Any:
                return wanted.__dlpack_device__()

        assert sent(Packed("int64"))["v"] == [1, 2]

    def test_without_values_arrive_as_their_repr(self) -> None:
        assert sent(tensor("jax._src.interpreters", "float32", _fails))["t"] == "repr"


class TestCharts:
    def test_of_plotly_travel_as_data_with_words(self) -> None:
        data = sent(go.Figure(go.Bar(x=["a"], y=[1]), layout={"title": {"text": "Sales"}, "xaxis": {"title": "year"}}))
        assert (data["t"], data["mime"]) == ("rich", "application/vnd.plotly.v1+json")
        assert data["alt"] == "Chart “Sales”: 1 series (bar), x: year"
        assert json.loads(data["data"]["v"])["data"][0]["type"] == "bar"

    def test_of_altair_bring_their_rows_whatever_the_notebook_does_with_them(self) -> None:
        chart = alt.Chart(pd.DataFrame({"a": range(6_000), "b": 1})).mark_point().encode(x="a", y="b")
        with alt.data_transformers.enable("json"):  # writes files beside the notebook
            data = sent(chart)
        assert data["mime"].startswith("application/vnd.vegalite.v")
        assert data["alt"] == "Chart: 1 series (point), x: a, y: b"
        assert "6000" not in data["data"]["v"] and '"a":5999' in data["data"]["v"]

    def test_too_large_ones_are_refused_with_a_way_out(self) -> None:
        with pytest.raises(Refused, match="Plot fewer rows"):
            encode(go.Figure(go.Scatter(y=np.random.default_rng(1).random(200_000))))

    def test_are_equal_when_made_alike(self) -> None:
        assert sent(go.Figure(go.Bar(x=[1], y=[2]))) == sent(go.Figure({"data": [{"y": [2], "x": [1], "type": "bar"}]}))

    def test_a_bundle_of_another_library_is_drawn_too(self) -> None:
        class Plot:
            def _repr_mimebundle_(self, **_: Any) -> Any:
                return {"application/vnd.vega.v5+json": {"marks": []}, "text/html": "<b>no</b>"}

        assert sent(Plot())["mime"] == "application/vnd.vega.v5+json"


class TestObjects:
    def test_show_what_they_hold(self) -> None:
        slots = dataclasses.make_dataclass("Slots", [("a", int)], slots=True)
        space = types.SimpleNamespace(a=1)
        assert sent(slots(1))["fields"] == [["a", {"t": "int", "v": 1}]]
        assert sent(space)["text"]["v"] == "namespace(a=1)"
        assert sent({1: 2}.keys())["fields"][0][1]["v"] == [{"t": "int", "v": 1}]
        assert sent(array.array("i", [7]))["fields"][0] == ["typecode", {"t": "str", "v": "i"}]

    def test_a_deleted_field_is_left_out(self) -> None:
        @dataclasses.dataclass
        class Point:
            x: int
            y: int

        point = Point(1, 2)
        del point.x
        assert [name for name, _ in sent(point)["fields"]] == ["y"]

    def test_attrs_and_pydantic_by_their_fields(self) -> None:
        class Attrs:
            __attrs_attrs__ = (types.SimpleNamespace(name="x"),)
            x = 3

        base = type("BaseModel", (), {"__module__": "pydantic.main"})
        model = type("Model", (base,), {"__pydantic_fields__": {"y": None}})()
        model.y = 4
        assert sent(Attrs())["fields"] == [["x", {"t": "int", "v": 3}]]
        assert sent(model)["fields"] == [["y", {"t": "int", "v": 4}]]

    def test_that_raise_from_everything_still_arrive(self) -> None:
        class Hedgehog:
            def __getattribute__(self, name: str) -> Any:
                raise SystemExit(name)

        assert sent(Hedgehog())["t"] == "repr"
        assert sent([Hedgehog()])["n"] == 1

    def test_enums_and_modules(self) -> None:
        assert sent(enum.IntEnum("Level", "LOW")(1))["text"]["v"] == "<Level.LOW: 1>"
        assert sent(sys)["text"]["v"] == "<module 'sys' (built-in)>"


class TestCode:
    def test_of_partial_decorated_and_cached_functions(self) -> None:
        def power(base: float, exponent: float) -> float:
            return base**exponent

        square = sent(functools.partial(power, exponent=2))
        assert square["name"].startswith("partial(") and square["src"]["v"].startswith("# functools.partial(")
        assert "base**exponent" in square["src"]["v"]
        assert "base**exponent" in sent(functools.lru_cache(power))["src"]["v"]

        @functools.wraps(power)
        def wrapped(*arguments: float) -> float:
            return power(*arguments)

        assert "base**exponent" in sent(wrapped)["src"]["v"]

    def test_of_the_lambda_itself_where_several_stand_in_a_line(self) -> None:
        pair = (lambda x: x + 1, lambda x: x - 1)
        assert [sent(one)["src"]["v"] for one in pair] == ["lambda x: x + 1", "lambda x: x - 1"]


def test_a_nest_of_everything_stays_within_its_limit() -> None:
    tower: Any = pd.DataFrame({"a": [[1]]})
    for depth in range(30):
        tower = [tower, {depth: np.array([tower], dtype=object) if depth < 3 else tower}]
    assert len(encode(tower)[1].encode()) <= limits.VALUE_BYTES


def json_depth(data: Any) -> int:
    items = list(data.values()) if isinstance(data, dict) else data if isinstance(data, list) else []
    return 1 + max(map(json_depth, items), default=0) if items else 0


@pytest.mark.parametrize(
    "around",
    [
        lambda value: [value],
        lambda value: {(1, value) if isinstance(value, int) else 1: value},
        lambda value: pd.DataFrame({"a": pd.Series([value], dtype=object)}),
        lambda value: np.array([[value], None], dtype=object),
        lambda value: types.SimpleNamespace(a=value),
        lambda value: dataclasses.make_dataclass("Around", ["a"])(value),
    ],
)
def test_no_tower_is_deeper_than_the_server_takes(around: Any) -> None:
    tower: Any = 1
    for _ in range(40):
        tower = around(tower)
    assert json_depth({"event": {"value": sent(tower)}}) <= 3 * limits.VALUE_DEPTH + 10


def test_an_array_that_holds_itself_ends() -> None:
    knot = np.array([None, 1], dtype=object)
    knot[0] = knot
    assert len(encode(knot)[1]) < 1_000


def test_a_number_beyond_a_double_warns_nobody(recwarn: pytest.WarningsRecorder) -> None:
    if np.finfo(np.longdouble).max == np.finfo(np.float64).max:
        pytest.skip("a long double is a double here")
    wide = np.array([np.longdouble("1e4000"), np.longdouble(1)])
    for value in (wide, pd.DataFrame({"wide": wide})):
        sent(value)
    assert [str(warning.message) for warning in recwarn] == []


def test_an_array_that_is_a_file_is_named_and_not_read() -> None:
    """As h5py's and zarr's datasets: their shape may be anything, and `__array__` reads all of it."""

    class Dataset:
        shape = (1_000_000, 1_000_000)
        dtype = np.dtype("f8")

        def __array__(self, *args: Any, **kwargs: Any) -> Any:
            raise AssertionError("it was read")

        def __repr__(self) -> str:
            return '<HDF5 dataset "images": shape (1000000, 1000000), type "<f8">'

    Dataset.__module__ = "h5py._hl.dataset"
    assert sent(Dataset()) == {
        "t": "repr",
        "cls": "h5py._hl.dataset." + Dataset.__qualname__,
        "text": {"v": '<HDF5 dataset "images": shape (1000000, 1000000), type "<f8">'},
    }
