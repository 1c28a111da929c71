"""The settings, read from the environment and from `.env`; what has no safe default has none."""

from datetime import timedelta
from functools import lru_cache
from typing import Annotated

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

API_PREFIX = "/api/v1"


class Settings(BaseSettings):
    """All settings of the application. Errors name the field, never its value."""

    model_config = SettingsConfigDict(
        env_file=".env", extra="ignore", frozen=True, hide_input_in_errors=True
    )

    database_url: SecretStr
    secret_key: Annotated[SecretStr, Field(min_length=32)]
    log_level: str = "INFO"
    access_token_lifetime: timedelta = timedelta(minutes=15)
    refresh_token_lifetime: timedelta = timedelta(days=30)
    database_pool_size: Annotated[int, Field(ge=1)] = 10


@lru_cache
def get_settings() -> Settings:
    """Read the settings once for each process."""
    return Settings()
