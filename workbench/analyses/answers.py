"""What each kind of analysis says of a table: its sentence, picture, remarks and figures."""

from collections import Counter
from collections.abc import Callable, Sequence
from math import isfinite
from typing import Any

from process_models.evidence import control_charts
from process_models.evidence.control_charts import Chart, Cut, Kind, Settings
from process_models.evidence.drivers import Drivers, drivers, quadrants
from process_models.evidence.intervals import FEWEST
from process_models.evidence.pareto import pareto
from process_models.evidence.strata import Pair, stratified
from process_models.evidence.themes import Themes, themes
from process_models.values.errors import ModelError
from process_models.values.sentences import Sentence, say
from process_models.values.words import count, decimal, percent, signed
from workbench.analyses import picture
from workbench.analyses.model import Ask, Causes, Comments, Driven, EvidenceTable, Series, Sides, Told, as_number
from workbench.analyses.picture import Bar

SHOWN_CAUSES = 15
PERIODS = {4: "year", 7: "week", 12: "year", 24: "day", 52: "year"}
SEASONS = (7, 12)
"""Periods that are looked for without being asked."""
NOT_SAID = "not said"


def answer(table: EvidenceTable, ask: Ask, title: str) -> Told:
    """Return what an analysis says; raises ModelError, with the reason, where the table cannot say it."""
    for column in columns(ask):
        if column not in table.columns:
            raise ModelError("bad_answers", why=f"the table has no column “{column}”")
    told: Told = ANSWERS[type(ask)](table, ask, title)
    return told


def columns(ask: Ask) -> tuple[str, ...]:
    """Return the columns that an analysis needs."""
    match ask:
        case Series():
            named: tuple[str, ...] = (ask.label, ask.value, ask.size)
        case Driven():
            named = (ask.outcome, *ask.features, ask.weight)
        case Causes():
            named = (ask.cause, ask.amount)
        case Comments():
            named = (ask.text,)
        case Sides():
            named = (ask.side, ask.hit, ask.part)
    return tuple(name for name in named if name)


def _said(id: str, **params: object) -> str:
    return say(Sentence.of(id, **params))


# Control charts


def _series(table: EvidenceTable, ask: Series, title: str) -> Told:
    labels, values, sizes = points(table, ask)
    if len(values) < 2:
        raise ModelError("bad_answers", why=f"“{ask.value}” has fewer than two numbers")
    remarks = _left_out(len(table.rows) - len(values))
    shares = bool(sizes) and max(values) <= 1
    kind: Kind = ask.chart or control_charts.chosen(values, sizes or None, bool(sizes) and not shares)  # type: ignore[assignment]
    found = control_charts.season(values, ask.season) if ask.season else None
    remarks += _season(values, ask.season, found)
    if found:
        values, kind = control_charts.without_season(values, found).tolist(), "xmr"
    cuts = tuple(Cut(labels.index(label), cause) for label, cause in ask.cuts if label in labels)
    lowest = 0.0 if min(values) >= 0 else None
    settings = Settings(preset=ask.preset, kind=kind, cuts=cuts, lowest=lowest, highest=1.0 if shares else None)
    drawn = control_charts.chart(values, None if kind == "xmr" else sizes or None, settings)
    tell = percent if shares else _plain(values)
    target = _target(ask, shares)
    return Told(
        finding=_chart_said(drawn, ask, tell),
        picture=picture.chart(title, drawn, labels, tell, target),
        remarks=(*remarks, *_chart_remarks(drawn, ask, target)),
        columns=("Number", "Point", "Value", "Mean", "Lower limit", "Upper limit", "Stands out"),
        rows=_chart_rows(drawn, labels, tell),
        method=_said(
            "series_method",
            chart=control_charts.NAMES[drawn.kind],
            rules=control_charts.presets()[ask.preset].name,
        ),
        grade="A",
    )


def points(table: EvidenceTable, ask: Series) -> tuple[list[str], list[float], list[float]]:
    """Return labels, values (shares or rates where there is a size) and sizes of the rows that have numbers."""
    sizes = table.numbers(ask.size) if ask.size else [1.0] * len(table.rows)
    rows = zip(table.texts(ask.label), table.numbers(ask.value), sizes, strict=True)
    kept = [(label, value, size) for label, value, size in rows if isfinite(value) and isfinite(size) and size > 0]
    values = [value / size for _, value, size in kept]
    return [label for label, _, _ in kept], values, [size for _, _, size in kept] if ask.size else []


def _left_out(rows: int) -> list[str]:
    return [_said("series_left_out", rows=count(rows, "row", "rows"))] if rows else []


def _season(values: Sequence[float], asked: int, found: control_charts.Season | None) -> list[str]:
    """Return what is said about a season: taken out, looked for in vain, or there and not taken out."""
    if found:
        return [_said("series_season_out", period=_period(asked), share=percent(found.explained))]
    if asked:
        return [_said("series_season_none", period=_period(asked))]
    there = [period for period in SEASONS if control_charts.season(values, period)]
    return [_said("series_season_there", points=period, period=_period(period)) for period in there[:1]]


def _period(points: int) -> str:
    return PERIODS.get(points, f"{points} points")


def _target(ask: Series, shares: bool) -> float | None:
    """Return the target as a number; of shares it is typed in per cent."""
    if not ask.target:
        return None
    return as_number(ask.target) / 100 if shares else as_number(ask.target)


def _plain(values: Sequence[float]) -> Callable[[float], str]:
    most = max(abs(value) for value in values)
    places = 0 if most >= 100 else 1 if most >= 10 else 2
    return lambda value: decimal(value, places)


def _chart_said(drawn: Chart, ask: Series, tell: Callable[[float], str]) -> str:
    total = len(drawn.values)
    name = f"{ask.value} of {ask.size}" if ask.size else ask.value
    if not drawn.marked:
        return _said("series_quiet", name=name, mean=tell(float(drawn.centre[-1])), points=total)
    latest = control_charts.variation(drawn, ask.better)
    return _said(f"series_{latest}", name=name, marked=count(len(drawn.marked), "point", "points"), points=total)


def _chart_remarks(drawn: Chart, ask: Series, target: float | None) -> list[str]:
    out = []
    if target is not None and ask.better != "neither":
        words = {"passes": "series_passes", "fails": "series_fails", "hit or miss": "series_chance"}
        out.append(_said(words[control_charts.assurance(drawn, target, ask.better)]))
    if drawn.capped:
        out.append(_said("series_capped"))
    if drawn.echo > 0.5:
        out.append(_said("series_echo"))
    if any(not one.settled for one in drawn.segments):
        out.append(_said("series_trial", points=control_charts.SETTLED))
    return out


def _chart_rows(drawn: Chart, labels: Sequence[str], tell: Callable[[float], str]) -> tuple[tuple[str, ...], ...]:
    numbered = {place: n for n, place in enumerate(sorted(drawn.marked), 1)}
    out = []
    for place, label in enumerate(labels):
        rules = [signal.rule.says for signal in drawn.signals if place in signal.points]
        number = str(numbered[place]) if place in numbered else ""
        figures = [tell(float(line[place])) for line in (drawn.values, drawn.centre, drawn.low, drawn.high)]
        out.append((number, label, *figures, "; ".join(dict.fromkeys(rules))))
    return tuple(out)


# Drivers


def _driven(table: EvidenceTable, ask: Driven, title: str) -> Told:
    found = drivers(
        table.numbers(ask.outcome),
        {name: table.numbers(name) for name in ask.features},
        table.numbers(ask.weight) if ask.weight else None,
        missing=frozenset(as_number(code) for code in ask.missing),
    )
    where = quadrants(found.drivers)
    bars = [Bar(one.name, *one[1:4], _with_doubt(*one[1:4])) for one in found.drivers]
    return Told(
        finding=_drivers_said(found, ask),
        picture=picture.bars(title, bars),
        remarks=_drivers_remarks(found),
        columns=("Feature", "Share of the variance", "95% interval", "Correlation", "Mean rating", "Where it stands"),
        rows=tuple(
            (
                one.name,
                percent(one.importance, 1),
                f"{percent(one.low, 1)} to {percent(one.high, 1)}",
                decimal(one.correlation, 2),
                decimal(one.performance, 2),
                where[one.name] if found.any else "",
            )
            for one in found.drivers
        ),
        method=_said("drivers_method", method=found.method, share=percent(found.explained, 1)),
    )


def _drivers_said(found: Drivers, ask: Driven) -> str:
    if not found.any:
        return _said("drivers_none", outcome=ask.outcome)
    if found.leads:
        return _said("drivers_first", name=found.drivers[0].name, outcome=ask.outcome)
    return _said("drivers_together", features=count(len(ask.features), "feature", "features"), outcome=ask.outcome)


def _drivers_remarks(found: Drivers) -> tuple[str, ...]:
    out = [_said("drivers_counted", left=count(found.left_out, "answer", "answers"), n=f"{found.n:,}")]
    if found.tangled:
        out.append(_said("drivers_tangled", names=", ".join(found.tangled)))
    if found.any and not found.leads:
        out.append(_said("drivers_spread" if found.told_apart else "drivers_apart", name=found.drivers[0].name))
    return (*out, _said("drivers_words"))


def _with_doubt(value: float, low: float, high: float) -> str:
    return f"{percent(value, 1)} ({percent(low, 1)} to {percent(high, 1)})"


# Pareto


def _causes(table: EvidenceTable, ask: Causes, title: str) -> Told:
    amounts, few = _by_cause(table, ask)
    found = pareto(amounts)
    if not found:
        raise ModelError("bad_answers", why="the table has no rows")
    vital = [bar for bar in found if bar.vital]
    share = vital[-1].so_far if vital else 0.0
    what = ask.amount or "cases"
    shown = found[:SHOWN_CAUSES]
    remarks = [_said("causes_few", causes=count(few, "cause", "causes"), fewest=FEWEST)] if few else []
    if len(found) > len(shown):
        remarks.append(_said("causes_shown", shown=SHOWN_CAUSES, all=len(found)))
    bars = [(bar, f"{decimal(bar.amount, 0)}, {percent(bar.so_far)} so far") for bar in shown]
    return Told(
        finding=_said(
            "causes_said", vital=count(len(vital), "cause", "causes"), all=len(found), share=percent(share), what=what
        ),
        picture=picture.bars(title, [Bar(bar.cause, bar.amount, bar.amount, bar.amount, words) for bar, words in bars]),
        remarks=tuple(remarks),
        columns=("Cause", what.capitalize(), "Share so far", "One of the vital few"),
        rows=tuple(
            (bar.cause, decimal(bar.amount, 0), percent(bar.so_far), "yes" if bar.vital else "") for bar in found
        ),
        method=_said("causes_method"),
        grade="A",
    )


def _by_cause(table: EvidenceTable, ask: Causes) -> tuple[dict[str, float], int]:
    """Return amounts by cause, those with few cases together, and how many were put together."""
    numbers = table.numbers(ask.amount) if ask.amount else [1.0] * len(table.rows)
    amounts: dict[str, float] = {}
    cases: Counter[str] = Counter()
    for cause, amount in zip(table.texts(ask.cause), numbers, strict=True):
        name = cause.strip() or NOT_SAID
        cases[name] += 1
        amounts[name] = amounts.get(name, 0.0) + (amount if isfinite(amount) else 0.0)
    few = [name for name in amounts if cases[name] < FEWEST]
    if len(few) < 2:
        return amounts, 0
    together = sum(amounts.pop(name) for name in few)
    return {**amounts, "other": amounts.get("other", 0.0) + together}, len(few)


# Themes


def _comments(table: EvidenceTable, ask: Comments, title: str) -> Told:
    found = themes(table.texts(ask.text), ask.codes)
    bars = [Bar(one.name, *one.share[:3], _with_doubt(*one.share[:3])) for one in found.themes]
    return Told(
        finding=_themes_said(found),
        picture=picture.bars(title, bars) if bars else "",
        remarks=_themes_remarks(found),
        columns=("Theme", "Comments", "Share", "95% interval"),
        rows=tuple(
            (
                one.name,
                str(one.carried),
                percent(one.share.value, 1),
                f"{percent(one.share.low, 1)} to {percent(one.share.high, 1)}",
            )
            for one in found.themes
        ),
        method=_said("themes_method"),
    )


def _themes_said(found: Themes) -> str:
    if not found.themes:
        return _said("themes_unnamed", n=found.n)
    first = found.themes[0]
    return _said("themes_said", share=percent(first.share.value), n=f"{found.n:,}", name=first.name)


def _themes_remarks(found: Themes) -> tuple[str, ...]:
    comments = count(len(found.uncoded), "comment", "comments")
    out = [_said("themes_uncoded", comments=comments, n=f"{found.n:,}")]
    if found.offered:
        out.append(_said("themes_offered", words=", ".join(f"{words} ({n})" for words, n in found.offered)))
    return (*out, _said("themes_words"))


# Two sides


def _sides(table: EvidenceTable, ask: Sides, _title: str) -> Told:
    found = stratified(_by_part(table, ask))
    if found is None:
        raise ModelError("bad_answers", why=f"no part has {FEWEST} rows of both “{ask.first}” and “{ask.second}”")
    more, less = (ask.first, ask.second) if found.whole >= 0 else (ask.second, ask.first)
    apart = decimal(abs(found.whole) * 100, 1)
    said = _said("sides_said", more=more, less=less, hit=ask.hit_is, points=apart)
    remarks = []
    if found.turns:
        said = _said("sides_turned", more=more, hit=ask.hit_is, part=ask.part)
        remarks.append(_said("sides_turns"))
    if found.left_out:
        remarks.append(_said("sides_left_out", parts=count(len(found.left_out), "part", "parts"), fewest=FEWEST))
    return Told(
        finding=said,
        remarks=tuple(remarks),
        columns=(ask.part.capitalize(), ask.first, ask.second, "Difference"),
        rows=(
            *(
                (part, _with_doubt(*one[:3]), _with_doubt(*two[:3]), _apart(found.parts[part]))
                for part, (one, two) in found.sides.items()
            ),
            ("All of them", "", "", _apart(found.whole)),
            ("With the same mix on both sides", "", "", _apart(found.adjusted)),
        ),
        method=_said("sides_method"),
    )


def _by_part(table: EvidenceTable, ask: Sides) -> dict[str, Pair]:
    counts: dict[str, list[int]] = {}
    for side, hit, part in zip(table.texts(ask.side), table.texts(ask.hit), table.texts(ask.part), strict=True):
        if side in (ask.first, ask.second):
            one = counts.setdefault(part.strip() or NOT_SAID, [0, 0, 0, 0])
            at = 0 if side == ask.first else 2
            one[at] += hit == ask.hit_is
            one[at + 1] += 1
    return {part: Pair(*numbers) for part, numbers in counts.items()}


def _apart(difference: float) -> str:
    return f"{signed(decimal(difference * 100, 1))} points"


ANSWERS: dict[type, Any] = {
    Series: _series,
    Driven: _driven,
    Causes: _causes,
    Comments: _comments,
    Sides: _sides,
}
