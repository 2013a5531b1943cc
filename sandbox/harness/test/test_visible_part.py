"""What of a suite a student may try: the visible tests and what they need, and no word of a hidden one."""

from __future__ import annotations

import ast
from textwrap import dedent

import pytest

from nbpulse_harness.reading.visible_part import visible_part


def cut(files: dict[str, str]) -> dict[str, str | None]:
    kept = visible_part({path: dedent(text).encode() for path, text in files.items()})
    assert kept is not None
    for text in kept.values():
        ast.parse(text or "")
        assert "SECRET" not in (text or "")
    return kept


def of_test_file(text: str) -> str:
    kept = cut({"tests/test_a.py": text})["tests/test_a.py"]
    assert kept is not None
    return kept


def test_hidden_tests_go_with_their_cases_comments_and_imports() -> None:
    kept = of_test_file(
        '''
        """SECRET: how this is graded."""
        import pytest, SECRET_module
        from submission import double, SECRET_name
        from helpers import SECRET_helper
        # SECRET: a comment
        SECRET_CASES = [(7, 14)]
        CASES = [(2, 4)]
        CASES.append((3, 6))
        SECRET_CASES.append((8, 16))

        @pytest.mark.visible
        @pytest.mark.parametrize("x,y", CASES)
        def test_two(x, y):
            assert double(x) == y  # fine

        @pytest.mark.parametrize("x,y", SECRET_CASES)
        def test_SECRET(x, y):
            assert double(x) == y

        def test_unmarked_is_hidden():
            assert double(41) == "SECRET"
        '''
    )
    assert "CASES.append((3, 6))" in kept
    assert [n.name for n in ast.parse(kept).body if isinstance(n, ast.FunctionDef)] == ["test_two"]


def test_classes_keep_what_their_visible_tests_use() -> None:
    kept = of_test_file(
        '''
        import unittest
        import pytest
        import submission

        class TestMean(unittest.TestCase):
            """SECRET"""
            TABLE = [1, 2]
            SECRET_TABLE = [3]

            def setUp(self):
                self.cases = self.TABLE

            def check(self, x):
                self.assertEqual(submission.mean(x), 1.5)

            def check_SECRET(self, x):
                pass

            @pytest.mark.visible
            def test_mean(self):
                self.check(self.cases)

            def test_SECRET(self):
                self.check_SECRET(self.SECRET_TABLE)

        @pytest.mark.visible
        class TestOpen:
            def test_all_of_a_visible_class(self):
                assert submission.mean([1]) == 1

            @pytest.mark.hidden
            def test_SECRET(self):
                pass

        class TestSECRET:
            def test_it(self):
                pass
        '''
    )
    classes = {
        n.name: [m.name for m in n.body if isinstance(m, ast.FunctionDef)]
        for n in ast.parse(kept).body
        if isinstance(n, ast.ClassDef)
    }
    assert classes == {"TestMean": ["setUp", "check", "test_mean"], "TestOpen": ["test_all_of_a_visible_class"]}
    assert "TABLE = [1, 2]" in kept


def test_marks_of_files_names_and_parameters() -> None:
    kept = of_test_file(
        """
        import pytest
        open_to_all = pytest.mark.visible
        pytestmark = pytest.mark.hidden

        @open_to_all
        def test_by_name():
            pass

        @pytest.mark.parametrize("x", [pytest.param(1, marks=pytest.mark.visible), pytest.param("SECRET")])
        def test_some(x):
            pass

        @pytest.mark.parametrize("x", [1, 2])
        def test_SECRET(x):
            pass
        """
    )
    assert "test_by_name" in kept
    assert "pytest.param(1, marks=pytest.mark.visible)" in kept
    kept = of_test_file(
        """
        import pytest
        pytestmark = [pytest.mark.visible]

        @pytest.mark.parametrize("x", [1, pytest.param("SECRET", marks=[pytest.mark.hidden])], ids=["one", "SECRET"])
        def test_most(x):
            pass
        """
    )
    assert "def test_most" in kept


def test_conftest_helpers_and_data_files() -> None:
    kept = cut(
        {
            "tests/conftest.py": """
                import pytest
                SECRET = 3

                @pytest.fixture
                def rivers(tmp_path):
                    return table("rivers.csv")

                @pytest.fixture
                def SECRET_rivers():
                    return SECRET

                @pytest.fixture(autouse=True)
                def quiet(monkeypatch):
                    pass

                def pytest_configure(config):
                    pass

                def table(name):
                    return open(name)
            """,
            "tests/helpers.py": "def near(a, b):\n    return abs(a - b) < 1\ndef SECRET(a):\n    pass\n",
            "tests/only_hidden.py": "SECRET = 1\n",
            "tests/rivers.csv": "Rhine",
            "tests/lakes.csv": "SECRET",
            "tests/test_a.py": """
                import pytest
                from helpers import near
                from only_hidden import SECRET

                @pytest.mark.visible
                def test_length(rivers):
                    assert near(1, 2)

                def test_SECRET(SECRET_rivers):
                    assert SECRET
            """,
            "tests/test_b.py": "def test_SECRET():\n    assert open('lakes.csv')\n",
        }
    )
    assert set(kept) == {"tests/conftest.py", "tests/helpers.py", "tests/rivers.csv", "tests/test_a.py"}
    assert kept["tests/rivers.csv"] is None
    for name in ("def rivers", "def table", "def quiet", "def pytest_configure"):
        assert name in (kept["tests/conftest.py"] or "")


def test_nothing_is_visible() -> None:
    assert visible_part({"test_a.py": b"def test_a():\n    pass\n", "notes.txt": b"test_a"}) is None


@pytest.mark.parametrize("text", ["def test_(:", "\x00"])
def test_what_is_no_python_raises(text: str) -> None:
    with pytest.raises((SyntaxError, ValueError)):
        visible_part({"test_a.py": text.encode()})
