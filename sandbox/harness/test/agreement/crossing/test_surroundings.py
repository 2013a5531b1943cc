import contextlib
import inspect
import io
import logging
import os
import random
import sys
import warnings
from unittest.mock import patch

import numpy as np
import pytest
import submission


def test_setenv(monkeypatch):
    monkeypatch.setenv("MY_KEY", "v")
    assert submission.env() == "v"
    monkeypatch.delenv("MY_KEY")
    assert submission.env() is None


def test_patch_dict():
    with patch.dict(os.environ, {"MY_KEY": "w"}):
        assert submission.env() == "w"
    assert submission.env() is None


def test_environ_direct():
    os.environ["MY_KEY"] = "q"
    try:
        assert submission.env() == "q"
    finally:
        del os.environ["MY_KEY"]


def test_seed():
    random.seed(42)
    a = submission.draw(3)
    random.seed(42)
    assert a == [random.random() for _ in range(3)]


def test_seed_shared_state():
    random.seed(1)
    x = [random.random(), submission.draw(1)[0], random.random()]
    random.seed(1)
    assert x == [random.random() for _ in range(3)]


def test_npseed():
    np.random.seed(0)
    a = submission.npdraw(3)
    np.random.seed(0)
    assert np.allclose(a, np.random.rand(3))


def test_npseed_state():
    np.random.seed(0)
    x = np.random.rand()
    a = submission.npdraw(1)[0]
    np.random.seed(0)
    assert [x, a] == list(np.random.rand(2))


def test_reclimit():
    old = sys.getrecursionlimit()
    sys.setrecursionlimit(100 + len(inspect.stack()))
    try:
        with pytest.raises(RecursionError):
            submission.deep(5000)
    finally:
        sys.setrecursionlimit(old)


def test_reclimit_up():
    old = sys.getrecursionlimit()
    sys.setrecursionlimit(12000)
    try:
        assert submission.deep(8000) == 8000
    finally:
        sys.setrecursionlimit(old)


def test_recursion_error():
    with pytest.raises(RecursionError):
        submission.deep(10**6)


def test_capsys(capsys):
    submission.say()
    o = capsys.readouterr()
    assert o.out == "hello\n" and o.err == "err\n"


def test_capfd(capfd):
    submission.say()
    assert capfd.readouterr().out == "hello\n"


def test_redirect():
    f = io.StringIO()
    with contextlib.redirect_stdout(f):
        submission.say()
    assert f.getvalue() == "hello\n"


def test_patch_stdout():
    with patch("sys.stdout", new_callable=io.StringIO) as m:
        submission.say()
    assert m.getvalue() == "hello\n"


def test_warns():
    with pytest.warns(DeprecationWarning, match="old"):
        submission.warn()


def test_catch_warnings():
    with warnings.catch_warnings(record=True) as w:
        warnings.simplefilter("always")
        submission.warn()
    assert len(w) == 1 and issubclass(w[0].category, DeprecationWarning)


def test_warn_error():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(DeprecationWarning):
            submission.warn()


def test_caplog(caplog):
    submission.log()
    assert "careful" in caplog.text
    assert caplog.records[0].levelname == "WARNING"


def test_caplog_info(caplog):
    with caplog.at_level(logging.INFO):
        submission.log()
    assert ("root", logging.INFO, "x") in caplog.record_tuples


def test_argv(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["prog", "x"])
    assert submission.sys.argv == ["prog", "x"]
