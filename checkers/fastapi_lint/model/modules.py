"""A file of the project: the symbols that it binds, and what a name means in it."""

import sys
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from fastapi_lint.facts.expressions import Attribute, Call, Expr, Name, Subscript
from fastapi_lint.facts.schema import Body, Import, ModuleFacts, decode_body
from fastapi_lint.facts.statements import Annotate, Assign
from fastapi_lint.knowledge.canonical import canonical
from fastapi_lint.model.symbols import Class, External, Function, Variable, flat, forget
from fastapi_lint.source import Span

if TYPE_CHECKING:
    from fastapi_lint.model.roots import Roots


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
        for statement in flat(self.body):
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
        forget(self, "functions", "body", "imports", "variables")
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
