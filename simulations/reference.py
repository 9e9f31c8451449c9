"""The plan played with SimPy: written to be read, the specification that every faster engine must equal row for row.

A case's life is a process that yields only where time passes. What happens *to* a case (its work is done, its patience
ends, a shift opens) happens in the event's callback; people are assigned once all consequences of an event are drained.

Events at one instant run in one stated order, whatever the order in which they were scheduled: SimPy's queue sorts by
time, then priority, and our priorities are the canonical key of the event (kind, case, step, visit), above three small
numbers for what follows from an event: a process starts (0), a process goes on (1), people are assigned (2).
"""

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Callable, Generator
from itertools import count, pairwise
from typing import Any

import simpy
from simpy.events import Event

from process_models.graph.steps import Kind
from process_models.values import luck
from process_models.values.errors import ModelError
from process_models.values.luck import Purpose
from simulations.contingencies import BLOCK, CAPACITY, PACE, SHIFT, Control, controls
from simulations.demand import Arrival, arrivals
from simulations.hindrances import USUAL
from simulations.plan import KINDS, MOST_UNDER_WAY, ORDERS, UNFINISHED, Plan
from simulations.trace import Row, Trace

Life = Generator[Event, Any, None]

ASSIGN = 2
"""Priority of assigning people: after all that follows from an event, before the next one."""
CANONICAL = 3
BLOCKS, PACES, CAPACITIES, SHIFTS, DONE, SHIFT_OVER, ARRIVAL, PATIENCE, HELD_LONG, RETURN, CHASE = range(11)
"""Kinds of event, in their order at one instant."""
KIND_OF = {BLOCK: BLOCKS, PACE: PACES, CAPACITY: CAPACITIES, SHIFT: SHIFTS}
KIND, CASE, STEP = 2**63, 2**28, 2**16
"""How a canonical key is packed: visits below 2^16, steps below 2^12, cases below 2^35, room for 16 kinds."""

Reached = Callable[[int], None]
"""Told now and then how many cases have arrived; may raise to stop the play."""


class GoesRound(Exception):
    """A case comes to a step more often than an event key can count; holds the step's name."""


class Overrun(Exception):
    """More cases are under way than a service can mean; holds the name of the step before which most of them wait."""


class Case:
    """Somebody who wants something, on the way through the steps."""

    def __init__(self, number: int, coming: Arrival, lot: int, priority: int, case_type: int, due: int) -> None:
        self.number = number
        self.coming = coming
        self.lot = lot
        self.priority = priority
        self.type = case_type
        self.due = due
        self.visits: dict[int, int] = {}
        self.joined: dict[int, int] = {}
        """Branches that have come to each JOIN."""
        self.branches = 1
        """Branches under way; those that wait at a JOIN are not."""
        self.stays: dict[tuple[int, int], Stay] = {}
        """Visits at which the case queues or waits."""
        self.gave_up = False
        self.ending = False
        self.chases = False
        """It came only because another waits; nobody chases for it."""


class Stay:
    """One visit of a case to a step that takes time."""

    def __init__(self, case: Case, step: int, visit: int, over: Event, came: int) -> None:
        self.case = case
        self.step = step
        self.visit = visit
        self.came = came
        self.contacts = 0
        """How many came because it waits."""
        self.held = False
        """It is saved up with others."""
        self.head = -1
        """Who of the group has it in hand, where heads set up."""
        self.over = over
        """Happens when work or wait is over, or patience."""
        self.rest: int | None = None
        """What is left of the work once somebody has taken it up, ms."""
        self.number = -1
        """Its place in the queue: who has the lower number came first."""

    @property
    def waits(self) -> bool:
        """Nobody has taken up the work, and the case is still there."""
        return (self.step, self.visit) in self.case.stays


Line = list[Stay]
"""Visits in a queue, the first in front."""


class Group:
    """The heads of a pool who share a shift."""

    def __init__(self, number: int, heads: int, is_open: bool, queues: list[int], setup: int) -> None:
        self.number = number
        self.heads = heads
        self.is_open = is_open
        self.queues = queues
        self.busy = 0
        self.setup = setup
        self.idle = list(range(heads))
        """Heads with nothing in hand, where heads set up."""
        self.last: dict[int, int] = {}
        """The sort of work that each did last."""
        self.cannot: Counter[int] = Counter()
        """Steps that nobody of the group can begin now, by how many reasons."""

    @property
    def free(self) -> bool:
        """Somebody is there who has nothing in hand."""
        return self.is_open and self.busy < self.heads


class World:
    """One replication of a plan."""

    def __init__(self, plan: Plan, world: int, reached: Reached | None = None) -> None:
        self.plan = plan
        self.world = world
        self.reached = reached
        self.env = simpy.Environment(0)
        self.rows: list[tuple[int, ...]] = []
        self.kinds = [KINDS[kind] for kind in plan.stype.tolist()]
        self.key, self.queue_of = plan.key.tolist(), plan.qu.tolist()
        self.patience, self.need = plan.pdist.tolist(), plan.need.tolist()
        self.onward = _split(plan.fto, plan.fptr)
        self.variants = _variants(plan)
        self.type_of = plan.sctype.tolist() or [0] * len(plan.skey)
        self.again, self.again_after = plan.rshare.tolist(), plan.rdist.tolist()
        self.chased_after, self.chased_every = plan.chafter.tolist(), plan.chevery.tolist()
        self.pace = [USUAL] * (len(plan.stype) + len(plan.cap0))
        """Thousandths that work takes now, by step, then by group."""
        tables = plan.tdist.reshape(-1, len(plan.stype)).tolist()
        self.table_of = tables or [plan.dist.tolist()] * (1 + max(self.type_of))
        self.groups_of = _split(plan.qgl, plan.qgp)
        self.open_times = list(zip(_split(plan.cs, plan.cptr), _split(plan.ce, plan.cptr), strict=True))
        served = _split(plan.gql, plan.gqp)
        setup = plan.setup.tolist() or [0] * len(served)
        self.groups = [
            Group(n, heads, bool(is_open), served[n], setup[n])
            for n, (heads, is_open) in enumerate(zip(plan.cap0.tolist(), plan.opn0.tolist(), strict=True))
        ]
        self.by_type = plan.setby.tolist() or [0] * len(served)
        self.finishes = [bool(flag) for flag in plan.fin.tolist()]
        self.unfinished = [UNFINISHED[number] for number in plan.back.tolist()] or ["pause"] * len(self.groups)
        self.queues: list[dict[int, Line]] = [{} for _ in self.groups_of]
        """For each priority its line, the first in front."""
        self.order_of = [ORDERS[number] for number in plan.qorder.tolist()] or ["first"] * len(self.queues)
        self.ageing = plan.qage.tolist() or [0] * len(self.queues)
        self.due = plan.sdue.tolist() or [0] * len(plan.skey)
        self.enough, self.longest = plan.hsize.tolist(), plan.hwait.tolist()
        self.saved: dict[int, list[Stay]] = {step: [] for step in range(len(self.enough))}
        """Visits held before each step, in the order in which they came."""
        self.numbers = count()
        self.touched: Group | None = None
        self.fresh: list[Stay] = []
        """Stays that have joined a queue since people were last assigned."""
        self.assigning = False
        self.arrivals = arrivals(plan, world)
        self.came: list[Arrival] = []
        """Who has come so far, in the order of their numbers."""
        self.to_come = len(self.arrivals)
        self.open_cases = 0

    # Play

    def play(self) -> Trace:
        """Play until all cases are through or the time is up, and return what happened."""
        for control in controls(self.plan, self.world):
            kind = KIND_OF[control.kind]
            self.at(control.time, kind * KIND + control.group * STEP, self.controlled, control)
        self.expect(0)
        limit = self.plan.limit
        try:
            while (self.to_come or self.open_cases) and self.env.peek() <= limit:
                self.env.step()
        except GoesRound as loop:
            raise ModelError("too_many_visits", step=loop.args[0], most=STEP - 1) from None
        except Overrun as full:
            raise ModelError("too_many_under_way", step=full.args[0], most=MOST_UNDER_WAY) from None
        return Trace.of(self.rows, self.came, self.world)

    def at(self, time: int, key: int, what: Callable[[Any], None], of: object) -> Event:
        """Let something happen at a time, in its canonical order."""
        event = self.event(of)
        event.callbacks.append(lambda happened: what(happened.value))
        self.schedule(event, time, key)
        return event

    def event(self, value: object = None) -> Event:
        """Return an event that will succeed with a value."""
        event = Event(self.env)
        event._ok, event._value = True, value
        return event

    def schedule(self, event: Event, time: int, key: int) -> None:
        """Put an event where its canonical key belongs."""
        self.env.schedule(event, CANONICAL + key, time - self.env.now)  # type: ignore[arg-type]

    def tell(self, row: Row, case: Case, step: int, visit: int, group: int = -1) -> None:
        """Add a row to the trace."""
        self.rows.append((int(self.env.now), row, case.number, step, visit, group))

    # Controls and arrivals

    def controlled(self, control: Control) -> None:
        """Heads come or go, a shift opens or closes, a step can be begun or not; whoever is busy finishes or pauses."""
        if control.kind == PACE:
            self.pace[control.group] = control.value
            return
        group = self.groups[control.group]
        if control.kind == CAPACITY:
            group.heads += control.value
        elif control.kind == BLOCK:
            group.cannot[control.value // 2] += 1 if control.value % 2 else -1
        else:
            group.is_open = bool(control.value)
        self.assign(group)

    def expect(self, number: int) -> None:
        """Let the next case arrive in its time."""
        if number < len(self.arrivals):
            self.at(self.arrivals[number].time, ARRIVAL * KIND + number * CASE, self.arrive, number)

    def arrive(self, number: int) -> None:
        """The next case arrives that comes of itself."""
        self.to_come -= 1
        self.admit(self.arrivals[number])
        self.expect(number + 1)

    def come_back(self, coming: Arrival) -> None:
        """Somebody who gave up calls again."""
        self.to_come -= 1
        self.admit(coming)

    def admit(self, coming: Arrival) -> Case:
        """A case comes, is numbered in the order of coming, and begins its life."""
        if self.open_cases == MOST_UNDER_WAY:
            raise Overrun(self.plan.names[self.fullest()])
        number, stream = len(self.came), coming.stream
        self.came.append(coming)
        priority, due = int(self.plan.sprio[stream]), int(self.env.now) + self.due[stream]
        case = Case(number, coming, luck.lot(self.world, coming.who), priority, self.type_of[stream], due)
        self.open_cases += 1
        self.env.process(self.life(case, coming.step, -1))
        if self.reached and number % 256 == 0:
            self.reached(number)
        return case

    def child(self, stay: Stay, nth: int, time: int, into: int) -> Arrival:
        """Return a case that another brings about: of its stream, with luck keyed by where that happened."""
        parent = stay.case
        who = luck.child(parent.coming.who, self.key[stay.step], stay.visit, nth)
        return Arrival(time, parent.coming.stream, -1 - parent.number, who, into)

    def call_again(self, stay: Stay) -> None:
        """Let somebody who gave up come back after a while, or not."""
        if not self.again or self.bits(stay.case, stay.step, stay.visit, Purpose.AGAIN) >> 32 >= self.again[stay.step]:
            return
        bits = self.bits(stay.case, stay.step, stay.visit, Purpose.BACK)
        time = int(self.env.now) + self.plan.drawn(self.again_after[stay.step], bits)
        self.to_come += 1
        self.at(time, self.order(RETURN, stay), self.come_back, self.child(stay, 0, time, self.plan.first))

    def chase(self, stay: Stay) -> None:
        """A case has waited long: a contact comes because of it, and the next after a while."""
        if not stay.waits:
            return
        stay.contacts += 1
        now, every = int(self.env.now), self.chased_every[stay.step]
        self.admit(self.child(stay, stay.contacts, now, int(self.plan.chinto[stay.step]))).chases = True
        if every:
            self.at(now + every, self.order(CHASE, stay), self.chase, stay)

    def fullest(self) -> int:
        """Return the step before which most cases queue, the first of several."""
        lines = [*(line for queue in self.queues for line in queue.values()), *self.saved.values()]
        waiting = Counter(stay.step for line in lines for stay in line if stay.waits)
        return min(waiting, key=lambda step: (-waiting[step], step), default=0)

    # The story of a case

    def life(self, case: Case, step: int, came_from: int) -> Life:
        """A case (or a branch of it) from where it enters to where it ends, step by step."""
        while not case.ending:
            visit = self.enter(case, step)
            match self.kinds[step]:
                case Kind.WORK:
                    stay = self.come_to(case, step, visit)
                    if (yield stay.over) is Row.GIVE_UP:
                        came_from, step = step, int(self.plan.gone[step])
                        continue
                    self.tell(Row.LEAVE, case, step, visit)
                case Kind.WAIT:
                    stay = self.come_to(case, step, visit)
                    yield stay.over
                    if (step, visit) not in case.stays:
                        return
                    del case.stays[step, visit]
                    self.tell(Row.LEAVE, case, step, visit)
                case Kind.FORK:
                    self.fork(case, step)
                    return
                case Kind.JOIN:
                    if not self.all_joined(case, step, visit):
                        return
                case Kind.END:
                    self.end(case, step)
                    return
            if not case.ending:
                came_from, step = step, self.route(case, step, visit, came_from)
        self.leave(case, step)

    def enter(self, case: Case, step: int) -> int:
        """Come to a step and return which visit it is; all branches that meet at a JOIN make one visit."""
        if self.need[step]:
            visit = case.visits.get(step, 0) + (not case.joined.get(step))
        else:
            visit = case.visits.get(step, 0) + 1
        if visit >= STEP:
            raise GoesRound(self.plan.names[step])
        case.visits[step] = visit
        self.tell(Row.ENTER, case, step, visit)
        return visit

    def route(self, case: Case, step: int, visit: int, came_from: int) -> int:
        """Return the next step: the only one, or the one that luck chooses under the shares that hold."""
        onward = self.onward[step]
        if len(onward) == 1:
            return onward[0]
        bits = self.bits(case, step, visit, Purpose.ROUTE) >> 32
        for case_type, came, from_visit, shares in self.variants[step]:
            if case_type in (-1, case.type) and came in (-1, came_from) and visit >= from_visit:
                return next(target for target, share in zip(onward, shares, strict=True) if bits < share)
        raise AssertionError("the last variant holds for every case")

    def fork(self, case: Case, step: int) -> None:
        """Part into branches, each with a life of its own."""
        case.branches += len(self.onward[step]) - 1
        for target in self.onward[step]:
            self.env.process(self.life(case, target, step))

    def all_joined(self, case: Case, step: int, visit: int) -> bool:
        """Count a branch in; the last one goes on for all."""
        case.joined[step] = case.joined.get(step, 0) + 1
        if case.joined[step] < self.need[step]:
            case.branches -= 1
            return False
        case.joined[step] = 0
        self.tell(Row.LEAVE, case, step, visit)
        return True

    def end(self, case: Case, step: int) -> None:
        """Come to an end: other branches leave queues and waits, work in hand is finished, then the case is over."""
        case.ending = True
        for (at, visit), _ in sorted(case.stays.items()):
            self.tell(Row.WITHDRAW, case, at, visit)
            case.branches -= 1
        case.stays.clear()
        self.leave(case, step)

    def leave(self, case: Case, step: int) -> None:
        """A branch is over; with the last one the case is."""
        case.branches -= 1
        if case.branches == 0:
            self.open_cases -= 1
            self.tell(Row.CLOSE, case, step, 0, int(case.gave_up))

    # Waiting and working

    def come_to(self, case: Case, step: int, visit: int) -> Stay:
        """Begin a visit that takes time: alone, or held until it goes on with others."""
        stay = case.stays[step, visit] = Stay(case, step, visit, self.event(), int(self.env.now))
        if self.chased_after and self.chased_after[step] and not case.chases:
            self.at(stay.came + self.chased_after[step], self.order(CHASE, stay), self.chase, stay)
        if self.enough and (self.enough[step] or self.longest[step]):
            self.hold(stay)
        else:
            self.go_on(stay)
        return stay

    def hold(self, stay: Stay) -> None:
        """Save a visit up with others; with the last that was missing, all go on."""
        step = stay.step
        stay.held = True
        self.saved[step] = [*(one for one in self.saved[step] if one.waits), stay]
        if self.longest[step]:
            self.at(stay.came + self.longest[step], self.order(HELD_LONG, stay), self.held_long, stay)
        if len(self.saved[step]) == self.enough[step]:
            self.release(step)

    def held_long(self, stay: Stay) -> None:
        """Somebody has been held as long as may be: all go on who are saved up with it."""
        if stay.waits and stay.held:
            self.release(stay.step)

    def release(self, step: int) -> None:
        """Let all go on who are saved up before a step."""
        gathered, self.saved[step] = [one for one in self.saved[step] if one.waits], []
        for stay in gathered:
            stay.held = False
            self.tell(Row.RELEASE, stay.case, step, stay.visit)
            self.go_on(stay)

    def go_on(self, stay: Stay) -> None:
        """Line up for the people who do the step, behind those who came before; or let time pass that needs nobody."""
        if self.kinds[stay.step] is Kind.WORK:
            stay.number = next(self.numbers)
            self.line_up(stay)
        else:
            self.schedule(stay.over, int(self.env.now) + self.duration(stay), self.order(DONE, stay))

    def line_up(self, stay: Stay) -> None:
        """Put a visit in its place in the queue, for those to see who may take it up."""
        queue = self.queues[self.queue_of[stay.step]]
        insort(queue.setdefault(stay.case.priority, []), stay, key=self.place)
        self.fresh.append(stay)
        self.assign(None)

    def place(self, stay: Stay) -> tuple[int, int]:
        """Return what a line of one priority is sorted by: who came first, unless the queue has another order."""
        match self.order_of[self.queue_of[stay.step]]:
            case "last":
                return -stay.number, 0
            case "due":
                return stay.case.due, stay.number
        return stay.number, 0

    def rank(self, stay: Stay) -> tuple[int, int]:
        """Return what decides between those in front: priority, better with each time of waiting; who came first."""
        waited, priority = int(self.env.now) - stay.came, stay.case.priority
        after = self.ageing[self.queue_of[stay.step]]
        return (max(0, priority - waited // after) if after else priority), stay.number

    def assign(self, touched: Group | None) -> None:
        """Have people assigned once all that follows from the present event has happened."""
        self.touched = touched or self.touched
        if not self.assigning:
            self.assigning = True
            event = self.event()
            event.callbacks.append(self.dispatch)
            self.env.schedule(event, ASSIGN)  # type: ignore[arg-type]

    def dispatch(self, _: Event) -> None:
        """Give work to the group that was touched, then to groups that may take up what is new; then patience runs."""
        touched, fresh = self.touched, self.fresh
        self.touched, self.fresh, self.assigning = None, [], False
        if touched:
            self.pull(touched)
        for stay in fresh:
            for group in self.groups_of[self.queue_of[stay.step]]:
                if stay.waits:
                    self.pull(self.groups[group])
        for stay in fresh:
            if stay.waits and stay.rest is None and self.patience[stay.step] >= 0:
                self.at(self.patience_ends(stay), self.order(PATIENCE, stay), self.lose_patience, stay)

    def pull(self, group: Group) -> None:
        """Take up work, the best first, until nobody is free or nothing is left."""
        while group.free and (line := self.best(group)) is not None:
            self.begin(group, line.pop(self.first(group, line)))

    def best(self, group: Group) -> Line | None:
        """Return the line with the first in rank of all that the group can begin; who has left it is dropped."""
        lines = [line for number in group.queues for line in self.queues[number].values()]
        for line in lines:
            while line and not line[0].waits:
                line.pop(0)
        able = [line for line in lines if self.first(group, line) < len(line)]
        return min(able, key=lambda line: self.rank(line[self.first(group, line)]), default=None)

    def first(self, group: Group, line: Line) -> int:
        """Return the place of the first in a line whose step the group can begin; its end where there is none."""
        able = (n for n, stay in enumerate(line) if stay.waits and not group.cannot[stay.step])
        return next(able, len(line))

    def begin(self, group: Group, stay: Stay) -> None:
        """A head takes up the work, and is bound to it until it is done."""
        del stay.case.stays[stay.step, stay.visit]
        group.busy += 1
        self.tell(Row.BEGIN, stay.case, stay.step, stay.visit, group.number)
        now = int(self.env.now)
        if stay.rest is None:
            stay.rest = self.duration(stay) * self.pace[len(self.kinds) + group.number] // USUAL
        whole = stay.rest + self.setting_up(group, stay)
        done = self.done_at(group, now, whole)
        closing = self.closing(group, now)
        if closing is not None and (done is None or done > closing):
            if self.unfinished[group.number] == "hand over":
                stay.rest = min(stay.rest, whole - (closing - now))
            self.at(closing, self.order(SHIFT_OVER, stay), lambda put: self.put_back(group, put), stay)
        elif done is not None:
            stay.over.callbacks.insert(0, lambda _: self.free(group, stay))
            self.schedule(stay.over, done, self.order(DONE, stay))

    def setting_up(self, group: Group, stay: Stay) -> int:
        """Return how long a head sets up; who did such work last takes it, else who did none yet, else the first."""
        if not group.setup:
            return 0
        sort = stay.case.type if self.by_type[group.number] else stay.step
        stay.head = min(group.idle, key=lambda head: (group.last.get(head, sort) != sort, head not in group.last, head))
        group.idle.remove(stay.head)
        before = group.last.get(stay.head, sort)
        group.last[stay.head] = sort
        return 0 if before == sort else group.setup

    def put_down(self, group: Group, stay: Stay) -> None:
        """A head has nothing more in hand."""
        group.busy -= 1
        if group.setup:
            insort(group.idle, stay.head)

    def put_back(self, group: Group, stay: Stay) -> None:
        """The shift is over: the work goes back to its place in the queue; that of an ended case is dropped."""
        self.put_down(group, stay)
        self.tell(Row.PUT_BACK, stay.case, stay.step, stay.visit, group.number)
        if stay.case.ending:
            self.tell(Row.WITHDRAW, stay.case, stay.step, stay.visit)
            self.leave(stay.case, stay.step)
        else:
            stay.case.stays[stay.step, stay.visit] = stay
            self.line_up(stay)

    def free(self, group: Group, stay: Stay) -> None:
        """A head has finished."""
        self.put_down(group, stay)
        self.assign(group)

    def lose_patience(self, stay: Stay) -> None:
        """Somebody gives up whose work nobody has taken up."""
        if stay.waits and stay.rest is None:
            case = stay.case
            del case.stays[stay.step, stay.visit]
            case.gave_up = True
            self.tell(Row.GIVE_UP, case, stay.step, stay.visit)
            self.call_again(stay)
            stay.over._value = Row.GIVE_UP
            self.env.schedule(stay.over)

    # Times

    def done_at(self, group: Group, start: int, duration: int) -> int | None:
        """Return when work is done, walking over pauses; None where that is after the end of play.

        Work that ends exactly at closing time ends then, and is not carried to the next opening.
        """
        if self.finishes[group.number]:
            return start + duration
        left = duration
        starts, ends = self.open_times[group.number]
        for n in range(bisect_left(ends, start), len(ends)):
            begins, closes = max(starts[n], start), ends[n]
            if left <= closes - begins:
                return int(begins + left)
            left -= closes - begins
        return None

    def closing(self, group: Group, now: int) -> int | None:
        """Return when work in hand goes back to its queue; None where it is finished or pauses."""
        if self.unfinished[group.number] == "pause":
            return None
        _, ends = self.open_times[group.number]
        return int(ends[bisect_left(ends, now)])

    def patience_ends(self, stay: Stay) -> int:
        """Return when a case gives up that has just begun to wait."""
        bits = self.bits(stay.case, stay.step, stay.visit, Purpose.PATIENCE)
        return int(self.env.now) + self.plan.drawn(self.patience[stay.step], bits)

    def duration(self, stay: Stay) -> int:
        """Return how long work or wait takes, ms."""
        bits = self.bits(stay.case, stay.step, stay.visit, Purpose.DURATION)
        return self.plan.drawn(self.table_of[stay.case.type][stay.step], bits) * self.pace[stay.step] // USUAL

    def bits(self, case: Case, step: int, visit: int, purpose: Purpose) -> int:
        """Return the luck of a case at a step, on a visit, for a purpose."""
        return luck.draw(case.lot, self.key[step], visit, purpose)

    def order(self, kind: int, stay: Stay) -> int:
        """Return the canonical key of an event of a visit."""
        return kind * KIND + stay.case.number * CASE + stay.step * STEP + stay.visit


def _split(values: Any, pointers: Any) -> list[list[int]]:
    bounds = pointers.tolist()
    return [values[low:high].tolist() for low, high in pairwise(bounds)]


def _variants(plan: Plan) -> list[list[tuple[int, int, int, list[int]]]]:
    """Return the shares of each step for each type and history, the first that fits holding."""
    widths = [len(row) for row in _split(plan.fto, plan.fptr)]
    types = plan.vtype.tolist() or [-1] * len(plan.vfrom)
    rows = zip(types, plan.vfrom.tolist(), plan.vvisit.tolist(), plan.voff.tolist(), strict=True)
    everything = list(rows)
    bounds = plan.vptr.tolist()
    return [
        [(of, came, visit, plan.fcum[off : off + width].tolist()) for of, came, visit, off in everything[low:high]]
        for width, (low, high) in zip(widths, pairwise(bounds), strict=True)
    ]


def play(plan: Plan, seed: int, replication: int, reached: Reached | None = None) -> Trace:
    """Play one replication of a plan and return its trace."""
    return World(plan, luck.world(seed, replication), reached).play()
