import unittest

from submission import Account, InsufficientFunds, SavingsAccount, transfer


class AccountTest(unittest.TestCase):
    def setUp(self):
        self.account = Account("Ada", 100)

    def test_start(self):
        self.assertEqual(self.account.owner, "Ada")
        self.assertEqual(self.account.balance, 100)

    def test_default_balance(self):
        self.assertEqual(Account("Bob").balance, 0)

    def test_deposit(self):
        self.account.deposit(50)
        self.assertEqual(self.account.balance, 150)

    def test_deposit_nothing(self):
        for amount in (0, -5):
            with self.subTest(amount=amount), self.assertRaises(ValueError):
                self.account.deposit(amount)

    def test_withdraw(self):
        self.assertEqual(self.account.withdraw(30), 30)
        self.assertEqual(self.account.balance, 70)

    def test_overdraw(self):
        with self.assertRaises(InsufficientFunds) as caught:
            self.account.withdraw(130)
        self.assertEqual(caught.exception.missing, 30)
        self.assertEqual(self.account.balance, 100)

    def test_error_is_a_value_error(self):
        self.assertTrue(issubclass(InsufficientFunds, ValueError))
        with self.assertRaisesRegex(ValueError, "30 missing"):
            self.account.withdraw(130)

    def test_balance_is_read_only(self):
        with self.assertRaises(AttributeError):
            self.account.balance = 1_000_000

    def test_history(self):
        self.account.deposit(5)
        self.account.withdraw(10)
        self.assertEqual(self.account.history, [("deposit", 5), ("withdraw", 10)])

    def test_histories_are_not_shared(self):
        other = Account("Eve")
        other.deposit(1)
        self.assertEqual(self.account.history, [])

    def test_text(self):
        self.assertEqual(str(self.account), "Ada: 100.00")
        self.assertEqual(repr(self.account), "Account('Ada', 100)")


class SavingsTest(unittest.TestCase):
    def test_interest(self):
        account = SavingsAccount("Ada", 200, rate=0.05)
        account.add_interest()
        self.assertAlmostEqual(account.balance, 210)

    def test_is_an_account(self):
        account = SavingsAccount("Ada", 200, rate=0.05)
        self.assertIsInstance(account, Account)
        account.withdraw(50)
        self.assertEqual(account.balance, 150)

    def test_repr_names_the_class(self):
        self.assertTrue(repr(SavingsAccount("Ada", 1, rate=0)).startswith("SavingsAccount("))


class TransferTest(unittest.TestCase):
    def test_transfer(self):
        a, b = Account("A", 100), Account("B", 0)
        transfer(a, b, 60)
        self.assertEqual((a.balance, b.balance), (40, 60))

    def test_failed_transfer_changes_nothing(self):
        a, b = Account("A", 10), Account("B", 0)
        self.assertRaises(InsufficientFunds, transfer, a, b, 60)
        self.assertEqual((a.balance, b.balance), (10, 0))
