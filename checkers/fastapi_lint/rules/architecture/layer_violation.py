"""FL703: a module imports from a layer above its own, against the order that the configuration states."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import ClassVar

from fastapi_lint.findings import Severity
from fastapi_lint.model.modules import Module
from fastapi_lint.model.project import Project
from fastapi_lint.rules.architecture.layer_violation_examples import EXAMPLES
from fastapi_lint.rules.base import Example, Family, Rule, Violation


class LayerViolation(Rule):
    """Import from a higher layer.

    ## What it does
    Reports the first import by which a module of a lower layer needs one of a higher layer. The layers are what the
    setting `layers` names, the highest first: `layers = ["api", "services | service", "repository"]`. A module belongs
    to the layer whose name its file has, or else the nearest folder above it; several names of one layer stand side by
    side. Without the setting nothing is reported.

    ## Why is this bad
    A repository that knows the routes cannot be used, tested or understood without them, and the next import the other
    way is a circle. The order is the project's own decision: this rule holds it against the code.

    ## Known limits
    Only imports are looked at, in functions too; those for type checkers alone (`TYPE_CHECKING`) are not. What a
    package re-exports from one of its modules counts as the package's. Tests, migrations and scripts have no layer.

    ## Fix safety
    There is no automatic fix: let the higher layer pass what the lower one needs, or move what both need to a module
    that belongs to no layer.

    ## References
    - [Import Linter: layers contract](https://import-linter.readthedocs.io/en/stable/contract_types/layers/)
    """

    code: ClassVar[str] = "FL703"
    name: ClassVar[str] = "layer-violation"
    family: ClassVar[Family] = Family.ARCHITECTURE
    severity: ClassVar[Severity] = Severity.WARNING
    since: ClassVar[str] = "0.1.0"
    examples: ClassVar[tuple[Example, ...]] = EXAMPLES

    def check(self, project: Project) -> Iterable[Violation]:
        """Yield each import that goes up."""
        layers = _Layers(project.settings.layers)
        for module in project.checked.values():
            own = layers.of(module.key) if project.is_application(module) else None
            if own is not None:
                yield from _upwards(project, layers, module, own)


class _Layers:
    """The layers of a project, each known by its place from the top."""

    def __init__(self, stated: Sequence[tuple[str, ...]]) -> None:
        self._places: Mapping[str, int] = {name: place for place, names in enumerate(stated) for name in names}

    def of(self, key: str) -> int | None:
        """Return the layer of a module: that of its own name, or of the nearest folder above it that has one."""
        path = PurePosixPath(key)
        names = (path.stem, *reversed(path.parent.parts))
        return next((self._places[name] for name in names if name in self._places), None)


def _upwards(project: Project, layers: _Layers, module: Module, own: int) -> Iterator[Violation]:
    stated = project.settings.layers
    reported: set[Module] = set()
    for item in module.facts.imports:
        if item.type_checking:
            continue
        for target in project.import_graph.modules_of(module, item):
            layer = layers.of(target.key)
            if layer is not None and layer < own and target not in reported:
                reported.add(target)
                yield Violation(
                    module=module.key,
                    span=item.span,
                    message=f"layer `{stated[own][0]}` imports `{project.import_graph.name_of(target)}` "
                    f"of the higher layer `{stated[layer][0]}`",
                    help="let the higher layer pass what is needed here, or move it to a module of no layer",
                )
