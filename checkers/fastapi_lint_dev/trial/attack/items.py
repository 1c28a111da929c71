"""Claims about what users store, and about what the database does meanwhile."""

import asyncio

import httpx

from fastapi_lint_dev.trial.attack.target import Target

SLOW_COMMIT = """
CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.005); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON items DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW WHEN (NEW.title = 'slow') EXECUTE FUNCTION slow();
"""
FAILING_COMMIT = """
CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'at commit'; END $$;
CREATE CONSTRAINT TRIGGER fail AFTER INSERT OR UPDATE ON items DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW WHEN (NEW.title = 'fails') EXECUTE FUNCTION fail();
"""
LOST_AT_WORK = """
CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
CREATE TRIGGER lose AFTER INSERT ON items FOR EACH ROW WHEN (NEW.title = 'lost') EXECUTE FUNCTION lose();
"""
CUT_CONNECTIONS = """
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
"""It waits until each is gone (PostgreSQL 14): one that is only told to go still answers a ping."""


async def a_write_is_readable_after_its_201(target: Target) -> None:
    """What a 201 announced is found at once on another connection, however slow the commit."""
    await target.execute(SLOW_COMMIT)
    async with target.user() as writer, target.client() as reader:
        reader.headers = writer.headers
        for _ in range(50):
            made = await writer.post("/items", json={"title": "slow"})
            assert made.status_code == 201, made.text
            assert (await reader.get(f"/items/{made.json()['id']}")).json() == made.json()


async def a_failing_commit_is_no_success(target: Target) -> None:
    """A commit that fails is answered by an error, and nothing is stored."""
    await target.execute(FAILING_COMMIT)
    async with target.user() as client:
        made = await client.post("/items", json={"title": "before"})
        refused = await client.post("/items", json={"title": "fails"})
        changed = await client.patch(f"/items/{made.json()['id']}", json={"title": "fails"})
        stored = (await client.get("/items")).json()
    assert refused.status_code >= 400, refused.text
    assert changed.status_code >= 400, changed.text
    assert [item["title"] for item in stored] == ["before"]


async def lost_connections_are_replaced(target: Target) -> None:
    """After the database has cut all connections, as a restart does, the next requests succeed.

    The server gets the requests and the news that its connections are cut at once.
    """
    async with target.user() as client:
        await asyncio.gather(*(client.get("/items") for _ in range(10)))
        with target.server.paused():
            await target.execute(CUT_CONNECTIONS)
            answers = [await _sent(client, "/items") for _ in range(10)]
        answered = await asyncio.gather(*answers)
    assert {answer.status_code for answer in answered} == {200}, [answer.text for answer in answered]


async def _sent(client: httpx.AsyncClient, path: str) -> asyncio.Task[httpx.Response]:
    """Return when a request has gone to the server; the task waits for the answer."""
    gone = asyncio.Event()

    async def notice(event: str, _: object) -> None:
        if event == "http11.send_request_body.complete":
            gone.set()

    answer = asyncio.create_task(client.get(path, extensions={"trace": notice}))
    await gone.wait()
    return answer


async def a_connection_lost_at_work_is_503(target: Target) -> None:
    """A request that loses its connection to the database at work is answered by 503; the next one succeeds."""
    await target.execute(LOST_AT_WORK)
    async with target.user() as client:
        lost = await client.post("/items", json={"title": "lost"})
        made = await client.post("/items", json={"title": "made"})
        stored = (await client.get("/items")).json()
    assert lost.status_code == 503, lost.text
    assert lost.headers["Retry-After"]
    assert made.status_code == 201, made.text
    assert stored == [made.json()]


async def items_belong_to_somebody(target: Target) -> None:
    """Somebody else's item is neither read, changed nor deleted."""
    async with target.user() as owner, target.user() as other:
        path = f"/items/{(await owner.post('/items', json={'title': 'mine'})).json()['id']}"
        answers = [await other.get(path), await other.patch(path, json={"title": "x"}), await other.delete(path)]
        kept = await owner.get(path)
        listed = await other.get("/items")
    assert {answer.status_code for answer in answers} <= {403, 404}
    assert kept.json()["title"] == "mine"
    assert listed.json() == []


async def a_patch_clears_what_may_be_empty(target: Target) -> None:
    """Null clears a nullable field, is refused for any other; what is left out stays."""
    async with target.user() as client:
        made = (await client.post("/items", json={"title": "a", "description": "b"})).json()
        path = f"/items/{made['id']}"
        cleared = await client.patch(path, json={"description": None})
        assert cleared.status_code == 200, cleared.text
        assert cleared.json()["description"] is None
        assert cleared.json()["title"] == "a"
        assert cleared.json()["updated_at"] >= made["updated_at"]  # SQLite counts seconds
        assert (await client.patch(path, json={"title": None})).status_code == 422
        assert (await client.patch("/users/me", json={"full_name": "x"})).json()["full_name"] == "x"
        assert (await client.patch("/users/me", json={"full_name": None})).json()["full_name"] is None
        assert (await client.patch("/users/me", json={"email": None})).status_code == 422


async def pages_are_bounded_and_stable(target: Target) -> None:
    """Pages hold at most what was asked for; together they hold every item once, while others are added."""
    async with target.user() as client:
        made = [(await client.post("/items", json={"title": str(n)})).json()["id"] for n in range(60)]
        seen: list[int] = []
        for offset in range(0, 60, 7):
            page = (await client.get("/items", params={"limit": 7, "offset": offset})).json()
            assert len(page) <= 7
            seen += [item["id"] for item in page]
            await client.post("/items", json={"title": "later"})
            await client.patch(f"/items/{made[0]}", json={"title": f"changed {offset}"})
        default = (await client.get("/items")).json()
    assert seen[:60] == made
    assert len(default) <= 100


async def changes_and_deletions_may_race(target: Target) -> None:
    """Of requests that change and delete one item at once, none fails with 500, and one deletion succeeds."""
    async with target.user() as client:
        for _ in range(10):
            path = f"/items/{(await client.post('/items', json={'title': 'x'})).json()['id']}"
            changes = [client.patch(path, json={"title": str(n)}) for n in range(5)]
            deletions = [client.delete(path) for _ in range(3)]
            answers = await asyncio.gather(*changes, *deletions)
            codes = [answer.status_code for answer in answers]
            assert set(codes) <= {200, 204, 404, 409}, codes
            assert codes.count(204) == 1, codes
