"""Values of a real notebook kernel: figures that the inline backend has closed, sources of cells."""

from __future__ import annotations

from typing import Callable

import pytest
from page_end import Kernel

ENCODE = "from nbpulse.encode import encode\nimport matplotlib.pyplot as plt\n"


@pytest.fixture
def notebook(own_kernel: Callable[[], Kernel], monkeypatch: pytest.MonkeyPatch) -> Kernel:
    monkeypatch.setenv("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    return own_kernel()


def printed(kernel: Kernel, code: str) -> str:
    outputs = kernel.run(code)
    return "".join(output["text"] for output in outputs if output["kind"] == "stream")


def test_plt_is_the_figure_that_was_shown_last(notebook: Kernel) -> None:
    kernel = notebook
    refused = ENCODE + "try: encode(plt)\nexcept Exception as error: print(error)"
    assert "plot first" in printed(kernel, refused)
    # Shown in the same cell, which closes it.
    first = printed(kernel, "plt.plot([1, 2])\nplt.show()\nprint(plt.get_fignums(), encode(plt)[0]['sha256'])")
    assert first.startswith("[] ")
    # In a later cell: that of the cell before, shown at its end.
    kernel.run("plt.plot([3, 1])")
    second = printed(kernel, "print(plt.get_fignums(), encode(plt)[0]['sha256'])")
    assert second.startswith("[] ") and second != first
    assert printed(kernel, "print(plt.get_fignums(), encode(plt)[0]['sha256'])") == second
    # The one being drawn goes first.
    assert printed(kernel, "plt.plot([9, 9])\nprint([], encode(plt)[0]['sha256'])") not in (first, second)


def test_plt_in_the_very_first_cell(notebook: Kernel) -> None:
    assert printed(notebook, ENCODE + "plt.plot([1, 2])\nplt.show()\nprint(encode(plt)[0]['t'])") == "image\n"


def test_sources_come_from_cells_also_when_inspect_fails(notebook: Kernel) -> None:
    notebook.run("%%time\ndef timed(x):\n    return x + 1\n\nclass Timed:\n    pass")
    notebook.run("double, halve = lambda x: 2 * x, lambda x: x / 2")
    notebook.run(
        "import inspect, linecache\nfrom nbpulse.encode import encode\n"
        "def fail(*_): raise OSError\ninspect.getsource = fail\n"
        "def source(value): return encode(value)[0]['src']['v']"
    )
    assert printed(notebook, "print(source(timed), source(Timed), source(double), source(halve), sep='')") == (
        "def timed(x):\n    return x + 1\nclass Timed:\n    pass\nlambda x: 2 * xlambda x: x / 2\n"
    )


def test_iterators_and_files_of_a_cell_are_as_they_were(notebook: Kernel) -> None:
    code = (
        "from nbpulse import send\nsquares = (n * n for n in range(3))\nlines = open(__import__('os').devnull)\n"
        "send(squares, 1), send([squares, lines], 2), send(lines, 3)\nprint(list(squares), lines.closed)"
    )
    assert printed(notebook, code) == "[0, 1, 4] False\n"
