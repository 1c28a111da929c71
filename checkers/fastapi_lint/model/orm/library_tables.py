"""The columns that mixins of libraries bring to a mapped class."""

from typing import Final

_USER: Final = ("id", "email", "hashed_password", "is_active", "is_superuser", "is_verified")
_ACCOUNT: Final = (
    *("id", "user_id", "oauth_name", "access_token", "expires_at", "refresh_token", "account_id", "account_email"),
)
_TOKEN: Final = ("token", "created_at", "user_id")
_AUDIT: Final = ("created_at", "updated_at")
_PACKAGES: Final = ("fastapi_users.db", "fastapi_users_db_sqlalchemy", "fastapi_users_db_sqlalchemy.access_token")

COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    **{f"{package}.SQLAlchemyBaseUserTable{suffix}": _USER for package in _PACKAGES for suffix in ("", "UUID")},
    **{
        f"{package}.SQLAlchemyBaseOAuthAccountTable{suffix}": _ACCOUNT
        for package in _PACKAGES
        for suffix in ("", "UUID")
    },
    **{f"{package}.SQLAlchemyBaseAccessTokenTable{suffix}": _TOKEN for package in _PACKAGES for suffix in ("", "UUID")},
    "advanced_alchemy.base.UUIDBase": ("id",),
    "advanced_alchemy.base.UUIDAuditBase": ("id", *_AUDIT),
    "advanced_alchemy.base.BigIntBase": ("id",),
    "advanced_alchemy.base.BigIntAuditBase": ("id", *_AUDIT),
}
"""Class to the names of its columns (fastapi-users-db-sqlalchemy 7, advanced-alchemy 1)."""
