from unittest.mock import Mock, call

import pytest
from submission import Button, EventBus, apply_n, bisect_root, group_by, integrate, my_filter, my_map, my_reduce


def test_map():
    assert my_map(str.upper, ["a", "b"]) == ["A", "B"]
    assert my_map(lambda x: x**2, range(4)) == [0, 1, 4, 9]


def test_filter():
    assert my_filter(str.isdigit, "a1b2") == ["1", "2"]
    assert my_filter(None, [0, 1, "", "x"]) == [1, "x"]


def test_reduce():
    assert my_reduce(lambda a, b: a * b, [1, 2, 3, 4]) == 24
    assert my_reduce(max, [3, 9, 2]) == 9
    assert my_reduce(lambda a, b: a + b, [], "start") == "start"


def test_reduce_of_nothing():
    with pytest.raises(TypeError):
        my_reduce(lambda a, b: a, [])


def test_calls_in_order():
    seen = Mock(return_value=True)
    my_filter(seen, [3, 1, 2])
    assert seen.call_args_list == [call(3), call(1), call(2)]


def test_apply_n():
    assert apply_n(lambda x: 2 * x, 5, 1) == 32
    never = Mock()
    assert apply_n(never, 0, "x") == "x"
    never.assert_not_called()


def test_group_by():
    assert group_by(len, ["a", "bb", "c"]) == {1: ["a", "c"], 2: ["bb"]}


def test_integrate():
    assert integrate(lambda x: x * x, 0, 3, 1000) == pytest.approx(9, rel=1e-3)


def test_integrate_evaluates_each_point_once():
    f = Mock(side_effect=lambda x: x)
    integrate(f, 0, 1, 10)
    assert f.call_count == 10


def test_root():
    assert bisect_root(lambda x: x * x - 2, 0, 2) == pytest.approx(2**0.5, abs=1e-9)


def test_root_without_a_change_of_sign():
    with pytest.raises(ValueError, match="sign"):
        bisect_root(lambda x: x * x + 1, 0, 1)


def test_exception_of_the_callback_passes():
    class Stop(Exception):
        pass

    def stop(x):
        raise Stop(x)

    with pytest.raises(Stop) as caught:
        my_map(stop, [7])
    assert caught.value.args == (7,)


def test_event_bus():
    bus, log = EventBus(), []
    bus.on("save", log.append)
    bus.on("save", lambda data: log.append(data.upper()))
    bus.emit("save", "x")
    bus.emit("load", "y")
    assert log == ["x", "X"]


def test_event_bus_off():
    bus, handler = EventBus(), Mock()
    bus.on("a", handler)
    bus.off("a", handler)
    bus.emit("a", 1)
    handler.assert_not_called()


def test_button():
    button, clicks = Button("ok"), []
    button.on_click = lambda source: clicks.append(source.label)
    button.click()
    button.click()
    assert clicks == ["ok", "ok"]


def test_button_without_a_handler():
    assert Button("ok").click() is None
