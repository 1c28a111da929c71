"""Grows a rendered project until nobody reads it whole: a freight company's API of some 300 modules."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from fastapi_lint.scaffold.changes import write
from fastapi_lint.scaffold.feature.adding import FeatureRequest, plan_feature
from fastapi_lint.scaffold.project.answers import Answers, Engine
from fastapi_lint.scaffold.project.creating import create_project

NAME: Final = "freight"
FEATURES: Final = (
    FeatureRequest("carriers", ("name:str(80)", "rating:int?"), ("users",)),
    FeatureRequest("vehicles", ("plate:str(20)", "capacity:int"), ("carriers",)),
    FeatureRequest("drivers", ("name:str(80)", "licence:str(40)"), ("carriers",)),
    FeatureRequest("customers", ("name:str(80)", "reference:str(40)?"), ("users",)),
    FeatureRequest("contacts", ("name:str(80)", "phone:str(40)?"), ("customers",)),
    FeatureRequest("quotes", ("total:decimal(10,2)", "valid_until:date?"), ("customers",)),
    FeatureRequest("orders", ("reference:str(40)", "note:text?"), ("customers",)),
    FeatureRequest("order_lines", ("title:str(80)", "quantity:int"), ("orders",)),
    FeatureRequest("shipments", ("code:str(40)", "departs:datetime?"), ("orders",)),
    FeatureRequest("parcels", ("weight:int", "label:str(80)?"), ("shipments",)),
    FeatureRequest("stops", ("street:str(120)", "position:int"), ("shipments",)),
    FeatureRequest("invoices", ("total:decimal(10,2)", "due:date?"), ("orders",)),
    FeatureRequest("payments", ("amount:decimal(10,2)", "received:date?"), ("invoices",)),
    FeatureRequest("reminders", ("message:text", "sent:datetime?"), ("invoices",)),
    FeatureRequest("refunds", ("amount:decimal(10,2)", "reason:str(120)?"), ("invoices",)),
    FeatureRequest("warehouses", ("name:str(80)", "city:str(80)"), ("users",)),
    FeatureRequest("docks", ("name:str(40)", "is_open:bool"), ("warehouses",)),
    FeatureRequest("pallets", ("code:str(40)", "height:int"), ("warehouses",)),
    FeatureRequest("movements", ("quantity:int", "moved:datetime"), ("pallets",)),
    FeatureRequest("inspections", ("note:text?", "passed:bool"), ("vehicles",)),
    FeatureRequest("repairs", ("title:str(80)", "cost:decimal(10,2)"), ("vehicles",)),
    FeatureRequest("trips", ("title:str(80)", "distance:int"), ("drivers",)),
    FeatureRequest("expenses", ("title:str(80)", "amount:decimal(10,2)"), ("trips",)),
    FeatureRequest("documents", ("title:str(120)", "body:text"), ("orders",)),
    FeatureRequest("claims", ("reason:str(120)", "amount:decimal(10,2)"), ("shipments",)),
    FeatureRequest("tickets", ("subject:str(120)", "is_closed:bool"), ("customers",)),
    FeatureRequest("comments", ("message:text",), ("tickets",)),
    FeatureRequest("lanes", ("origin:str(80)", "target:str(80)"), ("users",)),
    FeatureRequest("tolls", ("amount:decimal(10,2)", "road:str(40)"), ("lanes",)),
)


def grow(folder: Path, told: Callable[[str], None] = lambda _name: None) -> None:
    """Render a project into a new folder and add all features; ``told`` hears the name of each."""
    create_project(folder, Answers(NAME, database=Engine.SQLITE), {})
    for feature in FEATURES:
        addition = plan_feature(folder, feature)
        write(addition.root, addition.changes)
        told(feature.name)
