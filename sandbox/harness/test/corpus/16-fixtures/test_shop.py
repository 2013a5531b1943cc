import pytest
from submission import Cart, sort_in_place


@pytest.fixture(scope="class")
def shared_cart(catalogue):
    return Cart(catalogue)


def test_total(cart):
    cart.put("pen", 2)
    cart.put("book")
    assert cart.total() == pytest.approx(15)


def test_each_test_has_its_own_cart(cart):
    assert cart.total() == 0
    cart.put("pen")


def test_quantity(cart, quantity):
    cart.put("pen", quantity)
    assert cart.total() == 1.5 * quantity
    assert cart.items == {"pen": quantity}


def test_unknown(cart):
    with pytest.raises(KeyError, match="pencil"):
        cart.put("pencil")
    assert cart.items == {}


class TestSharedCart:
    def test_first(self, shared_cart):
        shared_cart.put("pen")
        assert shared_cart.items == {"pen": 1}

    def test_second_sees_the_first(self, shared_cart):
        shared_cart.put("pen", 2)
        assert shared_cart.items == {"pen": 3}


class TestOtherCart:
    def test_is_fresh(self, shared_cart):
        assert shared_cart.items == {}


def test_sort_module_list(numbers):
    sort_in_place(numbers)
    assert numbers == [1, 2, 3]


def test_module_list_stayed_sorted(numbers):
    assert numbers == [1, 2, 3]


def test_prices_can_change(catalogue, cart):
    cart.put("pen")
    catalogue.add("pen", 2)
    assert cart.total() == 2
    catalogue.add("pen", 1.5)


def test_builtin_fixtures(tmp_path, capsys, monkeypatch, request, cart):
    monkeypatch.setenv("SHOP_CURRENCY", "EUR")
    cart.put("book")
    cart.print_bill()
    assert capsys.readouterr().out == "book x 1\ntotal 12.00 EUR\n"
    assert request.node.name == "test_builtin_fixtures"
    assert not list(tmp_path.iterdir())
