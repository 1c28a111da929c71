"""What clients send and read about items."""

from datetime import datetime

from app.core.schemas import OMITTED, LongText, ResponseSchema, Schema, ShortText


class ItemCreate(Schema):
    """A new item."""

    title: ShortText
    description: LongText | None = None


class ItemUpdate(Schema):
    """A change: what is left out stays as it is."""

    title: ShortText = OMITTED
    description: LongText | None = None


class ItemResponse(ResponseSchema):
    """An item."""

    id: int
    user_id: int
    title: str
    description: str | None
    created_at: datetime
    updated_at: datetime
