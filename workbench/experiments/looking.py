"""A replication of an experiment looked at closely: the day of a pool, the causes of waits, the story of a case.

Nothing of it is stored: the same plan and seed give the same trace, so it is played again, in milliseconds.
"""

from datetime import UTC, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from msgspec import Struct
from sqlalchemy import Connection

from process_models.graph.design import Design
from process_models.values.causes import CAUSES, WORDS, Cause
from process_models.values.sentences import Sentence, say
from process_models.values.words import HARD, count, decimal, duration, listed, percent
from simulations import engines
from simulations.comparison import Estimate, estimate
from simulations.experiments import Summary, planned
from simulations.inside import FULL, Hour, Steadiness, over_the_day, steadiness
from simulations.plan import Plan
from simulations.story import Crew, Replay, Stay
from workbench import documents
from workbench.errors import NotFound
from workbench.experiments import store
from workbench.experiments.model import BASELINE, Experiment, Spec

MOST_CASES = 20_000
"""Cases looked at in all: replications are as many as fit, two at least and ten at most."""


class Chosen(NamedTuple):
    """A design under a scenario, of an experiment."""

    design_id: str
    scenario_id: str
    design: Design
    plan: Plan
    seed: int


def chosen(db: Connection, spec: Spec, design: str, scenario: str) -> Chosen:
    """Return a design under a scenario; empty ids mean the first."""
    under = next((one for one in spec.scenarios if scenario in ("", one.id)), None)
    of = next((one for one in spec.designs if one.id == (design or BASELINE)), None)
    if under is None or of is None:
        raise NotFound("no_such_play")
    made = documents.fetch(db, of.digest, Design)
    return Chosen(of.id, under.id, made, planned(made, store.scenario_of(db, under.digest)), spec.seed)


def replay(found: Chosen, replication: int) -> Replay:
    """Return one replication, played again."""
    return Replay(found.plan, engines.play(found.plan, found.seed, replication))


def replays(found: Chosen, played: int) -> tuple[Replay, ...]:
    """Return as many of the first replications as can be looked at while somebody waits for the page."""
    wanted = min(played, max(2, min(10, MOST_CASES // max(1, found.plan.expected))))
    return tuple(replay(found, number) for number in range(wanted))


# The day of a pool


def day(found: Chosen, looked: tuple[Replay, ...], pool: str) -> tuple[Hour, ...]:
    """Return a pool's queue and people by hour of the day."""
    return over_the_day(found.plan, looked, pool)


def about(one: Estimate, places: int = 1) -> str:
    """Return a mean with its interval in words; nothing is less than none."""
    if one.low is None or one.high is None:
        return decimal(one.mean, places)
    return f"{decimal(one.mean, places)} ({decimal(max(0.0, one.low), places)} to {decimal(one.high, places)})"


# Causes of waits


class CauseRow(Struct, frozen=True):
    """Why cases wait before a step, ready to be shown."""

    step: str
    wait: str
    """A visit, mean and interval."""
    shares: dict[Cause, str]


def causes(found: Chosen, looked: tuple[Replay, ...]) -> list[CauseRow]:
    """Return for each step that takes time the mean time before it is done and its causes, longest in all first."""
    names = found.design.graph.by_id
    rows: list[tuple[float, CauseRow]] = []
    steps = sorted({step for one in looked for step in one.causes})
    for step in steps:
        total = {cause: sum(one.causes.get(step, {}).get(cause, 0) for one in looked) for cause in CAUSES}
        whole = sum(total.values())
        visits = [int((one.step == step).sum()) for one in looked]
        means = [sum(one.causes[step].values()) / n for one, n in zip(looked, visits, strict=True) if n]
        mean = estimate(means)
        if mean is None or not whole:
            continue
        shares = {cause: percent(ms / whole, 0) if ms else "none" for cause, ms in total.items()}
        rows.append((whole, CauseRow(names[found.plan.steps[step]].name, _span(mean), shares)))
    return [row for _, row in sorted(rows, key=lambda pair: -pair[0])]


def _span(mean: Estimate) -> str:
    if mean.low is None or mean.high is None:
        return duration(mean.mean)
    return f"{duration(mean.mean)} ({duration(max(0.0, mean.low))} to {duration(mean.high)})"


# Whether it settles


def settles(found: Chosen, looked: tuple[Replay, ...], summary: Summary | None) -> tuple[Steadiness | None, list[str]]:
    """Return the work in progress day by day, and whether it settles, in sentences."""
    busy = {one.id: float(one.mean) for one in summary.results} if summary else {}
    pools = {pool.id: pool.name for pool in found.design.staffing.pools}
    full = tuple(id for id in pools if busy.get(f"utilisation:{id}", 0.0) >= FULL)
    told = steadiness(found.plan, looked, full)
    if told is None:
        return None, [say(Sentence.of("steady_too_short"))]
    said = [
        Sentence.of("steady_no_warm_up")
        if told.warm_up is None
        else Sentence.of("steady_warm_up", days=told.warm_up)
        if told.warm_up
        else Sentence.of("steady_at_once")
    ]
    if told.grows:
        said.append(Sentence.of("steady_grows", cases=decimal(told.growth.mean, 0)))
    if full:
        said.append(Sentence.of("steady_full", pools=listed([pools[id] for id in full])))
    if told.steady:
        said.append(Sentence.of("steady_settles"))
    return told, [say(one) for one in said]


# The story of a case


class CaseRow(Struct, frozen=True):
    """A case that is worth reading."""

    number: int
    why: str
    time: str


def worth_reading(one: Replay) -> list[CaseRow]:
    """Return cases to begin with: the one in the middle, the slowest, one that missed the promise, one that gave up."""
    table = one.cases
    done = table[table["status"] == "completed"].sort_values(["time", "case"])
    rows = []
    if len(done):
        rows.append(("half are faster", done.iloc[(len(done) - 1) // 2]))
        rows.append(("the slowest", done.iloc[-1]))
    late = table[(table["promise"] == 0)].sort_values(["time", "case"])
    if len(late):
        rows.append(("missed the promise", late.iloc[0]))
    gone = table[table["status"] == "gave up"]
    if len(gone):
        rows.append(("gave up", gone.iloc[0]))
    return [CaseRow(int(row["case"]), why, duration(float(row["time"]))) for why, row in rows]


class StayRow(Struct, frozen=True):
    """One step of a case's story, ready to be shown."""

    step: str
    again: str
    """Which visit, from the second on."""
    came: str
    wait: str
    why: list[str]
    busy: list[str]
    done: str


def story(found: Chosen, one: Replay, case: int) -> list[StayRow]:
    """Return what happened to a case at each step that takes time."""
    if not 0 <= case < len(one.cases):
        raise NotFound("no_such_case")
    return [_told(found, stay) for stay in one.story(case)]


def _told(found: Chosen, stay: Stay) -> StayRow:
    step = found.design.graph.by_id[found.plan.steps[stay.step]]
    why = [f"{duration(end - start)}: {WORDS[cause]}" for start, end, cause in stay.stretches]
    if stay.ahead:
        why.insert(0, f"{count(stay.ahead, 'case', 'cases')} ahead in the queue")
    return StayRow(
        step=step.name,
        again=f"visit {stay.visit}" if stay.visit > 1 else "",
        came=moment(found.plan, stay.entered),
        wait=duration(waited) if (waited := sum(end - start for start, end, _ in stay.stretches)) else "none",
        why=why,
        busy=[_crew(found, crew) for crew in stay.crews] if stay.wait else [],
        done=_done(found, stay),
    )


def _done(found: Chosen, stay: Stay) -> str:
    if stay.how in ("gave_up", "withdrawn"):
        return f"{'gave up' if stay.how == 'gave_up' else 'called off'} {moment(found.plan, stay.left or 0)}"
    if stay.left is None:
        return "still under way when the play stopped"
    if stay.group is None:
        return f"over {moment(found.plan, stay.left)}"
    pool = found.design.staffing.pool(found.plan.groups[stay.group][0])
    who = pool.name if pool else found.plan.groups[stay.group][0]
    return f"{who}, {moment(found.plan, stay.began or 0)} to {moment(found.plan, stay.left)}"


SHOWN = 6
"""Work in hand that is named one by one."""


def _crew(found: Chosen, crew: Crew) -> str:
    pool_id, _ = found.plan.groups[crew.group]
    pool = found.design.staffing.pool(pool_id)
    names = found.design.graph.by_id
    hands = [f"case {hand.case + 1} ({names[found.plan.steps[hand.step]].name})" for hand in crew.hands]
    if len(hands) > SHOWN:
        hands = [*hands[:SHOWN], count(len(hands) - SHOWN, "more case", "more cases")]
    there = f"{crew.present}{HARD}there" if crew.present else "nobody there"
    what = f", in hand {listed(hands)}" if hands else ""
    return f"{pool.name if pool else pool_id}: {there}{what}"


def moment(plan: Plan, at: int) -> str:
    """Return a time after the start as people of the service read it."""
    local = datetime.fromtimestamp((plan.begin + at) / 1000, UTC).astimezone(ZoneInfo(plan.zone))
    return f"{local:%a} {local.day} {local:%b %H:%M}"


def experiment_cell(db: Connection, experiment: Experiment, found: Chosen) -> Summary | None:
    """Return what an experiment said of a design under a scenario, if it is through."""
    outcome = store.outcome(db, experiment)
    cell = f"{found.design_id}/{found.scenario_id}"
    return store.summaries(db, outcome).get(cell) if outcome else None
