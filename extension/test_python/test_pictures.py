"""Figures and pictures, drawn by the real libraries."""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Iterator
from typing import Any

import matplotlib

matplotlib.use("agg")
import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from nbpulse import figures
from nbpulse.budget import Refused
from nbpulse.encode import encode
from nbpulse.figures import PICTURE_BYTES


@pytest.fixture(autouse=True)
def close_figures() -> Iterator[None]:
    yield
    plt.close("all")


def picture_of(data: dict[str, Any]) -> Any:
    raw = base64.b64decode(data["b64"])
    assert data["n"] == len(raw) <= PICTURE_BYTES
    assert data["sha256"] == hashlib.sha256(raw).hexdigest()
    picture = Image.open(io.BytesIO(raw))
    assert picture.size == (data["width"], data["height"])
    return picture


def test_a_figure_by_any_of_its_names() -> None:
    figure, axes = plt.subplots(1, 2)
    lines = axes[0].plot([1, 2])
    bars = axes[1].bar([1, 2], [3, 4])
    sent = [encode(value)[0] for value in (figure, axes[0], axes, lines, lines[0], bars, plt)]
    assert {data["t"] for data in sent} == {"image"}
    assert len({data["sha256"] for data in sent}) == 1
    picture_of(sent[0])


def test_plt_without_a_figure_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "last_shown", lambda: None)
    with pytest.raises(Refused, match="plot first"):
        encode(plt)
    assert plt.get_fignums() == []


def test_a_figure_that_was_closed_is_still_the_current_one() -> None:
    plt.figure()
    plt.plot([1, 2])
    shown = encode(plt)[0]
    plt.close("all")
    assert encode(plt)[0]["sha256"] == shown["sha256"]
    plt.figure()
    assert encode(plt)[0]["sha256"] != shown["sha256"]


@pytest.mark.parametrize(
    "plot",
    [
        lambda: plt.hist([1, 2, 2]),
        lambda: plt.boxplot([1, 2, 5]),
        lambda: plt.subplots(2, 2),
        lambda: plt.errorbar([1], [2], [1]),
        lambda: plt.imshow([[1]]),
        lambda: plt.gca().set_title("T"),
    ],
)
def test_what_a_plotting_call_gives_is_its_figure(plot: Any) -> None:
    given = plot()
    assert encode(given)[0]["sha256"] == encode(plt.gcf())[0]["sha256"]


def test_several_figures_in_a_list_are_several_pictures() -> None:
    one, two = plt.figure(), plt.figure()
    two.gca().plot([1, 2])
    data = encode([one, two])[0]
    assert len({item["sha256"] for item in data["v"]}) == 2


def test_sending_a_figure_leaves_it_as_it_was() -> None:
    figure, _ = plt.subplots()
    canvas, dpi = figure.canvas, figure.dpi
    encode(figure)
    assert (figure.canvas, figure.dpi) == (canvas, dpi)
    assert plt.get_fignums() == [figure.number]


def test_a_heavy_figure_is_drawn_smaller() -> None:
    noise = np.random.default_rng(1).random((900, 900, 3))
    figure = plt.figure(figsize=(9, 9))
    figure.figimage(noise, resize=False)
    data = encode(figure)[0]
    assert data["of"].endswith("dpi")
    picture_of(data)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "I", "F", "HSV"])
def test_pil_pictures_of_every_mode(mode: str) -> None:
    data = encode(Image.new(mode, (4, 3)))[0]
    assert picture_of(data).size == (4, 3)


def test_a_large_photo_is_scaled_and_says_so() -> None:
    noise = np.random.default_rng(1).integers(0, 255, (1_200, 1_600, 3), dtype="uint8")
    data = encode(Image.fromarray(noise))[0]
    assert data["of"].endswith("scaled from 1600×1200")
    picture_of(data)


def test_pictures_may_stand_inside_a_list() -> None:
    figure, _ = plt.subplots()
    data = encode({"before": figure, "n": 1})[0]
    assert data["v"][0][1]["t"] == "image"
