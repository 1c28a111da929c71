"""Where sessions come from: every session factory of the project, and what a commit does to its objects."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Final

from msgspec import Struct

from fastapi_lint.facts.expressions import Attribute, Call, Expr, Name, dotted_name
from fastapi_lint.facts.schema import Body
from fastapi_lint.file_kinds import FileKind
from fastapi_lint.knowledge.canonical import is_subclass
from fastapi_lint.model.constructs import Construct, called_name, calls_in, construct, entries
from fastapi_lint.model.modules import Module, Symbol
from fastapi_lint.model.symbols import Class, External, Function, Variable
from fastapi_lint.model.values import Place

SYNC_SESSION: Final = "sqlalchemy.orm.Session"
ASYNC_SESSION: Final = "sqlalchemy.ext.asyncio.AsyncSession"
_SYNC_MAKER: Final = "sqlalchemy.orm.sessionmaker"
_ASYNC_MAKER: Final = "sqlalchemy.ext.asyncio.async_sessionmaker"
_SCOPED: Final = frozenset({"sqlalchemy.orm.scoped_session", "sqlalchemy.ext.asyncio.async_scoped_session"})
_EXTENSION: Final = "flask_sqlalchemy.SQLAlchemy"
_LIBRARIES: Final = ("sqlalchemy", "sqlmodel", "flask_sqlalchemy")
_MAKING: Final = frozenset({"sessionmaker", "async_sessionmaker", "Session", "AsyncSession", "SQLAlchemy"})
_CLASS_NAMES: Final = frozenset({"Session", "AsyncSession", "configure"})
_DEPTH: Final = 6


class SessionFactory(Struct, frozen=True, eq=False):
    """A call that makes sessions, or one session (``is_direct``).

    ``expire_on_commit`` and ``autoflush`` are None where they are not literals; left out, both are True.
    ``session_class`` is the class of the sessions where it is the project's own. ``scope`` is the qualified name of the
    function or class that the call is in, empty at module level.
    """

    module: Module
    scope: str
    call: Call
    is_async: bool
    is_direct: bool
    expire_on_commit: bool | None
    autoflush: bool | None
    session_class: Class | None

    @property
    def place(self) -> Place:
        """Return where the call is."""
        return Place(self.module.key, self.call.span)


class _Setting(Struct, frozen=True):
    """A keyword of a session: absent, or given as a literal or not."""

    given: bool
    value: bool | None

    def over(self, *, default: bool | None) -> bool | None:
        """Return the setting, or ``default`` where it is absent."""
        return self.value if self.given else default


class Sessions:
    """The session factories of a project. ``kinds`` says which files are the application's own; without it all are."""

    def __init__(self, modules: Mapping[str, Module], kinds: Mapping[str, FileKind] | None = None) -> None:
        self._modules = modules
        self._kinds = kinds

    @cached_property
    def _found(self) -> tuple[SessionFactory, ...]:
        return tuple(
            item
            for module in self._modules.values()
            for item in sorted(self._in_module(module), key=lambda item: item.call.start)
        )

    @cached_property
    def factories(self) -> tuple[SessionFactory, ...]:
        """Return what makes sessions when it is called, in the order of files."""
        return tuple(item for item in self._found if not item.is_direct)

    @cached_property
    def direct(self) -> tuple[SessionFactory, ...]:
        """Return the calls of a session class itself, each for one session."""
        return tuple(item for item in self._found if item.is_direct)

    def expire_on_commit(self, *, async_: bool) -> bool | None:
        """Return what the application's sessions do on commit; None where they differ or one is not known."""
        said = {
            item.expire_on_commit
            for item in self._found
            if item.is_async is async_ and self._is_application(item.module.key)
        }
        return said.pop() if len(said) == 1 else None

    def _is_application(self, key: str) -> bool:
        return self._kinds is None or self._kinds.get(key, FileKind.APP) is FileKind.APP

    def factory(self, symbol: Symbol | None) -> SessionFactory | None:
        """Return the factory that a variable holds or a function returns, where there is just one."""
        for _ in range(_DEPTH):
            match symbol:
                case Variable(value=Call() as call) as variable:
                    found = self._by_call.get((variable.module.key, call.start, call.end))
                    if found is not None:
                        return found
                    made = construct(variable.module, call)
                    if made is not None and made.name in _SCOPED and made.arguments:
                        return self._argument(made.module, made.arguments[0])
                    symbol = variable.module.resolve(call.func)
                case Variable(value=Name() | Attribute() as other) as variable:
                    following = variable.module.resolve(other)
                    if following is symbol:
                        return None
                    symbol = following
                case Function() as function:
                    inside = self._by_scope.get((function.module.key, function.qualname), ())
                    return inside[0] if len(inside) == 1 else None
                case _:
                    return None
        return None

    def _argument(self, module: Module, argument: Expr) -> SessionFactory | None:
        if isinstance(argument, Call):
            return self._by_call.get((module.key, argument.start, argument.end))
        return self.factory(module.resolve(argument))

    @cached_property
    def _by_call(self) -> Mapping[tuple[str, int, int], SessionFactory]:
        return {(item.module.key, item.call.start, item.call.end): item for item in self._found}

    @cached_property
    def _by_scope(self) -> Mapping[tuple[str, str], tuple[SessionFactory, ...]]:
        found: dict[tuple[str, str], tuple[SessionFactory, ...]] = {}
        for item in self.factories:
            key = (item.module.key, item.scope)
            found[key] = (*found.get(key, ()), item)
        return found

    def session_class(self, cls: Class) -> str | None:
        """Return the library's session class that a project class derives from: synchronous or asynchronous."""
        for base in cls.external_bases:
            if is_subclass(base, ASYNC_SESSION):
                return ASYNC_SESSION
            if is_subclass(base, SYNC_SESSION):
                return SYNC_SESSION
        return None

    @cached_property
    def own_classes(self) -> tuple[Class, ...]:
        """Return the project's own session classes."""
        by_base: dict[str, list[Class]] = {}
        for module in self._modules.values():
            renamed = {item.bound: item.name for item in module.facts.imports if item.name not in {None, item.bound}}
            for cls in module.classes.values():
                for base in cls.facts.bases:
                    name = (dotted_name(base) or "").rpartition(".")[2]
                    by_base.setdefault(renamed.get(name) or name, []).append(cls)
        # Only classes below something called a session are worth resolving.
        found: dict[str, Class] = {}
        waiting = ["Session", "AsyncSession"]
        while waiting:
            for cls in by_base.pop(waiting.pop(), ()):
                if cls.key not in found and self.session_class(cls) is not None:
                    found[cls.key] = cls
                    waiting.append(cls.name)
        return tuple(found[key] for key in sorted(found))

    # Finding the calls

    @cached_property
    def _names(self) -> frozenset[str]:
        return _MAKING | {cls.name for cls in self.own_classes}

    def _in_module(self, module: Module) -> Iterator[SessionFactory]:
        names = self._names_in(module)
        if not names:
            return
        yield from self._in_body(module, module.body, "", names)
        if not names <= _CLASS_NAMES:
            for cls in module.classes.values():
                yield from self._in_body(module, cls.body, cls.facts.qualname, names)
        for function in module.all_functions:
            if not names.isdisjoint(function.facts.called):
                yield from self._in_body(module, function.body, function.qualname, names)

    def _names_in(self, module: Module) -> frozenset[str]:
        """Return the names under which a module may call something that makes sessions; empty where it cannot."""
        bound = {item.bound for item in module.facts.imports if item.name in self._names}
        bound.update(cls.name for cls in self.own_classes if cls.module is module)
        if any(item.name is None and item.module.startswith(_LIBRARIES) for item in module.facts.imports):
            bound |= self._names
        return frozenset(bound | {"configure"} if bound else ())

    def _in_body(self, module: Module, body: Body, scope: str, names: frozenset[str]) -> Iterator[SessionFactory]:
        for call in calls_in(body):
            if called_name(call) in names:
                found = self._made_by(module, call, scope)
                if found is not None:
                    yield found

    def _made_by(self, module: Module, call: Call, scope: str) -> SessionFactory | None:
        symbol = module.resolve(call.func, scope)
        if isinstance(symbol, Class):
            return self._own_session(module, call, scope, symbol)
        if isinstance(symbol, Function):
            return None
        made = construct(module, call, scope)
        if made is None:
            return None
        if made.name == _SYNC_MAKER:
            return self._maker(made, SYNC_SESSION)
        if made.name == _ASYNC_MAKER:
            return self._maker(made, ASYNC_SESSION)
        if is_subclass(made.name, _EXTENSION):
            return self._extension(made)
        if is_subclass(made.name, ASYNC_SESSION) or is_subclass(made.name, SYNC_SESSION):
            return self._record(made, made.name, None, is_direct=True)
        if made.name == f"{_SYNC_MAKER}.configure" and "expire_on_commit" in made.keywords:
            return self._record(made, SYNC_SESSION, None, is_direct=False)
        if made.name == f"{_ASYNC_MAKER}.configure" and "expire_on_commit" in made.keywords:
            return self._record(made, ASYNC_SESSION, None, is_direct=False)
        return None

    def _own_session(self, module: Module, call: Call, scope: str, cls: Class) -> SessionFactory | None:
        library = self.session_class(cls)
        if library is None:
            return None
        made = _plain(module, call, scope, library)
        return self._record(made, library, cls, is_direct=True)

    def _maker(self, made: Construct, library: str) -> SessionFactory:
        given = made.keywords.get("class_")
        symbol = None if given is None else made.module.resolve(given, made.scope)
        match symbol:
            case Class() as cls:
                return self._record(made, self.session_class(cls) or library, cls, is_direct=False)
            case External(name=name):
                return self._record(made, name, None, is_direct=False)
            case _:
                return self._record(made, library, None, is_direct=False)

    def _extension(self, made: Construct) -> SessionFactory | None:
        given = made.keywords.get("session_options")
        options = {} if given is None else entries(made.module, given, made.scope)
        complete = made.complete and options is not None
        inner = Construct(made.name, made.call, made.module, made.scope, (), options or {}, complete)
        return self._record(inner, SYNC_SESSION, None, is_direct=False)

    def _record(self, made: Construct, library: str, cls: Class | None, *, is_direct: bool) -> SessionFactory:
        return SessionFactory(
            module=made.module,
            scope=made.scope,
            call=made.call,
            is_async=is_subclass(library, ASYNC_SESSION),
            is_direct=is_direct,
            expire_on_commit=_setting(made, "expire_on_commit").over(default=_class_default(cls, "expire_on_commit")),
            autoflush=_setting(made, "autoflush").over(default=_class_default(cls, "autoflush")),
            session_class=cls,
        )


def _plain(module: Module, call: Call, scope: str, name: str) -> Construct:
    keywords = {keyword.name: keyword.value for keyword in call.keywords if keyword.name is not None}
    return Construct(name, call, module, scope, call.args, keywords, len(keywords) == len(call.keywords))


def _setting(made: Construct, name: str) -> _Setting:
    if name in made.keywords:
        return _Setting(given=True, value=made.flag(name))
    return _Setting(given=not made.complete, value=None)


def _class_default(cls: Class | None, name: str) -> bool | None:
    """Return the default that a project's own session class gives a setting: what its ``__init__`` passes on."""
    init = None if cls is None else cls.method("__init__")
    if init is None:
        return True
    for call in calls_in(init.body):
        if called_name(call) == "__init__" and call.keyword(name) is not None:
            return _plain(init.module, call, init.qualname, "").flag(name)
    return True
