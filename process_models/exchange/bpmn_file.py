"""What a BPMN file says, element by element: ids that can be trusted, references that lead somewhere.

Nothing is interpreted here. Elements are known by namespace and local name, so any prefix will do; references are taken
from ``sourceRef`` and ``targetRef`` only, because ``incoming`` and ``outgoing`` are missing or wrong in many files.
"""

from collections.abc import Iterator
from functools import cached_property
from xml.etree.ElementTree import Element

from process_models.exchange.bpmn_words import COUNTED, DI, MODEL, NODES, OLD, PERFORMERS, SCOPES
from process_models.exchange.safe_xml import read_xml
from process_models.values.errors import ModelError


class BpmnFile:
    """One file: its elements with a name for each, and how they lie in each other."""

    def __init__(self, data: bytes) -> None:
        read = read_xml(data)
        self.root: Element = read.root
        self.recovered = read.recovered
        if kind(self.root) != "definitions":
            raise ModelError("bpmn_other_root", root=split(self.root.tag)[1][:60])
        self.order: list[Element] = list(self.root.iter())
        self.kinds: list[str] = [kind(element) for element in self.order]
        self._index()

    def _index(self) -> None:
        """Find the parent, the place and the holder of every id; the first to use an id has it."""
        self.parent: dict[Element, Element] = {child: one for one in self.order if len(one) for child in one}
        self.place: dict[Element, int] = {element: n for n, element in enumerate(self.order)}
        self.by_id: dict[str, Element] = {}
        self.of_kind: dict[str, list[Element]] = {}
        for element, name in zip(self.order, self.kinds, strict=True):
            if name:
                self.of_kind.setdefault(name, []).append(element)
                if (id := element.get("id")) is not None:
                    self.by_id.setdefault(id, element)
        self._names: dict[Element, str] = {}

    def key(self, element: Element) -> str:
        """Return the id of an element, or a name made from its place where it has none of its own."""
        if element not in self._names:
            id = element.get("id")
            own = id and self.by_id.get(id) is element
            name = id if own else f"{id or ''}@{kind(element)}[{self.place[element]}]"
            self._names[element] = name or ""
        return self._names[element]

    def all(self, *names: str) -> Iterator[Element]:
        """Return the elements of some kinds, in the order of the file for each kind."""
        return (element for name in names for element in self.of_kind.get(name, ()))

    def found(self, text: str | None) -> Element | None:
        """Return the element that a reference means: ``Id``, ``ns:Id`` and ``#Id`` are written."""
        if not text:
            return None
        element = self.by_id.get(reference(text))
        return self.by_id.get(text) if element is None else element

    def above(self, element: Element, names: frozenset[str]) -> Element | None:
        """Return the nearest element of some kinds that holds this one."""
        one = self.parent.get(element)
        while one is not None and kind(one) not in names:
            one = self.parent.get(one)
        return one

    @cached_property
    def nodes(self) -> list[Element]:
        """Flow nodes where they belong: in a process, a subprocess or a choreography."""
        return [one for one in self.everywhere if kind(self.parent[one]) in SCOPES]

    @cached_property
    def everywhere(self) -> list[Element]:
        """Flow nodes wherever they stand, in the order of the file."""
        pairs = zip(self.order, self.kinds, strict=True)
        return [element for element, name in pairs if name in NODES and element is not self.root]

    @cached_property
    def accountable(self) -> list[tuple[str, str]]:
        """Everything to be accounted for: its name and its kind; facets as ``owner#facet``."""
        counted = [one for one, name in zip(self.order, self.kinds, strict=True) if name in COUNTED]
        whole = [(self.key(one), kind(one)) for one in counted]
        return whole + [(f"{self.key(one)}#{facet}", f"#{facet}") for one in counted for facet in facets(one)]

    @cached_property
    def drawn(self) -> dict[str, tuple[float, float, float, float]]:
        """Where shapes stand, by the id of what they show: x, y, width, height."""
        out: dict[str, tuple[float, float, float, float]] = {}
        for shape in self.order:
            if split(shape.tag) == (DI, "BPMNShape"):
                bounds = next((child for child in shape if split(child.tag)[1] == "Bounds"), None)
                if bounds is not None and (box := _box(bounds)):
                    out.setdefault(reference(shape.get("bpmnElement") or ""), box)
        return out


def _box(bounds: Element) -> tuple[float, float, float, float] | None:
    try:
        x, y, width, height = (float(bounds.get(name, "0")) for name in ("x", "y", "width", "height"))
    except ValueError:
        return None
    return x, y, width, height


def split(tag: object) -> tuple[str, str]:
    """Return namespace and local name, names of drafts as those of the standard."""
    if not isinstance(tag, str) or not tag.startswith("{"):
        return "", str(tag)
    space, local = tag[1:].split("}", 1)
    return OLD.get(space, space), local


_KINDS: dict[str, str] = {}


def kind(element: Element) -> str:
    """Return the local name of an element of BPMN, empty for any other."""
    tag = element.tag
    if tag not in _KINDS:
        if len(_KINDS) > 4000:
            _KINDS.clear()
        space, local = split(tag)
        _KINDS[tag] = local if space == MODEL else ""
    return _KINDS[tag]


def children(element: Element, *names: str) -> list[Element]:
    """Return the children of some kinds."""
    return [child for child in element if kind(child) in names]


def reference(text: str) -> str:
    """Return the id that a qualified name holds.

    >>> reference("ns:Task_1"), reference(" #Task_1")
    ('Task_1', 'Task_1')
    """
    text = text.strip()
    return text.split(":", 1)[1] if ":" in text and not text.startswith("http") else text.lstrip("#")


def words(text: str | None) -> str:
    """Return a name on one line, runs of blanks as one."""
    return " ".join((text or "").split())


def said(element: Element, *names: str) -> str:
    """Return the text of the children of some kinds, each on one line, joined by a line break."""
    texts = (words("".join(child.itertext())) for child in children(element, *names))
    return "\n".join(text for text in texts if text)


def events(file: BpmnFile, element: Element) -> list[tuple[str, Element]]:
    """Return what triggers an event: name (timer, message ...) and definition, referenced ones too."""
    found = [child for child in element if kind(child).endswith("EventDefinition")]
    for child in children(element, "eventDefinitionRef"):
        target = file.by_id.get(reference(child.text or ""))
        if target is not None and kind(target).endswith("EventDefinition"):
            found.append(target)
    return [(kind(one).removesuffix("EventDefinition"), one) for one in found]


def facets(element: Element) -> Iterator[str]:
    """Return what must be accounted for of an element beside itself."""
    inside = {kind(child) for child in element}
    name = kind(element)
    if "conditionExpression" in inside:
        yield "condition"
    if name in NODES and element.get("default"):
        yield "default"
    if "standardLoopCharacteristics" in inside:
        yield "loop"
    if "multiInstanceLoopCharacteristics" in inside:
        yield "multiInstance"
    if "documentation" in inside and said(element, "documentation"):
        yield "documentation"
    if any(len(child) for child in children(element, "extensionElements")):
        yield "extension"
    if inside & {"ioSpecification", "dataInput", "dataOutput"}:
        yield "ioSpecification"
    if inside & {"dataInputAssociation", "dataOutputAssociation"}:
        yield "dataAssociation"
    if inside & PERFORMERS:
        yield "performer"
    if element.get("isForCompensation") == "true":
        yield "compensation"
    aside = {"boundaryEvent": "cancelActivity", "startEvent": "isInterrupting"}.get(name)
    if aside and element.get(aside) == "false":
        yield "nonInterrupting"
