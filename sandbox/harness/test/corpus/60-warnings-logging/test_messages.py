import logging
import warnings

import pytest
import submission


def test_deprecated():
    with pytest.warns(DeprecationWarning, match="use new_name"):
        assert submission.old_name(3) == 6


def test_new_name_does_not_warn():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert submission.new_name(3) == 6


def test_own_warning():
    with pytest.warns(submission.PrecisionWarning):
        submission.imprecise(1e20)
    assert issubclass(submission.PrecisionWarning, UserWarning)


def test_recorded():
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        submission.old_name(1)
        submission.old_name(2)
    assert len(seen) == 2


def test_log(caplog):
    with caplog.at_level(logging.INFO):
        submission.process(["a", "", "b"])
    assert [r.levelname for r in caplog.records] == ["INFO", "WARNING", "INFO"]
    assert "item 1 is empty" in caplog.text


def test_assertion_of_the_student():
    with pytest.raises(AssertionError, match="must be sorted"):
        submission.binary_search([3, 1], 1)


def test_search():
    assert submission.binary_search([1, 3, 5, 7], 5) == 2
    assert submission.binary_search([], 5) == -1


def test_result_of_process():
    assert submission.process(["x"]) == 1
