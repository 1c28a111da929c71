"""How items are stored."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.schemas import Page
from app.features.items.models import Item


class ItemRepository:
    """Reads and writes items within the session that it is given; it never commits."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def get(self, item_id: int, user_id: int) -> Item | None:
        """Return an item of a user."""
        return await self.session.scalar(
            select(Item).where(Item.id == item_id, Item.user_id == user_id)
        )

    async def list_page(self, user_id: int, page: Page) -> Sequence[Item]:
        """Return one page of a user's items, in an order that does not change."""
        query = (
            select(Item)
            .where(Item.user_id == user_id)
            .order_by(Item.id)
            .limit(page.limit)
            .offset(page.offset)
        )
        return (await self.session.scalars(query)).all()

    async def add(self, item: Item) -> Item:
        """Insert an item; what the database fills in comes back with it."""
        self.session.add(item)
        await self.session.flush()
        return item

    async def update(self, item: Item, changes: Mapping[str, Any]) -> Item:
        """Change the given columns, to None where that is said."""
        for column, value in changes.items():
            setattr(item, column, value)
        await self.session.flush()
        return item

    async def delete(self, item_id: int, user_id: int) -> bool:
        """Delete an item of a user; tell whether there was one."""
        query = delete(Item).where(Item.id == item_id, Item.user_id == user_id).returning(Item.id)
        return await self.session.scalar(query) is not None
