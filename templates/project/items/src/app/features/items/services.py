"""What can be done with items."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.exceptions import NotFoundError
from app.core.schemas import Page
from app.features.items.models import Item
from app.features.items.repository import ItemRepository
from app.features.items.schemas import ItemCreate, ItemUpdate
from app.features.users.models import User


class ItemService:
    """The rules about items: users see and change their own."""

    def __init__(self, session: AsyncSession) -> None:
        self.items = ItemRepository(session)

    async def list_items(self, user: User, page: Page) -> Sequence[Item]:
        """Return one page of the user's items."""
        return await self.items.list_page(user.id, page)

    async def get_item(self, user: User, item_id: int) -> Item:
        """Return an item.

        Raises:
            NotFoundError: there is none, or it belongs to somebody else.
        """
        item = await self.items.get(item_id, user.id)
        if item is None:
            raise NotFoundError("There is no such item.")
        return item

    async def create_item(self, user: User, data: ItemCreate) -> Item:
        """Make an item that belongs to the user."""
        return await self.items.add(
            Item(user_id=user.id, title=data.title, description=data.description)
        )

    async def update_item(self, user: User, item_id: int, data: ItemUpdate) -> Item:
        """Change what was sent, and nothing else."""
        item = await self.get_item(user, item_id)
        return await self.items.update(item, data.model_dump(exclude_unset=True))

    async def delete_item(self, user: User, item_id: int) -> None:
        """Delete an item.

        Raises:
            NotFoundError: there is none, or it belongs to somebody else.
        """
        if not await self.items.delete(item_id, user.id):
            raise NotFoundError("There is no such item.")
