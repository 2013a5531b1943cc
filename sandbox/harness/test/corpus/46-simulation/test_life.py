import pytest
from submission import Elevator, Life, bounce, population, queue_simulation, simulate_bank

BLINKER = {(1, 0), (1, 1), (1, 2)}
BLOCK = {(0, 0), (0, 1), (1, 0), (1, 1)}


def test_blinker():
    life = Life(BLINKER)
    life.step()
    assert life.alive == {(0, 1), (1, 1), (2, 1)}
    life.step()
    assert life.alive == BLINKER


def test_block_is_still():
    life = Life(BLOCK)
    for _ in range(5):
        life.step()
    assert life.alive == BLOCK


def test_given_set_is_not_touched():
    start = {(0, 0)}
    Life(start).step()
    assert start == {(0, 0)}


def test_generation():
    life = Life(BLOCK)
    assert life.generation == 0
    life.run(7)
    assert life.generation == 7


def test_drawing():
    assert Life(BLINKER).draw(3, 3) == ".#.\n.#.\n.#."


def test_population():
    assert population(100, 0.5, 3) == [100, 150, 225, 337.5]
    assert len(population(1, 0, 0)) == 1


def test_population_limit():
    assert max(population(100, 0.5, 50, capacity=500)) <= 500


def test_bounce():
    heights = bounce(100, 0.5, 4)
    assert heights == pytest.approx([100, 50, 25, 12.5])


def test_elevator():
    elevator = Elevator(floors=5)
    elevator.call(3)
    elevator.call(1)
    log = []
    while elevator.busy:
        elevator.tick()
        log.append(elevator.floor)
    assert log == [1, 2, 3, 2, 1]


def test_elevator_refuses():
    with pytest.raises(ValueError):
        Elevator(floors=5).call(5)


def test_queue_with_given_arrivals():
    waits = queue_simulation(arrivals=[0, 1, 2], service=2)
    assert waits == [0, 1, 2]


def test_bank_calls_back():
    events = []
    simulate_bank(3, on_event=lambda kind, number: events.append((kind, number)))
    assert events == [("enter", 0), ("leave", 0), ("enter", 1), ("leave", 1), ("enter", 2), ("leave", 2)]
