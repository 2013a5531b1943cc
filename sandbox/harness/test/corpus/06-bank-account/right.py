class InsufficientFunds(ValueError):
    def __init__(self, missing):
        super().__init__(f"{missing} missing")
        self.missing = missing


class Account:
    def __init__(self, owner, balance=0):
        self.owner = owner
        self._balance = balance
        self.history = []

    @property
    def balance(self):
        return self._balance

    def deposit(self, amount):
        if amount <= 0:
            raise ValueError("a deposit is positive")
        self._balance += amount
        self.history.append(("deposit", amount))

    def withdraw(self, amount):
        if amount > self._balance:
            raise InsufficientFunds(amount - self._balance)
        self._balance -= amount
        self.history.append(("withdraw", amount))
        return amount

    def __str__(self):
        return f"{self.owner}: {self._balance:.2f}"

    def __repr__(self):
        return f"{type(self).__name__}({self.owner!r}, {self._balance!r})"


class SavingsAccount(Account):
    def __init__(self, owner, balance=0, *, rate):
        super().__init__(owner, balance)
        self.rate = rate

    def add_interest(self):
        self._balance *= 1 + self.rate


def transfer(source, target, amount):
    target.deposit(source.withdraw(amount))
