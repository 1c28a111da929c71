"""Names that a feature or a field cannot have.

Each set is data: a test compares it with Python, SQLAlchemy or Pydantic, or with what the templates bind.
"""

from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


SQL_WORDS: Final = _words(
    "all analyse analyze and any array as asc asymmetric authorization between binary both case cast check collate "
    "column constraint create cross current_catalog current_date current_role current_schema current_time "
    "current_timestamp current_user default deferrable desc distinct do else end except false fetch for foreign "
    "freeze from full grant group having ilike in initially inner intersect into is isnull join leading left like "
    "limit localtime localtimestamp natural new not notnull null of off offset old on only or order outer over "
    "overlaps placing primary references returning right select session_user similar some symmetric table then to "
    "trailing true union unique user using variadic verbose when where window with"
)
"""The words that PostgreSQL reserves: such a column needs quotes in every query that is written by hand."""

MAPPER_NAMES: Final = frozenset({"metadata", "registry"})
"""What SQLAlchemy keeps for itself in the body of a mapped class."""

SCHEMA_NAMES: Final = _words(
    "construct copy dict from_orm json parse_file parse_obj parse_raw schema schema_json update_forward_refs validate"
)
"""The members of a Pydantic model that a field would hide, apart from those that start with ``model_``."""

TYPE_NAMES: Final = frozenset({"bool", "date", "datetime", "float", "int", "str", "time"})
"""What annotations of rendered classes say: a field of that name would hide the type from the fields below it."""

RENDERED_NAMES: Final = _words("changes column data error page query self session user user_id value")
"""The variables of rendered functions beside the one that is called like the feature."""
