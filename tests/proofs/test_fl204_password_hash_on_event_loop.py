"""FL204: while a key derivation function computes, the event loop stands still; in a thread it moves on."""

import hashlib

import pytest

from fastapi_lint.rules.asynchronous.password_hash_on_event_loop_examples import EXAMPLES
from tests.proofs.conftest import OpenProject
from tests.proofs.running import LoopWatch, client, titled


@pytest.mark.parametrize(
    ("title", "moves"),
    [
        ("a service hashes and verifies through a helper", False),
        ("a path operation derives the key itself", False),
        ("the helper runs in the thread pool", True),
        ("a plain path operation runs in the thread pool", True),
    ],
)
def test_the_loop_while_a_password_is_hashed(
    open_project: OpenProject, monkeypatch: pytest.MonkeyPatch, title: str, *, moves: bool
) -> None:
    project = open_project(titled(EXAMPLES, title))
    derive = hashlib.scrypt
    moved: list[bool] = []

    async def scenario() -> int:
        async with LoopWatch() as watch, client(project.module("app.main").app) as http:

            def watched(password: bytes, *, salt: bytes, n: int, r: int, p: int) -> bytes:
                moved.append(watch.moves())
                return derive(password, salt=salt, n=n, r=r, p=p)

            monkeypatch.setattr(hashlib, "scrypt", watched)
            return (await http.post("/users/ada", params={"password": "secret"})).status_code

    assert project.run(scenario) == 200
    assert set(moved) == {moves}
