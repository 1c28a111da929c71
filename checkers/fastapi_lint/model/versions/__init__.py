"""Which versions a project pins, by its locks and requirements: pure data once ``read_manifest`` has read them."""

from fastapi_lint.model.versions.manifest import Manifest, read_manifest
from fastapi_lint.model.versions.requirements import Requirements

__all__ = ["Manifest", "Requirements", "read_manifest"]
