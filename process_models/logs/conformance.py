"""What happens that a graph denies: a log held against any step graph, structured or not.

Cases are replayed as tokens. A token stands behind a step, or on a way out of a fork. Steps that the log never names
(choices, forks, joins, and whatever else is not recorded) pass without a row. A row whose step no token can come to is
a move that the graph denies; the token is then put behind that step, with its neighbours where parallel work says, so
that one strange move is not counted again at every step after it. Steps are told by their names.
"""

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from msgspec import Struct

from process_models.graph.blocks import Block, blocks
from process_models.graph.graph import StepGraph
from process_models.graph.steps import Kind
from process_models.logs.discovery import paths
from process_models.logs.events import Events
from process_models.logs.parallel import END, START, Path
from process_models.logs.variants import ways
from process_models.logs.visits import kept_visits, visits
from process_models.method.facts import Practice

MOST_MARKINGS = 2000
"""Markings looked at for one row: beyond it, what passes without a row is taken as it was found so far."""
MOST_KEPT = 40
"""Markings kept after one row."""

Token = str
"""A step behind which a token stands, or the id of a flow out of a fork on which it does."""
Marking = frozenset[Token]


class Denied(Struct, frozen=True):
    """A move that the graph denies; START and END are empty."""

    step: str
    next: str
    count: int
    cases: int
    skipped: tuple[str, ...]
    """Recorded steps between them on the shortest way of the graph; empty where no way leads there."""
    unknown: bool = False
    """The graph has no such next step."""


class Conformance(Struct, frozen=True):
    """How far a log follows a graph, and what happens that the graph denies."""

    cases: int
    fitting: int
    """Cases whose every move the graph allows, from start to end."""
    variants: int
    fitting_variants: int
    denied: tuple[Denied, ...]
    """The most frequent first."""
    unknown_steps: tuple[tuple[str, int], ...]
    """Steps of the log that the graph does not have, and the cases that have them."""
    skipped_steps: tuple[tuple[str, int], ...]
    """Steps of the graph that were passed by, and in how many cases."""
    unrecorded: tuple[str, ...]
    """Steps of work and waits of the graph that the log never names: taken as passed."""

    @property
    def share(self) -> float:
        """Share of cases that fit wholly."""
        return self.fitting / self.cases if self.cases else 0.0


def conformance(graph: StepGraph, events: Events) -> Conformance:
    """Hold a log against a graph."""
    return replay(graph, paths(ways(kept_visits(visits(events)))))


def replay(graph: StepGraph, counts: Counter[Path]) -> Conformance:
    """Hold paths with their counts against a graph."""
    net = Net(graph, {name_key(step) for path in counts for step in path} - {START, END})
    made: Counter[tuple[str, str, tuple[str, ...], bool]] = Counter()
    of_cases: Counter[tuple[str, str, tuple[str, ...], bool]] = Counter()
    skipped: Counter[str] = Counter()
    unknown: Counter[str] = Counter()
    fitting = fitting_variants = 0
    for path, n in counts.items():
        misfits = tuple(_misfits(net, path))
        fitting, fitting_variants = fitting + n * (not misfits), fitting_variants + (not misfits)
        for misfit in misfits:
            made[misfit] += n
        for misfit in set(misfits):
            of_cases[misfit] += n
        for name in {name for _, _, names, _ in misfits for name in names}:
            skipped[name] += n
        for name in {after for _, after, _, strange in misfits if strange}:
            unknown[name] += n
    ranked = sorted(made, key=lambda one: (-made[one], one))
    return Conformance(
        counts.total(),
        fitting,
        len(counts),
        fitting_variants,
        tuple(Denied(one[0], one[1], made[one], of_cases[one], one[2], one[3]) for one in ranked),
        _ranked(unknown),
        _ranked(skipped),
        net.unrecorded,
    )


def _ranked(counts: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counts.items(), key=lambda one: (-one[1], one[0])))


def practice(graph: StepGraph, counts: Counter[Path], procedure: StepGraph | None = None) -> dict[str, Practice]:
    """Return whether the procedure has each step of work of a graph, and the share of cases in which it is done.

    Without a procedure the graph is the procedure. Steps that the log never names are left out: nothing is known of
    them.
    """
    written = {name_key(step.name) for step in (procedure or graph).of_kind(Kind.WORK)}
    done: Counter[str] = Counter()
    for path, n in counts.items():
        for key in {name_key(step) for step in path}:
            done[key] += n
    cases = counts.total()
    keys = {step.id: name_key(step.name) for step in graph.of_kind(Kind.WORK)}
    return {id: Practice(key in written, done[key] / cases) for id, key in keys.items() if done[key]}


def name_key(name: str) -> str:
    """Return a name as steps are told by it: case and blanks do not count.

    >>> name_key(" Check  Cover ") == name_key("check cover")
    True
    """
    return " ".join(name.split()).casefold()


Misfit = tuple[str, str, tuple[str, ...], bool]


def _misfits(net: "Net", path: Path) -> Iterator[Misfit]:
    """Yield the moves of a path that the graph denies."""
    markings = net.begin
    before = ""
    for name in path[1:-1]:
        step = net.named.get(name_key(name))
        if step is None:
            yield before, name, (), True
            continue
        after = net.fire(markings, step)
        if not after:
            yield before, name, net.way(markings, step), False
            after = net.put(markings, step)
        markings, before = after, name
    if not net.ends(markings):
        yield before, "", net.way(markings, ""), False


class Net:
    """A graph as it is replayed: where tokens can go without a row."""

    def __init__(self, graph: StepGraph, recorded: set[str]) -> None:
        self.graph = graph
        self.named: dict[str, str] = {}
        for step in sorted(graph.steps, key=lambda one: (one.kind is not Kind.WORK, one.id)):
            if step.kind not in (Kind.START, Kind.END, Kind.FORK, Kind.JOIN) and name_key(step.name) in recorded:
                self.named.setdefault(name_key(step.name), step.id)
        self.visible = frozenset(self.named.values())
        timed = (Kind.WORK, Kind.WAIT)
        unseen = (one for one in graph.steps if one.kind in timed and name_key(one.name) not in recorded)
        self.unrecorded = tuple(sorted(one.name for one in unseen))
        self.blocks = blocks(graph)
        self._fired: dict[tuple[Marking, str], tuple[Marking, ...]] = {}

    @cached_property
    def begin(self) -> tuple[Marking, ...]:
        """Markings in which a case may begin: behind one of the starts."""
        starts = [step.id for step in self.graph.of_kind(Kind.START)]
        heads = [step.id for step in self.graph.steps if not self.graph.before(step.id)]
        return tuple(frozenset((id,)) for id in starts or heads)

    @cached_property
    def tokens_of(self) -> dict[str, int]:
        """How many tokens a JOIN waits for: its branches, or where it closes no block all ways that come in."""
        branches = {block.join: len(block.branches) for block in self.blocks}
        joins = self.graph.of_kind(Kind.JOIN)
        return {one.id: branches.get(one.id, len(self.graph.before(one.id))) for one in joins}

    @cached_property
    def branch_of(self) -> dict[str, dict[str, int]]:
        """The branch of each token within each block, by the block's fork."""
        found: dict[str, dict[str, int]] = {}
        for block in self.blocks:
            inside = {step: n for n, branch in enumerate(block.branches) for step in branch}
            ways = self.graph.ways(block.fork)
            found[block.fork] = inside | {flow.id: n for n, flow in enumerate(ways)}
        return found

    def fire(self, markings: Sequence[Marking], step: str) -> tuple[Marking, ...]:
        """Return the markings after a row, none where no token can come to its step."""
        found = {after: None for marking in markings for after in self._one(marking, step)}
        return tuple(found)[:MOST_KEPT]

    def _one(self, marking: Marking, step: str) -> tuple[Marking, ...]:
        key = (marking, step)
        if key not in self._fired:
            self._fired[key] = tuple(self._search(marking, step))
        return self._fired[key]

    def _search(self, marking: Marking, step: str) -> Iterator[Marking]:
        """Yield what follows from a marking when unrecorded steps pass and then the step is done."""
        towards = self._towards(step)
        for now in self._silently(marking, towards):
            for token, target in self._ways(now):
                if target == step:
                    yield now - {token} | {step}

    def ends(self, markings: Iterable[Marking]) -> bool:
        """Whether a case can end here: its tokens come to ends without a row, or one does that ends parallel work."""
        return any(not now for marking in markings for now in self._silently(marking, None))

    def _silently(self, marking: Marking, towards: frozenset[str] | None) -> Iterator[Marking]:
        """Yield the markings that are reached without a row, the nearest first; only by steps that lead on."""
        seen, ahead = {marking}, deque((marking,))
        while ahead and len(seen) < MOST_MARKINGS:
            now = ahead.popleft()
            yield now
            for after in self._passing(now, towards):
                if after not in seen:
                    seen.add(after)
                    ahead.append(after)

    def _passing(self, now: Marking, towards: frozenset[str] | None) -> Iterator[Marking]:
        """Yield what one step that has no row makes of a marking."""
        waiting: dict[str, set[Token]] = {}
        for token, target in self._ways(now):
            if target in self.visible or (towards is not None and target not in towards):
                continue
            kind = self.graph.by_id[target].kind
            if kind is Kind.JOIN:
                waiting.setdefault(target, set()).add(token)
            elif kind is Kind.FORK:
                yield now - {token} | {flow.id for flow in self.graph.ways(target)}
            elif kind is Kind.END:
                yield self._ended(now, token)
            else:
                yield now - {token} | {target}
        for join, tokens in waiting.items():
            if len(tokens) >= self.tokens_of[join]:
                yield now - tokens | {join}

    def _ended(self, now: Marking, token: Token) -> Marking:
        """Return a marking after one token came to an end; an end within parallel work ends the case."""
        inside = any(token in branches for branches in self.branch_of.values())
        return frozenset() if inside else now - {token}

    def _ways(self, now: Marking) -> Iterator[tuple[Token, str]]:
        """Yield each token with the steps to which it can go; a case may give up where a flow says so."""
        for token in sorted(now):
            flow = self.graph.flow_by_id.get(token) if token not in self.graph.by_id else None
            targets = [flow.target] if flow else [one.target for one in self.graph.ways(token)]
            for target in targets:
                yield token, target
                yield from ((token, one.target) for one in self.graph.after(target) if one.kind == "abandon")

    def _towards(self, step: str) -> frozenset[str]:
        """Return the steps from which a step is reached without a row in between, and all that a JOIN there needs."""
        found: set[str] = set()
        ahead = [step]
        while ahead:
            for flow in self.graph.before(ahead.pop()):
                if flow.source not in found and flow.source not in self.visible:
                    found.add(flow.source)
                    ahead.append(flow.source)
        return frozenset(found)

    def way(self, markings: Sequence[Marking], step: str) -> tuple[str, ...]:
        """Return the names of the recorded steps that tokens have passed by on their shortest ways to a step or end."""
        goals = {step} if step else {one.id for one in self.graph.of_kind(Kind.END)}
        around = self._around(step)
        told = [
            tuple(dict.fromkeys(name for token in sorted(gone) for name in self._between(token, goals)))
            for marking in markings
            if (gone := marking - self._beside(marking, step, around))
        ]
        return min(told, key=lambda names: (len(names), names), default=())

    def _between(self, token: Token, goals: set[str]) -> tuple[str, ...]:
        """Return the names of the recorded steps on the shortest way from a token to one of some steps."""
        came = {target: "" for _, target in self._ways(frozenset((token,)))}
        ahead = deque(sorted(came))
        while ahead:
            here = ahead.popleft()
            if here in goals:
                return self._told(came, here)
            for flow in self.graph.ways(here):
                if flow.target not in came:
                    came[flow.target] = here
                    ahead.append(flow.target)
        return ()

    def _told(self, came: dict[str, str], here: str) -> tuple[str, ...]:
        passed = []
        while here := came[here]:
            if here in self.visible:
                passed.append(self.graph.by_id[here].name)
        return tuple(reversed(passed))

    def _around(self, step: str) -> list[Block]:
        """Return the parallel work that a step lies in."""
        return [block for block in self.blocks if step in self.branch_of[block.fork]]

    def put(self, markings: Sequence[Marking], step: str) -> tuple[Marking, ...]:
        """Return markings with a token behind a step that was denied: others stay only in branches beside it."""
        around = self._around(step)
        made = (self._entered(self._beside(marking, step, around), step, around) for marking in markings)
        return tuple(dict.fromkeys(made))[:MOST_KEPT]

    def _beside(self, marking: Marking, step: str, around: list[Block]) -> Marking:
        """Return the tokens that stand in branches beside that of a step."""
        kept: set[Token] = set()
        for block in around:
            branch = self.branch_of[block.fork]
            kept |= {token for token in marking if token in branch and branch[token] != branch[step]}
        return frozenset(kept)

    def _entered(self, beside: Marking, step: str, around: list[Block]) -> Marking:
        """Return the tokens beside a step and its own; branches that hold none are at their beginning."""
        kept = set(beside)
        for block in around:
            branch = self.branch_of[block.fork]
            held = {branch[token] for token in kept if token in branch}
            ways = enumerate(self.graph.ways(block.fork))
            kept |= {flow.id for n, flow in ways if n != branch[step] and n not in held}
        return frozenset(kept | {step})
