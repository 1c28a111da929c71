"""The reference that shows a whole feature: files of the template, which the tests of the template run."""

from pathlib import Path
from typing import Final

_PROJECT: Final = Path("templates/project")
_HEAD: Final = """\
<!-- written by `python -m fastapi_lint_dev generate` -->
# A whole feature, and what it stands on

These are files of the template, word for word; its tests run them on SQLite and PostgreSQL. In another project keep
its own session dependency, base classes and error shape, and take over what the comments and docstrings decide."""
_FEATURE: Final = ("models.py", "schemas.py", "repository.py", "services.py", "api.py")
_CORE: Final = ("database.py", "models/base.py", "core/schemas.py")


def feature_reference(root: Path) -> str:
    """Return the feature that the template has as an example, then the files that it imports."""
    items = root / _PROJECT / "items" / "src" / "app"
    base = root / _PROJECT / "base" / "src" / "app"
    parts = [_HEAD, "## The feature"]
    parts += [_file(items, Path("features/items", name)) for name in _FEATURE]
    parts += ["## What it stands on", *(_file(base, Path(name)) for name in _CORE)]
    return "\n\n".join(parts) + "\n"


def _file(source: Path, name: Path) -> str:
    text = (source / name).read_text(encoding="utf-8").strip("\n")
    return f"```python file=app/{name.as_posix()}\n{text}\n```"
