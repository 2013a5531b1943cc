import asyncio
import inspect
import unittest
from unittest import mock

import pytest
import submission
from submission import afetch


def test_async():
    assert asyncio.run(afetch(3)) == 6


def test_async_raise():
    with pytest.raises(ValueError, match="no async"):
        asyncio.run(submission.afail())


def test_async_gather():
    async def go():
        return await asyncio.gather(afetch(1), afetch(2))

    assert asyncio.run(go()) == [2, 4]


def test_async_gen():
    async def go():
        return [x async for x in submission.agen(3)]

    assert asyncio.run(go()) == [0, 1, 2]


def test_async_ctx():
    async def go():
        async with submission.ACtx() as c:
            assert c.log == ["in"]
        return c.log

    assert asyncio.run(go()) == ["in", "out"]


def test_async_managed():
    async def go():
        async with submission.amanaged() as c:
            return c

    assert asyncio.run(go()) == 7


def test_iscoroutinefunction():
    assert inspect.iscoroutinefunction(afetch) and asyncio.iscoroutinefunction(afetch)


def test_iscoro():
    c = afetch(1)
    assert inspect.iscoroutine(c)
    c.close()


def test_async_cb():
    async def cb(x):
        return x + 1

    assert asyncio.run(submission.call_cb(cb)) == 6


def test_wait_for():
    async def go():
        return await asyncio.wait_for(afetch(4), 1)

    assert asyncio.run(go()) == 8


def test_create_task():
    async def go():
        t = asyncio.create_task(afetch(4))
        return await t

    assert asyncio.run(go()) == 8


class TestA(unittest.IsolatedAsyncioTestCase):
    async def test_iso(self):
        self.assertEqual(await afetch(2), 4)


def test_sleeping():
    assert asyncio.run(submission.slow(0.05)) == 0.05


def test_timeout():
    async def go():
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(submission.slow(5), 0.1)

    asyncio.run(go())


def test_overlap():
    async def go():
        await asyncio.gather(submission.mark("a"), submission.mark("b"))
        return submission.EVENTS

    assert asyncio.run(go()) == ["begin a", "begin b", "end a", "end b"]


def test_async_mock():
    m = mock.AsyncMock(return_value=4)
    assert asyncio.run(submission.call_cb(m)) == 4
    m.assert_awaited_once_with(5)


def test_direct_await():
    async def go():
        return await afetch(2) + await afetch(3)

    assert asyncio.run(go()) == 10
