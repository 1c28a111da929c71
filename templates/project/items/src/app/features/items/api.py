"""The routes of items."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, status

from app.core.schemas import PageDep, RowId
from app.database import SessionDep
from app.features.auth.dependencies import CurrentUser
from app.features.items.models import Item
from app.features.items.schemas import ItemCreate, ItemResponse, ItemUpdate
from app.features.items.services import ItemService

router = APIRouter(prefix="/items", tags=["items"])


async def get_item_service(session: SessionDep) -> ItemService:
    """Bind the service to the session of the request."""
    return ItemService(session)


ItemServiceDep = Annotated[ItemService, Depends(get_item_service)]


@router.get("", response_model=list[ItemResponse])
async def list_items(user: CurrentUser, page: PageDep, service: ItemServiceDep) -> Sequence[Item]:
    """List the client's items."""
    return await service.list_items(user, page)


@router.post("", response_model=ItemResponse, status_code=status.HTTP_201_CREATED)
async def create_item(data: ItemCreate, user: CurrentUser, service: ItemServiceDep) -> Item:
    """Make an item."""
    return await service.create_item(user, data)


@router.get("/{item_id}", response_model=ItemResponse)
async def read_item(item_id: RowId, user: CurrentUser, service: ItemServiceDep) -> Item:
    """Return an item."""
    return await service.get_item(user, item_id)


@router.patch("/{item_id}", response_model=ItemResponse)
async def update_item(
    item_id: RowId, data: ItemUpdate, user: CurrentUser, service: ItemServiceDep
) -> Item:
    """Change an item; null clears the description."""
    return await service.update_item(user, item_id, data)


@router.delete("/{item_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_item(item_id: RowId, user: CurrentUser, service: ItemServiceDep) -> None:
    """Delete an item."""
    await service.delete_item(user, item_id)
