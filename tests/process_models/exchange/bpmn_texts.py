"""Small BPMN files for tests, written the way one would draw them."""

from process_models.exchange.bpmn_import import Imported, import_bpmn
from process_models.graph.steps import Kind

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"


def bpmn(body: str, outside: str = "", declared: str = "") -> bytes:
    """Return a file with one process ``p`` without diagram; ``outside`` stands before it."""
    return (
        f'{declared}<definitions xmlns="{MODEL}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        f'targetNamespace="t">{outside}<process id="p">{body}</process></definitions>'
    ).encode()


def flows(sketch: str) -> str:
    """Return sequence flows of a sketch such as ``s a, a e``."""
    return "".join(
        f'<sequenceFlow id="{source}-{target}" sourceRef="{source}" targetRef="{target}"/>'
        for source, target in (pair.split() for pair in sketch.split(","))
    )


def drawn(nodes: str, sketch: str, more: str = "", outside: str = "") -> Imported:
    """Return what is imported of nodes such as ``startEvent s, task a`` and flows such as ``s a``."""
    made = "".join(f'<{kind} id="{id}" name="{id}"/>' for kind, id in (one.split() for one in nodes.split(",") if one))
    return import_bpmn(bpmn(made + more + (flows(sketch) if sketch else ""), outside))


def kinds(found: Imported) -> dict[str, str]:
    """Return the kind of every step."""
    return {step.id: step.kind.value for step in found.graph.steps}


def ways(found: Imported) -> set[tuple[str, str]]:
    """Return from where to where every flow leads."""
    return {(flow.source, flow.target) for flow in found.graph.flows}


def of_kind(found: Imported, kind: Kind) -> list[str]:
    """Return the ids of the steps of a kind."""
    return sorted(step.id for step in found.graph.of_kind(kind))


def fate(found: Imported, id: str) -> str:
    """Return what became of an element."""
    return next(entry.became for entry in found.account.entries if entry.id == id)


def reasons(found: Imported, id: str) -> set[str]:
    """Return why an element was simplified or dropped."""
    return {reason.id for entry in found.account.entries if entry.id == id for reason in entry.reasons}
