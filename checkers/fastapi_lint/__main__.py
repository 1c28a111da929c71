"""Lets ``python -m fastapi_lint`` do what ``fastapi-lint`` does."""

from fastapi_lint.cli import main

if __name__ == "__main__":
    main()
