import pytest
import submission


def test_first():
    assert submission.first() == 1


def test_ends_the_process():
    assert submission.divide(1, 0) is None


def test_after_it():
    assert submission.divide(6, 3) == 2


@pytest.mark.parametrize("n", [0, 1, 2])
def test_validate(n):
    assert submission.validate(n) == (n > 0)


def test_sys_exit_is_an_exception():
    with pytest.raises(SystemExit) as caught:
        submission.main(["--version"])
    assert caught.value.code == 0


def test_sys_exit_code():
    with pytest.raises(SystemExit, match="2"):
        submission.main(["--nonsense"])


def test_interrupt():
    assert submission.patient(lambda: 5) == 5
