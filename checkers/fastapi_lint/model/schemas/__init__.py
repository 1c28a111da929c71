"""The schemas' knowledge: Pydantic models through any base, their fields and configuration, and what each reads."""

from fastapi_lint.model.schemas.config import ConfigEntry, ConfigSource
from fastapi_lint.model.schemas.fields import Field
from fastapi_lint.model.schemas.model import Nested, Schema, Schemas
from fastapi_lint.model.schemas.reads import AttributeRead, reads_from

__all__ = ["AttributeRead", "ConfigEntry", "ConfigSource", "Field", "Nested", "Schema", "Schemas", "reads_from"]
