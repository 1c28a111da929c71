"""Which rules may speak of a defect of which category.

A defect often has several right names: a relationship that is read row by row is a lazy load, a query in a loop, and
under an async session an exception. A code that is not listed here never counts for the category.
"""

from collections.abc import Mapping
from types import MappingProxyType

CODES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        category: frozenset(codes.split())
        for category, codes in {
            "blocking_async": "FL201 FL202 FL203 FL204",
            "lazy_load_async": "FL110 FL208 FL304 FL306 FL307 FL402 FL403 FL404 FL506",
            "n_plus_one": "FL402 FL403 FL404 FL405",
            "session_misuse": "FL208 FL303 FL304 FL305 FL306 FL308 FL310 FL311 FL312 FL313 FL403",
            "missing_commit": "FL301 FL302 FL308 FL313",
            "missing_rollback": "FL306 FL309 FL312 FL314",
            "pydantic_v1": "FL101 FL102 FL103 FL104 FL105 FL106 FL107",
            "other:missing_await": "FL205",
            "other:noload_read": "FL402 FL403 FL404",
            "other:route_shadowing": "FL601 FL602",
            "other:cors_wildcard_credentials": "FL802",
            "other:on_event": "FL616 FL619",
            "other:commit_after_response": "FL301",
            "other:task_before_commit": "FL304 FL305",
            "other:resource_not_closed": "FL308",
        }.items()
    }
)
