"""Finds the FastAPI, SQLAlchemy and Pydantic defects that only the whole project shows.

The public Python interface is ``fastapi_lint.api``; importing this package loads nothing else.
"""
