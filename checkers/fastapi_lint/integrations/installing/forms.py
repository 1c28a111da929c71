"""The agent in the form of each runner: the same body, below the fields that the runner understands.

Each form was loaded by the runner that it is for, or follows its reference where it cannot be run without a login
(Copilot, Cursor). Where a runner names its tools in its own way they are left out: it then gives the agent all of them.
"""

import json
from typing import Final

import yaml

from fastapi_lint.integrations.agent_files.document import read_document
from fastapi_lint.resources import Resource, resource_directory

_COPILOT_TOOLS: Final = ("read", "edit", "search", "execute", "todo")


class Agent:
    """The agent as it comes with the package."""

    def __init__(self) -> None:
        path = resource_directory(Resource.AGENTS) / "fastapi.md"
        document = read_document(path)
        self.original = path.read_text("utf-8")
        self.name = str(document.fields["name"])
        self.description = str(document.fields["description"])
        self.body = "\n".join(document.lines[document.body_row - 1 :]).strip() + "\n"

    def for_codex(self) -> str:
        """Return a role of Codex: TOML, whose basic strings are those of JSON but for the delete character."""
        fields = {"name": self.name, "description": self.description, "developer_instructions": self.body}
        return "".join(f"{name} = {_toml(value)}\n" for name, value in fields.items())

    def for_copilot(self) -> str:
        """Return a custom agent of Copilot."""
        return self._with({"name": self.name, "description": self.description, "tools": list(_COPILOT_TOOLS)})

    def for_cursor(self) -> str:
        """Return a subagent of Cursor."""
        return self._with({"name": self.name, "description": self.description, "model": "inherit"})

    def for_gemini(self) -> str:
        """Return a subagent of Gemini CLI, which accepts no field that it does not know."""
        return self._with({"name": self.name, "description": self.description})

    def for_opencode(self) -> str:
        """Return a subagent of OpenCode, whose name is that of its file."""
        return self._with({"description": self.description, "mode": "subagent"})

    def _with(self, fields: dict[str, object]) -> str:
        head = yaml.safe_dump(fields, sort_keys=False, allow_unicode=True, width=10_000)
        return f"---\n{head}---\n\n{self.body}"


def _toml(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
