"""A pack as the one page that is decided on: all on it comes from the pack, so what is shown is what is signed."""

from msgspec import Struct

from process_models.evidence.satisfaction import grade as satisfaction_grade
from process_models.graph.graph import StepGraph
from process_models.graph.steps import Obligation
from process_models.redesign.obligations import out_of_order, uncovered, unrecorded
from process_models.values.provenance import Grade
from workbench import figures
from workbench.decisions.model import Pack, Under, Verdict
from workbench.experiments.model import grade_of
from workbench.experiments.telling import happens
from workbench.figures import Row
from workbench.reviews.forms import in_words

MARKS: dict[Verdict, str] = {
    "met": "done",
    "not met": "not met",
    "not certain": "under way",
    "not measured": "not begun",
}


ALWAYS = ("time_in_process", "promise", "cost", "satisfaction", "compliance")
"""Measures told under every scenario; the rest only where a criterion asks, or where it gets worse or is unclear."""


class Bound(Struct, frozen=True):
    """A criterion beside a figure."""

    limit: str
    verdict: Verdict
    frozen: bool

    @property
    def words(self) -> str:
        """What is asked; doubt is said in words, met and not met by the mark."""
        return self.limit if self.verdict in ("met", "not met") else f"{self.limit}, {self.verdict}"

    @property
    def mark(self) -> str:
        """The name of its mark."""
        return MARKS[self.verdict]


class Line(Struct, frozen=True):
    """A measure: today, with the option, the difference, and what the criteria ask."""

    name: str
    lens: str
    today: str
    option: Row
    grade: Grade
    bounds: tuple[Bound, ...]


class Elsewhere(Struct, frozen=True):
    """A scenario in which something goes wrong: what happens in it, and what the figures say."""

    name: str
    what: str
    said: tuple[str, ...]


class Sheet(Struct, frozen=True):
    """The page."""

    usual: str
    usual_what: str
    lines: tuple[Line, ...]
    unmeasured: tuple[str, ...]
    """Criteria that no figure speaks to."""
    elsewhere: tuple[Elsewhere, ...]
    others: tuple[str, ...]
    covered: str
    whole: bool
    """Nothing is broken, and every obligation is kept on every way."""
    changed_criteria: tuple[str, ...]


def sheet(pack: Pack) -> Sheet:
    """Return the page of a pack."""
    usual = pack.usual
    lines = _lines(pack, usual)
    shown = {row.id for row in _rows(pack, usual)}
    return Sheet(
        usual=usual.name,
        usual_what=happens(usual.scenario),
        lines=lines,
        unmeasured=tuple(one.criterion.name for one in pack.criteria if one.criterion.measure not in shown),
        elsewhere=tuple(_elsewhere(pack, one) for one in pack.under if one.id != usual.id),
        others=_others(pack),
        covered=covered(pack),
        whole=not pack.breaks and all(kept(pack.design.graph, duty) for duty in pack.baseline.graph.obligations),
        changed_criteria=tuple(one.criterion.name for one in pack.criteria if pack.scope_digest and not one.frozen),
    )


def _rows(pack: Pack, under: Under) -> list[Row]:
    return figures.rows(under.option, under.changes, under.as_is, pack.currency)


def _lines(pack: Pack, under: Under) -> tuple[Line, ...]:
    today = {row.id: row.value for row in figures.rows(under.as_is, (), under.as_is, pack.currency)}
    inputs = grade_of(pack.baseline)
    index = max(inputs, satisfaction_grade(pack.features, pack.design.graph)) if pack.features else inputs
    return tuple(
        Line(
            name=row.name,
            lens=row.lens,
            today=today.get(row.id, "not measured"),
            option=row,
            grade=index if row.id == "satisfaction" else inputs,
            bounds=_bounds(pack, under, row.id),
        )
        for row in _rows(pack, under)
    )


def _bounds(pack: Pack, under: Under, measure: str) -> tuple[Bound, ...]:
    out = []
    for one in pack.criteria:
        verdict: Verdict = next((held.verdict for held in one.held if held.id == under.id), "not measured")
        if one.criterion.measure == measure:
            limit = in_words(measure, one.criterion.threshold, pack.currency)
            out.append(Bound(f"{one.criterion.direction} {limit}", verdict, one.frozen))
    return tuple(out)


def _elsewhere(pack: Pack, under: Under) -> Elsewhere:
    """Return a scenario in a few lines."""
    held = {one.criterion.measure for one in pack.criteria}
    rows = [row for row in _rows(pack, under) if row.difference]
    said = []
    for row in (row for row in rows if row.id in {*held, *ALWAYS} or row.verdict in ("worse", "unclear")):
        bounds = "".join(f"; {bound.limit}: {bound.verdict}" for bound in _bounds(pack, under, row.id))
        said.append(f"{_difference(row)}{bounds}")
    return Elsewhere(under.name, happens(under.scenario), tuple(said))


def _difference(row: Row) -> str:
    return f"{row.name} {row.difference} ({row.difference_interval}), {row.verdict}"


def _others(pack: Pack) -> tuple[str, ...]:
    """Return what the same simulation says of the other options, a line each."""
    out = []
    for other in pack.others:
        title = f"Option {other.id}, {other.name}" + ("" if other.state == "submitted" else f" ({other.state})")
        if not other.changes:
            out.append(f"{title}: not in this simulation.")
            continue
        kinds = {one.id: one for one in pack.usual.as_is}
        rows = figures.rows(
            tuple(kinds[change.id] for change in other.changes if change.id in kinds),
            other.changes,
            pack.usual.as_is,
            pack.currency,
        )
        clear = [row for row in rows if row.verdict in ("better", "worse")]
        said = "; ".join(_difference(row) for row in clear[:3]) or "no difference is beyond doubt"
        out.append(f"{title}: {said}.")
    return tuple(out)


def covered(pack: Pack) -> str:
    """Return in a sentence whether obligations, locks and envelope hold; what is not kept today either is named."""
    if pack.breaks:
        return "The option breaks something as things are now; its page says what."
    duties = pack.baseline.graph.obligations
    open_ones = [duty.name for duty in duties if not kept(pack.design.graph, duty)]
    if open_ones:
        names = ", ".join(f"“{name}”" for name in open_ones)
        words = f"{len(open_ones)} of {_counted(len(duties), 'obligation')} not kept on every way, as today: {names}"
    elif duties:
        every = "The one obligation stays" if len(duties) == 1 else f"All {len(duties)} obligations stay"
        words = f"{every} covered on every way, in order and with record"
    else:
        words = "There is no obligation to keep"
    return f"{words}; boundary, locks and envelope are kept."


def kept(graph: StepGraph, duty: Obligation) -> bool:
    """Say whether an obligation is covered, in order, and on record, whichever way a case goes."""
    return not (uncovered(graph, duty) or unrecorded(graph, duty) or out_of_order(graph, duty))


def parts(pack: Pack) -> list[str]:
    """Return what is inside a pack, for the one who asks what exactly is signed."""
    graph: StepGraph = pack.design.graph
    return [
        "the wording of this page",
        f"the map as is, {len(pack.baseline.graph.steps)} steps, and with the option, {len(graph.steps)} steps, "
        "with times, shares and staffing",
        f"{_counted(len(pack.option.moves), 'move')} of the option",
        f"the signed scope with {_counted(len(pack.scope.locks), 'lock')}",
        _counted(len(pack.baseline.graph.obligations), "obligation"),
        _counted(len(pack.findings), "finding") + " that it rests on",
        f"{_counted(len(pack.criteria), 'criterion', 'criteria')} with what the figures say to them",
        f"{_counted(len(pack.under), 'scenario')} with their figures",
        f"beside it, for computing it again: seed {pack.play.seed}, {pack.play.replications} replications, "
        f"rules {pack.play.rules}",
    ]


def _counted(count: int, one: str, many: str = "") -> str:
    return f"{count} {one if count == 1 else many or one + 's'}"
