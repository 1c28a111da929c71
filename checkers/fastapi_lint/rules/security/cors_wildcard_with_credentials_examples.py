"""Examples of FL802: who may send requests with cookies."""

from fastapi_lint.rules.base import bad, good, near_miss

EXAMPLES = (
    bad(
        "every origin, with credentials",
        {
            "app/main.py": """\
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

app = FastAPI()
app.add_middleware(  # expect: FL802
    CORSMiddleware,
    allow_origins=["*"],
    allow_credentials=True,
    allow_methods=["*"],
    allow_headers=["*"],
)
""",
        },
    ),
    bad(
        "the wildcard is a constant of another module, the middleware is in a list",
        {
            "app/constants.py": """\
from typing import Final

ORIGINS: Final = ["https://app.example.com", "*"]
""",
            "app/main.py": """\
from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

from app import constants


def create_app() -> FastAPI:
    middleware = [
        Middleware(CORSMiddleware, allow_origins=constants.ORIGINS, allow_credentials=True),  # expect: FL802
    ]
    return FastAPI(middleware=middleware)


app = create_app()
""",
        },
    ),
    bad(
        "a pattern that matches anything, around the app",
        {
            "app/main.py": """\
from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

api = FastAPI()
app = CORSMiddleware(api, allow_origin_regex="https?://.*", allow_credentials=True)  # expect: FL802
""",
        },
    ),
    bad(
        "open unless the deployment says otherwise",
        {
            "app/settings.py": """\
from pydantic import Field
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    cors_origins: list[str] = Field(default_factory=lambda: ["*"])
    cors_credentials: bool = True


settings = Settings()
""",
            "app/main.py": """\
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from app.settings import settings

app = FastAPI()
app.add_middleware(  # expect: FL802
    CORSMiddleware,
    allow_origins=settings.cors_origins,
    allow_credentials=settings.cors_credentials,
)
""",
        },
    ),
    good(
        "named origins, with credentials",
        {
            "app/main.py": """\
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

app = FastAPI()
app.add_middleware(
    CORSMiddleware,
    allow_origins=["https://app.example.com"],
    allow_origin_regex=r"https://[a-z0-9-]+\\.preview\\.example\\.com",
    allow_credentials=True,
)
""",
        },
    ),
    near_miss(
        "every origin, without credentials",
        {
            "app/main.py": """\
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

app = FastAPI()
app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["*"], allow_credentials=False)
""",
        },
    ),
    near_miss(
        "every method and header from one origin; the wildcard is for development only",
        {
            "app/main.py": """\
import os

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

origins = ["https://app.example.com"]
if os.environ.get("ENVIRONMENT") == "development":
    origins = ["*"]

app = FastAPI()
app.add_middleware(
    CORSMiddleware,
    allow_origins=origins,
    allow_credentials=True,
    allow_methods=["*"],
    allow_headers=["*"],
)
""",
        },
    ),
    near_miss(
        "the origins come from the environment and there is no default",
        {
            "app/main.py": """\
import os

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

app = FastAPI()
app.add_middleware(
    CORSMiddleware,
    allow_origins=os.environ.get("ORIGINS", "").split(","),
    allow_credentials=True,
)
""",
        },
    ),
)
