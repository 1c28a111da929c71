"""Questions that ask one another come to the same answers, whichever is asked first, and are forgotten with reason."""

from collections.abc import Mapping
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastapi_lint.model.questions import Key, Questions

Graph = Mapping[int, tuple[int, ...]]

_SIZE = 7


def graphs() -> st.SearchStrategy[Graph]:
    """Return what each of some questions asks, in order; circles are usual."""
    asked = st.lists(st.integers(0, _SIZE - 1), max_size=3).map(tuple)
    return st.lists(asked, min_size=_SIZE, max_size=_SIZE).map(lambda found: dict(enumerate(found)))


class Network:
    """Questions about numbers: each is answered by what it asks, and by how its own value stands now."""

    def __init__(self, graph: Graph, deepest: int = 64) -> None:
        self.graph = graph
        self.values = dict.fromkeys(graph, 0)
        self.questions = Questions(deepest)
        self.answered: list[int] = []

    def ask(self, number: int) -> frozenset[tuple[int, int]]:
        """Return the values of all that a number leads to, as far as that can be told."""
        return self.questions.ask(key(number), partial(self._answer, number), lambda: frozenset({(number, -1)}))

    def _answer(self, number: int) -> frozenset[tuple[int, int]]:
        self.answered.append(number)
        return frozenset({(number, self.values[number])}).union(*map(self.ask, self.graph[number]))

    def reached(self, number: int) -> set[int]:
        """Return the numbers that one leads to, itself included."""
        seen: set[int] = set()
        queue = [number]
        while queue:
            current = queue.pop()
            if current not in seen:
                seen.add(current)
                queue.extend(self.graph[current])
        return seen


def key(number: int) -> Key:
    """Return the key of a number's question."""
    return (f"{number:02}", 0, "")


@given(graphs(), st.permutations(range(_SIZE)))
def test_no_answer_depends_on_which_was_asked_first(graph: Graph, order: list[int]) -> None:
    inorder, shuffled = Network(graph), Network(graph)
    expected = {number: inorder.ask(number) for number in range(_SIZE)}
    found = {number: shuffled.ask(number) for number in order}
    assert {number: found[number] for number in range(_SIZE)} == expected


@given(graphs(), st.integers(0, _SIZE - 1))
def test_an_answer_knows_of_everything_that_it_leads_to(graph: Graph, number: int) -> None:
    network = Network(graph)
    assert {(reached, 0) for reached in network.reached(number)} <= network.ask(number)


@given(graphs(), st.permutations(range(_SIZE)), st.integers(0, _SIZE - 1))
def test_what_is_below_a_question_is_what_it_leads_to(graph: Graph, order: list[int], number: int) -> None:
    network = Network(graph)
    for asked in order:
        network.ask(asked)
    assert list(network.questions.below([key(number)])) == [key(reached) for reached in sorted(network.reached(number))]


@given(graphs(), st.permutations(range(_SIZE)), st.sets(st.integers(0, _SIZE - 1), max_size=2))
def test_after_an_edit_the_answers_are_those_of_a_fresh_start(graph: Graph, order: list[int], edited: set[int]) -> None:
    kept, fresh = Network(graph), Network(graph)
    for number in order:
        kept.ask(number)
    for network in (kept, fresh):
        network.values.update(dict.fromkeys(edited, 1))
    stale = {key(number) for number in edited}
    kept.questions.forget(stale.__contains__)
    kept.answered.clear()
    assert [kept.ask(number) for number in order] == [fresh.ask(number) for number in order]
    untouched = {number for number in graph if not kept.reached(number) & edited}
    assert untouched.isdisjoint(kept.answered)


def test_an_error_leaves_nothing_half_answered() -> None:
    network = Network({0: (1,), 1: (2,), 2: (0, 3), 3: ()})
    del network.values[3]
    with pytest.raises(KeyError):
        network.ask(0)
    network.values[3] = 0
    assert network.ask(1) == Network({0: (1,), 1: (2,), 2: (0, 3), 3: ()}).ask(1)


def test_what_lies_too_deep_is_what_is_known_meanwhile() -> None:
    network = Network({0: (1,), 1: (2,), 2: ()}, deepest=2)
    assert network.ask(0) == {(0, 0), (1, 0), (2, -1)}
