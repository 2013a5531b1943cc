class Employee:
    raise_factor = 1.05
    count = 0

    def __init__(self, name, salary, **more):
        super().__init__(**more)
        self.name = name
        self._salary = salary
        self.__secret = 42
        Employee.count += 1

    @classmethod
    def from_text(cls, text):
        name, salary = text.split(",")
        return cls(name, int(salary))

    @property
    def email(self):
        return self.name.lower().replace(" ", ".") + "@company.org"

    @property
    def salary(self):
        return self._salary

    @salary.setter
    def salary(self, value):
        if value < 0:
            raise ValueError("a salary is not negative")
        self._salary = value

    @salary.deleter
    def salary(self):
        self._salary = 0

    def apply_raise(self):
        self.salary *= self.raise_factor

    def describe(self):
        return f"{self.name} ({type(self).__name__}{self.details()})"

    def details(self):
        return ""


class Manager(Employee):
    def __init__(self, name, salary, team=None, **more):
        super().__init__(name, salary, **more)
        self.team = list(team or [])

    def add(self, employee):
        self.team.append(employee)

    def remove(self, employee):
        self.team.remove(employee)

    def details(self):
        return f" of {len(self.team)}"


class Engineer(Employee):
    raise_factor = 1.1

    def __init__(self, name, salary, languages=(), **more):
        super().__init__(name, salary, **more)
        self.languages = list(languages)

    def details(self):
        return f": {' '.join(self.languages)}" + super().details()


class TechLead(Engineer, Manager):
    pass


class Company:
    def __init__(self, employees):
        self._employees = {e.name: e for e in employees}

    def payroll(self):
        return sum(e.salary for e in self)

    def __len__(self):
        return len(self._employees)

    def __iter__(self):
        return iter(self._employees.values())

    def __getitem__(self, name):
        return self._employees[name]

    def by_type(self, cls):
        return [e for e in self if isinstance(e, cls)]
