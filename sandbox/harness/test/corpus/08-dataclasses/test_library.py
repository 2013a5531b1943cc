import dataclasses

import pytest
from submission import Book, Library


@pytest.fixture
def dune():
    return Book("Dune", "Frank Herbert", 1965)


@pytest.fixture
def library(dune):
    library = Library()
    library.add(dune)
    library.add(Book("Emma", "Jane Austen", 1815, tags=["classic"]))
    return library


def test_is_a_dataclass():
    assert dataclasses.is_dataclass(Book)
    assert [field.name for field in dataclasses.fields(Book)] == ["title", "author", "year", "tags"]


def test_fields(dune):
    assert dune.title == "Dune" and dune.year == 1965 and dune.tags == []


def test_keyword_arguments():
    assert Book(title="A", author="B", year=1).author == "B"


def test_equality(dune):
    assert dune == Book("Dune", "Frank Herbert", 1965)
    assert dune != Book("Dune", "Frank Herbert", 1966)


def test_repr(dune):
    assert repr(dune) == "Book(title='Dune', author='Frank Herbert', year=1965, tags=[])"


def test_tags_are_not_shared(dune):
    dune.tags.append("science fiction")
    assert Book("X", "Y", 2000).tags == []


def test_order():
    books = [Book("B", "x", 2001), Book("A", "y", 2005), Book("A", "x", 2003)]
    assert [b.year for b in sorted(books)] == [2003, 2005, 2001]


def test_bad_year():
    with pytest.raises(ValueError, match="year"):
        Book("X", "Y", -4000)


def test_missing_argument():
    with pytest.raises(TypeError):
        Book("X")


def test_find(library, dune):
    assert library.find("Dune") is dune
    assert library.find("Ulysses") is None


def test_by_author(library):
    assert [b.title for b in library.by_author("Jane Austen")] == ["Emma"]
    assert library.by_author("nobody") == []


def test_len_and_contains(library, dune):
    assert len(library) == 2
    assert dune in library
    assert Book("Ulysses", "James Joyce", 1922) not in library


def test_iteration(library):
    assert [b.year for b in library] == [1965, 1815]


def test_replace(dune):
    later = dataclasses.replace(dune, year=1984)
    assert later.year == 1984 and dune.year == 1965


def test_as_dict(dune):
    assert dataclasses.asdict(dune) == {"title": "Dune", "author": "Frank Herbert", "year": 1965, "tags": []}


def test_add_refuses_others(library):
    with pytest.raises(TypeError, match="not a Book"):
        library.add("Dune")
    assert len(library) == 2
