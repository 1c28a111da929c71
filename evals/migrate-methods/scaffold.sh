#!/bin/sh
# Writes the project of this case into the working directory.
exec "${FASTAPI_LINT_DEV:-python}" -m fastapi_lint_dev evals scaffold migrate-methods .
