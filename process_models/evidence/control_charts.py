"""Control charts: which points of a series stand out from its own noise, and which do not.

Shewhart's charts in the forms that services use. The chart is chosen from the data (:func:`chosen`); limits come from
the moving range or from the counts themselves; the rules by which points stand out are data (``chart_rules.toml``). A
series is cut into segments only where somebody has named a cause. Constants: Wheeler and Chambers, *Understanding
Statistical Process Control* (1992); shares that vary more than chance after Laney, *Quality Engineering* 14 (2002);
rare events after Benneyan (2001, g) and Nelson (1994, t).
"""

import tomllib
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from process_models.values.errors import ModelError

Floats = NDArray[np.float64]
Kind = Literal["xmr", "p", "p_prime", "u", "u_prime", "c", "g", "t"]
NAMES: dict[Kind, str] = {
    "xmr": "individual values with their moving range (XmR)",
    "p": "shares (p)",
    "p_prime": "shares that vary more than chance alone (Laney p′)",
    "u": "counts for each unit (u)",
    "u_prime": "counts for each unit that vary more than chance alone (Laney u′)",
    "c": "counts (c)",
    "g": "cases between rare events (g)",
    "t": "time between rare events (t)",
}
D2 = 1.128
"""Mean of the range of two values in standard deviations."""
SCREEN = 3.267
"""Upper limit of moving ranges, in mean moving ranges."""
MEDIAN_D2 = 0.954
"""Median of the range of two values in standard deviations; 3 ÷ 0.954 = 3.145."""
MEDIAN_SCREEN = 3.865
T_POWER = 1 / 3.6
"""Makes times between rare events nearly symmetric."""
SETTLED = 12
"""Points that a segment needs before its limits count as settled."""
MANY = 1_000
"""Mean size above which shares are looked at for more variation than chance gives."""


class Rule(NamedTuple):
    """When points stand out."""

    id: str
    test: str
    says: str
    points: int
    of: int
    sigma: float
    until: float


class Preset(NamedTuple):
    """Rules that belong together."""

    id: str
    name: str
    source: str
    rules: tuple[Rule, ...]


@cache
def presets() -> dict[str, Preset]:
    """Return the presets of rules by id."""
    found = tomllib.loads(Path(__file__).with_name("chart_rules.toml").read_text("utf-8"))["presets"]
    return {
        id: Preset(
            id,
            one["name"],
            one["source"],
            tuple(Rule(**{"of": rule["points"], "sigma": 0.0, "until": np.inf, **rule}) for rule in one["rules"]),
        )
        for id, one in found.items()
    }


class Cut(NamedTuple):
    """Where a new segment begins, and the cause that somebody recorded for it."""

    at: int
    """Number of its first point, from 0."""
    cause: str


class Settings(NamedTuple):
    """What may be chosen about a chart."""

    preset: str = "nhs"
    kind: Kind | None = None
    """Empty leaves the choice to the data."""
    median: bool = False
    """Limits from medians, which single odd points move less."""
    screen: bool = True
    """Leave moving ranges above their own limit out, once, before the mean is taken."""
    cuts: tuple[Cut, ...] = ()
    lowest: float | None = None
    """Values that cannot be passed: limits are cut there, and it is said."""
    highest: float | None = None


USUAL = Settings()


class Signal(NamedTuple):
    """Points that stand out, and by which rule."""

    rule: Rule
    points: tuple[int, ...]
    side: int
    """1 above the centre, -1 below, 0 both."""


class Segment(NamedTuple):
    """Points with limits of their own."""

    start: int
    stop: int
    cause: str
    """Why it begins; empty for the first."""
    settled: bool


class Chart(NamedTuple):
    """A series with its centre, limits and signals, a figure for each point."""

    kind: Kind
    values: Floats
    centre: Floats
    low: Floats
    high: Floats
    signals: tuple[Signal, ...]
    segments: tuple[Segment, ...]
    capped: tuple[Literal["low", "high"], ...]
    """Limits that were cut at what is possible."""
    echo: float
    """Correlation of neighbouring points; above 0.5 limits are too narrow."""

    @property
    def marked(self) -> frozenset[int]:
        """The points that stand out by any rule."""
        return frozenset(point for signal in self.signals for point in signal.points)


def chosen(values: Sequence[float], sizes: Sequence[float] | None = None, counts: bool = False) -> Kind:
    """Return the chart that fits: shares of known sizes, counts, or anything else as individual values.

    ``values`` are shares or counts per unit where there are sizes, ``counts`` tells the second from the first.
    """
    if sizes is None:
        return "c" if counts else "xmr"
    plain: Kind = "u" if counts else "p"
    if float(np.mean(sizes)) <= MANY:
        return plain
    return ("u_prime" if counts else "p_prime") if spread_beyond_chance(values, sizes, counts) > 1.0 else plain


def spread_beyond_chance(values: Sequence[float], sizes: Sequence[float], counts: bool) -> float:
    """Return Laney's σz: how much wider than chance the points lie about their mean."""
    x, n = np.asarray(values, float), np.asarray(sizes, float)
    centre = float((x * n).sum() / n.sum())
    own = np.sqrt(centre / n) if counts else np.sqrt(centre * (1 - centre) / n)
    if not own.all():
        return 1.0
    return float(np.abs(np.diff((x - centre) / own)).mean() / D2) if len(x) > 1 else 1.0


def chart(values: Sequence[float], sizes: Sequence[float] | None = None, settings: Settings = USUAL) -> Chart:
    """Return the control chart of a series, one value a point, with sizes for shares and rates.

    Refuses fewer than two points, sizes of another length or not above zero, cuts without a cause, unknown presets.
    """
    x = np.asarray(values, float)
    n = None if sizes is None else np.asarray(sizes, float)
    _check(x, n, settings)
    kind = settings.kind or chosen(values, sizes)
    segments = _segments(len(x), settings.cuts)
    centre, low, high = (np.empty(len(x)) for _ in range(3))
    for one in segments:
        part = slice(one.start, one.stop)
        centre[part], low[part], high[part] = _limits(kind, x[part], None if n is None else n[part], settings)
    signals = tuple(signal for one in segments for signal in _signals(x, centre, low, high, one, settings))
    low, high, capped = _capped(kind, low, high, settings)
    return Chart(kind, x, centre, low, high, signals, segments, capped, _echo(x))


def _check(x: Floats, n: Floats | None, settings: Settings) -> None:
    reasons = {
        "a chart needs at least two points": len(x) < 2,
        "every point needs a number": not bool(np.isfinite(x).all()),
        "every point needs a size above zero": n is not None and (len(n) != len(x) or not bool((n > 0).all())),
        f"there is no preset “{settings.preset}”": settings.preset not in presets(),
        "a new segment needs its cause in words": any(not cut.cause.strip() for cut in settings.cuts),
        "a new segment begins after the first point and before the last": any(
            not 0 < cut.at < len(x) - 1 for cut in settings.cuts
        ),
        "this chart needs sizes": n is None and settings.kind in ("p", "p_prime", "u", "u_prime"),
    }
    for why, wrong in reasons.items():
        if wrong:
            raise ModelError("bad_chart", why=why)


def _segments(count: int, cuts: Sequence[Cut]) -> tuple[Segment, ...]:
    ordered = sorted(cuts)
    starts = [(0, ""), *((cut.at, cut.cause) for cut in ordered)]
    stops = [*(cut.at for cut in ordered), count]
    return tuple(
        Segment(start, stop, cause, stop - start >= SETTLED) for (start, cause), stop in zip(starts, stops, strict=True)
    )


def _limits(kind: Kind, x: Floats, n: Floats | None, settings: Settings) -> tuple[Floats, Floats, Floats]:
    """Return centre, lower and upper limit for each point of a segment."""
    match kind:
        case "xmr":
            centre, sigma = _individual(x, settings)
        case "t":
            middle, spread = _individual(x**T_POWER, settings)
            ends = [np.maximum(0.0, middle + k * spread) ** (1 / T_POWER) for k in (0, -3, 3)]
            return ends[0], ends[1], ends[2]
        case "g":
            mean = float(x.mean())
            centre, sigma = np.full(len(x), mean), np.full(len(x), np.sqrt(mean * (mean + 1)))
        case "c":
            mean = float(x.mean())
            centre, sigma = np.full(len(x), mean), np.full(len(x), np.sqrt(mean))
        case _:
            assert n is not None
            mean = float((x * n).sum() / n.sum())
            counts = kind in ("u", "u_prime")
            own = np.sqrt(mean / n) if counts else np.sqrt(mean * (1 - mean) / n)
            wider = spread_beyond_chance(x.tolist(), n.tolist(), counts) if kind.endswith("prime") else 1.0
            centre, sigma = np.full(len(x), mean), own * wider
    return centre, centre - 3 * sigma, centre + 3 * sigma


def _individual(x: Floats, settings: Settings) -> tuple[Floats, Floats]:
    """Return centre and standard deviation of individual values, from their moving ranges."""
    ranges = np.abs(np.diff(x))
    if settings.median:
        middle = float(np.median(ranges)) if len(ranges) else 0.0
        kept = ranges[ranges <= MEDIAN_SCREEN * middle] if settings.screen else ranges
        spread = float(np.median(kept)) / MEDIAN_D2 if len(kept) else 0.0
        return np.full(len(x), float(np.median(x))), np.full(len(x), spread)
    middle = float(ranges.mean()) if len(ranges) else 0.0
    kept = ranges[ranges < SCREEN * middle] if settings.screen and middle else ranges
    spread = float(kept.mean()) / D2 if len(kept) else 0.0
    return np.full(len(x), float(x.mean())), np.full(len(x), spread)


def _capped(
    kind: Kind, low: Floats, high: Floats, settings: Settings
) -> tuple[Floats, Floats, tuple[Literal["low", "high"], ...]]:
    """Cut limits at what is possible: nothing is below no cases, no share above all."""
    shares, counted = kind in ("p", "p_prime"), kind in ("p", "p_prime", "u", "u_prime", "c", "g")
    lowest = 0.0 if counted and settings.lowest is None else settings.lowest
    highest = 1.0 if shares and settings.highest is None else settings.highest
    cut: list[Literal["low", "high"]] = []
    if lowest is not None and (low < lowest).any():
        low = np.maximum(low, lowest)
        cut.append("low")
    if highest is not None and (high > highest).any():
        high = np.minimum(high, highest)
        cut.append("high")
    return low, high, tuple(cut)


def _echo(x: Floats) -> float:
    centred = x - x.mean()
    whole = float((centred**2).sum())
    return float((centred[1:] * centred[:-1]).sum()) / whole if whole else 0.0


# What stands out

Test = Callable[[Floats, Floats, Rule], list[tuple[tuple[int, ...], int]]]


def _signals(
    x: Floats, centre: Floats, low: Floats, high: Floats, segment: Segment, settings: Settings
) -> list[Signal]:
    """Return what stands out in a segment; rules never reach over its border."""
    part = slice(segment.start, segment.stop)
    apart = x[part] - centre[part]
    above, below = (high - centre)[part] / 3, (centre - low)[part] / 3
    out = []
    for rule in presets()[settings.preset].rules:
        for points, side in TESTS[rule.test](apart, np.where(apart >= 0, above, below), rule):
            out.append(Signal(rule, tuple(point + segment.start for point in points), side))
    return out


def _beyond(apart: Floats, sigma: Floats, rule: Rule) -> list[tuple[tuple[int, ...], int]]:
    """So many of so many points further from the centre than some sigmas, on one side; only those are marked."""
    found = []
    for side in (1, -1):
        off = apart * side
        far = (off > rule.sigma * sigma) & (off <= rule.until * sigma) & (sigma > 0)
        marked = {
            start + int(i)
            for start in range(len(far) - rule.of + 1)
            if far[start : start + rule.of].sum() >= rule.points
            for i in np.flatnonzero(far[start : start + rule.of])
        }
        found += [(run, side) for run in _runs(sorted(marked), rule.of)]
    return found


def _one_side(apart: Floats, _sigma: Floats, rule: Rule) -> list[tuple[tuple[int, ...], int]]:
    """So many points in a row on one side of the centre."""
    return [(run, side) for side in (1, -1) for run in _streaks(apart * side > 0) if len(run) >= rule.points]


def _one_way(apart: Floats, _sigma: Floats, rule: Rule) -> list[tuple[tuple[int, ...], int]]:
    """So many points in a row that rise, or that fall."""
    steps = np.diff(apart)
    out = []
    for side in (1, -1):
        for run in _streaks(steps * side > 0):
            points = (*run, run[-1] + 1)
            if len(points) >= rule.points:
                out.append((points, side))
    return out


def _swinging(apart: Floats, _sigma: Floats, rule: Rule) -> list[tuple[tuple[int, ...], int]]:
    """So many points in a row that go up and down in turn."""
    steps = np.sign(np.diff(apart))
    turns = steps[1:] * steps[:-1] < 0
    runs = [(*run, run[-1] + 1, run[-1] + 2) for run in _streaks(turns)]
    return [(points, 0) for points in runs if len(points) >= rule.points]


def _within(apart: Floats, sigma: Floats, rule: Rule) -> list[tuple[tuple[int, ...], int]]:
    """So many points in a row nearer to the centre than some sigmas."""
    return [(run, 0) for run in _streaks(np.abs(apart) < rule.sigma * sigma) if len(run) >= rule.points]


def _outside(apart: Floats, sigma: Floats, rule: Rule) -> list[tuple[tuple[int, ...], int]]:
    """So many points in a row none of which is within some sigmas of the centre."""
    return [(run, 0) for run in _streaks(np.abs(apart) > rule.sigma * sigma) if len(run) >= rule.points]


TESTS: dict[str, Test] = {
    "beyond": _beyond,
    "one_side": _one_side,
    "one_way": _one_way,
    "swinging": _swinging,
    "within": _within,
    "outside": _outside,
}


def _streaks(holds: NDArray[np.bool_]) -> list[tuple[int, ...]]:
    """Return the runs of neighbouring places where something holds."""
    return _runs([int(i) for i in np.flatnonzero(holds)], 1)


def _runs(places: Sequence[int], gap: int) -> list[tuple[int, ...]]:
    """Return places in groups, neighbours no further than ``gap`` apart together."""
    out: list[list[int]] = []
    for place in places:
        if out and place - out[-1][-1] <= gap:
            out[-1].append(place)
        else:
            out.append([place])
    return [tuple(run) for run in out]


# What is said about the whole


Variation = Literal["improvement", "concern", "up", "down", "common"]


def variation(drawn: Chart, better: Literal["higher", "lower", "neither"]) -> Variation:
    """Return what the latest point says: a special cause for the better or the worse, or common cause."""
    sides = [signal.side for signal in drawn.signals if len(drawn.values) - 1 in signal.points and signal.side]
    if not sides:
        return "common"
    if better == "neither":
        return "up" if sides[0] > 0 else "down"
    return "improvement" if (sides[0] > 0) == (better == "higher") else "concern"


Assurance = Literal["passes", "fails", "hit or miss"]


def assurance(drawn: Chart, target: float, better: Literal["higher", "lower"]) -> Assurance:
    """Return whether the latest segment will meet a target: consistently, never, or as chance has it."""
    low, high = float(drawn.low[-1]), float(drawn.high[-1])
    if better == "higher":
        return "passes" if target < low else "fails" if target > high else "hit or miss"
    return "passes" if target > high else "fails" if target < low else "hit or miss"


class Season(NamedTuple):
    """How much of a series comes back each week or year."""

    period: int
    explained: float
    """Share of the variance that the place in the period explains, beyond what chance would."""
    means: Floats
    """The mean of each place in the period."""


def season(values: Sequence[float], period: int) -> Season | None:
    """Return the season of a series if there is one beyond doubt (F test at 0.1 %) over at least two whole periods."""
    from scipy.special import fdtrc

    x = np.asarray(values, float)
    if len(x) < 2 * period:
        return None
    places = np.arange(len(x)) % period
    sizes = np.bincount(places, minlength=period)
    means = np.bincount(places, weights=x, minlength=period) / sizes
    between = float((sizes * (means - x.mean()) ** 2).sum())
    within = float(((x - means[places]) ** 2).sum())
    freedom = len(x) - period
    if within == 0 or between == 0:
        return Season(period, 1.0, means) if between else None
    ratio = (between / (period - 1)) / (within / freedom)
    if float(fdtrc(period - 1, freedom, ratio)) > 0.001:
        return None
    return Season(period, 1 - (within / freedom) / float(x.var(ddof=1)), means)


def without_season(values: Sequence[float], found: Season) -> Floats:
    """Return a series with its season taken out: what is left varies about the same mean."""
    x = np.asarray(values, float)
    left: Floats = x - found.means[np.arange(len(x)) % found.period] + x.mean()
    return left


class Runs(NamedTuple):
    """A run chart: no limits, only runs and crossings of the median."""

    median: float
    longest: int
    most: int
    """The longest run that chance allows."""
    crossings: int
    fewest: int
    """The fewest crossings that chance allows."""

    @property
    def signal(self) -> bool:
        """Say whether something other than chance is at work."""
        return self.longest > self.most or self.crossings < self.fewest


def runs(values: Sequence[float]) -> Runs:
    """Return the run chart of a series of at least ten points (rules of Anhøj and Olesen, *PLoS ONE* 9, 2014)."""
    from scipy.special import bdtr

    x = np.asarray(values, float)
    if len(x) < 10:
        raise ModelError("bad_chart", why="a run chart needs at least ten points")
    middle = float(np.median(x))
    sides = np.sign(x - middle)
    sides = sides[sides != 0]
    n = len(sides)
    if n < 2:
        return Runs(middle, n, n, 0, 0)
    turns = int((sides[1:] != sides[:-1]).sum())
    longest = max(len(run) for side in (1, -1) for run in _streaks(sides == side) or [()])
    fewest = next(k for k in range(n) if float(bdtr(k, n - 1, 0.5)) >= 0.05)
    return Runs(middle, longest, round(float(np.log2(n))) + 3, turns, fewest)
