"""How a conversation between oracle and probe ends before its time.

All of them are `BaseException`, not `Exception`: no `except Exception` and no `pytest.raises(Exception)` of a test
may swallow the end of the student's process. A test that catches `BaseException` is failed from outside, because the
session remembers why it ended.
"""


class SeamError(BaseException):
    """The conversation is over; the text says why, in words that a student may read."""


class ProbeGone(SeamError):
    """The student's process ended: crashed, exited or was killed."""


class ProbeTimeout(SeamError):
    """The time of the test is used up."""


class ProtocolError(SeamError):
    """The probe sent something that no honest probe sends."""


class StaleHandle(SeamError):
    """An object outlived the test whose process held it."""


class CannotCross(TypeError):
    """A value has no form in which it can be sent. An ordinary error: a test may catch it, a message explains it."""
