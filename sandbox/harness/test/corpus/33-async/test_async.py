import asyncio
import inspect
import unittest

import pytest
import submission


def test_coroutine_function():
    assert inspect.iscoroutinefunction(submission.fetch)
    assert asyncio.iscoroutinefunction(submission.fetch_all)


def test_fetch():
    assert asyncio.run(submission.fetch("a")) == "data of a"


def test_all():
    assert asyncio.run(submission.fetch_all(["a", "b"])) == ["data of a", "data of b"]


def test_error():
    with pytest.raises(ValueError, match="empty"):
        asyncio.run(submission.fetch(""))


def test_own_coroutine_is_awaited():
    async def source(name):
        await asyncio.sleep(0)
        return name * 2

    assert asyncio.run(submission.gather_from(source, ["x", "y"])) == ["xx", "yy"]


def test_timeout():
    assert asyncio.run(submission.with_timeout(submission.slow(5), 0.01)) == "too slow"
    assert asyncio.run(submission.with_timeout(submission.fetch("q"), 1)) == "data of q"


def test_async_generator():
    async def collect():
        return [n async for n in submission.ticker(3)]

    assert asyncio.run(collect()) == [0, 1, 2]


def test_async_context():
    async def use():
        async with submission.Connection() as connection:
            assert connection.open
            answer = await connection.ask("?")
        return answer, connection.open

    assert asyncio.run(use()) == ("!", False)


class QueueTest(unittest.IsolatedAsyncioTestCase):
    async def test_worker(self):
        done = await submission.work([3, 1, 2])
        self.assertEqual(sorted(done), [1, 2, 3])

    async def test_fetch(self):
        self.assertEqual(await submission.fetch("z"), "data of z")

    async def test_error(self):
        with self.assertRaises(ValueError):
            await submission.fetch("")
