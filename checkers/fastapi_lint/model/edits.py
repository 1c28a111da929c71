"""What an edit of a file can mean for the rest of a program: which names of it may mean something else now."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final, TypeVar

import msgspec
from msgspec import Struct

from fastapi_lint.facts.comparison import same_code
from fastapi_lint.facts.schema import ClassFacts, FunctionFacts, Import, ModuleFacts, decode_body
from fastapi_lint.facts.statements import Define, Stmt
from fastapi_lint.model.modules import Module
from fastapi_lint.model.symbols import Class, Variable

T = TypeVar("T")
_encoder = msgspec.msgpack.Encoder()
_LOCAL: Final = "<locals>"
_LONG: Final = 32
_LETTER: Final = re.compile(rb"\w")


class Edit(Struct, frozen=True):
    """What is new in a file as others see it.

    ``names`` are the qualified ones that code elsewhere may write and that may mean something else now; ``classes`` the
    qualified names of the classes that have come, gone or got other members; ``declaring`` of those in which a function
    that may declare something (``declared_attr``, ``__mapper_args__``) does something else. ``is_structural`` says that
    what derives from it, or imports all of it, can have changed anywhere.
    """

    names: frozenset[str]
    classes: frozenset[str]
    declaring: frozenset[str]
    is_structural: bool


def edit_of(module: Module, facts: ModuleFacts) -> Edit:
    """Return what an edit changes: a module as it was, and what its file says now."""
    before, after = module, Module(module.key, facts)
    functions = set(_differing(_grouped(before.facts.functions), _grouped(facts.functions), _same_headers))
    bodies = set(_differing(_grouped(before.facts.functions), _grouped(facts.functions), _same_bodies))
    headers = set(_differing(_by_name(before.facts.classes), _by_name(facts.classes), _same_class_header))
    lasting = before.classes.keys() & after.classes.keys()
    classes = {name for name in lasting if not _same_class_body(before.classes[name], after.classes[name])}
    classes |= headers | {
        item.owner for item in _named(before.facts, functions) + _named(after.facts, functions) if item.owner
    }
    variables = set(_differing(before.variables, after.variables, _same_variable))
    imports = set(_differing(_imports(before.facts), _imports(facts), same_code))
    names = functions | headers | variables | imports
    return Edit(
        names=frozenset(name for name in names if _LOCAL not in name),
        classes=frozenset(classes),
        declaring=frozenset(item.owner for item in _named(after.facts, bodies) if _may_declare(item)),
        is_structural=bool(headers & lasting)
        or "*" in imports
        or before.facts.exported != facts.exported
        or before.facts.future_annotations != facts.future_annotations,
    )


def _differing(before: Mapping[str, T], after: Mapping[str, T], same: Callable[[T, T], bool]) -> Iterator[str]:
    for name in before.keys() | after.keys():
        if name not in before or name not in after or not same(before[name], after[name]):
            yield name


def _grouped(functions: Iterable[FunctionFacts]) -> dict[str, tuple[FunctionFacts, ...]]:
    found: dict[str, tuple[FunctionFacts, ...]] = {}
    for item in functions:
        found[item.qualname] = (*found.get(item.qualname, ()), item)
    return found


def _by_name(classes: Iterable[ClassFacts]) -> dict[str, ClassFacts]:
    return {item.qualname: item for item in classes}


def _imports(facts: ModuleFacts) -> dict[str, tuple[object, ...]]:
    found: dict[str, tuple[object, ...]] = {}
    for item in facts.imports:
        if not item.scope:
            found[item.bound] = (*found.get(item.bound, ()), item)
    return found


def _named(facts: ModuleFacts, names: Iterable[str]) -> list[FunctionFacts]:
    return [item for item in facts.functions if item.qualname in names]


def _may_declare(function: FunctionFacts) -> bool:
    return bool(function.owner and (function.decorators or function.name.startswith("__")))


def _same_headers(before: Sequence[FunctionFacts], after: Sequence[FunctionFacts]) -> bool:
    return same_code(tuple(map(_header, before)), tuple(map(_header, after)))


def _header(facts: FunctionFacts) -> tuple[object, ...]:
    signature = (facts.parameters, facts.returns, facts.type_parameters)
    return (signature, facts.decorators, facts.owner, facts.is_async, facts.is_generator)


def _same_bodies(before: Sequence[FunctionFacts], after: Sequence[FunctionFacts]) -> bool:
    def bodies(functions: Sequence[FunctionFacts]) -> tuple[object, ...]:
        return tuple(decode_body(item.body) for item in functions)

    return same_code(bodies(before), bodies(after))


def _same_class_header(before: ClassFacts, after: ClassFacts) -> bool:
    def header(facts: ClassFacts) -> tuple[object, ...]:
        return (facts.bases, facts.keywords, facts.decorators, facts.type_parameters)

    return same_code(header(before), header(after))


def _same_class_body(before: Class, after: Class) -> bool:
    return same_code(_without_definitions(before.body), _without_definitions(after.body))


def _same_variable(before: Variable, after: Variable) -> bool:
    return same_code((before.annotation, before.value), (after.annotation, after.value))


def _without_definitions(body: Sequence[Stmt]) -> tuple[Stmt, ...]:
    return tuple(item for item in body if not isinstance(item, Define))


def writing(names: Iterable[str], modules: Iterable[Module]) -> set[str]:
    """Return the keys of the modules that may write one of an edited file's names, whatever it is called there.

    A name counts wherever it is written, a string included. Who writes it must import it, or hold a module whose
    attribute it is; who writes a member's name must write its class's too.
    """
    texts = {module: _text(module) for module in modules}
    found: set[str] = set()
    for top, members in _by_top(names).items():
        writers = _writing(top, texts)
        found |= {module.key for module in writers if "" in members or _spells(texts[module], members)}
    return found


def _by_top(names: Iterable[str]) -> dict[str, set[str]]:
    """Return what of each top-level name is meant: a member's own name, empty for itself."""
    found: dict[str, set[str]] = {}
    for name in names:
        top, _, rest = name.partition(".")
        found.setdefault(top, set()).add(rest.rpartition(".")[2])
    return found


def _writing(name: str, texts: Mapping[Module, bytes]) -> set[Module]:
    """Return the modules that may write a name of an edited file, or a name of their own that stands for it."""
    found: set[Module] = set()
    known: set[str] = set()
    new = {name}
    while new:
        known |= new
        handed_on: set[str] = set()
        for module, text in texts.items():
            if _spells(text, new) and any(_may_reach(module, item, new) for item in module.facts.imports):
                found.add(module)
                handed_on.update(item.bound for item in module.facts.imports if item.name in new)
                if _spells(bytes(module.facts.body), new):
                    handed_on.update(module.facts.assigned)
        new = handed_on - known
    return found


def _may_reach(module: Module, item: Import, names: Collection[str]) -> bool:
    """Return whether an import binds one of these names of another module, or a module whose attribute it may be."""
    return item.name in names or item.name == "*" or isinstance(module.resolve_name(item.bound, item.scope), Module)


def _spells(text: bytes, names: Iterable[str]) -> bool:
    """Return whether encoded text holds one of these names, and not only the end of another."""
    for name in names:
        encoded = name.encode()
        at = text.find(encoded)
        # What stands before a long name says how long it is, and may look like a letter.
        while at > 0 and len(encoded) < _LONG and _LETTER.match(text, at - 1):
            at = text.find(encoded, at + 1)
        if at >= 0:
            return True
    return False


def _text(module: Module) -> bytes:
    """Return all names that a module writes, encoded."""
    facts = module.facts
    headers = [
        [(item.bound, item.module, item.name) for item in facts.imports],
        [(item.bases, item.keywords, item.decorators) for item in facts.classes],
        [(item.parameters, item.decorators, item.returns) for item in facts.functions],
    ]
    bodies = [facts.body, *(item.body for item in facts.classes), *(item.body for item in facts.functions)]
    return b"".join([_encoder.encode(headers), *bodies])
