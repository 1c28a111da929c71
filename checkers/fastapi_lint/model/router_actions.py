"""What a body of code does to routers, as values: makes them, registers handlers, includes, mounts, hands them on."""

from typing import Final

from msgspec import Struct

from fastapi_lint.facts.expressions import Call, Expr
from fastapi_lint.model.modules import Module
from fastapi_lint.model.router_classes import RouterClass, Written
from fastapi_lint.model.symbols import Function

VERBS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
WEBSOCKET: Final = "WEBSOCKET"


class Branch(Struct, frozen=True):
    """One side of a condition: code in it does not always run."""

    start: int
    side: int


class Created(Struct, frozen=True, eq=False):
    """The call that makes an app or a router."""

    module: Module
    scope: str
    call: Call
    made_by: RouterClass
    name: str


class Position(Struct, frozen=True):
    """When something happens: ``index`` counts within one run of a body, ``branches`` are the conditions around it."""

    module: str
    scope: str
    index: int
    branches: tuple[Branch, ...]

    def always_before(self, other: "Position") -> bool:
        """Return whether this surely happens, and earlier, when the other one happens."""
        same_body = (self.module, self.scope) == (other.module, other.scope)
        return same_body and self.index < other.index and self.branches == other.branches[: len(self.branches)]


class Registered(Struct, frozen=True, eq=False):
    """A handler is registered; ``verb`` is the method called on the router."""

    target: "Written | Created"
    position: Position
    verb: str
    call: Call
    path: "Written | Created | None"
    handler: "Function | Expr | None"


class Included(Struct, frozen=True, eq=False):
    """A router is included in another, or mounted below it (``mounted``)."""

    target: "Written | Created"
    position: Position
    call: Call
    router: "Written | Created"
    prefix: "Written | Created | None"
    mounted: bool


class Passed(Struct, frozen=True, eq=False):
    """A function of the project is called: it may register routes on what it is given."""

    function: Function
    position: Position
    call: Call
    scope: str
    arguments: "tuple[tuple[str, Written | Created], ...]"


Action = Registered | Included | Passed


class Scan(Struct, frozen=True, eq=False):
    """What one body does, in order, what its names are bound to at its end, and what it returns."""

    actions: tuple[Action, ...]
    bound: "dict[str, Written | Created]"
    returned: "tuple[Written | Created, ...]"
