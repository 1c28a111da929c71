"""Examples of FL201: calls that keep the event loop waiting, and the same calls where they do no harm."""

from fastapi_lint.rules.base import bad, good, near_miss

SETTINGS = """\
import os

UPSTREAM = os.environ.get("UPSTREAM", "https://rates.example.com")
"""

RATE_ROUTES = """\
from fastapi import FastAPI

from app.rates import RateService

app = FastAPI()
service = RateService()


@app.get("/rates/{currency}")
async def rate(currency: str) -> str:
    return await service.rate(currency)
"""

EXAMPLES = (
    bad(
        "requests in an async service",
        {
            "app/settings.py": SETTINGS,
            "app/rates.py": """\
import requests

from app.settings import UPSTREAM


class RateService:
    async def rate(self, currency: str) -> str:
        response = requests.get(f"{UPSTREAM}/{currency}", timeout=5)  # expect: FL201
        response.raise_for_status()
        return response.text
""",
            "app/main.py": RATE_ROUTES,
        },
    ),
    bad(
        "a sync client that the constructor keeps",
        {
            "app/settings.py": SETTINGS,
            "app/rates.py": """\
import httpx

from app.settings import UPSTREAM


class RateService:
    def __init__(self) -> None:
        self.client = httpx.Client(base_url=UPSTREAM)

    async def rate(self, currency: str) -> str:
        return self.client.get(f"/{currency}").text  # expect: FL201
""",
            "app/main.py": RATE_ROUTES,
        },
    ),
    bad(
        "sleeping, a subprocess and a URL in async functions",
        {
            "app/main.py": """\
import subprocess
import time
from urllib.request import urlopen

from fastapi import FastAPI

app = FastAPI()


@app.post("/render")
async def render(source: str) -> str:
    done = subprocess.run(["cat"], input=source, capture_output=True, text=True, check=True)  # expect: FL201
    return done.stdout


async def wait_until_healthy(url: str) -> None:
    while True:
        with urlopen(url) as response:  # expect: FL201
            if response.status == 200:
                return
        time.sleep(1)  # expect: FL201


@app.get("/wait")
async def wait(url: str) -> None:
    await wait_until_healthy(url)
""",
        },
    ),
    bad(
        "an upload written with blocking file calls",
        {
            "app/storage.py": """\
import json
from pathlib import Path

ROOT = Path("uploads")


class LocalStorage:
    async def save(self, name: str, content: bytes) -> None:
        target = ROOT / name
        target.write_bytes(content)  # expect: FL201

    async def describe(self, name: str) -> dict[str, object]:
        with open(ROOT / f"{name}.json") as file:  # expect: FL201
            description: dict[str, object] = json.load(file)
        return description
""",
            "app/main.py": """\
from fastapi import FastAPI, Request

from app.storage import LocalStorage

app = FastAPI()
storage = LocalStorage()


@app.put("/files/{name}")
async def upload(name: str, request: Request) -> None:
    await storage.save(name, await request.body())
""",
        },
    ),
    good(
        "an async client",
        {
            "app/settings.py": SETTINGS,
            "app/rates.py": """\
import httpx

from app.settings import UPSTREAM


class RateService:
    async def rate(self, currency: str) -> str:
        async with httpx.AsyncClient(base_url=UPSTREAM) as client:
            response = await client.get(f"/{currency}")
        return response.text
""",
            "app/main.py": RATE_ROUTES,
        },
    ),
    good(
        "the blocking call runs in a thread",
        {
            "app/settings.py": SETTINGS,
            "app/rates.py": """\
import asyncio

import requests

from app.settings import UPSTREAM


class RateService:
    async def rate(self, currency: str) -> str:
        response = await asyncio.to_thread(requests.get, f"{UPSTREAM}/{currency}", timeout=5)
        return response.text
""",
            "app/main.py": RATE_ROUTES,
        },
    ),
    near_miss(
        "a nested function that is given to a thread",
        {
            "app/settings.py": SETTINGS,
            "app/rates.py": """\
import asyncio

import requests
from fastapi.concurrency import run_in_threadpool

from app.settings import UPSTREAM


class RateService:
    async def rate(self, currency: str) -> str:
        def fetch() -> str:
            return requests.get(f"{UPSTREAM}/{currency}", timeout=5).text

        return await run_in_threadpool(fetch)

    async def rates(self, currencies: list[str]) -> list[str]:
        loop = asyncio.get_running_loop()
        futures = [loop.run_in_executor(None, lambda c=c: requests.get(f"{UPSTREAM}/{c}").text) for c in currencies]
        return list(await asyncio.gather(*futures))
""",
            "app/main.py": RATE_ROUTES,
        },
    ),
    near_miss(
        "def routes and def dependencies run in the thread pool",
        {
            "app/settings.py": SETTINGS,
            "app/main.py": """\
import time
from typing import Annotated

import requests
from fastapi import Depends, FastAPI

from app.settings import UPSTREAM

app = FastAPI()


def base_rate() -> str:
    time.sleep(0.01)
    return requests.get(f"{UPSTREAM}/base", timeout=5).text


@app.get("/rates/{currency}")
def rate(currency: str, base: Annotated[str, Depends(base_rate)]) -> str:
    return base + requests.get(f"{UPSTREAM}/{currency}", timeout=5).text
""",
        },
    ),
    near_miss(
        "names that only look like the blocking modules",
        {
            "app/clock.py": """\
import asyncio


class Clock:
    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


time = Clock()
""",
            "app/main.py": """\
from fastapi import FastAPI

from app.clock import time

app = FastAPI()


@app.post("/batch")
async def batch(requests: dict[str, int]) -> int | None:
    await time.sleep(0.001)
    return requests.get("count")
""",
        },
    ),
    near_miss(
        "before the server takes requests nobody waits",
        {
            "app/main.py": """\
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI

TEMPLATES = Path(__file__).read_text()


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.source = Path(__file__).read_text()
    yield


app = FastAPI(lifespan=lifespan)


@app.get("/lines")
async def lines() -> int:
    return len(app.state.source.splitlines())
""",
        },
    ),
    near_miss(
        "the asynchronous subprocess and path",
        {
            "app/main.py": """\
import asyncio

import anyio
from fastapi import FastAPI

app = FastAPI()


@app.post("/render")
async def render(source: str) -> str:
    process = await asyncio.create_subprocess_exec(
        "cat", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate(source.encode())
    return output.decode()


@app.get("/readme")
async def readme() -> str:
    return await anyio.Path("README.md").read_text()
""",
        },
    ),
    bad(
        "a job on a loop of its own, with a heartbeat beside it",
        {
            "app/jobs.py": """\
import asyncio

import requests


async def heartbeat() -> None:
    while True:
        await asyncio.sleep(10)


async def index(url: str) -> str:
    beating = asyncio.create_task(heartbeat())
    text = requests.get(url, timeout=60).text  # expect: FL201
    beating.cancel()
    return text


def index_job(url: str) -> str:
    return asyncio.run(index(url))
""",
        },
    ),
    near_miss(
        "a job on a loop of its own writes when all that it gathered has ended",
        {
            "app/jobs.py": """\
import asyncio
from pathlib import Path


async def render(number: int) -> bytes:
    await asyncio.sleep(number)
    return bytes(number)


async def render_all(target: Path) -> None:
    parts = await asyncio.gather(*(render(number) for number in range(3)))
    target.write_bytes(b"".join(parts))


def render_job(target: Path) -> None:
    asyncio.run(render_all(target))
""",
        },
    ),
    near_miss(
        "a copy from memory to memory: the length beside the buffers is no file",
        {
            "app/main.py": """\
import io
import shutil

from fastapi import FastAPI

app = FastAPI()


@app.get("/copies")
async def copied(text: str, length: int) -> int:
    target = io.BytesIO()
    shutil.copyfileobj(io.BytesIO(text.encode()), target, length)
    return len(target.getvalue())
""",
        },
    ),
    near_miss(
        "a job on a loop of its own: nothing else waits for it",
        {
            "app/jobs.py": """\
import asyncio
from collections.abc import Awaitable, Callable

import requests


def run_on_own_loop(work: Callable[[], Awaitable[str]]) -> str:
    async def whole() -> str:
        return await work()

    return asyncio.run(whole())


async def fetch(url: str) -> str:
    return requests.get(url, timeout=60).text


async def index(url: str) -> str:
    return (await fetch(url)).strip()


def index_job(url: str) -> str:
    return run_on_own_loop(lambda: index(url))
""",
        },
    ),
    near_miss(
        "an archive that is written to memory",
        {
            "app/main.py": """\
import io
import zipfile

from fastapi import FastAPI, Response

app = FastAPI()


@app.get("/export")
async def export() -> Response:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("notes.md", "# Notes")
    return Response(buffer.getvalue(), media_type="application/zip")
""",
        },
    ),
    bad(
        "an archive that is written to a file",
        {
            "app/main.py": """\
import zipfile

from fastapi import FastAPI

app = FastAPI()


@app.post("/export/{name}")
async def export(name: str) -> None:
    with zipfile.ZipFile(f"/srv/exports/{name}.zip", "w") as archive:
        archive.writestr("notes.md", "# Notes")  # expect: FL201
""",
        },
    ),
    near_miss(
        "a temporary file of which only the name is used",
        {
            "app/main.py": """\
import tempfile

import anyio
from fastapi import FastAPI, UploadFile

app = FastAPI()


@app.post("/uploads")
async def upload(file: UploadFile) -> str:
    with tempfile.NamedTemporaryFile(delete=False, suffix=".bin") as reserved:
        name = reserved.name
    await anyio.Path(name).write_bytes(await file.read())
    return name
""",
        },
    ),
    near_miss(
        "a command of which the coroutine is all that runs",
        {
            "app/console.py": """\
import asyncio

import requests


async def main() -> None:
    question = input("question: ")
    print(requests.get(f"https://search.example.com/?q={question}", timeout=5).text)


if __name__ == "__main__":
    asyncio.run(main())
""",
        },
    ),
    near_miss(
        "what only the lifespan awaits runs before the first request",
        {
            "app/server.py": """\
import shutil


class Server:
    async def prepare(self) -> None:
        shutil.rmtree("/srv/app/scratch", ignore_errors=True)
""",
            "app/main.py": """\
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from app.server import Server

server = Server()


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    await server.prepare()
    yield


app = FastAPI(lifespan=lifespan)
""",
        },
    ),
    near_miss(
        "a coroutine function that a job hands over to be run on a loop of its own",
        {
            "app/running.py": """\
import asyncio
from collections.abc import Awaitable, Callable


def run_job(work: Callable[[], Awaitable[None]]) -> None:
    loop = asyncio.new_event_loop()
    try:
        loop.run_until_complete(work())
    finally:
        loop.close()


def run_measured(work: Callable[[], Awaitable[None]]) -> None:
    run_job(work)
""",
            "app/jobs.py": """\
import requests

from app.running import run_measured


def fetch_job() -> None:
    run_measured(_fetch)


async def _fetch() -> None:
    requests.get("https://news.example.com", timeout=5)
""",
        },
    ),
    bad(
        "a coroutine function that is handed over to be called by requests",
        {
            "app/running.py": """\
from collections.abc import Awaitable, Callable

handlers: list[Callable[[], Awaitable[None]]] = []


def register(work: Callable[[], Awaitable[None]]) -> None:
    handlers.append(work)
""",
            "app/jobs.py": """\
import requests

from app.running import register


def set_up() -> None:
    register(_fetch)


async def _fetch() -> None:
    requests.get("https://news.example.com", timeout=5)  # expect: FL201
""",
        },
    ),
)
