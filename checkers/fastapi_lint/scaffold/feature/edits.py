"""Edits what lists the features of a project: the router and the registry of models.

An edit made a second time changes nothing, and what it does not touch stays as it is, byte for byte.
"""

from collections.abc import Sequence

import libcst as cst
from libcst import matchers as m

from fastapi_lint.scaffold.failure import ScaffoldError
from fastapi_lint.scaffold.feature.shapes import ImportedName


def include_router(source: str, module: str, router: str, alias: str) -> str:
    """Return a module in which a router also includes the ``router`` of another module.

    Args:
        source: the text of the module.
        module: the dotted name of the module whose ``router`` is included.
        router: what the including router is called.
        alias: what the included router is called here.

    Raises:
        ScaffoldError: nothing is included yet, so that there is no place for it, or the name stands for something else.

    """
    tree = cst.parse_module(source)
    including = m.Attribute(value=m.Name(router), attr=m.Name("include_router"))
    inclusion = _statement(m.Call(func=including))
    if _imports(tree, module, "router", alias):
        own = _statement(m.Call(func=including, args=[m.Arg(value=m.Name(alias), keyword=None), m.ZeroOrMore()]))
        if any(m.matches(item, own) for item in tree.body):
            return source
    elif _binds(tree, alias):
        raise ScaffoldError(f"the name `{alias}` is taken in the module of `{router}`")
    else:
        tree = _with_import(tree, f"from {module} import router as {alias}")
    places = [number for number, item in enumerate(tree.body) if m.matches(item, inclusion)]
    if not places:
        raise ScaffoldError(f"`{router}` includes no router at the top level of its module: write the first by hand")
    return _inserted(tree, places[-1] + 1, cst.parse_statement(f"{router}.include_router({alias})")).code


def _statement(expression: m.Call) -> m.SimpleStatementLine:
    return m.SimpleStatementLine(body=[m.Expr(expression)])


def register_model(source: str, model: ImportedName, package: str) -> str:
    """Return a module that imports a mapped class, or its module, as it does with those of other features.

    Args:
        source: the text of the module.
        model: the class.
        package: the package of all features; its models are what the module imports already.

    Raises:
        ScaffoldError: the module imports no models in a form that is known.

    """
    tree = cst.parse_module(source)
    for form in (_import_of_class, _import_of_module):
        statement = form(tree, model, package)
        if statement is None:
            continue
        present = {tree.code_for_node(item).strip() for item in tree.body}
        if statement not in present:
            tree = _with_import(tree, statement)
        if form is _import_of_class:
            tree = _exported(tree, model.name)
        return tree.code
    raise ScaffoldError(f"the module that knows all models imports none of them from {package}")


def _import_of_class(tree: cst.Module, model: ImportedName, package: str) -> str | None:
    """Return ``from app.features.items.models import Item`` for a module that has such imports."""
    for item in _from_imports(tree):
        if _dotted(item.module).startswith(f"{package}.") and not isinstance(item.names, cst.ImportStar):
            names = [str(each.name.value) for each in item.names]
            if all(name[:1].isupper() for name in names):
                return f"from {model.module} import {model.name}"
    return None


def _import_of_module(tree: cst.Module, model: ImportedName, package: str) -> str | None:
    """Return the import of the module of a class, in the form in which the module imports others."""
    parent, _, last = model.module.rpartition(".")
    for statement in tree.body:
        if not isinstance(statement, cst.SimpleStatementLine):
            continue
        comment = tree.code_for_node(statement.trailing_whitespace).rstrip("\n")
        match statement.body[0]:
            case cst.Import(names=[cst.ImportAlias(name=name, asname=None)]) if _dotted(name).startswith(f"{package}."):
                return f"import {model.module}{comment}"
            case cst.ImportFrom(module=module, names=[cst.ImportAlias(asname=cst.AsName())]) if _dotted(
                module
            ).startswith(f"{package}."):
                feature = parent.rpartition(".")[2]
                return f"from {parent} import {last} as {feature}_{last}{comment}"
            case _:
                pass
    return None


def _exported(tree: cst.Module, name: str) -> cst.Module:
    """Return the module with a name in its ``__all__``, where it has one: in its place when the names are sorted."""
    for number, statement in enumerate(tree.body):
        match statement:
            case cst.SimpleStatementLine(
                body=[cst.Assign(targets=[cst.AssignTarget(target=cst.Name("__all__"))], value=cst.List() as listed)]
            ):
                values = [_text(item) for item in listed.elements]
                if name in values:
                    return tree
                place = _place(values, name)
                changed = statement.deep_replace(listed, _with_element(listed, place, name))
                assert isinstance(changed, cst.SimpleStatementLine)
                return tree.with_changes(body=[*tree.body[:number], changed, *tree.body[number + 1 :]])
            case _:
                pass
    return tree


def _with_element(listed: cst.List, place: int, name: str) -> cst.List:
    """Return a list with one more string; it has the line ends of the others, and their comments stay with them."""
    elements = list(listed.elements)
    new = cst.Element(cst.SimpleString(f'"{name}"'))
    separator = _separator(listed)
    if not elements:
        return listed.with_changes(elements=[new])
    if place < len(elements):
        return listed.with_changes(elements=[*elements[:place], new.with_changes(comma=separator), *elements[place:]])
    last = elements[-1]
    new = new.with_changes(comma=last.comma)
    end = listed.rbracket.whitespace_before
    space = separator.whitespace_after
    if isinstance(end, cst.ParenthesizedWhitespace) and isinstance(space, cst.ParenthesizedWhitespace):
        # The comment behind the last element is part of the bracket.
        separator = separator.with_changes(whitespace_after=space.with_changes(first_line=end.first_line))
        end = end.with_changes(first_line=cst.TrailingWhitespace())
    bracket = listed.rbracket.with_changes(whitespace_before=end)
    return listed.with_changes(elements=[*elements[:-1], last.with_changes(comma=separator), new], rbracket=bracket)


def _separator(listed: cst.List) -> cst.Comma:
    """Return what stands between the elements of a list."""
    space = listed.lbracket.whitespace_after
    if not isinstance(space, cst.ParenthesizedWhitespace):
        return cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    return cst.Comma(whitespace_after=space.with_changes(first_line=cst.TrailingWhitespace(), empty_lines=()))


def _text(element: cst.BaseElement) -> str:
    value = element.value
    return str(value.evaluated_value) if isinstance(value, cst.SimpleString) else ""


# Imports


def _with_import(tree: cst.Module, statement: str) -> cst.Module:
    """Return the module with an import among those of its package, in its place when they are sorted."""
    node = cst.parse_statement(statement)
    assert isinstance(node, cst.SimpleStatementLine)
    key = _module_of(node)
    top = key.partition(".")[0]
    places = [
        (number, _module_of(item))
        for number, item in enumerate(tree.body)
        if isinstance(item, cst.SimpleStatementLine) and _module_of(item).partition(".")[0] == top
    ]
    if not places:
        raise ScaffoldError(f"the module imports nothing of `{top}`: there is no place for `{statement}`")
    place = _place([name for _, name in places], key)
    number = places[place][0] if place < len(places) else places[-1][0] + 1
    if place < len(places) and place == 0:
        # What stands above the first import (a blank line, a comment) stays above the first import.
        first = tree.body[number]
        assert isinstance(first, cst.SimpleStatementLine)
        node = node.with_changes(leading_lines=first.leading_lines)
        body = [*tree.body[:number], node, first.with_changes(leading_lines=()), *tree.body[number + 1 :]]
        return tree.with_changes(body=body)
    return _inserted(tree, number, node)


def _place(names: Sequence[str], name: str) -> int:
    """Return where a name goes: in order in a list that is sorted, else at its end."""
    folded = [each.casefold() for each in names]
    if folded != sorted(folded):
        return len(names)
    return next((number for number, each in enumerate(folded) if each > name.casefold()), len(names))


def _module_of(statement: cst.SimpleStatementLine) -> str:
    """Return the module that a statement imports from, empty for one that is no absolute import."""
    match statement.body[0]:
        case cst.ImportFrom(module=module, relative=[]):
            return _dotted(module)
        case cst.Import(names=[cst.ImportAlias(name=name), *_]):
            return _dotted(name)
        case _:
            return ""


def _from_imports(tree: cst.Module) -> list[cst.ImportFrom]:
    return [
        small
        for item in tree.body
        if isinstance(item, cst.SimpleStatementLine)
        for small in item.body
        if isinstance(small, cst.ImportFrom)
    ]


def _imports(tree: cst.Module, module: str, name: str, alias: str) -> bool:
    for item in _from_imports(tree):
        if _dotted(item.module) == module and not isinstance(item.names, cst.ImportStar):
            for each in item.names:
                if each.evaluated_name == name and each.evaluated_alias == alias:
                    return True
    return False


def _binds(tree: cst.Module, name: str) -> bool:
    bound = m.findall(tree, m.AsName(name=m.Name(name)) | m.AssignTarget(target=m.Name(name)))
    return bool(bound) or any(
        each.evaluated_name == name and each.asname is None
        for item in _from_imports(tree)
        if not isinstance(item.names, cst.ImportStar)
        for each in item.names
    )


def _dotted(node: cst.BaseExpression | None) -> str:
    match node:
        case cst.Name(value=value):
            return value
        case cst.Attribute(value=value, attr=attr):
            return f"{_dotted(value)}.{attr.value}"
        case _:
            return ""


def _inserted(tree: cst.Module, number: int, statement: cst.BaseStatement | cst.SimpleStatementLine) -> cst.Module:
    return tree.with_changes(body=[*tree.body[:number], statement, *tree.body[number:]])
