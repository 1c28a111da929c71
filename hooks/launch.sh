#!/bin/sh
# Runs `fastapi-lint hook` for an agent's runner, with the linter that is at hand: the project's own, one that is
# installed, or the version that this file came with. Standard input is the payload; the exit code is always 0.

version=0.1.0
project=${CLAUDE_PROJECT_DIR:-$PWD}

for candidate in \
    "$project/.venv/bin/fastapi-lint" "$project/.venv/Scripts/fastapi-lint.exe" \
    "$PWD/.venv/bin/fastapi-lint" "$PWD/.venv/Scripts/fastapi-lint.exe" \
    "$(command -v fastapi-lint 2>/dev/null)"; do
    if [ -x "$candidate" ]; then
        "$candidate" hook 2>/dev/null
        exit 0
    fi
done

if command -v uvx >/dev/null 2>&1; then
    uvx --quiet "fastapi-lint@$version" hook 2>/dev/null
    exit 0
fi

# Told to the user, not to the agent, and once: the next edit would say the same.
told=${CLAUDE_PLUGIN_DATA:-${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/fastapi-lint}/told-that-nothing-is-installed
if [ ! -e "$told" ] && mkdir -p "${told%/*}" 2>/dev/null && : 2>/dev/null >"$told"; then
    printf '%s\n' '{"systemMessage": "fastapi-lint is not installed, so edits are not checked: uv add --dev fastapi-lint"}'
fi
exit 0
