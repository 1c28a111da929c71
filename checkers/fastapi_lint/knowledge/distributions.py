"""Which top-level names a distribution can be imported by, where they are not its own: ``distributions.tsv``."""

from functools import cache

from fastapi_lint.knowledge.tables import read_table


@cache
def _differing() -> dict[str, tuple[str, ...]]:
    return {name: tuple(names.split()) for name, names in read_table("distributions.tsv", ("distribution", "imports"))}


def import_names(distribution: str) -> tuple[str, ...]:
    """Return the top-level names that a distribution (its name as PEP 503 compares it) provides."""
    table = _differing()
    found = table.get(distribution)
    if found is not None:
        return found
    families = (name for name in table if name.endswith("*") and distribution.startswith(name[:-1]))
    family = next(families, None)
    return table[family] if family is not None else (distribution.replace("-", "_"),)
