import re

WORD = re.compile(r"\b[A-Z]\w*")


def is_mail(text):
    return re.fullmatch(r"[\w.+-]+@[\w-]+(\.[\w-]+)+", text) is not None


def first_number(text):
    return re.search(r"\d+", text)


def parse_date(text):
    return re.search(r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)", text)


def hashtags(text):
    return re.findall(r"#(\w+)", text)


def censor(text):
    return re.sub(r"\d", "*", text)


def double_numbers(text):
    return re.sub(r"\d+", lambda m: str(2 * int(m.group())), text)


def tokens(text):
    return re.findall(r"\w+|[^\w\s]", text)


def errors(log):
    return re.findall(r"^ERROR (.*)$", log, re.MULTILINE)


def contains_word(text, word):
    return bool(re.search(rf"\b{re.escape(word)}\b", text, re.IGNORECASE))
