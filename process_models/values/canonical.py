"""The one form of a document as bytes (RFC 8785), its digest, and the strict way back.

Things with ids stand in tuples in memory and become maps keyed by id here; every number is an integer below 2^53.
"""

import hashlib
import json
import re
from functools import cache
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec
import rfc8785
from msgspec import Struct

from process_models.values.errors import ModelError

LIMIT = 2**53
T = TypeVar("T")


def canonical(value: Any) -> bytes:
    """Return the canonical JSON of a document or of plain maps, lists, text, integers, booleans and None."""
    return rfc8785.dumps(plain(value))


def digest(value: Any) -> str:
    """Return the SHA-256 over the canonical JSON, as 64 hexadecimal digits."""
    return digest_of_bytes(canonical(value))


def digest_of_bytes(body: bytes) -> str:
    """Return the SHA-256 of stored bytes, as 64 hexadecimal digits."""
    return hashlib.sha256(body).hexdigest()


def plain(value: Any) -> Any:
    """Return a document as maps, lists and plain values, things with ids keyed by id."""
    if isinstance(value, Struct):
        return _fields(value)
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        if value and isinstance(value[0], Struct) and "id" in value[0].__struct_fields__:
            return {item.id: {k: v for k, v in _fields(item).items() if k != "id"} for item in value}
        return [plain(item) for item in value]
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int):
        if abs(value) >= LIMIT:
            raise ModelError("number_too_large", value=value)
        return value
    raise ModelError("not_for_documents", type=type(value).__name__)


def _fields(value: Struct) -> dict[str, Any]:
    config = value.__struct_config__
    out: dict[str, Any] = {}
    if config.tag is not None:
        out[str(config.tag_field)] = config.tag
    for field in msgspec.structs.fields(value):
        item = getattr(value, field.name)
        if config.omit_defaults and not field.required and item == field.default:
            continue
        out[field.name] = plain(item)
    return out


def read(body: bytes | str, type: type[T]) -> T:
    """Return the document that JSON text holds.

    Raises ModelError with the place where a key stands twice, a number is no integer, a field is unknown or missing, or
    the format is another than the class knows.
    """
    return convert(parse(body), type)


def parse(body: bytes | str) -> Any:
    """Return JSON as plain values; doubled keys and numbers that are no integers are refused."""
    try:
        return json.loads(body, object_pairs_hook=_once, parse_float=_refused, parse_constant=_refused)
    except (json.JSONDecodeError, UnicodeDecodeError) as problem:
        raise ModelError("not_json", problem=problem) from None


def convert(value: Any, type: type[T]) -> T:
    """Return the document that plain values say."""
    try:
        return msgspec.convert(_lists(value, type), type)
    except msgspec.ValidationError as problem:
        raise ModelError("not_a_document", problem=problem) from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for key, value in pairs:
        if key in out:
            raise ModelError("key_twice", key=key)
        out[key] = value
    return out


def _refused(text: str) -> Any:
    raise ModelError("number_not_integer", value=text)


def _lists(value: Any, hint: Any) -> Any:
    """Turn maps keyed by id back into lists, wherever the type says a tuple of things with ids."""
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        chosen = _member(value, get_args(hint))
        return value if chosen is None else _lists(value, chosen)
    if origin is tuple:
        item = get_args(hint)[0]
        if isinstance(value, dict):
            value = [{**body, "id": id} if isinstance(body, dict) else body for id, body in value.items()]
        return [_lists(one, item) for one in value] if isinstance(value, list) else value
    if isinstance(hint, type) and issubclass(hint, Struct) and isinstance(value, dict):
        _check_format(value, hint)
        hints = get_type_hints(hint)
        return {name: _lists(item, hints[name]) if name in hints else item for name, item in value.items()}
    return value


def _check_format(value: dict[str, Any], hint: type[Struct]) -> None:
    """Refuse a format that the class does not know, before a field of it is misread."""
    known = _formats(hint)
    if known is not None and value.get("format", known) != known:
        raise ModelError("other_format", document=name_of(hint), format=value["format"], known=known)


@cache
def _formats(hint: type[Struct]) -> int | None:
    return next((f.default for f in msgspec.structs.fields(hint) if f.name == "format" and f.type is int), None)


def name_of(type: type[Struct]) -> str:
    """Return the name of a document's class as people say it."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type.__name__).lower()


def _member(value: Any, members: tuple[Any, ...]) -> Any:
    """Return the member of a union that a plain value is meant for."""
    if isinstance(value, dict):
        structs = [m for m in members if isinstance(m, type) and issubclass(m, Struct)]
        tagged = [m for m in structs if m.__struct_config__.tag == value.get(str(m.__struct_config__.tag_field))]
        return next(iter(tagged or structs), None)
    return next((m for m in members if get_origin(m) is tuple), None) if isinstance(value, list) else None
