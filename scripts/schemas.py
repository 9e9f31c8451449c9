"""JSON Schemas of the documents that files hold, made from the classes: the canonical form, with their docstrings.

A schema says which fields there are and what they look like. What they must mean together (shares that add up, ends
that exist) is said by the program when it reads a file.
"""

import ast
import inspect
import json
import textwrap
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Struct

from process_models.graph.design import Design
from process_models.graph.documents import FORMAT
from process_models.graph.graph import StepGraph
from process_models.values.canonical import LIMIT, plain
from process_models.values.document import SLUG
from process_models.values.fractions import SHAPE
from simulations.scenario import Scenario

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]

WHOLE_NUMBER: Schema = {"type": "integer", "minimum": 1 - LIMIT, "maximum": LIMIT - 1}
FRACTION: Schema = {
    "description": "A decimal number as text: no exponent, no trailing zeros.",
    "type": "string",
    "pattern": f"^(?:{SHAPE.pattern})$".replace(r"\d", "[0-9]"),
}
ID: Schema = {
    "description": "An id: made once, never changed by a rename.",
    "type": "string",
    "pattern": f"^(?:{SLUG.pattern})$",
}
NOTHING: Schema = {"type": "array", "maxItems": 0}

LIMITS: dict[str, Schema] = {
    "Flow.share": {"pattern": r"^(?:0|1|0\.[0-9]*[1-9])$"},
    "Score.value": {"minimum": -2, "maximum": 2},
    "Shift.heads": {"minimum": 0},
    "Span.day": {"minimum": 0, "maximum": 6},
    "Span.end": {"maximum": 86_400_000},
    "Span.start": {"minimum": 0},
    "Step.unit_cost": {"minimum": 0},
    "Stream.per_hour": {"minItems": 168, "maxItems": 168},
    "Stream.priority": {"minimum": 0, "maximum": 255},
}
"""What the classes refuse of a single field beyond its type; a test holds each against its class."""


class Definitions:
    """Schemas of the classes met so far, by the name they have in ``$defs``."""

    def __init__(self) -> None:
        self.found: dict[str, Schema] = {}

    def of(self, hint: Any, fraction: bool = False) -> Schema:
        """Return the schema of a type; ``fraction`` says that its texts are decimal numbers."""
        origin = get_origin(hint)
        if origin in (Union, UnionType):
            return self._either(get_args(hint), fraction)
        if origin is Literal:
            return {"enum": list(get_args(hint))}
        if origin is tuple:
            return self._sequence(get_args(hint), fraction)
        if origin is dict or hint is dict:
            return {"type": "object"}
        if isinstance(hint, type) and issubclass(hint, Struct):
            return self._struct(hint, keyed=False)
        if isinstance(hint, type) and issubclass(hint, Enum):
            return {"enum": [one.value for one in hint]}
        return self._plain(hint, fraction)

    def _plain(self, hint: Any, fraction: bool) -> Schema:
        if hint is str and fraction:
            return self._named("Fraction", FRACTION)
        if hint is int:
            return self._named("Integer", WHOLE_NUMBER)
        return {"type": {str: "string", bool: "boolean", NoneType: "null"}[hint]}

    def _either(self, members: tuple[Any, ...], fraction: bool) -> Schema:
        return {"anyOf": [self.of(member, fraction) for member in members]}

    def _sequence(self, items: tuple[Any, ...], fraction: bool) -> Schema:
        if items[-1] is not ...:
            each = [self.of(item, fraction) for item in items]
            return {"type": "array", "prefixItems": each, "minItems": len(each), "items": False}
        if isinstance(items[0], type) and issubclass(items[0], Struct) and "id" in items[0].__struct_fields__:
            return self._keyed(items[0])
        return {"type": "array", "items": self.of(items[0], fraction)}

    def _keyed(self, kind: type[Struct]) -> Schema:
        """Return the schema of a set of things with ids: a map from id to the rest."""
        out: Schema = {"type": "object", "additionalProperties": self._struct(kind, keyed=True)}
        hint = get_type_hints(kind)["id"]
        if hint is not str:
            out["propertyNames"] = self.of(hint)
        elif "check_id" in inspect.getsource(kind):
            out["propertyNames"] = self._named("Id", ID)
        return out

    def _struct(self, kind: type[Struct], keyed: bool) -> Schema:
        name = kind.__name__
        if name not in self.found:
            self.found[name] = {}
            self.found[name] = self._fields(kind, keyed)
        return {"$ref": f"#/$defs/{name}"}

    def _fields(self, kind: type[Struct], keyed: bool) -> Schema:
        hints, written = get_type_hints(kind), annotations(kind)
        properties: Schema = {}
        required = []
        tag = kind.__struct_config__
        if tag.tag is not None:
            properties[str(tag.tag_field)] = {"const": tag.tag}
            required.append(str(tag.tag_field))
        for field in msgspec.structs.fields(kind):
            if keyed and field.name == "id":
                continue
            annotation, text = written[field.name]
            schema = self._field(kind, field, hints[field.name], "Fraction" in annotation)
            properties[field.name] = {"description": text, **schema} if text else schema
            if field.required:
                required.append(field.name)
        return {
            "description": first_line(kind.__doc__),
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": False,
        }

    def _field(self, kind: type[Struct], field: msgspec.structs.FieldInfo, hint: Any, fraction: bool) -> Schema:
        if field.name == "format":
            return {"const": field.default, "default": field.default}
        schema = dict(self.of(hint, fraction))
        if field.required and schema.get("type") == "object":
            schema = {"anyOf": [schema, NOTHING]}
        if limits := LIMITS.get(f"{kind.__name__}.{field.name}"):
            schema = {"allOf": [schema, limits]} if "$ref" in schema else {**schema, **limits}
        if not field.required:
            schema["default"] = plain(field.default)
        return schema

    def _named(self, name: str, schema: Schema) -> Schema:
        self.found[name] = schema
        return {"$ref": f"#/$defs/{name}"}


def annotations(kind: type[Struct]) -> dict[str, tuple[str, str]]:
    """Return for each field of a class its annotation as written, and the docstring under it."""
    out: dict[str, tuple[str, str]] = {}
    for one in reversed(kind.__mro__[:-1]):
        if one.__module__.startswith("msgspec") or "__annotations__" not in vars(one):
            continue
        [body] = [node.body for node in ast.parse(textwrap.dedent(inspect.getsource(one))).body]  # type: ignore[attr-defined]
        for node, after in zip(body, [*body[1:], None], strict=True):
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                out[node.target.id] = (ast.unparse(node.annotation), _docstring(after))
    return out


def _docstring(node: ast.stmt | None) -> str:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
        return " ".join(node.value.value.split())
    return ""


def first_line(text: str | None) -> str:
    """Return the first paragraph of a docstring on one line."""
    return " ".join((text or "").split("\n\n")[0].split())


def graph_file() -> Schema:
    """Return the schema of a graph file."""
    known = Definitions()
    graph = known.of(StepGraph)
    file: Schema = {
        "title": "Graph file",
        "description": "A step graph with what belongs to it but not to its digest, which covers `graph` only.",
        "type": "object",
        "properties": {
            "format": {"const": FORMAT},
            "graph": graph,
            "layout": {"description": "Positions and row order, if a program keeps them.", "type": "object"},
            "report": {"description": "What an import or a discovery says of the graph.", "type": "object"},
        },
        "required": ["format", "graph"],
        "additionalProperties": False,
    }
    return _whole("graph-file", file, known)


def document(name: str, kind: type[Struct]) -> Schema:
    """Return the schema of a document that is a file by itself."""
    known = Definitions()
    return _whole(name, {"title": kind.__name__, **known.of(kind)}, known)


def _whole(name: str, root: Schema, known: Definitions) -> Schema:
    head = {"$schema": DIALECT, "$id": f"urn:service-workbench:{name}:{FORMAT}"}
    return {**head, **root, "$defs": dict(sorted(known.found.items()))}


def schemas() -> dict[str, str]:
    """Return the text of each schema by the name of its file."""
    made = {
        "graph-file": graph_file(),
        "design": document("design", Design),
        "scenario": document("scenario", Scenario),
    }
    return {
        f"{name}-{FORMAT}.json": json.dumps(schema, ensure_ascii=False, indent=1) + "\n"
        for name, schema in made.items()
    }
