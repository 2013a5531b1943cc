import heapq
import math
from collections import deque


def bfs(graph, start):
    graph[start]
    order, waiting, seen = [], deque([start]), {start}
    while waiting:
        node = waiting.popleft()
        order.append(node)
        for other in graph[node]:
            if other not in seen:
                seen.add(other)
                waiting.append(other)
    return order


def connected_components(graph):
    found, seen = [], set()
    for node in graph:
        if node not in seen:
            component = set(bfs(graph, node))
            seen |= component
            found.append(component)
    return found


def dijkstra(graph, start):
    distance = dict.fromkeys(graph, math.inf)
    distance[start] = 0
    heap = [(0, start)]
    while heap:
        d, node = heapq.heappop(heap)
        if d > distance[node]:
            continue
        for other, weight in graph[node].items():
            if d + weight < distance[other]:
                distance[other] = d + weight
                heapq.heappush(heap, (d + weight, other))
    return distance


def topological_order(graph):
    order, state = [], {}

    def visit(node):
        if state.get(node) == "open":
            raise ValueError("there is a cycle")
        if node not in state:
            state[node] = "open"
            for other in graph[node]:
                visit(other)
            state[node] = "done"
            order.append(node)

    for node in graph:
        visit(node)
    return order[::-1]


def has_cycle(graph):
    try:
        topological_order(graph)
    except ValueError:
        return True
    return False


class Graph:
    def __init__(self):
        self._nodes = {}

    def add_edge(self, a, b):
        self._nodes.setdefault(a, set()).add(b)
        self._nodes.setdefault(b, set()).add(a)

    def neighbours(self, node):
        return set(self._nodes[node])

    def __contains__(self, node):
        return node in self._nodes

    def __len__(self):
        return len(self._nodes)

    def edges(self):
        return [(a, b) for a in self._nodes for b in self._nodes[a] if a < b]

    def shortest_path(self, start, goal):
        paths, seen = deque([[start]]), {start}
        while paths:
            path = paths.popleft()
            if path[-1] == goal:
                return path
            for other in self._nodes[path[-1]] - seen:
                seen.add(other)
                paths.append([*path, other])
        return None
