class ConfigError(Exception):
    pass


class ParseError(ConfigError):
    def __init__(self, message, text):
        super().__init__(message)
        self.text = text


class MissingKey(ConfigError, KeyError):
    pass


def safe_divide(a, b):
    try:
        return a / b
    except ZeroDivisionError:
        return None


def parse_number(text):
    try:
        return int(text)
    except ValueError:
        try:
            return float(text)
        except ValueError as error:
            raise ParseError(f"{text!r} is no number", text) from error


def parse_config(text):
    config = {}
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        key, equals, value = line.partition("=")
        if not equals:
            raise ParseError(f"line {number}: no '=' in {line!r}", line)
        try:
            config[key.strip()] = parse_number(value.strip())
        except ParseError as error:
            raise ParseError(f"line {number}: {error}", error.text) from error
    return config


_nothing = object()


def read_setting(config, key, default=_nothing):
    if key in config:
        return config[key]
    if default is _nothing:
        raise MissingKey(key)
    return default


def first_error(actions, cleanup):
    try:
        for action in actions:
            action()
    finally:
        cleanup()
