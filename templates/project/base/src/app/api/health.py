"""What a load balancer asks: is the process alive, and can it serve."""

from typing import Literal

from fastapi import APIRouter
from sqlalchemy import text

from app.core.exceptions import PROBLEM_RESPONSES
from app.core.schemas import Schema
from app.database import SessionDep

router = APIRouter(prefix="/health", tags=["health"], responses=PROBLEM_RESPONSES)


class HealthResponse(Schema):
    """The process answers."""

    status: Literal["ok"] = "ok"


@router.get("/live")
async def live() -> HealthResponse:
    """Answer as long as the event loop runs; asks nobody else."""
    return HealthResponse()


@router.get("/ready")
async def ready(session: SessionDep) -> HealthResponse:
    """Answer when the database does; otherwise the problem is 503."""
    await session.execute(text("SELECT 1"))
    return HealthResponse()
