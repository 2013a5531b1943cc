import math

import pytest
from submission import Graph, bfs, connected_components, dijkstra, has_cycle, topological_order

EDGES = {"a": ["b", "c"], "b": ["d"], "c": ["d"], "d": [], "e": []}


def test_bfs_order():
    assert bfs(EDGES, "a") == ["a", "b", "c", "d"]


def test_bfs_leaves_the_graph():
    before = {k: list(v) for k, v in EDGES.items()}
    bfs(EDGES, "a")
    assert EDGES == before


def test_bfs_of_unknown():
    with pytest.raises(KeyError):
        bfs(EDGES, "z")


def test_components():
    graph = {1: {2}, 2: {1}, 3: set(), 4: {5}, 5: {4}}
    assert sorted(map(sorted, connected_components(graph))) == [[1, 2], [3], [4, 5]]


def test_components_are_sets():
    assert all(isinstance(c, (set, frozenset)) for c in connected_components({1: {2}, 2: {1}}))


def test_dijkstra():
    weights = {"a": {"b": 1, "c": 4}, "b": {"c": 2, "d": 6}, "c": {"d": 3}, "d": {}}
    assert dijkstra(weights, "a") == {"a": 0, "b": 1, "c": 3, "d": 6}


def test_unreachable():
    assert dijkstra({"a": {}, "b": {}}, "a")["b"] == math.inf


def test_topological():
    order = topological_order(EDGES)
    assert sorted(order) == list("abcde")
    for source, targets in EDGES.items():
        for target in targets:
            assert order.index(source) < order.index(target)


def test_topological_with_a_cycle():
    with pytest.raises(ValueError, match="cycle"):
        topological_order({"a": ["b"], "b": ["a"]})


@pytest.mark.parametrize(
    ("graph", "expected"), [({}, False), ({1: [1]}, True), ({1: [2], 2: [3], 3: [1]}, True), (EDGES, False)]
)
def test_cycles(graph, expected):
    assert has_cycle(graph) is expected


def test_graph_class():
    graph = Graph()
    graph.add_edge(1, 2)
    graph.add_edge(2, 3)
    assert graph.neighbours(2) == {1, 3}
    assert 3 in graph and 4 not in graph
    assert len(graph) == 3
    assert sorted(graph.edges()) == [(1, 2), (2, 3)]


def test_neighbours_cannot_be_used_to_break_the_graph():
    graph = Graph()
    graph.add_edge(1, 2)
    graph.neighbours(1).add(99)
    assert graph.neighbours(1) == {2}


def test_path():
    graph = Graph()
    for a, b in [(1, 2), (2, 3), (3, 4), (1, 4)]:
        graph.add_edge(a, b)
    assert graph.shortest_path(1, 3) in ([1, 2, 3], [1, 4, 3])
    assert graph.shortest_path(1, 1) == [1]


def test_grid_of_some_size():
    grid = {(x, y): [(x + 1, y), (x, y + 1)] for x in range(15) for y in range(15)}
    grid = {k: [n for n in v if n in grid] for k, v in grid.items()}
    assert len(bfs(grid, (0, 0))) == 225
