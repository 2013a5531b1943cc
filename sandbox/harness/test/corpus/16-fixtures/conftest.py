import pytest

LOG = []


@pytest.fixture(scope="session")
def catalogue():
    from submission import Catalogue

    catalogue = Catalogue()
    catalogue.add("pen", 1.5)
    catalogue.add("book", 12)
    yield catalogue
    LOG.append("session over")


@pytest.fixture(scope="module")
def numbers():
    return [3, 1, 2]


@pytest.fixture(autouse=True)
def count_tests():
    LOG.append("test")
    yield


@pytest.fixture
def cart(catalogue):
    from submission import Cart

    return Cart(catalogue)


@pytest.fixture(params=[1, 2, 5])
def quantity(request):
    return request.param
