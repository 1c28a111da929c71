"""Examples of FL601: a path operation that an earlier one answers for."""

from fastapi_lint.rules.base import bad, good, near_miss

EXAMPLES = (
    bad(
        "me after the identifier",
        {
            "app/main.py": """\
from fastapi import APIRouter, FastAPI

router = APIRouter(prefix="/users", tags=["users"])


@router.get("/{user_id}")
async def read_user(user_id: int) -> dict[str, int]:
    return {"id": user_id}


@router.get("/me")  # expect: FL601
async def read_me() -> dict[str, str]:
    return {"name": "Ada"}


app = FastAPI()
app.include_router(router)
""",
        },
    ),
    bad(
        "a router that is included too late",
        {
            "app/routers/items.py": """\
from fastapi import APIRouter

router = APIRouter()


@router.get("/{item_id}")
async def read_item(item_id: str) -> dict[str, str]:
    return {"item": item_id}
""",
            "app/routers/stats.py": """\
from fastapi import APIRouter

router = APIRouter(prefix="/items")


@router.get("/stats")  # expect: FL601
async def stats() -> dict[str, int]:
    return {"items": 0}
""",
            "app/main.py": """\
from fastapi import FastAPI

from app.routers import items, stats

app = FastAPI()
app.include_router(items.router, prefix="/items")
app.include_router(stats.router)
""",
        },
    ),
    bad(
        "two parameters of different names, and a catch-all",
        {
            "app/main.py": """\
from fastapi import FastAPI

app = FastAPI()


@app.get("/teams/{team_id}")
async def by_id(team_id: str) -> dict[str, str]:
    return {"id": team_id}


@app.get("/teams/{slug}")  # expect: FL601
async def by_slug(slug: str) -> dict[str, str]:
    return {"slug": slug}


@app.get("/pages/{path:path}")
async def page(path: str) -> dict[str, str]:
    return {"page": path}


@app.get("/pages/archive/{year}")  # expect: FL601
async def archive(year: int) -> dict[str, int]:
    return {"year": year}
""",
        },
    ),
    bad(
        "a router class of the project",
        {
            "app/routing.py": """\
from typing import Any

from fastapi import APIRouter


class ProjectRouter(APIRouter):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, redirect_slashes=False, **kwargs)
""",
            "app/messages.py": """\
from app.routing import ProjectRouter

router = ProjectRouter(prefix="/messages", tags=["messages"])


@router.get("/{message_id}")
async def read_message(message_id: str) -> dict[str, str]:
    return {"message": message_id}


@router.get("/batches", operation_id="list_batches")  # expect: FL601
async def list_batches() -> list[str]:
    return ["batch"]
""",
            "app/main.py": """\
from fastapi import FastAPI

from app.messages import router

app = FastAPI()
app.include_router(router, prefix="/v1")
""",
        },
    ),
    good(
        "the fixed path comes first",
        {
            "app/main.py": """\
from fastapi import APIRouter, FastAPI

router = APIRouter(prefix="/users", tags=["users"])


@router.get("/me")
async def read_me() -> dict[str, str]:
    return {"name": "Ada"}


@router.get("/{user_id}")
async def read_user(user_id: int) -> dict[str, int]:
    return {"id": user_id}


app = FastAPI()
app.include_router(router)
""",
        },
    ),
    near_miss(
        "another method",
        {
            "app/main.py": """\
from fastapi import FastAPI

app = FastAPI()


@app.get("/users/{user_id}")
async def read_user(user_id: int) -> dict[str, int]:
    return {"id": user_id}


@app.post("/users/me")
async def update_me() -> dict[str, str]:
    return {"name": "Ada"}
""",
        },
    ),
    near_miss(
        "another number of segments",
        {
            "app/main.py": """\
from fastapi import FastAPI

app = FastAPI()


@app.get("/users/{user_id}")
async def read_user(user_id: int) -> dict[str, int]:
    return {"id": user_id}


@app.get("/users/me/posts")
async def read_my_posts() -> list[str]:
    return ["Hello"]


@app.get("/users")
async def list_users() -> list[str]:
    return ["Ada"]
""",
        },
    ),
    near_miss(
        "the converter of the path does not match",
        {
            "app/main.py": """\
from fastapi import FastAPI

app = FastAPI()


@app.get("/users/{user_id:int}")
async def read_user(user_id: int) -> dict[str, int]:
    return {"id": user_id}


@app.get("/users/me")
async def read_me() -> dict[str, str]:
    return {"name": "Ada"}


@app.get("/files/{name}.json")
async def read_json(name: str) -> dict[str, str]:
    return {"json": name}


@app.get("/files/readme")
async def read_readme() -> dict[str, str]:
    return {"text": "readme"}
""",
        },
    ),
    near_miss(
        "the parameter is bound to other prefixes",
        {
            "app/routers.py": """\
from fastapi import APIRouter

items = APIRouter(prefix="/items")
reports = APIRouter(prefix="/reports")


@items.get("/{item_id}")
async def read_item(item_id: str) -> dict[str, str]:
    return {"item": item_id}


@reports.get("/latest")
async def latest() -> dict[str, str]:
    return {"report": "latest"}
""",
            "app/main.py": """\
from fastapi import FastAPI

from app import routers

app = FastAPI()
admin = FastAPI()
app.include_router(routers.items)
app.include_router(routers.reports)
app.mount("/admin", admin)


@admin.get("/{page}")
async def admin_page(page: str) -> dict[str, str]:
    return {"page": page}
""",
        },
    ),
    near_miss(
        "the routers are included in the right order",
        {
            "app/routers/items.py": """\
from fastapi import APIRouter

router = APIRouter(prefix="/items")


@router.get("/{item_id}")
async def read_item(item_id: str) -> dict[str, str]:
    return {"item": item_id}
""",
            "app/routers/stats.py": """\
from fastapi import APIRouter

router = APIRouter(prefix="/items")


@router.get("/stats")
async def stats() -> dict[str, int]:
    return {"items": 0}
""",
            "app/main.py": """\
from fastapi import APIRouter, FastAPI

from app.routers import items, stats

api = APIRouter(prefix="/api")
for router in (stats.router, items.router):
    api.include_router(router)

app = FastAPI()
app.include_router(api)
""",
        },
    ),
)
