"""XML of strangers as a tree: any encoding, but no entity, no outside reference, no endless nesting, no endless size.

Built on expat, which stops at the first declaration that is not wanted; nothing is ever fetched or opened. (lxml
refuses namespaces that are no addresses, which several vendors write; expat takes them.)
"""

import re
from typing import Any
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from msgspec import Struct

from process_models.values.errors import ModelError

MOST_BYTES = 64 << 20
MOST_DEPTH = 500
MOST_ELEMENTS = 250_000
"""Diagrams of ten thousand steps have fewer; beyond it somebody wants to keep us busy."""
MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
)
"""How a text begins, and what it is then written in."""
DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._\-]{1,40})["']""")
KNOWN = re.compile(
    r"utf-?8|us-ascii|ascii|(iso-?|)8859-?\d+|iso-8859-\d+|latin-?1|(windows|cp)-?\d{3,4}|koi8-[ru]|mac-?roman|"
    r"shift[_-]?jis|euc-(jp|kr|cn)|gb(2312|k|18030)|big5(-hkscs)?|iso-2022-jp",
    re.IGNORECASE,
)
"""Encodings that are read; codecs that are none of text, or slow on purpose, are not."""
STRANGERS = {b"PK\x03\x04": "zip", b"%PDF": "pdf", b"\x1f\x8b": "gzip", b"{": "json"}


class Read(Struct, frozen=True):
    """A tree, and how its text was read."""

    root: Any
    """The outermost :class:`xml.etree.ElementTree.Element`."""
    recovered: str = ""
    """The encoding it turned out to be in, where it said another."""


def read_xml(data: bytes) -> Read:
    """Return the tree of an XML text.

    Raises ModelError with the reason, and line and column where there are any, for whatever is not read.
    """
    if len(data) > MOST_BYTES:
        raise ModelError("xml_too_large", most=MOST_BYTES >> 20)
    if not data.strip():
        raise ModelError("xml_empty")
    for mark, kind in STRANGERS.items():
        if data.lstrip().startswith(mark):
            raise ModelError("xml_is_other", kind=kind)
    text, recovered = _text(data)
    return Read(_tree(text.encode("utf-8", "surrogatepass")), recovered)


def _text(data: bytes) -> tuple[str, str]:
    """Return the text, and the encoding where another was said than it is in."""
    for mark, encoding in MARKS:
        if data.startswith(mark):
            skipped = len(mark) if b"<" not in mark else 0
            return data[skipped:].decode(encoding, "replace"), ""
    found = DECLARED.match(data.lstrip()[:400])
    said = found[1].decode() if found else "utf-8"
    if said.lower() in ("utf-16", "utf16", "utf-32", "ucs-2", "unicode"):
        said = "utf-8"
    if not KNOWN.fullmatch(said):
        raise ModelError("xml_encoding", encoding=said)
    for encoding in (said, "utf-8", "windows-1252", "iso-8859-1"):
        try:
            return data.decode(encoding), "" if encoding == said else encoding
        except UnicodeDecodeError:
            continue
        except LookupError:
            raise ModelError("xml_encoding", encoding=said) from None
    raise AssertionError("every byte is a letter of iso-8859-1")


def _tree(text: bytes) -> Element:
    builder = _Builder()
    parser = expat.ParserCreate("utf-8", namespace_separator="}")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = builder.start, builder.end
    parser.CharacterDataHandler = builder.data
    parser.EntityDeclHandler = parser.ExternalEntityRefHandler = _refuse_entity
    parser.StartDoctypeDeclHandler = _refuse_outside
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    try:
        parser.Parse(text, True)
    except expat.ExpatError as problem:
        words = expat.errors.messages[problem.code]
        raise ModelError("xml_broken", line=problem.lineno, column=problem.offset + 1, problem=words) from None
    return builder.tree.close()


class _Builder:
    """Builds the tree and counts how deep it is."""

    def __init__(self) -> None:
        self.tree = TreeBuilder()
        self.data = self.tree.data
        self.depth = self.count = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        self.count += 1
        if self.count > MOST_ELEMENTS:
            raise ModelError("xml_too_many", most=f"{MOST_ELEMENTS:,}")
        if self.depth > MOST_DEPTH:
            raise ModelError("xml_too_deep", most=MOST_DEPTH)
        self.tree.start(_name(name), {_name(key): value for key, value in attributes.items()})

    def end(self, name: str) -> None:
        self.depth -= 1
        self.tree.end(_name(name))


def _name(name: str) -> str:
    return "{" + name if "}" in name else name


def _refuse_entity(*_: Any) -> Any:
    raise ModelError("xml_entity")


def _refuse_outside(_name: str, system: str | None, public: str | None, _internal: bool) -> None:
    if system or public:
        raise ModelError("xml_outside")
