"""Examples of FL204: slow hashes in services, behind helpers, and where they harm nobody."""

from fastapi_lint.rules.base import bad, good, near_miss

SECURITY = """\
import hashlib
import os


def hash_password(password: str) -> bytes:
    salt = os.urandom(16)
    return salt + _derived(password, salt)


def verify_password(password: str, stored: bytes) -> bool:
    return _derived(password, stored[:16]) == stored[16:]


def _derived(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=2**12, r=8, p=1)
"""

EXAMPLES = (
    bad(
        "a service hashes and verifies through a helper",
        {
            "app/security.py": SECURITY,
            "app/service.py": """\
from app import security


class UserService:
    def __init__(self) -> None:
        self.hashes: dict[str, bytes] = {}

    async def register(self, name: str, password: str) -> None:
        self.hashes[name] = security.hash_password(password)  # expect: FL204

    async def authenticate(self, name: str, password: str) -> bool:
        return security.verify_password(password, self.hashes[name])  # expect: FL204
""",
            "app/main.py": """\
from fastapi import FastAPI

from app.service import UserService

app = FastAPI()
users = UserService()


@app.post("/users/{name}")
async def register(name: str, password: str) -> bool:
    await users.register(name, password)
    return await users.authenticate(name, password)
""",
        },
    ),
    bad(
        "a path operation derives the key itself",
        {
            "app/main.py": """\
import hashlib

from fastapi import FastAPI

app = FastAPI()


@app.post("/users/{name}")
async def register(name: str, password: str) -> str:
    return hashlib.scrypt(password.encode(), salt=name.encode(), n=2**12, r=8, p=1).hex()  # expect: FL204
""",
        },
    ),
    bad(
        "a hasher that the service keeps",
        {
            "app/service.py": """\
from app.keys import Hasher


class KeyService:
    def __init__(self, hasher: Hasher | None = None) -> None:
        self._hasher = hasher or Hasher()

    async def store(self, key: str) -> str:
        return self._hasher.hashed(key)  # expect: FL204
""",
            "app/keys.py": """\
from hashlib import pbkdf2_hmac


class Hasher:
    def __init__(self, rounds: int = 600_000) -> None:
        self.rounds = rounds

    def hashed(self, key: str) -> str:
        return pbkdf2_hmac("sha256", key.encode(), b"salt", self.rounds).hex()
""",
        },
    ),
    good(
        "the helper runs in the thread pool",
        {
            "app/security.py": SECURITY,
            "app/main.py": """\
from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool

from app.security import hash_password, verify_password

app = FastAPI()


@app.post("/users/{name}")
async def register(name: str, password: str) -> bool:
    stored = await run_in_threadpool(hash_password, password)
    return await run_in_threadpool(verify_password, password, stored)
""",
        },
    ),
    good(
        "a plain path operation runs in the thread pool",
        {
            "app/security.py": SECURITY,
            "app/main.py": """\
from fastapi import FastAPI

from app.security import hash_password, verify_password

app = FastAPI()


@app.post("/users/{name}")
def register(name: str, password: str) -> bool:
    return verify_password(password, hash_password(password))
""",
        },
    ),
    near_miss(
        "a fast digest of the same module",
        {
            "app/main.py": """\
import hashlib
import hmac

from fastapi import FastAPI

app = FastAPI()


@app.get("/avatars/{email}")
async def avatar(email: str) -> str:
    return hashlib.sha256(email.encode()).hexdigest()


@app.post("/hooks")
async def hook(body: str, signature: str) -> bool:
    return hmac.compare_digest(hmac.new(b"key", body.encode(), "sha256").hexdigest(), signature)
""",
        },
    ),
)
