from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Book


class BookRepository:
    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def list_books(self) -> Sequence[Book]:
        return (await self.session.scalars(select(Book).order_by(Book.id))).all()
