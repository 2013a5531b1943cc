import datetime as dt
from datetime import date, datetime, timedelta, timezone

import pytest
import submission


def test_days_between():
    assert submission.days_between(date(2024, 2, 28), date(2024, 3, 1)) == 2
    assert submission.days_between(date(2024, 3, 1), date(2024, 2, 28)) == 2


@pytest.mark.parametrize(("year", "leap"), [(2024, True), (1900, False), (2000, True), (2023, False)])
def test_leap(year, leap):
    assert submission.is_leap(year) is leap


def test_parse():
    assert submission.parse("31.12.2023") == date(2023, 12, 31)
    assert type(submission.parse("01.01.2020")) is date


def test_parse_nonsense():
    with pytest.raises(ValueError):
        submission.parse("31.02.2023")


def test_age():
    assert submission.age(date(2000, 5, 10), today=date(2024, 5, 9)) == 23
    assert submission.age(date(2000, 5, 10), today=date(2024, 5, 10)) == 24


def test_age_today(monkeypatch):
    assert submission.age(date.today()) == 0


def test_next_weekday():
    friday = submission.next_weekday(date(2024, 5, 6), 4)
    assert friday == date(2024, 5, 10) and friday.weekday() == 4
    assert submission.next_weekday(date(2024, 5, 10), 4) == date(2024, 5, 17)


def test_add_months():
    assert submission.add_months(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert submission.add_months(date(2024, 12, 15), 2) == date(2025, 2, 15)


def test_duration():
    assert submission.duration(datetime(2024, 1, 1, 23), datetime(2024, 1, 2, 1, 30)) == timedelta(hours=2.5)


def test_format():
    assert submission.pretty(timedelta(days=1, hours=2, minutes=5)) == "1 d 2 h 5 min"


def test_time_zones():
    noon = datetime(2024, 7, 1, 12, tzinfo=timezone.utc)
    local = submission.to_offset(noon, 2)
    assert local == noon
    assert local.hour == 14
    assert local.utcoffset() == timedelta(hours=2)


def test_naive_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        submission.to_offset(datetime(2024, 1, 1), 2)


def test_range():
    days = list(submission.days_of(date(2024, 2, 27), date(2024, 3, 2)))
    assert len(days) == 5 and days[2] == date(2024, 2, 29)
    assert all(isinstance(day, dt.date) for day in days)


def test_calendar():
    assert submission.working_days(2024, 2) == 21
