"""``--show-files`` and ``--show-settings``: what a run would work on."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from fastapi_lint.api import all_rules
from fastapi_lint.resolution import CheckOptions, resolve
from fastapi_lint.selection import select_rules
from fastapi_lint.terminal import clean, clean_path


def show_files(paths: Sequence[Path], options: CheckOptions) -> str:
    """Return the files whose findings would be reported, one on a line."""
    resolved = resolve(paths, options)
    asked = resolved.asked_keys()
    return "".join(f"{clean_path(resolved.display(file.path))}\n" for file in resolved.tree.files if file.key in asked)


def show_settings(paths: Sequence[Path], options: CheckOptions) -> str:
    """Return the settings as TOML, with where they come from and the rules that they select."""
    resolved = resolve(paths, options)
    config = resolved.config
    selected = select_rules(config, all_rules())
    lines = [
        f"# project root: {clean_path(resolved.project.root)}",
        f"# config file: {clean_path(config.path) if config.path else 'none'}",
        f"# files: {len(resolved.tree.files)}",
        f"# rules: {', '.join(rule.code for rule in selected)}",
    ]
    values: dict[str, object] = {
        "exclude": config.excluded,
        "preview": config.preview,
        "min-confidence": config.min_confidence.value,
        "app-only": config.app_only,
        "known-blocking": config.known_blocking,
        "known-offload": config.known_offload,
        "layers": tuple(" | ".join(names) for names in config.layers),
    }
    optional = {"baseline": config.baseline, "cache-dir": config.cache_dir}
    values |= {key: str(value) for key, value in optional.items() if value is not None}
    lines += [f"{key} = {_toml(value)}" for key, value in values.items()]
    tables: dict[str, Mapping[str, object]] = {
        "per-file-ignores": config.per_file_ignores,
        "severity": {key: value.value for key, value in config.severity.items()},
        "session-providers": {key: value.value for key, value in config.session_providers.items()},
        "versions": config.versions,
    }
    for name, table in tables.items():
        if table:
            lines += ["", f"[{name}]", *(f"{json.dumps(key)} = {_toml(value)}" for key, value in table.items())]
    return "".join(f"{clean(line)}\n" for line in lines)


def _toml(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
