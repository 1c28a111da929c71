"""How a query tells whose something is: the user's own column, or that of what it belongs to."""

from collections.abc import Sequence

from msgspec import Struct

from fastapi_lint.scaffold.feature.lines import Feature
from fastapi_lint.scaffold.feature.parents import Parent, Step
from fastapi_lint.scaffold.feature.shapes import ImportedName


class Way(Struct, frozen=True):
    """The condition that the user owns what is found, and the models that it reads.

    Both are empty where everybody shares what is found.
    """

    owned: str = ""
    models: tuple[ImportedName, ...] = ()


def own_way(feature: Feature) -> Way:
    """Return how a feature gets to its user."""
    parent = feature.owner
    if parent is None or parent.owners is None:
        return Way()
    return _way(feature.names.class_name, (Step(parent.column, parent.model, parent.key), *parent.owners))


def way_of(parent: Parent) -> Way:
    """Return how something that a feature belongs to gets to its user."""
    return _way(parent.model.name, parent.owners) if parent.owners else Way()


def _way(start: str, steps: Sequence[Step]) -> Way:
    """Return how to get from a class along steps, the last of which leads to the user."""
    if len(steps) == 1:
        return Way(f"{start}.{steps[0].column} == user_id")
    step, *others = steps
    inner = _way(step.model.name, others)
    owned = f"{start}.{step.column}.in_(select({step.model.name}.{step.key}).where({inner.owned}))"
    return Way(owned, (step.model, *inner.models))
