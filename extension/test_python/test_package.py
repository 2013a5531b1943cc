"""The wheel, the oldest Python, and what an import brings along."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def build(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder / "dist")],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The files of the package alone, without what other builds left."""
    folder = tmp_path / "extension"
    folder.mkdir()
    for name in ("pyproject.toml", "hatch_build.py", "install.json", "jupyter_server_config.json", "README.md"):
        shutil.copy(ROOT / name, folder)
    shutil.copytree(ROOT / "nbpulse", folder / "nbpulse", ignore=shutil.ignore_patterns("labextension", "__pycache__"))
    shutil.copytree(ROOT / "nbpulse_jupyter", folder / "nbpulse_jupyter")
    return folder


def names_in(folder: Path) -> list[str]:
    [wheel] = (folder / "dist").glob("nbpulse-*-py3-none-any.whl")
    return zipfile.ZipFile(wheel).namelist()


def test_the_wheel_carries_package_and_extension(checkout: Path) -> None:
    labextension = checkout / "nbpulse" / "labextension"
    (labextension / "static").mkdir(parents=True)
    (labextension / "package.json").write_text("{}")
    (labextension / "static" / "remoteEntry.js").write_text("//")
    run = build(checkout)
    assert run.returncode == 0, run.stderr
    names = names_in(checkout)
    assert "nbpulse/__init__.py" in names and "nbpulse/_register.py" in names
    share = "nbpulse-0.1.0.data/data/share/jupyter/labextensions/nbpulse"
    for name in ("package.json", "install.json", "static/remoteEntry.js"):
        assert f"{share}/{name}" in names
    assert not any(name.startswith("nbpulse/labextension") for name in names)
    assert "nbpulse/status.js" in names and "nbpulse_jupyter/__init__.py" in names
    config = "nbpulse-0.1.0.data/data/etc/jupyter/jupyter_server_config.d/nbpulse.json"
    assert config in names and "nbpulse-0.1.0.dist-info/entry_points.txt" in names


def test_the_wheel_without_a_built_extension_says_what_to_do(checkout: Path) -> None:
    run = build(checkout)
    assert run.returncode != 0
    assert "NBPULSE_NO_LABEXTENSION=1" in run.stderr
    assert build(checkout, NBPULSE_NO_LABEXTENSION="1").returncode == 0
    assert not any("labextensions" in name for name in names_in(checkout))


def test_every_module_is_python_3_9() -> None:
    for path in [*(ROOT / "nbpulse").rglob("*.py"), *(ROOT / "nbpulse_jupyter").glob("*.py")]:
        ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 9))


def test_importing_brings_no_heavy_library() -> None:
    code = "import sys, nbpulse; print(sorted({name.split('.')[0] for name in sys.modules}))"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    run = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60)
    loaded = set(ast.literal_eval(run.stdout))
    assert run.stderr == ""
    assert not loaded & {
        "numpy",
        "pandas",
        "matplotlib",
        "PIL",
        "IPython",
        "ipykernel",
        "requests",
        "http",
        "ssl",
        "asyncio",
    }
    assert "nbpulse" in loaded
