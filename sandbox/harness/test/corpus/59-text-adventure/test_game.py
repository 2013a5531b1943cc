from unittest.mock import patch

import pytest
from submission import Game, Item, LockedError, Room


@pytest.fixture
def game():
    hall, cellar, garden = Room("hall"), Room("cellar", locked=True), Room("garden")
    hall.connect("down", cellar)
    hall.connect("east", garden)
    garden.items.append(Item("key", opens="cellar"))
    return Game(hall)


def test_start(game):
    assert game.here.name == "hall"
    assert set(game.here.exits) == {"down", "east"}


def test_way_back(game):
    game.go("east")
    assert game.here.name == "garden"
    game.go("west")
    assert game.here.name == "hall"


def test_no_way(game):
    with pytest.raises(KeyError):
        game.go("north")


def test_locked(game):
    with pytest.raises(LockedError, match="cellar is locked"):
        game.go("down")
    assert game.here.name == "hall"


def test_key(game):
    game.go("east")
    game.take("key")
    assert [i.name for i in game.bag] == ["key"]
    assert game.here.items == []
    game.go("west")
    game.go("down")
    assert game.here.name == "cellar"


def test_log(game):
    game.go("east")
    game.go("west")
    assert game.log == ["hall", "garden", "hall"]


def test_take_nothing(game):
    with pytest.raises(ValueError, match="no sword"):
        game.take("sword")


def test_play(game, capsys):
    with patch("builtins.input", side_effect=["go east", "take key", "look", "quit"]):
        game.play()
    assert capsys.readouterr().out.splitlines() == ["you are in the garden", "you have the key", "nothing here", "bye"]


def test_play_survives_mistakes(game, capsys):
    with patch("builtins.input", side_effect=["go nowhere", "dance", "quit"]):
        game.play()
    out = capsys.readouterr().out
    assert "you cannot go nowhere" in out and "what is dance?" in out


def test_save_and_load(game, tmp_path):
    game.go("east")
    game.save(tmp_path / "game.txt")
    assert (tmp_path / "game.txt").read_text() == "hall garden"


def test_rooms_are_the_same_objects(game):
    hall = game.here
    game.go("east")
    game.go("west")
    assert game.here is hall
