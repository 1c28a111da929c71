"""What the model says that an expression is, is what it is when Python evaluates it."""

from collections.abc import Mapping
from types import ModuleType

import pytest

from fastapi_lint.model.analysis import Analysis
from tests.model.described import described
from tests.model.fitting import fits
from tests.projects import build_project

HEADER = """\
import contextlib
import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Generic, NewType, TypeVar, cast

Item = TypeVar("Item")
Key = NewType("Key", int)
LIMIT = 3
count: int = 4

class Person:
    kind = "person"
    registry: dict[str, int] = {}

    class Inner: ...

    def __init__(self, name: str, friend: "Person | None" = None):
        self.name = name
        self.friend = friend
        self.tags: list[str] = []

    def me(self): return self
    def __call__(self): return self.tags
    def __enter__(self): return self
    def __exit__(self, *_): return None
    @property
    def title(self): return Path(self.name)
    @classmethod
    def new(cls): return cls("new")
    @staticmethod
    def make(name: str): return Person(name)

class Child(Person):
    def me(self): return super().me()
    def other(self): return super().new()
    def text(self): return super().__str__()

class Box(Generic[Item]):
    def __init__(self, item: Item): self.item = item
    def get(self) -> Item: return self.item

class Closing:
    def __enter__(self): return [Path()]
    def __exit__(self, *_): return None

class Silent:
    def __enter__(self): return vars()["self"]
    def __exit__(self, *_): return None

@contextlib.contextmanager
def opened():
    yield Person("opened")

def first(items: list[Item]) -> Item: return items[0]
def build(cls: type[Item], *args) -> Item: return cls(*args)
def either(one: Item | None, other: Item) -> Item: return one or other
def held(box: Box[Item]) -> Item: return box.item
def numbers() -> Iterator[int]: yield 1
def keyword(*, name: str = "x", size=2): return size
def collect(*given: Person, **named: Person): return given, named
def positional(one, /, two=(), three=tuple()): return one

"""
PARAMETERS = "person: Person, people: list[Person], named: dict[str, Person], thing: object, maybe: Person | None"
EXPRESSIONS = {
    # operators
    "Path('a') / 'b'": "Path",
    "str(1) / Path('a')": "Path",
    "people + [person]": "list[Person]",
    "str(1) + 'x'": "str",
    "1 + 2": "?",
    "not person": "bool",
    "-1": "-1",
    "person == thing": "bool",
    "maybe or person": "Person",
    "person and person.name": "str",
    "person if thing else None": "Person | None",
    "f'{person} {1:>{2}}'": "str",
    "(found := person)": "Person",
    "lambda item: item": "lambda",
    "...": "ellipsis",
    # displays and comprehensions
    "(person, 1)": "tuple[Person, 1]",
    "(*people, person)": "tuple[Person, ...]",
    "[*people, 1]": "list[Person | 1]",
    "[]": "list[]",
    "{}": "dict[Never, Never]",
    "{'a': person, **named}": "dict['a' | str, Person]",
    "{**named}": "dict[str, Person]",
    "{**dict([('a', 1)])}": "dict[?, ?]",
    "{person}": "set[Person]",
    "[item.name for item in people]": "list[str]",
    "{item.name: item for item in people if item.name}": "dict[str, Person]",
    "(one for item in people for one in item.tags)": "iterator[str]",
    "[key for key in named]": "list[str]",
    "[letter for letter in str(1)]": "list[str]",
    "[person for person in named.values()][0]": "Person",
    # subscripts
    "people[0]": "Person",
    "people[1:][0]": "Person",
    "named['ann']": "Person",
    "(person, 1)[0]": "Person",
    "(person, 1)[-1]": "1",
    "{'a': (person,)}['a'][0].name": "str",
    "Box[int](1)": "Box[int]",
    "Box[int](1).get()": "int",
    "(person, 1, 2)[-1]": "2",
    # builtins
    "list(people)": "list[Person]",
    "tuple(people)": "tuple[Person, ...]",
    "list()": "list[]",
    "dict()": "dict[Never, Never]",
    "set(people)": "set[Person]",
    "frozenset(people)": "set[Person]",
    "sorted(people, key=lambda item: item.name)": "list[Person]",
    "list(reversed(people))": "list[Person]",
    "list(filter(None, people))": "list[Person]",
    "list(enumerate(people))": "list[tuple[int, Person]]",
    "list(zip(people, named))": "list[tuple[Person, str]]",
    "zip(*[people])": "?",
    "next(iter(people))": "Person",
    "next(iter(people), None)": "Person | None",
    "max(people, key=str)": "Person",
    "max([], default=person)": "? | Person",
    "min(person, maybe, key=str)": "Person | None",
    "getattr(person, 'name')": "str",
    "getattr(person, str('name'))": "?",
    "getattr(person, 1, None) if False else 1": "? | 1",
    "type(person)": "type[Person]",
    "type(person)('x')": "Person",
    "type(maybe)": "type[Person] | ?",
    "len(people)": "int",
    "any(people)": "bool",
    "repr(person)": "str",
    "sum([1.5])": "?",
    "print": "<builtins.print>",
    "cast(Person, thing)": "Person",
    "cast('Person', person)": "Person",
    "functools.partial(len)(people)": "int",
    # methods of containers
    "named.get('ann')": "Person | None",
    "named.get('ann', person)": "Person",
    "named.pop('nobody', None)": "Person | None",
    "named.setdefault('bob', person)": "Person",
    "named.popitem()": "tuple[str, Person]",
    "list(named)": "list[str]",
    "list(named.keys())": "list[str]",
    "list(named.values())": "list[Person]",
    "list(named.items())": "list[tuple[str, Person]]",
    "named.copy()": "dict[str, Person]",
    "people.copy()": "list[Person]",
    "people.pop()": "Person",
    "people.index(person)": "?",
    "{person}.union(people)": "set[Person]",
    # objects and classes of the program
    "person.name": "str",
    "person.friend": "Person | None",
    "person.tags": "list[str]",
    "person.kind": "'person'",
    "Person.kind": "'person'",
    "Person.registry": "dict[str, int]",
    "Person.Inner": "type[Inner]",
    "Person.new": "type[Person].new",
    "Person.new()": "Person",
    "Child.new()": "Child",
    "Person.make('x')": "Person",
    "person.make": "def Person.make",
    "person.title": "Path",
    "person.title.name": "<pathlib.Path.name>",
    "person.me()": "Person",
    "Person.me(person)": "Person",
    "Child('x').me()": "Child",
    "Child('x').other()": "Child",
    "Child('x').text()": "?",
    "person()": "list[str]",
    "Box[Person](person).item": "Person",
    "held(Box[Person](person))": "Person",
    "first(people)": "Person",
    "first(people).me().name": "str",
    "build(Person, 'x')": "Person",
    "either(None, person)": "Person",
    "numbers()": "iterator[1]",
    "keyword()": "2",
    "keyword(size=3)": "3",
    "positional(person)": "Person",
    "collect(person, named=person)": "tuple[tuple[Person, ...], dict[Person]]",
    "LIMIT": "3",
    "count": "int",
    "Key(1)": "?",
}
BODIES = {
    "one, two = person, 1\n    return one": "Person",
    "one, two = people\n    return two": "Person",
    "one, *rest = people\n    return rest": "list[?]",
    "[one, (two, three)] = 1, (2, person)\n    return three": "Person",
    "found = []\n    found.append(person)\n    return found": "list[Person]",
    "found = set()\n    found.update(people)\n    return found": "set[Person]",
    "found = {}\n    found.update(named)\n    return found": "dict[str, Person]",
    "found = {}\n    found.update([('a', 1)])\n    return found": "dict[?, ?]",
    "[].append(person)\n    return [].append(1)": "None",
    "for index, one in enumerate(people): pass\n    return index, one": "tuple[? | int, ? | Person]",
    "with opened() as one: return one": "Person",
    "with person as one: return one": "Person",
    "with Closing() as one: return one[0]": "Path",
    "with Silent() as one: return one": "Silent",
    "with contextlib.suppress(ValueError): one = 1\n    return one": "1",
    "one: list[int] = []\n    return one": "list[int]",
    "one: Person | None = None\n    return one": "Person | None",
    "one: Person\n    one = person\n    return one": "Person",
    "one: object = person\n    return one": "Person",
    "one = person\n    del one, named['ann']\n    one = 2\n    return one": "2",
    "found = {}\n    found['zoe'] = person\n    return found": "dict['zoe', Person]",
    "found = [1, 2]\n    found[0] = person\n    found[1:] = []\n    return found": "list[1 | 2 | Person]",
    "found = None\n    for one in people: found = one\n    return found": "None | Person",
    "found = None\n    while found is None: found = person\n    return found": "None | Person",
    "person.name = Path()\n    return person.name": "Path",
    "person.name = Path()\n    person = people[1]\n    return person.name": "str",
    "people[0].name = 'x'\n    return people[0].name": "str",
    "if isinstance(thing, Person): return thing\n    return person": "Person",
    "assert isinstance(thing, (Person, str))\n    return thing": "Person | str",
    "if not isinstance(thing, Person): return person\n    return thing": "Person",
    "if not (not isinstance(thing, Person)) and maybe: return thing\n    return person": "Person",
    "if isinstance(thing, type(person)): return thing\n    return 1": "Person | 1",
    "match thing:\n        case Person(name=name): return thing\n    return 1": "Person | 1",
    "match thing:\n        case str() | Person(): return thing\n        case _: return 1": "$thing | 1",
    "match person:\n        case Person(name=name) if name: return name\n        case other: return 1": "? | 1",
    "match person:\n        case Person(): one = 1\n    return one": "1 | ?",
    "import functools as fun\n    fun = 1\n    import functools as fun\n    return fun.partial(len)(people)": "int",
    "class Local:\n        def get(self): return person\n    return Local().get()": "?",
    "def local(): return person\n    return local()": "Person",
    "def local(given=person): return given\n    return local(1)": "1",
}
_BODIES = {f"return {text}": expected for text, expected in EXPRESSIONS.items()} | BODIES
_NAMES = {body: f"case_{number}" for number, body in enumerate(_BODIES)}
_SOURCE = HEADER + "".join(f"def {name}({PARAMETERS}):\n    {body}\n" for body, name in _NAMES.items())


@pytest.fixture(scope="module")
def analyses(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Analysis]:
    """Return what the model says of each function of the program."""
    project = build_project(tmp_path_factory.mktemp("program"), {"program.py": _SOURCE})
    functions = project.modules["program.py"].functions
    return {body: project.analyser.analysis(functions[name]) for body, name in _NAMES.items()}


@pytest.fixture(scope="module")
def program() -> ModuleType:
    """Return the program itself."""
    module = ModuleType("program")
    exec(compile(_SOURCE, "program.py", "exec"), module.__dict__)
    return module


@pytest.mark.parametrize("body", _BODIES)
def test_the_model_says_what_it_is(body: str, analyses: Mapping[str, Analysis]) -> None:
    assert described(analyses[body].result) == _BODIES[body]


@pytest.mark.parametrize("body", _BODIES)
def test_python_gives_what_the_model_says(body: str, analyses: Mapping[str, Analysis], program: ModuleType) -> None:
    ann, bob = program.Person("ann"), program.Person("bob")
    ann.tags.append("x")
    held = getattr(program, _NAMES[body])(ann, [ann, bob], {"ann": ann}, bob, None)
    assert fits(analyses[body].result, held), held
