"""The version of the installed distribution, for outputs that name it."""

from importlib.metadata import PackageNotFoundError, version


def own_version() -> str:
    """Return the version, or ``unknown`` when the package runs from a checkout that is not installed."""
    try:
        return version("fastapi-lint")
    except PackageNotFoundError:
        return "unknown"
