"""The picture of the README: a small step graph as the map draws it, with the map's colours put in."""

from process_models.graph.drawing import Look, draw
from process_models.graph.graph import StepGraph
from process_models.graph.measures import visits
from process_models.graph.steps import Flow, Kind, Lane, Lens, Score, Step, Timing
from process_models.values.calendars import DAY, MINUTE
from process_models.values.distributions import Distribution, Exponential, Fixed, LogNormal
from process_models.values.provenance import Grade, Provenance
from process_models.values.words import decimal
from workbench.standalone import standing_alone


def picture() -> str:
    """Return the picture as an SVG file that stands alone, in light and dark."""
    graph = refunds()
    often = visits(graph).of
    measures = {id: f"{decimal(count, 2)}×" for id, count in often.items()}
    scope = frozenset({"check", "weigh", "papers", "senior", "pay"})
    scene = Look(title="A refund, step by step", measures=measures, scope=scope, questions={"senior": 2})
    return standing_alone(draw(graph, scene))


def refunds() -> StepGraph:
    """Return the process in the picture: a shop that takes goods back."""
    steps = (
        Step(id="ask", kind=Kind.START, name="Wants a refund", lane=Lane.CUSTOMER),
        _step("check", "Check order", Lane.FRONT, Exponential(4 * MINUTE), (1, 1, 0)),
        _step("weigh", "Judge goods", Lane.BACK, LogNormal(12 * MINUTE, 6 * MINUTE), (0, -1, 1)),
        _step("papers", "Sends photos", Lane.CUSTOMER, Fixed(2 * DAY), (-2, None, 0), Kind.WAIT, "B"),
        _step("senior", "Second look", Lane.BACK, Exponential(6 * MINUTE), (-1, -2, None), grade="D"),
        _step("pay", "Pay", Lane.FRONT, Exponential(3 * MINUTE), (2, 0, 2)),
        Step(id="paid", kind=Kind.END, name="Paid", lane=Lane.CUSTOMER),
        Step(id="refused", kind=Kind.END, name="Refused", lane=Lane.CUSTOMER),
    )
    flows = (
        _flow("ask", "check"),
        _flow("check", "weigh", "0.85"),
        _flow("check", "refused", "0.15"),
        _flow("weigh", "papers", "0.3"),
        _flow("weigh", "senior", "0.7"),
        _flow("papers", "weigh"),
        _flow("senior", "pay"),
        _flow("pay", "paid"),
    )
    return StepGraph(id="refunds", name="Refunds", steps=steps, flows=flows)


def _step(
    id: str,
    name: str,
    lane: Lane,
    time: Distribution,
    scores: tuple[int | None, int | None, int | None],
    kind: Kind = Kind.WORK,
    grade: Grade = "A",
) -> Step:
    known = Provenance("measured" if grade == "A" else "judged", grade, "the example of the README")
    found = tuple(Score(lens, value, known) for lens, value in zip(Lens, scores, strict=True) if value is not None)
    role = "" if kind is Kind.WAIT else "desk"
    return Step(id=id, kind=kind, name=name, lane=lane, role=role, time=Timing(time, known), scores=found)


def _flow(source: str, target: str, share: str = "1") -> Flow:
    return Flow(id=f"{source}-{target}", source=source, target=target, share=share)
