import ast
import inspect

import pytest
import submission


def calls_in(function):
    tree = ast.parse(inspect.getsource(function))
    return {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}


def nodes_in(function, kind):
    return [n for n in ast.walk(ast.parse(inspect.getsource(function))) if isinstance(n, kind)]


def test_own_sort():
    assert submission.sort_numbers([3, 1, 2]) == [1, 2, 3]
    assert "sorted" not in calls_in(submission.sort_numbers)


def test_no_sort_method():
    assert ".sort(" not in inspect.getsource(submission.sort_numbers)


def test_recursive():
    assert submission.power(2, 5) == 32
    assert "power" in calls_in(submission.power)
    assert not nodes_in(submission.power, (ast.For, ast.While))


def test_comprehension():
    assert submission.squares(4) == [0, 1, 4, 9]
    assert nodes_in(submission.squares, ast.ListComp)


def test_one_return():
    assert len(nodes_in(submission.grade, ast.Return)) >= 2
    assert [submission.grade(p) for p in (95, 75, 20)] == ["A", "B", "F"]


def test_docstrings():
    for name in ("sort_numbers", "power", "squares", "grade"):
        assert inspect.getdoc(getattr(submission, name)), f"{name} has no docstring"


def test_annotations():
    assert submission.power.__annotations__ == {"base": int, "exponent": int, "return": int}


def test_signature():
    assert list(inspect.signature(submission.sort_numbers).parameters) == ["numbers", "reverse"]
    assert inspect.signature(submission.sort_numbers).parameters["reverse"].default is False


def test_whole_source():
    source = inspect.getsource(submission)
    tree = ast.parse(source)
    imports = [n for n in ast.walk(tree) if isinstance(n, (ast.Import, ast.ImportFrom))]
    assert not imports
    assert "eval(" not in source


def test_class_source():
    assert "__slots__" in inspect.getsource(submission.Point)
    with pytest.raises(AttributeError):
        submission.Point(1, 2).z = 3


def test_line_lengths():
    assert all(len(line) <= 100 for line in inspect.getsource(submission).splitlines())
