"""Which parallel work is structured: every FORK with its JOIN, and the branches between them.

A FORK is structured when each of its branches leads to one and the same JOIN, the branches share no step, and no normal
flow comes in or goes out except through FORK and JOIN. An END inside a block is allowed (it ends the case), and so is
an abandon flow to an END. Loops and further blocks may lie inside a branch. What is not structured can be drawn but not
played.
"""

from collections import deque
from typing import Literal, NamedTuple

from process_models.graph.graph import StepGraph
from process_models.graph.steps import Kind
from process_models.values.sentences import Sentence

Reason = Literal[
    "one_branch",
    "no_join",
    "several_joins",
    "branches_meet",
    "way_in",
    "levels_differ",
    "abandon_goes_on",
    "no_fork",
]
"""``other`` names: the branch's first step (no_join), one of the JOINs, the shared step, the step that leads in, the
step reached inside and outside of a deeper FORK, the step whose abandon flow leads to something that is no END."""


class Block(NamedTuple):
    """A FORK, the JOIN that closes it, and the steps of each branch, sorted, in the order of the FORK's flows."""

    fork: str
    join: str
    branches: tuple[tuple[str, ...], ...]

    @property
    def inside(self) -> frozenset[str]:
        """Steps of all branches."""
        return frozenset(step for branch in self.branches for step in branch)


class Unstructured(NamedTuple):
    """A FORK (or a JOIN) that belongs to no block, why, and the other step that shows it."""

    step: str
    reason: Reason
    other: str = ""


class Structure(NamedTuple):
    """All blocks of a graph, by FORK, and what is not structured."""

    blocks: tuple[Block, ...]
    unstructured: tuple[Unstructured, ...]


def structure(graph: StepGraph) -> Structure:
    """Return the blocks of a graph and the FORKs and JOINs outside of any."""
    found = [_block(graph, fork.id) for fork in graph.of_kind(Kind.FORK)]
    blocks = tuple(one for one in found if isinstance(one, Block))
    loose = [one for one in found if isinstance(one, Unstructured)]
    closed = [block.join for block in blocks]
    explained = {step for one in loose for step in _beyond(graph, one.step)}
    orphans = [join.id for join in graph.of_kind(Kind.JOIN) if closed.count(join.id) != 1]
    loose += [Unstructured(join, "no_fork") for join in orphans if join not in explained]
    return Structure(blocks, tuple(loose))


def blocks(graph: StepGraph) -> tuple[Block, ...]:
    """Return the structured blocks of a graph, by FORK.

    >>> from process_models.graph.steps import Flow, Step
    >>> names = {"fork": Kind.FORK, "a": Kind.WORK, "b": Kind.WORK, "join": Kind.JOIN}
    >>> ways = ("fork a", "fork b", "a join", "b join")
    >>> blocks(StepGraph(id="g", name="g", steps=tuple(Step(id=i, kind=k, name=i) for i, k in names.items()),
    ...     flows=tuple(Flow(id=w.replace(" ", "-"), source=w.split()[0], target=w.split()[1]) for w in ways)))
    (Block(fork='fork', join='join', branches=(('a',), ('b',))),)
    """
    return structure(graph).blocks


def unstructured(graph: StepGraph) -> tuple[tuple[str, Sentence], ...]:
    """Return the FORKs, and JOINs without FORK, that belong to no block, each with a sentence that says why."""
    name = {"": "", **{step.id: step.name for step in graph.steps}}
    return tuple(
        (one.step, Sentence.of(f"unstructured_{one.reason}", step=name[one.step], other=name[one.other]))
        for one in structure(graph).unstructured
    )


def _beyond(graph: StepGraph, step: str) -> set[str]:
    """Return all steps that can be reached from a step by normal flows."""
    seen: set[str] = set()
    ahead = [step]
    while ahead:
        ahead += [target for flow in graph.ways(ahead.pop()) if (target := flow.target) not in seen]
        seen.update(ahead)
    return seen


def _block(graph: StepGraph, fork: str) -> Block | Unstructured:
    branches: list[set[str]] = []
    joins: set[str] = set()
    for flow in graph.ways(fork):
        walked = _branch(graph, fork, flow.target)
        if isinstance(walked, Unstructured):
            return walked
        steps, ends = walked
        if not ends:
            return Unstructured(fork, "no_join", flow.target)
        joins |= ends
        branches.append(steps)
    if len(branches) < 2:
        return Unstructured(fork, "one_branch")
    if len(joins) > 1:
        return Unstructured(fork, "several_joins", min(joins))
    return _closed(graph, Block(fork, joins.pop(), tuple(tuple(sorted(steps)) for steps in branches)))


def _branch(graph: StepGraph, fork: str, head: str) -> tuple[set[str], set[str]] | Unstructured:
    """Walk a branch, counting FORKs opened and not yet closed; return its steps and the JOINs that close it."""
    level: dict[str, int] = {}
    joins: set[str] = set()
    ahead = deque([(head, 0)])
    while ahead:
        step, depth = ahead.popleft()
        kind = graph.by_id[step].kind
        if kind is Kind.END:
            continue
        if kind is Kind.JOIN and depth == 0:
            if step in level:
                return Unstructured(fork, "levels_differ", step)
            joins.add(step)
            continue
        depth += {Kind.FORK: 1, Kind.JOIN: -1}.get(kind, 0)
        if step == fork or step in joins or level.get(step, depth) != depth:
            return Unstructured(fork, "levels_differ", step)
        if step in level:
            continue
        level[step] = depth
        if any(graph.by_id[f.target].kind is not Kind.END for f in graph.after(step) if f.kind == "abandon"):
            return Unstructured(fork, "abandon_goes_on", step)
        ahead.extend((flow.target, depth) for flow in graph.ways(step))
    return set(level), joins


def _closed(graph: StepGraph, block: Block) -> Block | Unstructured:
    """Return the block if its branches stay apart and nothing comes in from elsewhere."""
    if len(block.inside) < sum(len(branch) for branch in block.branches):
        shared = min(s for s in block.inside if sum(s in branch for branch in block.branches) > 1)
        return Unstructured(block.fork, "branches_meet", shared)
    home = {step: n for n, branch in enumerate(block.branches) for step in branch}
    for step in (*sorted(block.inside), block.join):
        for flow in graph.before(step):
            inner = flow.source == block.fork or flow.source in home
            if not inner or (flow.source in home and step != block.join and home[flow.source] != home[step]):
                return Unstructured(block.fork, "way_in", flow.source)
    return block
