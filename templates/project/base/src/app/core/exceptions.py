"""Errors: services raise them, clients read all of them as problem details (RFC 9457)."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, ClassVar

import structlog
from fastapi import FastAPI, Request, status
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm.exc import StaleDataError
from starlette.exceptions import HTTPException

PROBLEM_MEDIA_TYPE = "application/problem+json"

logger = structlog.stdlib.get_logger("app.errors")


class ApplicationError(Exception):
    """An error that the client caused; `detail` is for the client to read."""

    status_code: ClassVar[int] = status.HTTP_400_BAD_REQUEST
    headers: ClassVar[Mapping[str, str]] = {}

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class NotFoundError(ApplicationError):
    """There is no such thing, or it is none of the client's business."""

    status_code = status.HTTP_404_NOT_FOUND


class ConflictError(ApplicationError):
    """The request contradicts what is stored."""

    status_code = status.HTTP_409_CONFLICT


class UnauthenticatedError(ApplicationError):
    """The client did not prove who it is."""

    status_code = status.HTTP_401_UNAUTHORIZED
    headers: ClassVar[Mapping[str, str]] = {"WWW-Authenticate": "Bearer"}


class ForbiddenError(ApplicationError):
    """The client may not do this."""

    status_code = status.HTTP_403_FORBIDDEN


class FieldProblem(BaseModel):
    """What is wrong with one field; never its value, which may be a secret."""

    location: str
    message: str


class Problem(BaseModel):
    """The body of every error."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[FieldProblem] = []


def _problem_schema() -> dict[str, Any]:
    """Inline the schema: FastAPI has no place for the definitions of a media type of its own."""
    schema = Problem.model_json_schema(mode="serialization")
    schema["properties"]["errors"]["items"] = schema.pop("$defs")["FieldProblem"]
    return schema


PROBLEM_RESPONSES: dict[int | str, dict[str, Any]] = {
    code: {"description": meaning, "content": {PROBLEM_MEDIA_TYPE: {"schema": _problem_schema()}}}
    for code, meaning in (("4XX", "The request is wrong."), ("5XX", "The server is at fault."))
}


def problem_response(
    status_code: int,
    detail: str,
    *,
    headers: Mapping[str, str] | None = None,
    errors: list[FieldProblem] | None = None,
) -> JSONResponse:
    """Make the one shape of error that this API has."""
    problem = Problem(
        title=HTTPStatus(status_code).phrase,
        status=status_code,
        detail=detail,
        errors=errors or [],
    )
    return JSONResponse(
        problem.model_dump(), status_code, headers=headers, media_type=PROBLEM_MEDIA_TYPE
    )


async def _application_error(_: Request, error: ApplicationError) -> JSONResponse:
    return problem_response(error.status_code, error.detail, headers=error.headers)


async def _http_exception(_: Request, error: HTTPException) -> JSONResponse:
    return problem_response(error.status_code, error.detail, headers=error.headers)


async def _validation_error(_: Request, error: RequestValidationError) -> JSONResponse:
    errors = [
        FieldProblem(location=".".join(map(str, item["loc"])), message=item["msg"])
        for item in error.errors()
    ]
    return problem_response(
        status.HTTP_422_UNPROCESSABLE_CONTENT, "The request is not valid.", errors=errors
    )


async def _stale_data(_: Request, _error: StaleDataError) -> JSONResponse:
    return problem_response(status.HTTP_409_CONFLICT, "It was changed or deleted meanwhile.")


async def _database_error(request: Request, error: DBAPIError) -> JSONResponse:
    if isinstance(error, OperationalError) or error.connection_invalidated:
        return await _database_unavailable(request, error)
    raise error


async def _database_unavailable(_: Request, error: Exception) -> JSONResponse:
    logger.error("database unavailable", exc_info=error)
    return problem_response(
        status.HTTP_503_SERVICE_UNAVAILABLE,
        "The database cannot be reached.",
        headers={"Retry-After": "1"},
    )


def add_exception_handlers(app: FastAPI) -> None:
    """Answer every expected error with a problem; the middleware answers the unexpected ones."""
    app.exception_handler(ApplicationError)(_application_error)
    app.exception_handler(HTTPException)(_http_exception)
    app.exception_handler(RequestValidationError)(_validation_error)
    app.exception_handler(StaleDataError)(_stale_data)
    app.exception_handler(DBAPIError)(_database_error)
    app.exception_handler(PoolTimeoutError)(_database_unavailable)
