"""Examples of FL202: the blocking call is in another module, below a sync function that async code calls."""

from fastapi_lint.rules.base import bad, good, near_miss

SETTINGS = """\
import os

UPSTREAM = os.environ.get("UPSTREAM", "https://search.example.com")
"""

CLIENT = """\
import requests

from app.settings import UPSTREAM


class SearchClient:
    def __init__(self, base_url: str = UPSTREAM) -> None:
        self.base_url = base_url

    def search(self, query: str) -> str:
        return self._get(f"/search?q={query}")

    def _get(self, path: str) -> str:
        return requests.get(self.base_url + path, timeout=5).text
"""

ROUTES = """\
from typing import Annotated

from fastapi import Depends, FastAPI

from app.service import SearchService

app = FastAPI()


@app.get("/search")
async def search(q: str, service: Annotated[SearchService, Depends()]) -> str:
    return await service.search(q)
"""

MAIL = """\
import smtplib
from email.message import EmailMessage


def send_mail(to: str, subject: str) -> None:
    message = EmailMessage()
    message["To"] = to
    message["Subject"] = subject
    _deliver(message)


def _deliver(message: EmailMessage) -> None:
    with smtplib.SMTP("localhost", 25) as server:
        server.send_message(message)
"""

EXAMPLES = (
    bad(
        "the service's client is a class of the project that uses requests",
        {
            "app/settings.py": SETTINGS,
            "app/client.py": CLIENT,
            "app/service.py": """\
from app.client import SearchClient


class SearchService:
    def __init__(self) -> None:
        self.client = SearchClient()

    async def search(self, query: str) -> str:
        return self.client.search(query)  # expect: FL202
""",
            "app/main.py": ROUTES,
        },
    ),
    bad(
        "a singleton of the module",
        {
            "app/settings.py": SETTINGS,
            "app/client.py": CLIENT
            + """

search_client = SearchClient()
""",
            "app/service.py": """\
from app.client import search_client


class SearchService:
    async def search(self, query: str) -> str:
        result = search_client.search(query)  # expect: FL202
        return result.strip()
""",
            "app/main.py": ROUTES,
        },
    ),
    bad(
        "a route sends mail through two functions",
        {
            "app/mail.py": MAIL,
            "app/main.py": """\
from fastapi import FastAPI

from app.mail import send_mail

app = FastAPI()


@app.post("/invitations", status_code=202)
async def invite(email: str) -> None:
    send_mail(email, "Welcome")  # expect: FL202
""",
        },
    ),
    good(
        "the boundary call runs in a thread",
        {
            "app/settings.py": SETTINGS,
            "app/client.py": CLIENT,
            "app/service.py": """\
import asyncio

from app.client import SearchClient


class SearchService:
    def __init__(self) -> None:
        self.client = SearchClient()

    async def search(self, query: str) -> str:
        return await asyncio.to_thread(self.client.search, query)
""",
            "app/main.py": ROUTES,
        },
    ),
    near_miss(
        "a def route calls the helper in the thread pool",
        {
            "app/mail.py": MAIL,
            "app/main.py": """\
from fastapi import BackgroundTasks, FastAPI

from app.mail import send_mail

app = FastAPI()


@app.post("/invitations", status_code=202)
def invite(email: str) -> None:
    send_mail(email, "Welcome")


@app.post("/reminders", status_code=202)
async def remind(email: str, tasks: BackgroundTasks) -> None:
    tasks.add_task(send_mail, email, "Reminder")
""",
        },
    ),
    near_miss(
        "the helper itself hands the work to a thread",
        {
            "app/mail.py": MAIL,
            "app/queue.py": """\
from concurrent.futures import ThreadPoolExecutor

from app.mail import send_mail

executor = ThreadPoolExecutor(max_workers=2)


def enqueue_mail(to: str, subject: str) -> None:
    executor.submit(send_mail, to, subject)
""",
            "app/main.py": """\
from fastapi import FastAPI

from app.queue import enqueue_mail

app = FastAPI()


@app.post("/invitations", status_code=202)
async def invite(email: str) -> None:
    enqueue_mail(email, "Welcome")
""",
        },
    ),
    near_miss(
        "a nested function below the async one goes to a thread",
        {
            "app/mail.py": MAIL,
            "app/main.py": """\
from anyio import to_thread
from fastapi import FastAPI

from app.mail import send_mail

app = FastAPI()


@app.post("/invitations", status_code=202)
async def invite(emails: list[str]) -> int:
    def send_all() -> int:
        for email in emails:
            send_mail(email, "Welcome")
        return len(emails)

    return await to_thread.run_sync(send_all)
""",
        },
    ),
    near_miss(
        "the file is read once, when the application starts",
        {
            "app/prompts.py": """\
from functools import lru_cache
from pathlib import Path


@lru_cache(maxsize=1)
def load_prompt() -> str:
    return Path(__file__).read_text()


PROMPT = load_prompt()
""",
            "app/main.py": """\
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from app.prompts import load_prompt


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    load_prompt()
    yield


app = FastAPI(lifespan=lifespan)


@app.get("/prompt")
async def prompt() -> str:
    return load_prompt()
""",
        },
    ),
    near_miss(
        "the async method of the same name",
        {
            "app/settings.py": SETTINGS,
            "app/client.py": CLIENT
            + """

class AsyncSearchClient(SearchClient):
    async def search(self, query: str) -> str:  # type: ignore[override]
        return query.upper()
""",
            "app/service.py": """\
from app.client import AsyncSearchClient


class SearchService:
    def __init__(self) -> None:
        self.client = AsyncSearchClient()

    async def search(self, query: str) -> str:
        return await self.client.search(query)
""",
            "app/main.py": ROUTES,
        },
    ),
    near_miss(
        "the helper keeps what it has found out, so that only the first call waits",
        {
            "app/tools.py": """\
import subprocess

_versions: dict[str, str] = {}


class Git:
    def __init__(self) -> None:
        self._available: bool | None = None

    def check(self) -> None:
        if self._available is None:
            done = subprocess.run(["git", "--version"], capture_output=True, check=False)
            self._available = done.returncode == 0
        if not self._available:
            raise RuntimeError("git is missing")


def version_of(program: str) -> str:
    if program in _versions:
        return _versions[program]
    done = subprocess.run([program, "--version"], capture_output=True, check=False, text=True)
    _versions[program] = done.stdout
    return done.stdout
""",
            "app/main.py": """\
from fastapi import FastAPI

from app.tools import Git, version_of

app = FastAPI()
git = Git()


@app.get("/versions/{program}")
async def read_version(program: str) -> str:
    git.check()
    return version_of(program)
""",
        },
    ),
    bad(
        "a state that the helper tests and sets is not what it has computed",
        {
            "app/worker.py": """\
import requests


class Worker:
    state = "idle"

    def wake(self) -> None:
        if self.state == "idle":
            requests.post("https://worker.example.com/wake", timeout=5)
            self.state = "awake"
""",
            "app/main.py": """\
from fastapi import FastAPI

from app.worker import Worker

app = FastAPI()
worker = Worker()


@app.post("/wake")
async def wake() -> None:
    worker.wake()  # expect: FL202
""",
        },
    ),
)
