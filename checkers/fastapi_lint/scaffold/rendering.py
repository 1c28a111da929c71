"""Renders templates: in a tree, files that end in ``.jinja`` go through Jinja2, all others stay as they are."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import jinja2

SUFFIX: Final = ".jinja"


def template_environment(directory: Path) -> jinja2.Environment:
    """Return what renders the templates of a directory; a name that the context does not have is an error."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(directory),
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # noqa: S701 - the output is source code, not HTML
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def render_tree(directory: Path, context: Mapping[str, object]) -> dict[str, bytes]:
    """Return the rendered files below a directory by their POSIX paths.

    Raises:
        jinja2.TemplateError: a template is wrong, or reads a name that the context does not have.

    """
    environment = template_environment(directory)
    files = {}
    for path in sorted(directory.rglob("*")):
        name = path.relative_to(directory).as_posix()
        if path.is_dir() or "__pycache__" in path.parts:
            continue
        if name.endswith(SUFFIX):
            files[name.removesuffix(SUFFIX)] = environment.get_template(name).render(context).encode()
        else:
            files[name] = path.read_bytes()
    return files
