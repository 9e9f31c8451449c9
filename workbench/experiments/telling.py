"""What was concluded, in sentences: how often was enough, and which option is best with what confidence."""

import math
from collections.abc import Sequence

from msgspec import Struct

from process_models.values.calendars import HOUR, MINUTE, WEEK
from process_models.values.sentences import Sentence, say
from process_models.values.words import count, decimal, duration, listed, percent
from simulations import breaking
from simulations.breaking import GRID, LEAST, MOST, MOST_AWAY
from simulations.experiments import MEASURES, TOLERANCE
from simulations.queueing import Heads
from simulations.scenario import Scenario, Surge
from workbench.experiments.model import BASELINE, Bears, Best, BreakPoint, Manned, Outcome, Settled, Spec, Staffed, Told
from workbench.experiments.picture import Reach

NAMES = {measure.id: measure.name for measure in MEASURES}
PER_CENT = round(100 * TOLERANCE)
SURE = 0.9995
"""A confidence beyond which no more places are told."""


def happens(scenario: Scenario) -> str:
    """Return what goes wrong in a scenario, in words."""
    random = scenario.absences[:1]
    told = (
        *(f"{percent(one.share)} away at random{', all at once' if one.together else ''}" for one in random),
        *(f"{one.heads} away in {one.pool}, {_span(one.start, one.end)}" for one in scenario.away),
        *(f"demand × {one.factor}, {_span(one.start, one.end)}{_again(one)}" for one in scenario.surges),
        *(f"{_where(one.steps, one.pool)} stopped for {duration(one.end - one.start)}" for one in scenario.outages),
        *(f"{_where(one.steps, one.pool)} × {one.factor}, {_span(one.start, one.end)}" for one in scenario.slowdowns),
        *(f"demand grows by {percent(one.growth)} a year" for one in scenario.streams if one.growth != "0"),
    )
    return ", ".join(told) or "nothing goes wrong"


def _span(start: int, end: int) -> str:
    first, last = start // WEEK + 1, -(-end // WEEK)
    return f"week {first}" if first == last else f"weeks {first} to {last}"


def _again(surge: Surge) -> str:
    return f", again every {duration(surge.every)}" if surge.every else ""


def _where(steps: tuple[str, ...], pool: str) -> str:
    return listed(steps) if steps else pool


def often(scenario: str, spec: Spec, outcome: Outcome) -> list[str]:
    """Return how often designs were played under a scenario, and whether that was enough."""
    grown = [one for one in outcome.grown if one.id.partition("/")[2] == scenario]
    if not grown:
        return []
    names = {played.id: _short(played.name) for played in spec.designs}
    played = max(one.replications for one in grown)
    wide = list(dict.fromkeys(NAMES[measure].lower() for one in grown if not one.dropped for measure in one.wide))
    needed = [one.needed for one in grown if one.wide and not one.dropped]
    told = [
        Sentence.of("often_enough", played=played, per_cent=PER_CENT)
        if not wide
        else Sentence.of("often_too_few", played=played, measures=listed(wide), per_cent=PER_CENT)
    ]
    if wide:
        told.append(
            Sentence.of("often_needed", needed=_round(max(needed))) if all(needed) else Sentence.of("often_unknown")
        )
    told += [
        Sentence.of(
            "often_dropped",
            option=names[one.id.partition("/")[0]],
            played=one.replications,
            measure=NAMES[spec.drop].lower(),
        )
        for one in grown
        if one.dropped
    ]
    return [say(one) for one in told]


def settled(scenario: str, spec: Spec, outcome: Outcome) -> list[str]:
    """Return what was left out of a steady run under a scenario, and which designs do not settle, and why."""
    found = {one.id.partition("/")[0]: one for one in outcome.settled if one.id.partition("/")[2] == scenario}
    if not found:
        return []
    days = max(one.cut for one in found.values())
    told = [Sentence.of("steady_cut", days=count(days, "day", "days")) if days else Sentence.of("steady_cut_none")]
    names = {one.id: "As is" if one.id == BASELINE else _short(one.name) for one in spec.in_order}
    told += [
        Sentence.of("steady_not", design=name, why=listed(_why_not(found[id])))
        for id, name in names.items()
        if id in found and not found[id].steady
    ]
    return [say(one) for one in told]


def _why_not(one: Settled) -> list[str]:
    """Return why a design does not settle."""
    return [
        say(Sentence.of(reason))
        for reason, holds in (
            ("unsteady_full", bool(one.full)),
            ("unsteady_grows", one.grows),
            ("unsteady_warm_up", one.warm_up < 0),
        )
        if holds
    ]


def _short(name: str) -> str:
    return name.split(",")[0]


def _round(count: int) -> str:
    """Return a count without more figures than it deserves.

    >>> _round(1234), _round(87)
    ('1,200', '90')
    """
    places = 1 if count < 100 else 2
    return f"{round(count, places - len(str(count))):,}"


class HeadsRow(Struct, frozen=True):
    """What a number of heads means by formulas, ready to be shown."""

    heads: int
    enough: bool
    within: str
    wait: str
    busy: str
    lost: str
    leaves: str


def heads(found: tuple[Heads, ...], enough: int) -> list[HeadsRow]:
    """Return what numbers of heads mean, without more figures than formulas deserve."""
    return [
        HeadsRow(
            heads=one.heads,
            enough=one.heads >= enough,
            within=percent(one.within, 0),
            wait="grows without end" if math.isinf(one.wait) else duration(one.wait * MINUTE),
            busy=percent(one.busy, 0),
            lost=percent(one.lost, 0),
            leaves=percent(one.leaves.gives_up, 0) if one.leaves else "",
        )
        for one in found
    ]


class BestRow(Struct, frozen=True):
    """Which design is best on a measure, ready to be shown."""

    measure: str
    best: str
    confidence: str
    left: str


def best(spec: Spec, outcome: Outcome) -> dict[str, list[BestRow]]:
    """Return which design is best, by scenario, in the order in which measures are told."""
    names = {played.id: "As is" if played.id == BASELINE else played.name for played in spec.designs}
    order = list(NAMES)
    found = sorted(outcome.best, key=lambda one: order.index(one.id.rpartition("/")[2]))
    rows: dict[str, list[BestRow]] = {}
    for one in found:
        scenario, _, measure = one.id.rpartition("/")
        rows.setdefault(scenario, []).append(_row(NAMES[measure], one, names))
    return rows


def _row(measure: str, one: Best, names: dict[str, str]) -> BestRow:
    rest = [names[id] for id in one.left if id != one.best]
    if len(rest) == len(names) - 1:
        return BestRow(measure, "cannot be said", "", "all")
    return BestRow(measure, names[one.best], sure(float(one.confidence)) if not rest else "", listed(rest) or "none")


def sure(confidence: float) -> str:
    """Return a confidence in words, never 100%.

    >>> sure(0.99991), sure(0.962), sure(0.4)
    ('over 99.9%', '96.2%', 'below 50%')
    """
    if confidence > SURE:
        return "over 99.9%"
    return f"{100 * confidence:.1f}%" if confidence >= 0.5 else "below 50%"


class StressRows(Struct, frozen=True):
    """How much of one sort of stress each design bears, ready to be shown."""

    id: str
    name: str
    now: float
    """Where things stand at present, on the scale of the rows."""
    label: str
    rows: list[Reach]


def stresses(spec: Spec, found: BreakPoint, pools: dict[str, str]) -> list[StressRows]:
    """Return the edges of all designs side by side, one sort of stress after the other."""
    away = f"{float(found.away):.0%}"
    told = [
        StressRows("", "Demand", 1.0, "present demand", _reaches(spec, found, "", DEMAND)),
        StressRows(
            "away",
            f"Demand, people away {away} of the time",
            1.0,
            "present demand",
            _reaches(spec, found, "away", DEMAND),
        ),
        StressRows("absence", "People away, share of the time", 0.0, "", _reaches(spec, found, "absence", SHARE)),
        StressRows(
            "heads",
            f"Heads away from {pools.get(found.pool, found.pool)}",
            0.0,
            "",
            _reaches(spec, found, "heads", HEADS),
        ),
    ]
    return [one for one in told if one.rows]


class Scale(Struct, frozen=True):
    """How steps of a stress are told."""

    per: float
    """Steps in one of what is told."""
    least: int
    most: int | None
    """The most searched; None where it differs by design."""
    shape: str
    nothing: str
    """What is said where not even the least is borne."""
    below: str
    """The low end of an interval that begins below the least."""


DEMAND = Scale(GRID, LEAST, MOST, "×{}", "fails at half of it", "less than 0.5")
SHARE = Scale(1 / breaking.PER_CENT, 0, MOST_AWAY, "{}%", "fails with everybody there", "fails now")
HEADS = Scale(1, 0, None, "{}", "fails with everybody there", "fails now")


def _reaches(spec: Spec, found: BreakPoint, stress: str, scale: Scale) -> list[Reach]:
    names = {one.id: "As is" if one.id == BASELINE else _short(one.name) for one in spec.designs}
    bears = {one.id: one for one in found.bears}
    ids = [(one.id, f"{one.id}/{stress}" if stress else one.id) for one in spec.in_order]
    return [_reach(names[design], bears[id], scale) for design, id in ids if id in bears]


def _reach(name: str, one: Bears, scale: Scale) -> Reach:
    most = scale.most if scale.most is not None else max(edge or 0 for edge in (one.sure, one.mean, one.perhaps)) + 1
    sure, mean, perhaps = (
        max(most if edge is None else edge, 0) / scale.per for edge in (one.sure, one.mean, one.perhaps)
    )
    return Reach(name, sure, mean, perhaps, borne(one, scale))


def borne(one: Bears, scale: Scale = DEMAND) -> str:
    """Return how much is borne, with its interval.

    >>> borne(Bears(id="A", sure=24, mean=26, perhaps=27)), borne(Bears(id="A", sure=9, mean=9, perhaps=9))
    ('×1.3 (1.2 to 1.35)', 'fails at half of it')
    >>> borne(Bears(id="A", sure=3, mean=4), SHARE), borne(Bears(id="A", sure=-1, mean=0, perhaps=1), HEADS)
    ('8% (6 to over 90)', '0 (fails now to 1)')
    >>> borne(Bears(id="A", sure=-1, mean=-1, perhaps=5), SHARE)
    'fails with everybody there, perhaps not up to 10%'
    """
    if one.perhaps is not None and one.perhaps < scale.least:
        return scale.nothing
    if one.sure is None:
        return _over(scale)
    high = _over(scale, bare=True) if one.perhaps is None else f"{one.perhaps / scale.per:g}"
    low = scale.below if one.sure < scale.least else f"{one.sure / scale.per:g}"
    if one.mean is not None and one.mean < scale.least:
        return f"{scale.nothing}, perhaps not up to {scale.shape.format(high)}"
    mean = _over(scale) if one.mean is None else scale.shape.format(f"{one.mean / scale.per:g}")
    return f"{mean} ({low} to {high})"


def _over(scale: Scale, bare: bool = False) -> str:
    if scale.most is None:
        return "all"
    value = f"{scale.most / scale.per:g}"
    return f"over {value if bare else scale.shape.format(value)}"


class MannedRow(Struct, frozen=True):
    """An interval of the week and its heads, ready to be shown."""

    when: str
    came: str
    now: int
    formula: int
    heads: int
    before: str
    """Begun in time with the heads there are now."""
    kept: str
    interval: str
    unmet: bool


def manned(spec: Spec, found: Staffed, pool: str) -> str:
    """Return what was promised to whom, under which scenario."""
    scenario = next(one.name for one in spec.scenarios if one.id == found.scenario)
    design = next(one.name for one in spec.designs if one.id == found.design)
    return f"{pool}: {percent(found.share)} begun within {duration(found.within)}, {design}, {scenario}"


def manned_rows(found: Staffed, weekdays: Sequence[str]) -> list[MannedRow]:
    """Return the intervals in words, in the order of the week."""
    return [
        MannedRow(
            when=f"{weekdays[one.day]} {_clock(one.start)} to {_clock(one.end)}",
            came=decimal(float(one.came), 1),
            now=one.now,
            formula=one.formula,
            heads=one.heads,
            before=percent(one.before.mean, 0) if one.before else "nobody comes",
            kept=percent(one.kept.mean, 0) if one.kept else "nobody comes",
            interval=_ends(one.kept),
            unmet=one.unmet,
        )
        for one in found.rows
    ]


def _ends(told: Told | None) -> str:
    if told is None or not told.low:
        return ""
    return f"{percent(max(0.0, float(told.low)), 0)} to {percent(min(1.0, float(told.high)), 0)}"


def _clock(ms: int) -> str:
    """Return a time of day.

    >>> _clock(34_200_000)
    '9:30'
    """
    return f"{ms // HOUR}:{ms // MINUTE % 60:02d}"


def timetable(found: Staffed) -> list[tuple[str, dict[int, Manned]]]:
    """Return for each interval of a day its times and what each weekday needs in it."""
    rows: dict[tuple[int, int], dict[int, Manned]] = {}
    for one in found.rows:
        rows.setdefault((one.start, one.end), {})[one.day] = one
    return [(f"{_clock(start)} to {_clock(end)}", by_day) for (start, end), by_day in sorted(rows.items())]


def asked_of(spec: Spec, found: BreakPoint) -> str:
    """Return what had to hold, under which scenario."""
    scenario = next(one.name for one in spec.scenarios if one.id == found.scenario)
    value = float(found.threshold)
    told = duration(value) if found.measure in ("time_p90", "waiting") else percent(value)
    return f"{NAMES[found.measure]} {found.direction} {told}, {scenario}"
