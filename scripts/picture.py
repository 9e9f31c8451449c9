"""The picture of the README: a small step graph as the map draws it, with the map's colours put in."""

import re
from pathlib import Path

from process_models.graph.drawing import Look, draw
from process_models.graph.graph import StepGraph
from process_models.graph.measures import visits
from process_models.graph.steps import Flow, Kind, Lane, Lens, Score, Step, Timing
from process_models.values.calendars import DAY, MINUTE
from process_models.values.distributions import Distribution, Exponential, Fixed, LogNormal
from process_models.values.provenance import Grade, Provenance
from process_models.values.words import decimal

STATIC = Path(__file__).parent.parent / "workbench" / "static"
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Helvetica Neue', Arial, sans-serif"
NOT_DRAWN = re.compile(r"<rect class=\"focus-ring\"[^>]*/>")


def picture() -> str:
    """Return the picture as an SVG file that stands alone, in light and dark."""
    graph = refunds()
    often = visits(graph).of
    measures = {id: f"{decimal(count, 2)}×" for id, count in often.items()}
    scope = frozenset({"check", "weigh", "papers", "senior", "pay"})
    drawn = draw(graph, Look(title="A refund, step by step", measures=measures, scope=scope, questions={"senior": 2}))
    drawn = re.sub(r'<a class="([^"]*)" href="[^"]*"', r'<a class="\1"', NOT_DRAWN.sub("", drawn))
    colours = style(drawn)
    return (
        drawn.replace("<title>", f'<style>{colours}</style><rect class="paper" width="100%" height="100%"/><title>', 1)
        + "\n"
    )


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


def style(drawn: str) -> str:
    """Return the rules of the map that a drawing needs, with colours for light and for dark."""
    used = set(re.findall(r"[\w-]+", " ".join(re.findall(r'class="([^"]*)"', drawn))))
    rules = [rule for rule in _rules() if set(re.findall(r"\.([\w-]+)", rule.partition("{")[0])) - {"map"} <= used]
    needed = sorted({"paper"} | set(re.findall(r"var\(--([\w-]+)\)", "".join(rules))) - {"sans"})
    light, dark = _tokens()
    text = "".join(rules).replace("var(--sans)", FONT)
    return (
        f".map{{{_said(light, needed)}}}@media (prefers-color-scheme: dark){{.map{{{_said(dark, needed)}}}}}"
        f".map .paper{{fill:var(--paper)}}{text}"
    )


def _rules() -> list[str]:
    """Return the plain rules of the map's stylesheet: what stands in its first layer, before any @media."""
    layer = (STATIC / "map.css").read_text("utf-8").partition("@layer map {")[2].partition("@media")[0]
    return [
        " ".join(rule.split())
        for rule in re.findall(r"\.map[^{}]*{[^{}]*}", layer)
        if ":hover" not in rule and ":focus" not in rule
    ]


def _tokens() -> tuple[dict[str, str], dict[str, str]]:
    """Return the colours of the pages by name, for light and for dark."""
    found = re.findall(r"--([\w-]+): light-dark\(([^,]+), ([^)]+)\)", (STATIC / "workbench.css").read_text("utf-8"))
    return {name: light for name, light, _ in found}, {name: dark for name, _, dark in found}


def _said(colours: dict[str, str], names: list[str]) -> str:
    return "".join(f"--{name}:{colours[name]};" for name in names)
