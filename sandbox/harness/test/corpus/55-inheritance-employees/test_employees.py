import pytest
import submission
from submission import Company, Employee, Engineer, Manager


@pytest.fixture
def staff():
    ada = Engineer("Ada", 5000, languages=["python"])
    bob = Employee("Bob", 3000)
    cat = Manager("Cat", 7000, team=[ada, bob])
    return ada, bob, cat


def test_class_attribute():
    assert Employee.raise_factor == 1.05
    assert "raise_factor" in vars(Employee)


def test_count_of_instances():
    before = Employee.count
    Employee("x", 1), Engineer("y", 1, languages=[])
    assert Employee.count == before + 2


def test_raise(staff):
    ada, bob, cat = staff
    bob.apply_raise()
    assert bob.salary == pytest.approx(3150)
    ada.apply_raise()
    assert ada.salary == pytest.approx(5500)


def test_raise_by_instance_attribute(staff):
    bob = staff[1]
    bob.raise_factor = 2
    bob.apply_raise()
    assert bob.salary == 6000
    assert Employee.raise_factor == 1.05


def test_class_attribute_can_be_changed(monkeypatch):
    monkeypatch.setattr(Employee, "raise_factor", 3)
    bob = Employee("Bob", 10)
    bob.apply_raise()
    assert bob.salary == 30


def test_email():
    e = Employee("Ada Lovelace", 1)
    assert e.email == "ada.lovelace@company.org"
    e.name = "Ada King"
    assert e.email == "ada.king@company.org"


def test_setter(staff):
    bob = staff[1]
    with pytest.raises(ValueError):
        bob.salary = -5
    assert bob.salary == 3000


def test_deleter(staff):
    bob = staff[1]
    del bob.salary
    assert bob.salary == 0


def test_manager(staff):
    ada, bob, cat = staff
    assert ada in cat.team
    assert cat.team[0] is ada
    cat.remove(ada)
    assert cat.team == [bob]


def test_teams_are_not_shared():
    a, b = Manager("a", 1), Manager("b", 1)
    a.add(Employee("x", 1))
    assert b.team == []


def test_polymorphism(staff):
    assert [e.describe() for e in staff] == ["Ada (Engineer: python)", "Bob (Employee)", "Cat (Manager of 2)"]


def test_mro():
    assert [c.__name__ for c in submission.TechLead.__mro__[:-1]] == ["TechLead", "Engineer", "Manager", "Employee"]
    lead = submission.TechLead("Zed", 10, languages=["c"])
    assert lead.describe() == "Zed (TechLead: c of 0)"


def test_company(staff):
    company = Company(staff)
    assert company.payroll() == 15000
    assert len(company) == 3
    assert company["Bob"] is staff[1]
    assert [e.name for e in company] == ["Ada", "Bob", "Cat"]
    assert company.by_type(Engineer) == [staff[0]]


def test_alternative_constructor():
    e = Engineer.from_text("Ada,5000")
    assert type(e) is Engineer and e.salary == 5000


def test_private_name(staff):
    assert not hasattr(staff[0], "__secret")
    assert staff[0]._Employee__secret == 42
