import asyncio


def fetch(name):
    if not name:
        raise ValueError("an empty name")
    return f"data of {name}"


async def fetch_all(names):
    return list(await asyncio.gather(*(fetch(name) for name in names)))


async def gather_from(source, names):
    return [await source(name) for name in names]


async def slow(seconds):
    await asyncio.sleep(seconds)
    return "done"


async def with_timeout(awaitable, seconds):
    try:
        return await asyncio.wait_for(awaitable, seconds)
    except asyncio.TimeoutError:
        return "too slow"


async def ticker(n):
    for i in range(n):
        await asyncio.sleep(0)
        yield i


class Connection:
    open = False

    async def __aenter__(self):
        self.open = True
        return self

    async def __aexit__(self, *error):
        self.open = False

    async def ask(self, question):
        return "!"


async def work(items):
    queue = asyncio.Queue()
    for item in items:
        queue.put_nowait(item)
    done = []

    async def worker():
        while not queue.empty():
            done.append(await queue.get())
            await asyncio.sleep(0)

    await asyncio.gather(worker(), worker())
    return done
