import json
import unittest
from unittest import mock

from submission import Inventory, Item, OutOfStock


class InventoryTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.template = [("apple", 3, 0.5), ("pear", 1, 0.75)]

    def setUp(self):
        self.inventory = Inventory()
        for name, count, price in self.template:
            self.inventory.add(Item(name, price), count)

    def tearDown(self):
        self.inventory = None

    def test_count(self):
        self.assertEqual(self.inventory.count("apple"), 3)
        self.assertEqual(self.inventory.count("kiwi"), 0)

    def test_value(self):
        self.assertAlmostEqual(self.inventory.value(), 2.25)

    def test_add_more(self):
        self.inventory.add(Item("apple", 0.5), 2)
        self.assertEqual(self.inventory.count("apple"), 5)

    def test_take(self):
        item = self.inventory.take("pear")
        self.assertIsInstance(item, Item)
        self.assertEqual(item.name, "pear")
        self.assertEqual(self.inventory.count("pear"), 0)

    def test_take_too_many(self):
        self.inventory.take("pear")
        with self.assertRaises(OutOfStock) as caught:
            self.inventory.take("pear")
        self.assertEqual(caught.exception.args, ("pear",))

    def test_items_are_equal_by_name(self):
        self.assertEqual(Item("fig", 1), Item("fig", 2))
        self.assertNotEqual(Item("fig", 1), Item("date", 1))
        self.assertEqual(len({Item("fig", 1), Item("fig", 2)}), 1)

    def test_json(self):
        data = json.loads(self.inventory.to_json())
        self.assertEqual(data, [{"name": "apple", "price": 0.5, "count": 3}, {"name": "pear", "price": 0.75, "count": 1}])

    def test_round_trip(self):
        again = Inventory.from_json(self.inventory.to_json())
        self.assertIsInstance(again, Inventory)
        self.assertEqual(again.count("apple"), 3)
        self.assertIsNot(again, self.inventory)

    def test_names_sorted(self):
        self.assertEqual(self.inventory.names, ["apple", "pear"])
        self.assertDictEqual(dict(self.inventory), {"apple": 3, "pear": 1})

    def test_observer(self):
        observer = mock.Mock()
        self.inventory.on_change = observer
        self.inventory.take("apple")
        observer.assert_called_once_with("apple", 2)

    def test_static_and_class_methods(self):
        self.assertEqual(Item.parse("plum:1.25").price, 1.25)
        self.assertTrue(Item.is_valid_name("plum"))
        self.assertFalse(Item.is_valid_name(""))

    @unittest.skip("comes next week")
    def test_discount(self):
        self.inventory.discount(10)

    @unittest.expectedFailure
    def test_not_done_yet(self):
        self.assertEqual(self.inventory.count("apple"), 4)
