"""Our values as XML beside BPMN's own words, and back: one attribute for a plain field, one child for a value in it.

Made from the classes, so a new field of a step needs no line here. As in documents, fields at their default are left
out.
"""

import re
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints
from xml.etree.ElementTree import Element, SubElement

import msgspec
from msgspec import Struct

from process_models.exchange.bpmn_file import split
from process_models.exchange.bpmn_words import OURS
from process_models.values.errors import ModelError

FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
T = TypeVar("T", bound=Struct)


def written(name: str, value: Struct, without: frozenset[str] = frozenset()) -> Element:
    """Return a value as an element of our namespace, under the prefix ``rw``."""
    element = Element(f"rw:{name}")
    _fill(element, value, without)
    return element


def _fill(element: Element, value: Struct, without: frozenset[str] = frozenset()) -> None:
    config = value.__struct_config__
    if config.tag is not None:
        element.set(str(config.tag_field), str(config.tag))
    for field in msgspec.structs.fields(value):
        item = getattr(value, field.name)
        if field.name not in without and (field.required or item != field.default):
            _put(element, field.name, item)


def _put(element: Element, name: str, item: Any) -> None:
    if isinstance(item, Struct):
        _fill(SubElement(element, f"rw:{name}"), item)
    elif isinstance(item, tuple):
        for one in item:
            _put_one(SubElement(element, f"rw:{name}"), one)
    elif item is not None:
        element.set(name, plain_text(item))


def _put_one(child: Element, one: Any) -> None:
    if isinstance(one, Struct):
        _fill(child, one)
    elif isinstance(one, tuple):
        for part in one:
            _put_one(SubElement(child, "rw:part"), part)
    else:
        child.set("value", plain_text(one))


def plain_text(item: Any) -> str:
    """Return a plain value as XML can hold it; a letter that XML has not is refused."""
    text = str(item).lower() if isinstance(item, bool) else str(item)
    if found := FORBIDDEN.search(text):
        raise ModelError("xml_letter", code=f"U+{ord(found[0]):04X}", text=FORBIDDEN.sub("?", text)[:60])
    return text


def read_as(element: Element, type: type[T], **given: Any) -> T:
    """Return the value that an element holds; ``given`` are the fields that BPMN's own words say.

    Raises ModelError where it does not fit, as when somebody edited it by hand.
    """
    try:
        return msgspec.convert({**_fields(element, type), **given}, type, strict=False)
    except msgspec.ValidationError as problem:
        raise ModelError("not_a_document", problem=problem) from None


def _fields(element: Element, type: type[Struct]) -> dict[str, Any]:
    hints = get_type_hints(type)
    known = {*hints, str(type.__struct_config__.tag_field)}
    out: dict[str, Any] = {name: text for name, text in element.attrib.items() if name in known}
    for child in element:
        space, name = split(child.tag)
        if space == OURS and name in hints:
            hint = _meant(hints[name], child)
            if get_origin(hint) is tuple:
                out.setdefault(name, []).append(_one(child, get_args(hint)[0]))
            else:
                out[name] = _one(child, hint)
    return out


def _meant(hint: Any, child: Element) -> Any:
    """Return the member of a union that an element says."""
    if get_origin(hint) not in (Union, UnionType):
        return hint
    members = [one for one in get_args(hint) if one is not type(None)]
    tags = {getattr(getattr(one, "__struct_config__", None), "tag", None): one for one in members}
    return tags.get(child.get("type"), members[0])


def _one(child: Element, hint: Any) -> Any:
    hint = _meant(hint, child)
    if isinstance(hint, type) and issubclass(hint, Struct):
        return _fields(child, hint)
    if get_origin(hint) is tuple:
        return [_one(part, get_args(hint)[min(n, len(get_args(hint)) - 1)]) for n, part in enumerate(child)]
    return child.get("value")
