"""A design and a scenario as arrays: everything an engine needs, and no luck.

Both engines read these arrays and nothing else. Times are ms after the scenario's start, things are numbered in the
order of their ids, and the digest over all arrays is the identity of what was simulated. What cannot be played is
refused here, with every fault at once.
"""

from collections.abc import Iterable, Sequence
from dataclasses import MISSING, dataclass, field, fields
from fractions import Fraction as Exact
from functools import cached_property, lru_cache
from hashlib import sha256
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from process_models.graph.blocks import blocks
from process_models.graph.checks import Fault, faults, staffing_faults
from process_models.graph.design import Design, Pool, RoleStaffing, Shift
from process_models.graph.graph import StepGraph
from process_models.graph.measures import shares_at
from process_models.graph.steps import Kind, Promise, Step
from process_models.values import luck
from process_models.values.calendars import Calendar, unroll
from process_models.values.canonical import digest
from process_models.values.clocks import Clock
from process_models.values.distributions import Distribution, Exponential, Fixed, quantiles, scaled
from process_models.values.errors import ModelError
from process_models.values.fractions import apportion, number
from process_models.values.sentences import Sentence, say
from simulations.contingencies import SHIFT
from simulations.demand import ONE, cumulative
from simulations.hindrances import blocks_of, paces
from simulations.scenario import Scenario

WHOLE = 2**32
WHOLE_TIME = "1"
MOST_STEPS = 2**12 - 1
MOST_UNDER_WAY = 2**17
"""Cases under way at once beyond which a play is stopped: far more work comes than people can do."""
NEEDED = frozenset({"missing_time", "missing_role"})
"""Gaps in what is known without which nothing can be played."""

KINDS = (Kind.START, Kind.WORK, Kind.WAIT, Kind.CHOICE, Kind.FORK, Kind.JOIN, Kind.END)
"""Kinds of step by the number they have in ``stype``; the order never changes."""

UNFINISHED = ("pause", "hand over", "restart")
"""What becomes of work in hand at the end of a shift, by the number it has in ``back``; the order never changes."""

ORDERS = ("first", "last", "due")
"""Who goes first in a queue, by the number it has in ``qorder``; the order never changes."""

Ints = NDArray[np.int64]
Small = NDArray[np.int32]
Flags = NDArray[np.int8]
Bytes = NDArray[np.uint8]


class PlanError(ModelError):
    """A design that cannot be played under a scenario, with everything that stands in the way."""

    def __init__(self, found: Sequence[Fault]) -> None:
        self.faults = tuple(found)
        super().__init__("not_playable", why=" ".join(fault.text for fault in self.faults))

    def __reduce__(self) -> tuple[type["PlanError"], tuple[tuple[Fault, ...]]]:
        """Let a process hand it to another."""
        return PlanError, (self.faults,)


@dataclass(frozen=True, kw_only=True, eq=False)
class Plan:
    """Arrays by name, in the order of their digest, and names for people, which no engine reads.

    An array that stands for something a design may do without has a default, and is not part of the digest where empty.
    """

    stype: Small
    """Kind of each step, as in :data:`KINDS`."""
    key: Ints
    """Key of each step's luck."""
    qu: Small
    """Queue of a WORK step (one for each role), else -1."""
    dist: Small
    """Table of the duration, else -1."""
    pdist: Small
    """Table of the patience, else -1."""
    need: Small
    """Tokens that a JOIN awaits, else 0."""
    gone: Small
    """Step to which cases go that give up, else -1."""
    ucost: Ints
    """Paid at each visit, minor units."""
    touch: Flags
    """Whether a visit is a contact with the customer."""
    fptr: Small
    """Where each step's flows begin in ``fto``."""
    fto: Small
    """Next step of each flow."""
    vptr: Small
    """Where each step's variants begin; the first that fits a case holds."""
    vfrom: Small
    """Step that the case must have come from, -1 for any."""
    vvisit: Ints
    """Visit from which the variant holds."""
    voff: Ints
    """Where the variant's shares begin in ``fcum``."""
    fcum: Ints
    """Cumulative shares in 1/2^32, the last of a variant 2^32."""
    vtype: Small = field(default_factory=lambda: _small(()))
    """Case type for which the variant holds, -1 for any; empty where no share depends on it."""
    tdist: Small = field(default_factory=lambda: _small(()))
    """Table of the duration by case type and step; empty where no duration depends on the type."""
    sctype: Small = field(default_factory=lambda: _small(()))
    """Case type of each stream, by number; empty where nothing depends on it."""
    qgp: Small
    qgl: Small
    """Groups of each queue, in order of preference."""
    gqp: Small
    gql: Small
    """Queues of each group."""
    gkey: Ints
    """Key of each group (a pool's shift) for the luck of its heads."""
    cap0: Small
    """Heads of each group."""
    opn0: Flags
    """Whether it is open at the start."""
    fin: Flags
    """Whether work in hand is finished after the end of a shift; else it pauses."""
    rate: Ints
    """Minor units an hour."""
    cptr: Small
    cs: Ints
    ce: Ints
    cc: Ints
    """Open intervals of each group until play stops, and the open ms before each."""
    ctime: Ints
    ckind: Small
    cgrp: Small
    cval: Small
    """Shifts that open and close, by time, kind and group."""
    Q: Ints
    QT: Ints
    """Tables of quantiles (1025 points each) and of their top cells."""
    skey: Ints
    """Key of each stream."""
    sprio: Small
    """Its priority; lower goes first."""
    lptr: Small
    ltime: Ints
    lcum: Ints
    """Cumulative rate of each stream."""
    bstep: Small
    bcases: Ints
    bstream: Small
    bkey: Ints
    """Cases that wait before a step at the start."""
    agrp: Small
    akey: Ints
    ahere: Small
    aaway: Small
    astart: Ints
    """Absences by group: key, tables of presence and absence, share away at the start in 1/2^32."""
    wgrp: Small
    whead: Small
    wstart: Ints
    wend: Ints
    """Heads known to be away."""
    bounds: Ints
    """First step, end of arrivals, end of play, table of the unit exponential."""
    back: Small = field(default_factory=lambda: _small(()))
    """What becomes of each group's work at the end of a shift where it is not finished, as in :data:`UNFINISHED`; empty
    where it pauses everywhere."""
    hsize: Ints = field(default_factory=lambda: _ints(()))
    """Cases that are saved up before each step, 0 for no number; empty where none are anywhere."""
    hwait: Ints = field(default_factory=lambda: _ints(()))
    """Longest time that one is held there, 0 for no end."""
    setup: Ints = field(default_factory=lambda: _ints(()))
    """Set-up time of each group; empty where nobody has any."""
    setby: Flags = field(default_factory=lambda: np.zeros(0, np.int8))
    """Whether it is between types of case; else between steps."""
    qorder: Small = field(default_factory=lambda: _small(()))
    """Who goes first in each queue, as in :data:`ORDERS`; empty where it is who came first everywhere."""
    qage: Ints = field(default_factory=lambda: _ints(()))
    """Waiting after which work in each queue counts one priority better, 0 for never; empty where nowhere."""
    sdue: Ints = field(default_factory=lambda: _ints(()))
    """When cases of each stream are due after their arrival; empty where no queue goes by it."""
    atogether: Flags = field(default_factory=lambda: np.zeros(0, np.int8))
    """Whether all heads have the spells of an absence together; empty where each has its own everywhere."""
    fcost: Ints = field(default_factory=lambda: _ints(()))
    """Paid for each case that does not keep a clock, in their order; empty where nothing is paid."""
    rshare: Ints = field(default_factory=lambda: _ints(()))
    """Share of those who give up at each step and come back, in 1/2^32; empty where nobody does."""
    rdist: Small = field(default_factory=lambda: _small(()))
    """Table of how long after, else -1."""
    chafter: Ints = field(default_factory=lambda: _ints(()))
    """Waiting at each step after which a contact chases, 0 for never; empty where none does."""
    chevery: Ints = field(default_factory=lambda: _ints(()))
    """Time after which another does, 0 for never."""
    chinto: Small = field(default_factory=lambda: _small(()))
    """Where it comes in."""
    ptime: Ints = field(default_factory=lambda: _ints(()))
    pwhat: Small = field(default_factory=lambda: _small(()))
    pvalue: Ints = field(default_factory=lambda: _ints(()))
    """Times from which work of a step (or of a group, numbered after the steps) takes so many thousandths."""
    xtime: Ints = field(default_factory=lambda: _ints(()))
    xgrp: Small = field(default_factory=lambda: _small(()))
    xvalue: Ints = field(default_factory=lambda: _ints(()))
    """Times from which a group can no longer begin a step (twice its number plus 1), or can again (twice it)."""
    read: Bytes
    """SHA-256 of what is read off the trace: clocks, working hours, zone and start."""

    steps: tuple[str, ...]
    names: tuple[str, ...]
    """Of the steps, for refusals."""
    groups: tuple[tuple[str, str], ...]
    """Pool and shift."""
    streams: tuple[str, ...]
    clocks: tuple[tuple[str, Clock], ...]
    """``promise:id`` or ``obligation:id``, and the clock."""
    hours: Calendar | None
    zone: str
    begin: int
    """The instant of the start, ms since 1970 UTC."""

    @property
    def first(self) -> int:
        """The step at which cases start."""
        return int(self.bounds[0])

    @property
    def period(self) -> int:
        """The end of arrivals."""
        return int(self.bounds[1])

    @property
    def limit(self) -> int:
        """The end of play."""
        return int(self.bounds[2])

    @property
    def unit(self) -> int:
        """The table of the unit exponential."""
        return int(self.bounds[3])

    @property
    def expected(self) -> int:
        """Cases that come on average, those that wait at the start included."""
        return sum(int(self.lcum[end - 1]) for end in self.lptr[1:].tolist()) // ONE + int(self.bcases.sum())

    def drawn(self, table: int, bits: int) -> int:
        """Return the time that bits choose from a table, ms."""
        body, tail = self._tables[table]
        return luck.look_up(bits, body, tail)

    @cached_property
    def _tables(self) -> list[tuple[list[int], list[int]]]:
        return [(body.tolist(), tail.tolist()) for body, tail in zip(self.Q, self.QT, strict=True)]

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return the arrays by name, in the order of the digest."""
        return {
            f.name: value
            for f in fields(self)
            if isinstance(value := getattr(self, f.name), np.ndarray) and (value.size or f.default_factory is MISSING)
        }

    @cached_property
    def digest(self) -> str:
        """SHA-256 over name, type, shape and bytes of all arrays."""
        return digest_of_arrays(self.arrays())


def digest_of_arrays(arrays: dict[str, NDArray[Any]]) -> str:
    """Return the SHA-256 over name, type, shape and little-endian bytes of arrays, in their order."""
    seal = sha256()
    for name, array in arrays.items():
        little = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
        seal.update(f"{name} {little.dtype.str} {little.shape}\n".encode())
        seal.update(little.tobytes())
    return seal.hexdigest()


def plan(design: Design, scenario: Scenario) -> Plan:
    """Return a design and a scenario as arrays.

    Raises PlanError with all faults of the design, ModelError where the scenario does not fit it.
    """
    _refuse_faults(design)
    graph = design.graph
    index = {step.id: n for n, step in enumerate(graph.steps)}
    groups = tuple((pool, shift) for pool in design.staffing.pools for shift in pool.shifts)
    tables = Tables()
    arrays = {
        **_steps(graph, index, tables),
        **_flows(graph, index, _types(scenario)),
        **_by_type(graph, design.staffing.pools, scenario, tables),
        **_queues(design, groups),
        **_orders(design, scenario),
        **_groups(groups, scenario),
        **_demand(scenario),
        **_backlog(graph, scenario, index),
        **_absences(groups, scenario, tables),
        **_away(groups, scenario),
        **_children(graph, index, tables),
        **paces(graph, groups, scenario),
        **blocks_of(design, groups, scenario),
    }
    unit = tables.of(Exponential(ONE))
    first = index[graph.of_kind(Kind.START)[0].id]
    clocks = _clocks(graph)
    read = digest([[list(pair) for pair in clocks], graph.hours, scenario.zone, scenario.begin])
    return Plan(
        **arrays,
        **tables.arrays(),
        fcost=_failures(graph),
        bounds=_ints([first, scenario.period, scenario.limit, unit]),
        read=np.frombuffer(bytes.fromhex(read), np.uint8),
        steps=tuple(index),
        names=tuple(step.name for step in graph.steps),
        groups=tuple((pool.id, shift.id) for pool, shift in groups),
        streams=tuple(stream.id for stream in scenario.streams),
        clocks=clocks,
        hours=graph.hours,
        zone=scenario.zone,
        begin=scenario.begin,
    )


def _refuse_faults(design: Design) -> None:
    found = [fault for fault in faults(design.graph) if fault.weight == "fault" or fault.sentence.id in NEEDED]
    found += staffing_faults(design)
    if len(design.graph.steps) > MOST_STEPS:
        found.append(Fault(Sentence.of("too_many_steps", steps=len(design.graph.steps), most=MOST_STEPS)))
    if found:
        raise PlanError(found)


def _ints(values: Iterable[int]) -> Ints:
    return np.fromiter(values, np.int64)


def _small(values: Iterable[int]) -> Small:
    return np.fromiter(values, np.int32)


def _pointers(rows: Sequence[Sequence[Any]]) -> Small:
    return _small([0, *accumulate(len(row) for row in rows)])


def keys(ids: Iterable[str]) -> Ints:
    """Return the keys of ids for luck; two ids with one key are refused."""
    taken: dict[int, str] = {}
    for id in ids:
        other = taken.setdefault(luck.key(id), id)
        if other != id:
            raise ModelError("key_collision", one=other, other=id)
    return _ints(taken)


class Tables:
    """Tables of quantiles, each kept once."""

    def __init__(self) -> None:
        self.known: dict[Distribution, int] = {}

    def of(self, distribution: Distribution) -> int:
        """Return the number of a distribution's table."""
        return self.known.setdefault(distribution, len(self.known))

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return the tables as arrays."""
        both = [table(distribution) for distribution in self.known]
        return {
            "Q": np.array([body for body, _ in both], np.int64),
            "QT": np.array([tail for _, tail in both], np.int64),
        }


@lru_cache(maxsize=512)
def table(distribution: Distribution) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the quantiles at 0, 1/1024 ... and those that split the top cell into 1024.

    The last point stands for infinity: it lies at 1 - 2^-23, where an exponential's mean comes out right.
    """
    shares = [i / 1024 for i in range(1024)] + [1 - 2**-10 + i / 2**20 for i in range(1024)] + [1 - 2**-23]
    found = quantiles(distribution, shares)
    return (*found[:1024], found[-1]), tuple(found[1024:])


def _steps(graph: StepGraph, index: dict[str, int], tables: Tables) -> dict[str, NDArray[Any]]:
    need = {block.join: len(block.branches) for block in blocks(graph)}
    gone = {flow.source: index[flow.target] for flow in graph.flows if flow.kind == "abandon"}
    queues = {role: n for n, role in enumerate(_roles(graph))}
    return {
        "stype": _small(KINDS.index(_played_as(step)) for step in graph.steps),
        "key": keys(index),
        "qu": _small(queues[step.role] if _played_as(step) is Kind.WORK else -1 for step in graph.steps),
        "dist": _small(
            tables.of(_duration(step)) if step.kind in (Kind.WORK, Kind.WAIT) else -1 for step in graph.steps
        ),
        "pdist": _small(tables.of(step.patience.distribution) if step.patience else -1 for step in graph.steps),
        "need": _small(need.get(id, 0) for id in index),
        "gone": _small(gone.get(id, -1) for id in index),
        "ucost": _ints(step.unit_cost for step in graph.steps),
        "touch": np.array([step.nature == "contact" for step in graph.steps], np.int8),
        **_saved(graph),
    }


def _saved(graph: StepGraph) -> dict[str, NDArray[Any]]:
    """Return how cases are saved up before steps; nothing where they are not."""
    if not any(step.saving for step in graph.steps):
        return {}
    return {
        "hsize": _ints(step.saving.cases if step.saving else 0 for step in graph.steps),
        "hwait": _ints(step.saving.within if step.saving else 0 for step in graph.steps),
    }


def _roles(graph: StepGraph) -> list[str]:
    """Return the roles that do work, by name: each has one queue."""
    return sorted({step.role for step in graph.of_kind(Kind.WORK) if step.role})


def _played_as(step: Step) -> Kind:
    """Return the kind of a step as it is played: work that needs nobody of ours takes its time like a wait."""
    return Kind.WAIT if step.kind is Kind.WORK and not step.role else step.kind


def _duration(step: Step, case_type: str = "") -> Distribution:
    """Return how long a step takes for cases of a type."""
    usual = step.time.distribution if step.time else Fixed(0)
    factor = next((one.factor for one in step.type_times if one.id == case_type), WHOLE_TIME)
    return usual if factor == WHOLE_TIME else scaled(usual, factor)


def _types(scenario: Scenario) -> dict[str, int]:
    """Return the case types that come, by name, with their numbers."""
    return {name: n for n, name in enumerate(sorted({stream.case_type for stream in scenario.streams}))}


def _by_type(graph: StepGraph, pools: tuple[Pool, ...], scenario: Scenario, tables: Tables) -> dict[str, NDArray[Any]]:
    """Return what depends on the type of a case; nothing where nothing does."""
    types = _types(scenario)
    by_setup = any(pool.setup and pool.setup_between == "types" for pool in pools)
    timed = any(
        one.id in types for step in graph.of_kind(Kind.WORK) + graph.of_kind(Kind.WAIT) for one in step.type_times
    )
    if not timed and not by_setup and not any(row.case_type in types for row in graph.rows if row.case_type):
        return {}
    arrays: dict[str, NDArray[Any]] = {"sctype": _small(types[stream.case_type] for stream in scenario.streams)}
    if timed:
        arrays["tdist"] = _small(
            tables.of(_duration(step, name)) if step.kind in (Kind.WORK, Kind.WAIT) else -1
            for name in types
            for step in graph.steps
        )
    return arrays


def _flows(graph: StepGraph, index: dict[str, int], types: dict[str, int]) -> dict[str, NDArray[Any]]:
    ways = [graph.ways(step.id) for step in graph.steps]
    variants = [_variants(graph, step, index, types) for step in graph.steps]
    shares = [cumulated for step in variants for *_, cumulated in step]
    by_type = _small(case_type for step in variants for case_type, *_ in step)
    return {
        "fptr": _pointers(ways),
        "fto": _small(index[flow.target] for step in ways for flow in step),
        "vptr": _pointers(variants),
        "vfrom": _small(came for step in variants for _, came, _, _ in step),
        "vvisit": _ints(visit for step in variants for _, _, visit, _ in step),
        "vtype": by_type if (by_type >= 0).any() else by_type[:0],
        "voff": _ints([0, *accumulate(len(row) for row in shares)][:-1]),
        "fcum": _ints(part for row in shares for part in row),
    }


def _variants(
    graph: StepGraph, step: Step, index: dict[str, int], types: dict[str, int]
) -> list[tuple[int, int, int, tuple[int, ...]]]:
    """Return a step's shares for each type and history, in the order of looking: the first that fits a case holds."""
    ways = graph.ways(step.id)
    if not ways or step.kind is Kind.FORK:
        return []
    mine = {flow.id for flow in ways}
    conditions = {row.condition for row in graph.rows if row.flow in mine} | {("", "", 0)}
    ordered = sorted(conditions, key=lambda c: (c[0] == "", c[0], c[1] == "", c[1], -c[2]))
    return [
        (types[of] if of else -1, index.get(came, -1), visit, cumulated(tuple(shares[flow.id] for flow in ways)))
        for of, came, visit in ordered
        if (came in index or not came) and (of in types or not of)
        for shares in [shares_at(graph, step.id, visit, came, of)]
    ]


def cumulated(shares: tuple[Exact, ...]) -> tuple[int, ...]:
    """Return shares as cumulative parts of 2^32, apportioned by largest remainder."""
    return tuple(accumulate(apportion(tuple(round(share * 10**9) for share in shares), WHOLE)))


def _queues(design: Design, groups: tuple[tuple[Pool, Shift], ...]) -> dict[str, NDArray[Any]]:
    by_pool: dict[str, list[int]] = {}
    for n, (pool, _) in enumerate(groups):
        by_pool.setdefault(pool.id, []).append(n)
    of_queue = [
        [group for pool in design.staffing.pools_of(role) for group in by_pool.get(pool.id, [])]
        for role in _roles(design.graph)
    ]
    of_group = [[queue for queue, those in enumerate(of_queue) if group in those] for group in range(len(groups))]
    return {
        "qgp": _pointers(of_queue),
        "qgl": _small(group for row in of_queue for group in row),
        "gqp": _pointers(of_group),
        "gql": _small(queue for row in of_group for queue in row),
    }


def _groups(groups: tuple[tuple[Pool, Shift], ...], scenario: Scenario) -> dict[str, NDArray[Any]]:
    begin, end = scenario.begin, scenario.begin + scenario.limit + 1
    opened = [
        [(a - begin, b - begin) for a, b in unroll(Calendar(shift.spans), scenario.zone, begin, end)]
        for _, shift in groups
    ]
    edges = sorted(
        (time, SHIFT, group, opens)
        for group, intervals in enumerate(opened)
        for start, stop in intervals
        for time, opens in ((start, 1), (stop, 0))
        if 0 < time <= scenario.limit
    )
    return {
        "gkey": keys(f"{pool.id}/{shift.id}" for pool, shift in groups),
        "cap0": _small(shift.heads for _, shift in groups),
        "opn0": np.array([bool(rows) and rows[0][0] == 0 for rows in opened], np.int8),
        "fin": np.array([pool.finish for pool, _ in groups], np.int8),
        "back": _unfinished(groups),
        **_setup(groups),
        "rate": _ints(pool.rate for pool, _ in groups),
        "cptr": _pointers(opened),
        "cs": _ints(start for rows in opened for start, _ in rows),
        "ce": _ints(stop for rows in opened for _, stop in rows),
        "cc": _ints(before for rows in opened for before in accumulate((b - a for a, b in rows[:-1]), initial=0))
        if any(opened)
        else _ints([]),
        "ctime": _ints(edge[0] for edge in edges),
        "ckind": _small(edge[1] for edge in edges),
        "cgrp": _small(edge[2] for edge in edges),
        "cval": _small(edge[3] for edge in edges),
    }


def _unfinished(groups: tuple[tuple[Pool, Shift], ...]) -> Small:
    found = _small(0 if pool.finish else UNFINISHED.index(pool.unfinished) for pool, _ in groups)
    return found if found.any() else found[:0]


def _setup(groups: tuple[tuple[Pool, Shift], ...]) -> dict[str, NDArray[Any]]:
    if not any(pool.setup for pool, _ in groups):
        return {}
    return {
        "setup": _ints(pool.setup for pool, _ in groups),
        "setby": np.array([pool.setup_between == "types" for pool, _ in groups], np.int8),
    }


def _orders(design: Design, scenario: Scenario) -> dict[str, NDArray[Any]]:
    """Return who goes first in each queue; nothing where it is who came first."""
    staffed = {entry.id: entry for entry in design.staffing.roles}
    of_queue = [staffed.get(role, RoleStaffing(role, ())) for role in _roles(design.graph)]
    arrays: dict[str, NDArray[Any]] = {}
    if any(entry.order != "first" for entry in of_queue):
        arrays["qorder"] = _small(ORDERS.index(entry.order) for entry in of_queue)
    if any(entry.ageing for entry in of_queue):
        arrays["qage"] = _ints(entry.ageing for entry in of_queue)
    if any(entry.order == "due" for entry in of_queue):
        arrays["sdue"] = _ints(stream.due for stream in scenario.streams)
    return arrays


def _demand(scenario: Scenario) -> dict[str, NDArray[Any]]:
    rates = [cumulative(scenario, stream) for stream in scenario.streams]
    return {
        "skey": keys(stream.id for stream in scenario.streams),
        "sprio": _small(stream.priority for stream in scenario.streams),
        "lptr": _pointers([rate.times for rate in rates]),
        "ltime": _ints(time for rate in rates for time in rate.times),
        "lcum": _ints(total for rate in rates for total in rate.totals),
    }


def _backlog(graph: StepGraph, scenario: Scenario, index: dict[str, int]) -> dict[str, NDArray[Any]]:
    inside = _inside(graph)
    for one in scenario.backlog:
        if one.id not in index:
            raise ModelError("unknown_backlog", step=one.id)
        if one.id in inside:
            raise ModelError("backlog_in_block", step=graph.by_id[one.id].name)
    names = [stream.id for stream in scenario.streams]
    together = keys([*names, *(f"{one.stream}/{one.id}" for one in scenario.backlog)])
    return {
        "bstep": _small(index[one.id] for one in scenario.backlog),
        "bcases": _ints(one.cases for one in scenario.backlog),
        "bstream": _small(names.index(one.stream) for one in scenario.backlog),
        "bkey": together[len(names) :],
    }


def _absences(groups: tuple[tuple[Pool, Shift], ...], scenario: Scenario, tables: Tables) -> dict[str, NDArray[Any]]:
    rows = []
    known = keys(absence.id for absence in scenario.absences).tolist()
    for absence, key in zip(scenario.absences, known, strict=True):
        own = [n for n, (pool, _) in enumerate(groups) if pool.id == absence.pool]
        if not own:
            raise ModelError("unknown_pool", contingency=absence.id, pool=absence.pool)
        share = Exact(number(absence.share))
        if share:
            here = tables.of(Exponential(max(1, round(absence.spell * (1 - share) / share))))
            away = tables.of(Exponential(absence.spell))
            rows += [(n, key, here, away, round(share * WHOLE), absence.together) for n in own]
    return {
        "agrp": _small(row[0] for row in rows),
        "akey": _ints(row[1] for row in rows),
        "ahere": _small(row[2] for row in rows),
        "aaway": _small(row[3] for row in rows),
        "astart": _ints(row[4] for row in rows),
        "atogether": np.array([row[5] for row in rows] if any(row[5] for row in rows) else [], np.int8),
    }


def _away(groups: tuple[tuple[Pool, Shift], ...], scenario: Scenario) -> dict[str, NDArray[Any]]:
    """Return the heads known to be away: the first of the pool's shifts, in order."""
    rows = []
    for one in scenario.away:
        own = [
            (n, head) for n, (pool, shift) in enumerate(groups) if pool.id == one.pool for head in range(shift.heads)
        ]
        if not own:
            raise ModelError("unknown_pool", contingency=one.id, pool=one.pool)
        if len(own) < one.heads:
            raise ModelError("too_many_away", contingency=one.id, away=one.heads, pool=one.pool, heads=len(own))
        rows += [(group, head, one.start, one.end) for group, head in own[: one.heads]]
    return {
        "wgrp": _small(row[0] for row in rows),
        "whead": _small(row[1] for row in rows),
        "wstart": _ints(row[2] for row in rows),
        "wend": _ints(row[3] for row in rows),
    }


def _children(graph: StepGraph, index: dict[str, int], tables: Tables) -> dict[str, NDArray[Any]]:
    """Return which cases bring about others, and where these come in; nothing where none do."""
    arrays: dict[str, NDArray[Any]] = {}
    again = [step.calling_again for step in graph.steps]
    if any(again):
        arrays["rshare"] = _ints(round(Exact(number(one.share)) * WHOLE) if one else 0 for one in again)
        arrays["rdist"] = _small(tables.of(one.after.distribution) if one else -1 for one in again)
    chased = [(step, step.chasing) for step in graph.steps if step.kind in (Kind.WORK, Kind.WAIT) and step.chasing]
    if chased:
        inside = _inside(graph)
        into = {step.id: one.step or graph.of_kind(Kind.START)[0].id for step, one in chased}
        for step, _ in chased:
            if into[step.id] not in index:
                raise ModelError("unknown_chasing", step=step.name, into=into[step.id])
            if into[step.id] in inside:
                raise ModelError("chasing_in_block", step=step.name, into=graph.by_id[into[step.id]].name)
        rules = {step.id: one for step, one in chased}
        arrays["chafter"] = _ints(rules[id].after if id in rules else 0 for id in index)
        arrays["chevery"] = _ints(rules[id].every if id in rules else 0 for id in index)
        arrays["chinto"] = _small(index[into[id]] if id in rules else -1 for id in index)
    return arrays


def _inside(graph: StepGraph) -> set[str]:
    """Return the steps at which a case cannot begin: those within parallel work, and where it ends."""
    return {step for block in blocks(graph) for step in block.inside} | {block.join for block in blocks(graph)}


def _clocks(graph: StepGraph) -> tuple[tuple[str, Clock], ...]:
    return tuple(
        (f"{'promise' if isinstance(of, Promise) else 'obligation'}:{of.id}", clock) for of, clock in graph.clocks
    )


def _failures(graph: StepGraph) -> Ints:
    costs = _ints(of.failure_cost for of, _ in graph.clocks)
    return costs if costs.any() else costs[:0]


def in_words(refused: PlanError) -> list[str]:
    """Return what stands in the way of playing a design, one sentence each."""
    return [say(fault.sentence) for fault in refused.faults]
