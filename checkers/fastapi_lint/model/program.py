"""A linked program that lives through edits of its files, with what is known of its functions as long as it is true."""

from collections.abc import Collection, Mapping
from functools import cached_property

from fastapi_lint.config import Config
from fastapi_lint.facts.schema import ModuleFacts
from fastapi_lint.file_kinds import FileKind
from fastapi_lint.model.analysis import DEEPEST_CHAIN
from fastapi_lint.model.edits import Edit, edit_of, writing
from fastapi_lint.model.modules import Module
from fastapi_lint.model.project import Project
from fastapi_lint.model.questions import Key, Questions
from fastapi_lint.model.roots import Roots
from fastapi_lint.model.subjects import class_of, lies_in
from fastapi_lint.model.versions import Manifest


def link(
    facts: Mapping[str, ModuleFacts],
    *,
    kinds: Mapping[str, FileKind],
    manifest: Manifest,
    settings: Config,
    near: Collection[str] | None = None,
) -> Project:
    """Return the whole program.

    Args:
        facts: what each file says, by module key.
        kinds: whether a file is the application's own, a test, a migration or a script.
        manifest: what versions the project declares or locks.
        settings: the user's configuration, for the knowledge it adds to the model.
        near: the modules that rules are asked about; None for all.

    """
    return Program(facts, kinds=kinds, manifest=manifest, settings=settings).project(near)


class Program:
    """The modules of a project, and what has been found out about their functions.

    What concerns the whole program (routes, dependencies, the ORM ...) is found anew for each ``project``.
    """

    def __init__(
        self, facts: Mapping[str, ModuleFacts], *, kinds: Mapping[str, FileKind], manifest: Manifest, settings: Config
    ) -> None:
        self._kinds = kinds
        self._manifest = manifest
        self._settings = settings
        self._modules = {key: Module(key, facts[key]) for key in sorted(facts)}
        roots = Roots(self._modules, manifest.top_level_names)
        for module in self._modules.values():
            module.roots = roots
        self._questions = Questions(DEEPEST_CHAIN)

    def is_of(
        self, files: Collection[str], kinds: Mapping[str, FileKind], manifest: Manifest, settings: Config
    ) -> bool:
        """Return whether the program has these files, and all that it was linked with beside them is the same."""
        known = self._manifest
        return (
            self._modules.keys() == set(files)
            and self._kinds == kinds
            and self._settings == settings
            and (known.folders, known.stated, known.own) == (manifest.folders, manifest.stated, manifest.own)
        )

    def project(self, near: Collection[str] | None = None) -> Project:
        """Return the program as rules see it; ``near`` are the modules they are asked about, None for all."""
        return self._whole.about(near)

    @cached_property
    def _whole(self) -> Project:
        return Project(self._modules, self._kinds, self._manifest, self._settings, self._questions)

    @cached_property
    def _surroundings(self) -> "_Surroundings":
        return _Surroundings(self._whole)

    def _forget_whole(self) -> None:
        del self._whole, self._surroundings

    def take(self, facts: Mapping[str, ModuleFacts]) -> bool:
        """Become what the same files say now, and return whether that was possible: else another must be linked."""
        edited = {key: item for key, item in facts.items() if item is not self._modules[key].facts}
        if not edited:
            return True
        edits = {key: edit_of(self._modules[key], item) for key, item in edited.items()}
        if any(edit.is_structural for edit in edits.values()):
            return False
        before = self._surroundings
        changed = {f"{key}:{name}" for key, edit in edits.items() for name in edit.classes}
        related = before.related_to(changed)
        for key, item in edited.items():
            self._modules[key].take(item)
        self._forget_whole()
        concerned = set(edited) | self._writing(edits)
        after = self._surroundings
        if before.expires_on_commit is not after.expires_on_commit:
            self._questions.forget(lambda _: True)
            return True
        declaring = {f"{key}:{name}" for key, edit in edits.items() for name in edit.declaring}
        declaring |= {item.key for key in concerned - edits.keys() for item in self._modules[key].classes.values()}
        if before.says_of_all(edits, declaring) or after.says_of_all(edits, declaring) or before.mapped != after.mapped:
            related |= before.mapped | after.mapped
        classes = self._derived(changed | declaring | related | after.related_to(changed))
        self._questions.forget(_Stale(concerned, classes))
        return True

    def _writing(self, edits: Mapping[str, Edit]) -> set[str]:
        """Return the modules in which a name may mean something else now, and let them look up their names again."""
        names = {name for edit in edits.values() for name in edit.names}
        if not names:
            return set()
        importing = self._whole.import_graph.importing_transitively(edits)
        for key in importing:
            self._modules[key].forget_names()
        return writing(names, [self._modules[key] for key in sorted(importing - edits.keys())])

    def _derived(self, classes: set[str]) -> set[str]:
        """Return some classes, by key, and all that derive from one of them."""
        modules = self._modules.values() if classes else ()
        items = (item for module in modules for item in module.classes.values())
        return classes | {item.key for item in items if any(base.key in classes for base in item.ancestors)}


class _Surroundings:
    """What analyses ask about the whole program beside functions: the mapped classes, and what a commit does."""

    def __init__(self, project: Project) -> None:
        self._orm = project.orm
        self.mapped = frozenset(item.key for entity in project.orm.entities for item in entity.lineage)
        self.expires_on_commit = project.analyser.expires_on_commit

    def says_of_all(self, modules: Collection[str], classes: set[str]) -> bool:
        """Return whether an edit of modules, and of what declares the members of classes, may map any class anew."""
        return not self._orm.extending.isdisjoint(modules) or not self.mapped.isdisjoint(classes)

    def related_to(self, classes: set[str]) -> set[str]:
        """Return the mapped classes that have, or are at the other end of, relationships of some classes, by key.

        What one of them says of its columns and relationships says something of the others: which side has the keys,
        what a back reference is called.
        """
        if self.mapped.isdisjoint(classes):
            return set()
        own = {entity.cls.key for entity in self._orm.entities if any(item.key in classes for item in entity.lineage)}
        found = set(own)
        for entity in self._orm.entities:
            others = {item.key for item in self._orm.related(entity)}
            if entity.cls.key in own:
                found |= others
            elif not others.isdisjoint(own):
                found.add(entity.cls.key)
        return found


class _Stale:
    """Tells whether something that an answer rests on has changed: it lies in a module, or in one of some classes."""

    def __init__(self, modules: Collection[str], classes: Collection[str]) -> None:
        self._modules = modules
        self._classes = classes

    def __call__(self, key: Key) -> bool:
        of = class_of(key)
        if of is not None:
            return of in self._classes if of else bool(self._classes)
        return lies_in(key, self._modules)
