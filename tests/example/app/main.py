from collections.abc import Sequence

from fastapi import FastAPI

from app.covers import cover_of
from app.database import SessionDep
from app.models import Book
from app.repository import BookRepository
from app.schemas import BookOut

app = FastAPI()


@app.get("/books", response_model=list[BookOut])
async def list_books(session: SessionDep) -> Sequence[Book]:
    return await BookRepository(session).list_books()


@app.get("/books/{title}/cover")
async def read_cover(title: str) -> str:
    return cover_of(title)
