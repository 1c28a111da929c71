"""``python -m fastapi_lint_dev load``: requests a second, side by side with fastapi/full-stack-fastapi-template.

Both serve the same list and the same creation of items, from one uvicorn process each, over one PostgreSQL; wrk asks
them in turns. On a machine that does nothing else, read the requests a second. On a busy one, a server of many threads
gets more of the processors than one with an event loop: read what a request costs in processor time (Linux).
"""

import re
import shutil
import statistics
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

import click
import httpx
from msgspec import Struct

from fastapi_lint_dev.trial.attack.target import PASSWORD, SECRET_KEY
from fastapi_lint_dev.trial.postgres import Postgres, through_asyncpg
from fastapi_lint_dev.trial.serving import serving
from fastapi_lint_dev.trial.workspace import Workspace, tool_environment

ROWS: Final = 50
"""How many items a list answers with."""
EMAIL: Final = "load@example.com"
_RATE: Final = re.compile(r"Requests/sec:\s+([\d.]+)")
_COUNT: Final = re.compile(r"(\d+) requests in")
_POST: Final = """\
wrk.method = "POST"
wrk.body = '{"title": "Lamp", "description": "Brass"}'
wrk.headers["Content-Type"] = "application/json"
"""


class Contender(Struct, frozen=True):
    """A server that is ready: where its items are, and the token of a user who has some."""

    name: str
    items: str
    token: str
    pid: int


class Rate(Struct, frozen=True):
    """What one round came to: requests a second, and milliseconds of processor time a request in the server."""

    requests: float
    milliseconds: float


@click.command()
@click.argument("project", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("other", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--postgres", required=True, help="URI of a server that listens on TCP, as a user who makes databases.")
@click.option("--rounds", default=5, help="How often each is asked.", show_default=True)
@click.option("--seconds", default=5, help="How long each time.", show_default=True)
@click.option("--connections", default=16, help="How many clients at once.", show_default=True)
def load(project: Path, other: Path, postgres: str, rounds: int, seconds: int, connections: int) -> None:
    """Measure PROJECT, rendered with items, against OTHER, the template's folder `backend` with its `.venv`."""
    if shutil.which("wrk") is None:
        raise click.ClickException("wrk was not found; Debian has it as `wrk`")
    server = Postgres(postgres)
    with ExitStack() as stack:
        contenders = [
            stack.enter_context(rendered_project(Workspace(project.absolute()), server)),
            stack.enter_context(full_stack_template(Workspace(other.absolute()), server)),
        ]
        asked = [str(seconds), str(connections)]
        print(f"requests a second, median of {rounds} rounds of {seconds} s with {connections} connections")
        for action in ("list", "create"):
            rates: dict[str, list[Rate]] = {each.name: [] for each in contenders}
            for _ in range(rounds):
                for each in contenders:
                    rates[each.name].append(rate(each, action, *asked))
            report(action, rates)


def report(action: str, rates: dict[str, list[Rate]]) -> None:
    """Print the medians of each, and how much better the first does than the second."""
    medians = []
    for name, rounds in rates.items():
        requests = statistics.median(each.requests for each in rounds)
        milliseconds = statistics.median(each.milliseconds for each in rounds)
        print(f"{action:7} {name:28} {requests:8.0f} requests/s {milliseconds:8.2f} ms of processor a request")
        medians.append(Rate(requests, milliseconds))
    ours, theirs = medians
    by_clock, by_processor = ours.requests / theirs.requests, theirs.milliseconds / ours.milliseconds
    print(f"{action:7} {'ratio':28} {by_clock:8.2f}            {by_processor:8.2f}")


def rate(contender: Contender, action: str, seconds: str, connections: str) -> Rate:
    """Ask for some seconds; every answer has to be a success."""
    url = f"{contender.items}?limit={ROWS}" if action == "list" else contender.items
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(_POST if action == "create" else "")
        script.flush()
        options = ["-t", "1", "-c", connections, "-d", f"{seconds}s", "-s", script.name]
        command = ["wrk", *options, "-H", f"Authorization: Bearer {contender.token}", url]
        before = seconds_computed(contender.pid)
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        computed = seconds_computed(contender.pid) - before
    found, count = _RATE.search(said), _COUNT.search(said)
    if found is None or count is None or "Non-2xx" in said or "Socket errors" in said:
        raise click.ClickException(f"{contender.name} did not answer as it should:\n{said}")
    return Rate(float(found[1]), 1000 * computed / int(count[1]))


def seconds_computed(pid: int) -> float:
    """Return how long the threads of a process have been on a processor (`man 5 proc`)."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text(encoding="ascii").split()[0]) for task in tasks) / 1e9


@contextmanager
def rendered_project(project: Workspace, postgres: Postgres) -> Iterator[Contender]:
    """Serve a rendered project, with a user who has items."""
    url = through_asyncpg(postgres.create_database())
    environment = {"DATABASE_URL": url, "SECRET_KEY": SECRET_KEY, "ACCESS_TOKEN_LIFETIME": "P1D"}
    project.run("alembic", "upgrade", "head", **environment)
    with serving(project.python, project.root, "app.main:app", environment) as server:
        api = f"{server.url}/api/v1"
        httpx.post(f"{api}/auth/register", json={"email": EMAIL, "password": PASSWORD}).raise_for_status()
        yield _filled("rendered project", server.pid, f"{api}/auth/login", f"{api}/items")


@contextmanager
def full_stack_template(project: Workspace, postgres: Postgres) -> Iterator[Contender]:
    """Serve the backend of fastapi/full-stack-fastapi-template, prepared as its own scripts do."""
    environment = {
        "DATABASE_URL": postgres.create_database(),
        "PROJECT_NAME": "load",
        "SECRET_KEY": SECRET_KEY,
        "FIRST_SUPERUSER": EMAIL,
        "FIRST_SUPERUSER_PASSWORD": PASSWORD,
    }
    for arguments in (["-m", "alembic", "upgrade", "head"], ["-m", "app.initial_data"]):
        command = [str(project.python), *arguments]
        subprocess.run(command, cwd=project.root, env=tool_environment(environment), check=True, capture_output=True)
    with serving(project.python, project.root, "app.main:app", environment, ["-W", "default"]) as server:
        api = f"{server.url}/api/v1"
        yield _filled("full-stack-fastapi-template", server.pid, f"{api}/login/access-token", f"{api}/items/")


def _filled(name: str, pid: int, login: str, items: str) -> Contender:
    answer = httpx.post(login, data={"username": EMAIL, "password": PASSWORD}).raise_for_status()
    token: str = answer.json()["access_token"]
    for number in range(ROWS):
        body = {"title": f"Item {number}", "description": "Brass"}
        httpx.post(items, json=body, headers={"Authorization": f"Bearer {token}"}).raise_for_status()
    return Contender(name, items, token, pid)
