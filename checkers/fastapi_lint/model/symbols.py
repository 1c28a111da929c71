"""What a name can mean besides a module: classes, functions, variables, and names from outside the project."""

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from fastapi_lint.facts.expressions import Call, Expr, Name, Subscript, dotted_name
from fastapi_lint.facts.schema import Body, ClassFacts, FunctionFacts, decode_body
from fastapi_lint.facts.statements import Annotate, Assign, If, Stmt, Try, With
from fastapi_lint.source import Span

if TYPE_CHECKING:
    from fastapi_lint.model.modules import Module


_DEEPEST_HIERARCHY: Final = 64


class External(Struct, frozen=True):
    """A name from outside the project, fully qualified and canonical: ``sqlalchemy.orm.Session``."""

    name: str


class Variable:
    """A name that module-level code binds by assignment.

    ``value`` and ``annotation`` belong to its last plain assignment at the module's top level; both are None where only
    unpacking, a loop or a ``with`` binds it.
    """

    def __init__(self, module: "Module", name: str, value: Expr | None, annotation: Expr | None, span: Span) -> None:
        self.module = module
        self.name = name
        self.value = value
        self.annotation = annotation
        self.span = span

    def take(self, other: "Variable") -> "Variable":
        """Become what an edited file says of a variable of the same name, and return the variable."""
        self.value, self.annotation, self.span = other.value, other.annotation, other.span
        return self

    def __repr__(self) -> str:
        return f"Variable({self.module.key}:{self.name})"


class Function:
    """A function, method or nested function of the project."""

    def __init__(self, module: "Module", facts: FunctionFacts) -> None:
        self.module = module
        self.facts = facts
        self.key = f"{module.key}:{facts.qualname}"

    @property
    def name(self) -> str:
        """Return the function's own name."""
        return self.facts.name

    @property
    def qualname(self) -> str:
        """Return the name within the module."""
        return self.facts.qualname

    @cached_property
    def parameter_names(self) -> frozenset[str]:
        """Return the names of all parameters."""
        return frozenset(item.name for item in self.facts.parameters)

    @property
    def is_async(self) -> bool:
        """Return whether it is an ``async def``."""
        return self.facts.is_async

    @cached_property
    def body(self) -> Body:
        """Return the statements."""
        return decode_body(self.facts.body)

    @cached_property
    def owner(self) -> "Class | None":
        """Return the class whose method it is."""
        return self.module.classes.get(self.facts.owner) if self.facts.owner else None

    @cached_property
    def parent(self) -> "Function | None":
        """Return the function around a nested one."""
        return self.module.functions.get(self.facts.parent) if not self.facts.owner else None

    @cached_property
    def decorator_names(self) -> tuple[str, ...]:
        """Return what decorates it, qualified where it resolves and as written where not; calls without arguments."""
        names = []
        for decorator in self.facts.decorators:
            target = decorator.func if isinstance(decorator, Call) else decorator
            symbol = self.module.resolve(target, self.facts.parent)
            match symbol:
                case External():
                    names.append(symbol.name)
                case Function() | Class():
                    names.append(symbol.key)
                case _:
                    names.append(dotted_name(target) or "")
        return tuple(names)

    @cached_property
    def is_static(self) -> bool:
        """Return whether it is a ``@staticmethod``."""
        return "builtins.staticmethod" in self.decorator_names

    @cached_property
    def is_class_method(self) -> bool:
        """Return whether it is a ``@classmethod`` (or one of the methods that are so by nature)."""
        return "builtins.classmethod" in self.decorator_names or (
            self.owner is not None and self.name in {"__init_subclass__", "__class_getitem__"}
        )

    @cached_property
    def is_property(self) -> bool:
        """Return whether reading the attribute calls it."""
        return any(name in PROPERTY_DECORATORS or name.endswith(".getter") for name in self.decorator_names)

    def forget_names(self) -> None:
        """Forget what names were found to mean: they may mean something else now."""
        forget(self, "decorator_names", "is_static", "is_class_method", "is_property")

    def take(self, facts: FunctionFacts) -> None:
        """Become what an edited file says of a function of the same name."""
        self.facts = facts
        self.forget_names()
        forget(self, "parameter_names", "body", "owner", "parent")

    def __repr__(self) -> str:
        return f"Function({self.key})"


PROPERTY_DECORATORS = frozenset(
    {
        "builtins.property",
        "functools.cached_property",
        "sqlalchemy.ext.hybrid.hybrid_property",
        "pydantic.computed_field",
        "fastapi.utils.cached_property",
    }
)


class Class:
    """A class of the project."""

    def __init__(self, module: "Module", facts: ClassFacts) -> None:
        self.module = module
        self.facts = facts
        self.key = f"{module.key}:{facts.qualname}"

    @property
    def name(self) -> str:
        """Return the class's own name."""
        return self.facts.name

    @cached_property
    def body(self) -> Body:
        """Return the statements of the class body."""
        return decode_body(self.facts.body)

    @cached_property
    def bases(self) -> tuple["Class | External", ...]:
        """Return the bases that resolve to a class; subscripts (``Base[T]``) are looked through."""
        found: list[Class | External] = []
        for base in self.facts.bases:
            symbol = self.module.resolve(base.value if isinstance(base, Subscript) else base, self.facts.parent)
            if isinstance(symbol, Variable):
                symbol = symbol.module.class_alias(symbol)
            if isinstance(symbol, Class | External):
                found.append(symbol)
        return tuple(found)

    @cached_property
    def has_unknown_base(self) -> bool:
        """Return whether a base does not resolve to a class: the class may then have any attribute."""
        return any(len(item.bases) < len(item.facts.bases) for item in self.ancestors)

    @cached_property
    def ancestors(self) -> tuple["Class", ...]:
        """Return the class and its project bases in the order in which attributes are looked up.

        The order is depth first with a shared base kept at its last place, which is what Python's own order comes to
        for every hierarchy without contradictions.
        """
        order: list[Class] = []

        def visit(current: Class, path: frozenset[str]) -> None:
            if current.key in path or len(path) > _DEEPEST_HIERARCHY:
                return
            if current in order:
                order.remove(current)
            order.append(current)
            for base in current.bases:
                if isinstance(base, Class):
                    visit(base, path | {current.key})

        visit(self, frozenset())
        return tuple(order)

    @cached_property
    def external_bases(self) -> tuple[str, ...]:
        """Return the qualified names of all bases from outside the project, nearest first."""
        return tuple(
            dict.fromkeys(
                base.name for ancestor in self.ancestors for base in ancestor.bases if isinstance(base, External)
            )
        )

    @cached_property
    def own_methods(self) -> dict[str, Function]:
        """Return the methods of the body by name; a property's getter stands for its setter and deleter too."""
        found: dict[str, Function] = {}
        for function in self.module.functions_of(self.facts.qualname):
            tails = {name.rpartition(".")[2] for name in function.decorator_names}
            if function.name in found and tails & {"setter", "deleter", "overload", "expression"}:
                continue
            if "overload" in tails:
                continue
            found[function.name] = function
        return found

    @cached_property
    def own_assignments(self) -> dict[str, Assign | Annotate]:
        """Return the assignments and annotations of the body by name; blocks are looked into."""
        found: dict[str, Assign | Annotate] = {}
        for statement in flat(self.body):
            match statement:
                case Annotate(target=Name(id=name)):
                    found[name] = statement
                case Assign():
                    for target in statement.targets:
                        if isinstance(target, Name):
                            found[target.id] = statement
                case _:
                    pass
        return found

    def method(self, name: str) -> Function | None:
        """Return the method of that name, own or inherited from a project class."""
        return self._methods.get(name)

    @cached_property
    def _methods(self) -> dict[str, Function]:
        found: dict[str, Function] = {}
        for ancestor in reversed(self.ancestors):
            found.update(ancestor.own_methods)
        return found

    def assignment(self, name: str) -> "tuple[Class, Assign | Annotate] | None":
        """Return the class-level assignment of that name and the class that makes it."""
        for ancestor in self.ancestors:
            if name in ancestor.own_assignments:
                return ancestor, ancestor.own_assignments[name]
        return None

    def forget_names(self) -> None:
        """Forget what names were found to mean: they may mean something else now."""
        forget(self, "bases", "has_unknown_base", "ancestors", "external_bases", "own_methods", "_methods")

    def take(self, facts: ClassFacts) -> None:
        """Become what an edited file says of a class of the same name."""
        self.facts = facts
        self.forget_names()
        forget(self, "body", "own_assignments")

    def __repr__(self) -> str:
        return f"Class({self.key})"


def forget(symbol: object, *properties: str) -> None:
    """Let cached properties be computed again."""
    for name in properties:
        vars(symbol).pop(name, None)


def flat(body: Body) -> Iterator[Stmt]:
    """Yield statements with those in ``if``, ``try`` and ``with`` blocks."""
    for statement in body:
        yield statement
        match statement:
            case If():
                yield from flat(statement.body)
                yield from flat(statement.orelse)
            case Try():
                yield from flat(statement.body)
                for handler in statement.handlers:
                    yield from flat(handler.body)
                yield from flat(statement.orelse)
                yield from flat(statement.final)
            case With():
                yield from flat(statement.body)
            case _:
                pass
