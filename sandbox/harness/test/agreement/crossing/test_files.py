import os
from unittest import mock
from unittest.mock import patch

import pandas as pd
import submission


def test_chdir(monkeypatch, tmp_path):
    (tmp_path / "f.txt").write_text("hi")
    monkeypatch.chdir(tmp_path)
    assert submission.read("f.txt") == "hi"
    assert submission.cwd_files() == ["f.txt"]


def test_syspath(monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(tmp_path)


def test_file_notebook():
    assert open("out.csv").read() == "a,b\n1,2\n"


def test_file_exists():
    assert os.path.exists("out.csv") and os.path.isfile("sub/x.txt")


def test_file_pd():
    assert list(pd.read_csv("out.csv").columns) == ["a", "b"]


def test_file_made():
    submission.write_csv()
    assert pd.read_csv("made.csv")["a"].tolist() == [1]


def test_write_then_read():
    with open("given.txt", "w") as f:
        f.write("from test")
    assert submission.read("given.txt") == "from test"
    os.remove("given.txt")


def test_mock_open():
    with patch("builtins.open", mock.mock_open(read_data="fake")):
        assert submission.read("nofile") == "fake"


def test_tmp(tmp_path):
    p = tmp_path / "a.txt"
    p.write_text("x")
    assert submission.read(p) == "x"
    assert submission.read(str(p)) == "x"


def test_tempfile():
    import tempfile

    with tempfile.NamedTemporaryFile("w", suffix=".txt", delete=False) as f:
        f.write("tt")
    assert submission.read(f.name) == "tt"


def test_home_paths():
    submission.write_csv()
    assert os.path.abspath("made.csv") and submission.read(os.path.abspath("out.csv")).startswith("a,b")
