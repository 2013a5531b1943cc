import calendar
from datetime import date, datetime, timedelta, timezone


def days_between(a, b):
    return abs((b - a).days)


def is_leap(year):
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def parse(text):
    return datetime.strptime(text, "%d.%m.%Y").date()


def age(birth, today=None):
    today = today or date.today()
    return today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day))


def next_weekday(day, weekday):
    return day + timedelta(days=(weekday - day.weekday() - 1) % 7 + 1)


def add_months(day, n):
    year, month = divmod(day.year * 12 + day.month - 1 + n, 12)
    month += 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def duration(start, end):
    return end - start


def pretty(delta):
    minutes = delta.seconds // 60
    return f"{delta.days} d {minutes // 60} h {minutes % 60} min"


def to_offset(moment, hours):
    if moment.tzinfo is None:
        raise ValueError("a time zone is missing")
    return moment.astimezone(timezone(timedelta(hours=hours)))


def days_of(first, last):
    while first <= last:
        yield first
        first += timedelta(days=1)


def working_days(year, month):
    n = calendar.monthrange(year, month)[1]
    return sum(date(year, month, day).weekday() < 5 for day in range(1, n + 1))
