"""Answers questions that ask one another, in circles too, each once, and forgets the answers that an edit made untrue.

A question has a key. What it asks while it is being answered is noted, so that everything that rests on something can
be found. One that is asked again while it is being answered gets what is known meanwhile. Questions that wait for each
other in a circle are answered together, beginning with the first in the order of keys, and then again with what the
others came to, those that ask the first one first: so each knows of all, whichever was asked first.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Final, TypeVar, cast

from msgspec import Struct

from fastapi_lint.recursion import frames

Key = tuple[str, int, str]
T = TypeVar("T")

_MISSING: Final = object()
_TIMES: Final = 2
"""How often the questions of a circle are answered from what the others came to: what they tell has circles too."""
_FRAMES: Final = 10_000
"""How many frames of the interpreter's stack questions that wait for one another may take."""


class _Question(Struct, frozen=True, eq=False):
    key: Key
    answer: Callable[[], object]
    meanwhile: Callable[[], object]


class _Running(Struct, eq=False):
    """A question that is being answered: what it has asked, and the lowest one on the stack that it came back to."""

    lowest: int
    uses: set[Key]


class _Found(Struct, frozen=True, eq=False):
    """What a question came to, not for good where one below it on the stack, which it came back to, is still open."""

    question: _Question
    answer: object
    running: _Running


class Questions:
    """The questions that have been answered, and those that are being answered.

    ``deepest`` is how many may wait for one another; what lies deeper gets what is known meanwhile.
    """

    def __init__(self, deepest: int) -> None:
        self._deepest = deepest
        self._answers: dict[Key, object] = {}
        self._uses: dict[Key, set[Key]] = {}
        self._stack: list[_Running] = []
        self._places: dict[Key, int] = {}
        self._circular: dict[Key, _Found] = {}
        self._assumed: dict[Key, tuple[object, int]] = {}

    def ask(self, key: Key, answer: Callable[[], T], meanwhile: Callable[[], T]) -> T:
        """Return the answer to a question.

        Args:
            key: what tells the question from every other.
            answer: finds the answer; it may ask other questions.
            meanwhile: says what is known of the answer while it is being found.

        """
        if self._stack:
            self._stack[-1].uses.add(key)
        found = self._answers.get(key, _MISSING)
        if found is _MISSING:
            question = _Question(key, answer, meanwhile)
            if self._stack:
                found = self._open(question)
            else:
                with frames(_FRAMES):
                    found = self._find(question)
        return cast("T", found)

    def depend(self, key: Key) -> None:
        """Note that the question being answered rests on something that is no question."""
        if self._stack:
            self._stack[-1].uses.add(key)

    def _open(self, question: _Question) -> object:
        """Return what can be said of a question without a final answer: find one unless it is being found."""
        key = question.key
        circular = self._circular.get(key)
        if circular is not None:
            self._come_back_to(circular.running.lowest)
            return circular.answer
        if key in self._assumed:
            answer, place = self._assumed[key]
            self._come_back_to(place)
            return answer
        if key in self._places:
            self._come_back_to(self._places[key])
            return question.meanwhile()
        return question.meanwhile() if len(self._stack) >= self._deepest else self._find(question)

    def _come_back_to(self, place: int) -> None:
        self._stack[-1].lowest = min(self._stack[-1].lowest, place)

    def _find(self, question: _Question) -> object:
        place, before = len(self._stack), len(self._circular)
        answer, running = self._run(question, before)
        found = _Found(question, answer, running)
        if running.lowest < place:
            self._come_back_to(running.lowest)
            self._circular[question.key] = found
            return answer
        circle = list(self._circular.values())[before:]
        if not circle:
            return self._keep(found)
        self._drop_circular(before)
        first = min((item.question for item in circle), key=lambda item: item.key)
        if first.key < question.key:
            self._open(first)
        else:
            self._settle(found, circle)
        return self._answers[question.key] if question.key in self._answers else self._open(question)

    def _run(self, question: _Question, before: int) -> tuple[object, _Running]:
        running = _Running(len(self._stack), set())
        self._places[question.key] = len(self._stack)
        self._stack.append(running)
        try:
            return question.answer(), running
        except BaseException:
            self._drop_circular(before)
            raise
        finally:
            self._stack.pop()
            del self._places[question.key]

    def _settle(self, first: _Found, others: list[_Found]) -> None:
        """Answer the questions of a circle again, each from what the others came to."""
        place, before = len(self._stack), len(self._circular)
        circle = {item.question.key: item for item in (first, *others)}
        self._assumed.update((key, (item.answer, place)) for key, item in circle.items())
        try:
            for key in _TIMES * _towards(first.question.key, circle):
                question = circle[key].question
                answer, running = self._run(question, before)
                # What rests on an assumption is found again when somebody asks for it.
                self._drop_circular(before)
                self._assumed[key] = answer, place
                circle[key] = _Found(question, answer, running)
        finally:
            for key in circle:
                del self._assumed[key]
        lowest = min(item.running.lowest for item in circle.values())
        if lowest < place:
            self._come_back_to(lowest)
            for item in circle.values():
                item.running.lowest = lowest
            self._circular.update(circle)
        else:
            for item in circle.values():
                self._keep(item)

    def _drop_circular(self, before: int) -> None:
        for key in list(self._circular)[before:]:
            del self._circular[key]

    def _keep(self, found: _Found) -> object:
        self._answers[found.question.key] = found.answer
        self._uses[found.question.key] = found.running.uses
        return found.answer

    # Looking back

    def below(self, keys: Iterable[Key]) -> dict[Key, object]:
        """Return the answers to questions and to all that were asked for them in the end, by key in order."""
        seen: set[Key] = set()
        queue = list(keys)
        while queue:
            key = queue.pop()
            if key not in seen:
                seen.add(key)
                queue.extend(self._uses.get(key, ()))
        return {key: self._answers[key] for key in sorted(seen) if key in self._answers}

    def above(self, is_meant: Callable[[Key], bool]) -> dict[Key, object]:
        """Return the answers that are meant, or rest in the end on something that is meant, by key."""
        users: dict[Key, list[Key]] = {}
        for key, uses in self._uses.items():
            for used in uses:
                users.setdefault(used, []).append(key)
        seen: set[Key] = set()
        queue = [key for key in {*self._uses, *users} if is_meant(key)]
        while queue:
            key = queue.pop()
            if key not in seen:
                seen.add(key)
                queue.extend(users.get(key, ()))
        return {key: self._answers[key] for key in seen if key in self._answers}

    def forget(self, is_stale: Callable[[Key], bool]) -> None:
        """Forget the answers that rest in the end on something of which that is true."""
        for key in self.above(is_stale):
            del self._answers[key], self._uses[key]


def _towards(first: Key, circle: Mapping[Key, _Found]) -> list[Key]:
    """Return the questions of a circle in the order in which they lead to the first, which is the last."""
    users: dict[Key, list[Key]] = {}
    for key in sorted(circle):
        for used in circle[key].running.uses:
            users.setdefault(used, []).append(key)
    order = [first]
    for key in order:
        order += [user for user in users.get(key, ()) if user not in order]
    return [*order[1:], first]
