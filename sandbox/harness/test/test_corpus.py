"""Test files of real courses' kind, each with right, wrong and crashing solutions: same verdicts as in one process.

`--corpus whole` grades every solution; a quick run grades for every file of tests the right and the crashing one, and a
sample of the wrong ones that a stable hash draws.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import Future

import pytest
from corpus.differences import FRESH, known
from verdicts.cases import all_cases, chosen
from verdicts.grader import Compared, Grader, processors
from verdicts.summary import Summary, summary_key

CASES = {case.name: case for case in all_cases()}
#: The agreement that the whole must show, explained differences included, but for traces of earlier tests.
LEAST_AGREEMENT = 0.999

Futures = dict[str, Future[list[Compared]]]


@pytest.fixture(scope="module", name="graded")
def graded_fixture(request: pytest.FixtureRequest) -> Iterator[Futures]:
    """The verdicts of every case that this run needs, on their way."""
    calls = [getattr(item, "callspec", None) for item in request.session.items]
    names = {call.params.get("name") for call in calls if call is not None}
    everything = any(item.name == "test_agreement" for item in request.session.items)
    whole = request.config.getoption("corpus") == "whole"
    began = time.monotonic()
    with Grader(processors()) as grader:
        futures = {
            case.name: grader.submit(case, chosen(case, whole=whole))
            for case in CASES.values()
            if everything or case.name in names
        }
        yield futures
        done = [
            one for future in futures.values() if future.done() and not future.exception() for one in future.result()
        ]
        request.config.stash[summary_key] = Summary(done, len(futures), time.monotonic() - began)


@pytest.mark.parametrize("name", CASES)
def test_same_verdicts(name: str, graded: Futures) -> None:
    for compared in graded[name].result():
        assert compared.alone and compared.across, compared.explain()
        unexplained = {key: text for key, text in compared.differences.items() if key not in known}
        assert not unexplained, compared.explain()
        over = {key for key in known if key.startswith(f"{name}/{compared.solution}::")} - {*compared.differences}
        assert not over, f"agree by now, to be taken out of corpus/differences.py: {over}"


@pytest.mark.parametrize("name", CASES)
def test_solutions_are_what_they_are_called(name: str, graded: Futures) -> None:
    """In one process: the right solution passes every test, each other one fails at least one."""
    for compared in graded[name].result():
        failed = {name for name, verdict in compared.alone.items() if verdict == "failed"}
        if compared.solution == CASES[name].right.name:
            assert not failed, f"{compared.case}/{compared.solution}: {failed}\n{compared.output}"
        else:
            assert failed, f"{compared.case}/{compared.solution} fails no test"


def test_agreement(graded: Futures, request: pytest.FixtureRequest) -> None:
    """Of the whole corpus; in a sample of the mistakes a share means nothing, and only what is not explained counts."""
    by_design = {
        key for key, reason in known.items() if reason == FRESH or request.config.getoption("corpus") != "whole"
    }
    results = [one for future in graded.values() for one in future.result()]
    verdicts = sum(len({*one.alone, *one.across}) for one in results)
    differences = sum(key not in by_design for one in results for key in one.differences)
    assert verdicts - differences >= LEAST_AGREEMENT * verdicts


def test_every_explained_difference_is_in_the_corpus() -> None:
    there = {f"{case.name}/{solution.name}" for case in CASES.values() for solution in case.solutions}
    assert {key.split("::", 1)[0] for key in known} <= there
