"""How pytest is told to run a suite: by no file but the suite's own, with nothing kept between runs."""

from __future__ import annotations


def pytest_options(ini: str, root: str, base_folder: str) -> list[str]:
    """`base_folder` is where `tmp_path` is made: not below the suite, because the student's code sees this path."""
    return [
        "-c",
        ini,
        f"--rootdir={root}",
        f"--confcutdir={root}",
        f"--basetemp={base_folder}",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:faulthandler",
        "--continue-on-collection-errors",
        "--color=no",
        "-q",
    ]
