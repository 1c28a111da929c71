"""Reads syntax that is newer than the running interpreter: rewrites it to older syntax, every row and column kept.

Covered are type parameters with their defaults and ``type`` (PEP 695, 696), f-strings (PEP 701), ``except A, B``
(PEP 758), t-strings (PEP 750) and ``lazy import`` (PEP 810). Only what the interpreter rejects is rewritten, so that a
newer interpreter does less. The result is a function of the bytes and the Python version (invariant I1).
"""

from fastapi_lint.facts.lowering.failure import LoweringError
from fastapi_lint.facts.lowering.headers import TypeParam, TypeParams
from fastapi_lint.facts.lowering.lower import lower
from fastapi_lint.facts.lowering.lowered import Lowered

__all__ = ["Lowered", "LoweringError", "TypeParam", "TypeParams", "lower"]
