"""What a name means: modules, classes, functions and variables of the project, and names from outside it."""

import sys
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from fastapi_lint.facts.expressions import Attribute, Call, Expr, Name, Subscript, dotted_name
from fastapi_lint.facts.schema import Body, ClassFacts, FunctionFacts, Import, ModuleFacts, decode_body
from fastapi_lint.facts.statements import Annotate, Assign, If, Stmt, Try, With
from fastapi_lint.knowledge.canonical import canonical
from fastapi_lint.source import Span

if TYPE_CHECKING:
    from fastapi_lint.model.roots import Roots


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
        _forget(self, "decorator_names", "is_static", "is_class_method", "is_property")

    def take(self, facts: FunctionFacts) -> None:
        """Become what an edited file says of a function of the same name."""
        self.facts = facts
        self.forget_names()
        _forget(self, "parameter_names", "body", "owner", "parent")

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
        for statement in _flat(self.body):
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
        _forget(self, "bases", "has_unknown_base", "ancestors", "external_bases", "own_methods", "_methods")

    def take(self, facts: ClassFacts) -> None:
        """Become what an edited file says of a class of the same name."""
        self.facts = facts
        self.forget_names()
        _forget(self, "body", "own_assignments")

    def __repr__(self) -> str:
        return f"Class({self.key})"


class Module:
    """A file of the project and the names that it binds at its top level."""

    def __init__(self, key: str, facts: ModuleFacts) -> None:
        self.key = key
        self.facts = facts
        self.is_package = key.endswith("/__init__.py") or key == "__init__.py"
        self.directory = key.rpartition("/")[0]
        self.roots: Roots
        self.classes = {item.qualname: Class(self, item) for item in facts.classes}
        self._functions: dict[str, list[Function]] = {}
        for item in facts.functions:
            self._functions.setdefault(item.qualname, []).append(Function(self, item))
        self._resolving: set[str] = set()
        self._names: dict[str, Symbol | None] = {}
        self._local_names: dict[tuple[str, str], Symbol | None] = {}

    @cached_property
    def functions(self) -> dict[str, Function]:
        """Return the functions by qualified name; of several definitions the last one."""
        return {name: found[-1] for name, found in self._functions.items()}

    @property
    def all_functions(self) -> Iterator[Function]:
        """Yield every function, overloads and redefinitions included."""
        for found in self._functions.values():
            yield from found

    def functions_of(self, class_name: str) -> Iterator[Function]:
        """Yield the methods of a class in the order of the file."""
        methods = [item for found in self._functions.values() for item in found if item.facts.owner == class_name]
        yield from sorted(methods, key=lambda item: item.facts.start)

    @cached_property
    def body(self) -> Body:
        """Return the module's statements."""
        return decode_body(self.facts.body)

    @cached_property
    def imports(self) -> Mapping[tuple[str, str], Import]:
        """Return the imports by scope and bound name; one that runs beats one for type checkers only."""
        found: dict[tuple[str, str], Import] = {}
        for item in self.facts.imports:
            present = found.get((item.scope, item.bound))
            if present is None or (present.type_checking and not item.type_checking):
                found[item.scope, item.bound] = item
        return found

    @cached_property
    def variables(self) -> Mapping[str, Variable]:
        """Return the names bound by assignment."""
        found = {name: Variable(self, name, None, None, Span(0, 0)) for name in self.facts.assigned}
        for statement in _flat(self.body):
            match statement:
                case Annotate(target=Name(id=name)):
                    found[name] = Variable(self, name, statement.value, statement.annotation, statement.span)
                case Assign():
                    for target in statement.targets:
                        if isinstance(target, Name):
                            before = found.get(target.id)
                            annotation = before.annotation if before is not None else None
                            found[target.id] = Variable(self, target.id, statement.value, annotation, statement.span)
                case _:
                    pass
        return found

    def imports_from(self, packages: tuple[str, ...]) -> bool:
        """Return whether the file imports one of these packages, anywhere."""
        return any(item.module.partition(".")[0] in packages for item in self.facts.imports)

    def lookup(self, name: str) -> "Symbol | None":
        """Return what a top-level name of this module stands for, following imports."""
        if name in self._names:
            return self._names[name]
        if name in self._resolving:
            # ``from . import x`` inside a package means its own submodule.
            return self.roots.submodule(self, name) if self.is_package else None
        self._resolving.add(name)
        try:
            found = self._find(name)
        finally:
            self._resolving.discard(name)
        self._names[name] = found
        return found

    def _find(self, name: str) -> "Symbol | None":
        if name in self.classes:
            return self.classes[name]
        if name in self.functions:
            return self.functions[name]
        imported = self.imports.get(("", name))
        if imported is not None:
            return self._imported(imported)
        if name in self.variables:
            return self.variables[name]
        for (scope, bound), star in self.imports.items():
            if not scope and bound == "*":
                found = self._from_star(star, name)
                if found is not None:
                    return found
        return self.roots.submodule(self, name) if self.is_package else None

    def _from_star(self, star: Import, name: str) -> "Symbol | None":
        if name.startswith("_"):
            return None
        source = self.roots.find(self, star.module, star.level)
        if not isinstance(source, Module):
            return None
        exported = source.facts.exported
        return source.lookup(name) if exported is None or name in exported else None

    def _imported(self, item: Import) -> "Symbol | None":
        if item.name is None:
            target = (
                item.module if "." not in item.module or item.bound != item.module.partition(".")[0] else item.bound
            )
            return self.roots.find(self, target, 0)
        source = self.roots.find(self, item.module, item.level)
        return member(source, item.name)

    def resolve(self, expression: Expr, scope: str = "") -> "Symbol | None":
        """Return what a name or a dotted name means at the module's top level or inside the scope ``scope``."""
        match expression:
            case Name():
                return self.resolve_name(expression.id, scope)
            case Attribute():
                return member(self.resolve(expression.value, scope), expression.attr)
            case _:
                return None

    def resolve_name(self, name: str, scope: str = "") -> "Symbol | None":
        """Return what a bare name means; ``scope`` is the qualified name of the innermost function or class."""
        key = (scope, name)
        if key not in self._local_names:
            found = self._find_local(name, scope)
            if self._resolving:
                # Some name is being looked up right now: what is missing may only be missing yet.
                return found
            self._local_names[key] = found
        return self._local_names[key]

    def _find_local(self, name: str, scope: str) -> "Symbol | None":
        while scope:
            imported = self.imports.get((scope, name))
            if imported is not None:
                return self._imported(imported)
            separator = "." if scope in self.classes else ".<locals>."
            nested = f"{scope}{separator}{name}"
            if nested in self.classes:
                return self.classes[nested]
            if nested in self.functions and scope not in self.classes:
                return self.functions[nested]
            scope = self._enclosing(scope)
        found = self.lookup(name)
        if found is None and name in BUILTIN_NAMES:
            return External(f"builtins.{name}")
        return found

    def _enclosing(self, scope: str) -> str:
        if scope in self.classes:
            return self.classes[scope].facts.parent
        function = self.functions.get(scope)
        return function.facts.parent if function is not None else ""

    def class_alias(self, variable: Variable) -> "Class | External | None":
        """Return the class that a variable names too (``Base = OtherBase``, ``Base = declarative_base()``)."""
        match variable.value:
            case Name() | Attribute():
                symbol = self.resolve(variable.value)
            case Call(func=func):
                made_by = self.resolve(func)
                symbol = External(f"{made_by.name}()") if isinstance(made_by, External) else None
            case Subscript(value=value):
                symbol = self.resolve(value)
            case _:
                return None
        if isinstance(symbol, Variable) and symbol is not variable:
            return symbol.module.class_alias(symbol)
        return symbol if isinstance(symbol, Class | External) else None

    def forget_names(self) -> None:
        """Forget what names were found to mean: they may mean something else now."""
        self._names.clear()
        self._local_names.clear()
        for item in self.classes.values():
            item.forget_names()
        for function in self.all_functions:
            function.forget_names()

    def take(self, facts: ModuleFacts) -> None:
        """Become what the edited file says; whatever still has its name stays the same object."""
        before = self.variables
        self.facts = facts
        _forget(self, "functions", "body", "imports", "variables")
        classes, functions = self.classes, self._functions
        self.classes = {item.qualname: classes.get(item.qualname) or Class(self, item) for item in facts.classes}
        for class_facts in facts.classes:
            self.classes[class_facts.qualname].take(class_facts)
        self._functions = {}
        for item in facts.functions:
            known = functions.get(item.qualname, ())
            found = self._functions.setdefault(item.qualname, [])
            found.append(known[len(found)] if len(found) < len(known) else Function(self, item))
            found[-1].take(item)
        self.forget_names()
        now = self.variables
        self.variables = {name: before[name].take(new) if name in before else new for name, new in now.items()}

    def __repr__(self) -> str:
        return f"Module({self.key})"


Symbol = Module | Class | Function | Variable | External

BUILTIN_NAMES = frozenset(dir(sys.modules["builtins"]))


def member(symbol: Symbol | None, name: str) -> Symbol | None:
    """Return what ``symbol.name`` stands for, where that does not depend on a value."""
    match symbol:
        case Module():
            return symbol.lookup(name)
        case External():
            return External(canonical(f"{symbol.name}.{name}"))
        case Class():
            method = symbol.method(name)
            if method is not None:
                return method
            return symbol.module.classes.get(f"{symbol.facts.qualname}.{name}")
        case _:
            return None


def _forget(symbol: object, *properties: str) -> None:
    """Let cached properties be computed again."""
    for name in properties:
        vars(symbol).pop(name, None)


def _flat(body: Body) -> Iterator[Stmt]:
    """Yield statements with those in ``if``, ``try`` and ``with`` blocks."""
    for statement in body:
        yield statement
        match statement:
            case If():
                yield from _flat(statement.body)
                yield from _flat(statement.orelse)
            case Try():
                yield from _flat(statement.body)
                for handler in statement.handlers:
                    yield from _flat(handler.body)
                yield from _flat(statement.orelse)
                yield from _flat(statement.final)
            case With():
                yield from _flat(statement.body)
            case _:
                pass
