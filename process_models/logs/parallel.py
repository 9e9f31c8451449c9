"""Concurrency told from choice: which steps of a log run side by side, as structured blocks only.

Two steps run side by side if their spans overlap, or if either comes right before the other and neither comes back at
once (a, b, a is a loop). Steps joined by such pairs are a region. Its branches are what is left together once the pairs
seen in both orders are parted: the parallel cut of Leemans, Fahland and van der Aalst (*Discovering block-structured
process models from event logs*, 2013), with thresholds, as rare orders of long branches are seldom seen. A branch may
hold further regions.

A region is claimed only if one of its branches is passed nearly always; else every branch were optional, which is a
choice and not parallel work. Paths are then folded: a pass through a region is one symbol, and what each branch did is
a path of its own, so that every share stays a count over a count.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from decimal import Decimal
from itertools import combinations, pairwise

import networkx as nx
import numpy as np
import numpy.typing as npt
import pandas as pd
from msgspec import Struct

START = "\N{RIGHTWARDS ARROW}"
END = "\N{BLACK SQUARE}"
"""Where paths begin and end; no step is called so."""
FOLD = "\N{BLACK DIAMOND}"
"""Begins the symbol of a region in a folded path."""

Path = tuple[str, ...]
"""The steps of a case, from START to END."""
Move = tuple[str, str]

FEWEST = 5
"""A pair is seen this often in either order, or overlapping, before anything is claimed of it."""
BALANCE = 0.1
"""The rarer order of a pair side by side is at least this share of both."""
LOOPING = 0.1
"""At most this share of a pair's moves go straight back."""
OVERLAPPING = 0.3
"""Spans of a pair side by side overlap in this share of the times that one follows the other."""
ORDERS = (0.1, 0.05, 0.02, 0.005)
"""Shares of the rarer order at which steps of a region are parted, tried in turn."""
ALWAYS = 0.9
"""One branch is passed in at least this share of the passes."""
EXPECTED = 5
"""Two steps are a choice if they were expected together this often and never came."""


class Region(Struct, frozen=True):
    """Steps that run side by side, as branches between a fork and its join."""

    branches: tuple["Branch", ...]

    @property
    def steps(self) -> frozenset[str]:
        """The steps of all branches."""
        return frozenset().union(*(branch.steps for branch in self.branches))


class Branch(Struct, frozen=True):
    """The steps of one branch, and the regions within it."""

    steps: frozenset[str]
    regions: tuple[Region, ...]


class Structure(Struct, frozen=True):
    """The regions of a log, and steps that overlap or change order without any structure."""

    regions: tuple[Region, ...]
    loose: tuple[tuple[str, ...], ...]


class Folded(Struct, frozen=True):
    """Paths with each pass through a region as one symbol, and what the branches of each region did."""

    counts: Counter[Path]
    """Folded paths."""
    blocks: dict[str, tuple["Folded", ...]]
    """By symbol, one for each branch of the region."""
    of: dict[Path, Path]
    """The folded path of each path."""
    passes: dict[Path, tuple[tuple[str, int, Path], ...]]
    """By path: symbol, number of the branch, and path of the branch, for each pass."""


def structure(counts: Counter[Path], overlapping: frozenset[Move] = frozenset()) -> Structure:
    """Return the regions of paths with their counts; pairs whose spans overlap are given, in either order."""
    found, loose = [], []
    for steps in _groups(_side_by_side(counts, overlapping)):
        region = _region(counts, steps, overlapping)
        if region:
            found.append(region)
        else:
            loose.append(tuple(sorted(steps)))
    return Structure(tuple(found), tuple(loose))


def overlapping(table: pd.DataFrame) -> frozenset[Move]:
    """Return the pairs of steps whose visits overlap often, in both orders; none where rows have no spans."""
    late = table["overlaps"].to_numpy()
    if late.sum() < FEWEST:
        return frozenset()
    step, case = (table[name].cat.codes.to_numpy().astype(np.int64) for name in ("step", "case"))
    n = len(table["step"].cat.categories)
    after, before = step[1:], step[:-1]
    same = case[1:] == case[:-1]
    pair = np.minimum(after, before) * n + np.maximum(after, before)
    pairs, place = np.unique(pair[same], return_inverse=True)
    moves, overlaps = np.bincount(place), np.bincount(place, weights=late[1:][same])
    often = pairs[(overlaps >= FEWEST) & (overlaps >= OVERLAPPING * moves)]
    names = table["step"].cat.categories
    found = {(str(names[one // n]), str(names[one % n])) for one in often}
    return frozenset(found | {(other, one) for one, other in found})


def fold(counts: Counter[Path], regions: tuple[Region, ...]) -> Folded:
    """Return paths with each pass through a region as one symbol."""
    if not regions:
        return Folded(counts, {}, {path: path for path in counts}, dict.fromkeys(counts, ()))
    symbols = {FOLD + min(region.steps): region for region in regions}
    home = {step: symbol for symbol, region in symbols.items() for step in region.steps}
    folded: Counter[Path] = Counter()
    did: dict[str, tuple[Counter[Path], ...]] = {
        symbol: tuple(Counter() for _ in region.branches) for symbol, region in symbols.items()
    }
    of, passes = {}, {}
    for path, n in counts.items():
        short: list[str] = []
        made: list[tuple[str, int, Path]] = []
        for symbol, part in _parts(path, home, symbols):
            short.append(symbol)
            if part:
                made += [(symbol, k, _of_branch(part, one)) for k, one in enumerate(symbols[symbol].branches)]
        for symbol, k, way in made:
            did[symbol][k][way] += n
        of[path], passes[path] = tuple(short), tuple(made)
        folded[of[path]] += n
    blocks = {
        symbol: tuple(fold(ways, branch.regions) for ways, branch in zip(did[symbol], region.branches, strict=True))
        for symbol, region in symbols.items()
        if did[symbol][0]
    }
    return Folded(folded, blocks, of, passes)


def fits(path: Path, folded: Folded, allowed: "Allowed") -> bool:
    """Whether every move of a path, folded, is allowed, also within branches."""
    if not allowed.flows.issuperset(pairwise(folded.of[path])):
        return False
    return all(fits(way, folded.blocks[symbol][k], allowed.blocks[symbol][k]) for symbol, k, way in folded.passes[path])


class Allowed(Struct, frozen=True):
    """The moves that are not noise, and those of each branch."""

    flows: frozenset[Move]
    blocks: dict[str, tuple["Allowed", ...]]


def allowed(folded: Folded, noise: Decimal) -> Allowed:
    """Return the moves that are not noise at every level."""
    blocks = {
        symbol: tuple(allowed(branch, noise) for branch in branches) for symbol, branches in folded.blocks.items()
    }
    return Allowed(kept_moves(moves(folded.counts), noise), blocks)


def moves(counts: dict[Path, int]) -> Counter[Move]:
    """Return how often each move was made."""
    made: Counter[Move] = Counter()
    for path, n in counts.items():
        for move in pairwise(path):
            made[move] += n
    return made


def kept_moves(made: Counter[Move], noise: Decimal) -> frozenset[Move]:
    """Return the moves that are not noise: at least that share of what leaves their step, or the best in or out."""
    leaving: Counter[str] = Counter()
    for (step, _), n in made.items():
        leaving[step] += n
    ranked = sorted(made, key=lambda move: (-made[move], move))
    best_out = {move[0]: move for move in reversed(ranked)}
    best_in = {move[1]: move for move in reversed(ranked)}
    common = {move for move, n in made.items() if n >= noise * leaving[move[0]]}
    return frozenset(common | set(best_out.values()) | set(best_in.values()))


def _side_by_side(counts: Counter[Path], overlapping: frozenset[Move]) -> list[Move]:
    """Return the pairs of steps that clearly run side by side."""
    names, codes, weights = _flat(counts)
    ahead, back = _pairs(codes, weights, 1), _pairs(codes, weights, 2)
    found = []
    for (one, other), n in ahead.items():
        reverse = ahead.get((other, one), 0)
        if one >= other:
            continue
        balanced = min(n, reverse) >= max(FEWEST, BALANCE * (n + reverse))
        if balanced and back.get((one, other), 0) + back.get((other, one), 0) <= LOOPING * (n + reverse):
            found.append((names[one], names[other]))
    here = set(names)
    return found + sorted(move for move in overlapping if move[0] < move[1] and here.issuperset(move))


def _flat(counts: Counter[Path]) -> tuple[list[str], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the steps, and all paths in a row as codes, each with the number of its cases; −1 stands between paths."""
    names = sorted({step for path in counts for step in path} - {START, END})
    code = {name: n for n, name in enumerate(names)} | {START: -1, END: -1}
    codes = np.fromiter((code[step] for path in counts for step in path), dtype=np.int64)
    lengths = np.fromiter((len(path) for path in counts), dtype=np.int64, count=len(counts))
    return names, codes, np.repeat(np.fromiter(counts.values(), dtype=np.int64, count=len(counts)), lengths)


def _pairs(codes: npt.NDArray[np.int64], weights: npt.NDArray[np.int64], apart: int) -> dict[tuple[int, int], int]:
    """Return how often one step comes right after another; at a distance of two, how often a, b is followed by a."""
    if len(codes) <= apart:
        return {}
    known = (codes[:-apart] >= 0) & (codes[1 : len(codes) - apart + 1] >= 0)
    known &= (codes[:-apart] == codes[apart:]) if apart == 2 else (codes[1:] >= 0)
    n = int(codes.max(initial=0)) + 1
    pair = (codes[:-apart] * n + codes[1 : len(codes) - apart + 1])[known]
    pairs, place = np.unique(pair, return_inverse=True)
    sums = np.bincount(place, weights=weights[:-apart][known], minlength=len(pairs))
    return {(int(one) // n, int(one) % n): int(total) for one, total in zip(pairs, sums, strict=True)}


def _groups(pairs: Collection[Move]) -> list[frozenset[str]]:
    """Return the steps that pairs join, group by group, in the order of their first step."""
    return sorted((frozenset(one) for one in nx.connected_components(nx.Graph(list(pairs)))), key=min)


def _region(counts: Counter[Path], steps: frozenset[str], overlapping: frozenset[Move]) -> Region | None:
    """Return the region of some steps, None where they do not fall into branches."""
    parts = _branches(_runs(counts, steps), steps, overlapping)
    if parts and (more := _in_between(counts, parts)):
        parts = _branches(_runs(counts, steps | more), steps | more, overlapping) or parts
    if not parts:
        return None
    runs = _runs(counts, frozenset().union(*parts))
    return Region(tuple(_branch(runs, part, overlapping) for part in parts))


def _branch(runs: Counter[Path], part: frozenset[str], overlapping: frozenset[Move]) -> Branch:
    ways: Counter[Path] = Counter()
    for run, n in runs.items():
        ways[(START, *(step for step in run if step in part), END)] += n
    return Branch(part, structure(ways, overlapping).regions)


def _runs(counts: Counter[Path], steps: frozenset[str]) -> Counter[Path]:
    """Return the stretches of paths that lie within some steps."""
    found: Counter[Path] = Counter()
    for path, n in counts.items():
        run: list[str] = []
        for step in path:
            if step in steps:
                run.append(step)
            elif run:
                found[tuple(run)] += n
                run = []
    return found


def _branches(
    runs: Counter[Path], steps: frozenset[str], overlapping: frozenset[Move]
) -> tuple[frozenset[str], ...] | None:
    """Return the branches into which steps fall, at the first share of the rarer order that parts them well."""
    order, seen = _orders(runs)
    total = runs.total()
    for rare in ORDERS:
        net: nx.Graph[str] = nx.Graph()
        net.add_nodes_from(steps)
        for one, other in combinations(sorted(steps), 2):
            ab, ba = order[one, other], order[other, one]
            together = ab + ba
            side = (one, other) in overlapping or (together and min(ab, ba) >= rare * together)
            choice = not together and seen[one] * seen[other] >= EXPECTED * total
            if not side and (together or choice):
                net.add_edge(one, other)
        parts = tuple(sorted((frozenset(part) for part in nx.connected_components(net)), key=min))
        if len(parts) > 1 and _passed(runs, parts):
            return parts
    return None


def _orders(runs: Counter[Path]) -> tuple[Counter[Move], Counter[str]]:
    """Return how often a step comes before another in runs that have each of them once, and runs with a step."""
    order: Counter[Move] = Counter()
    seen: Counter[str] = Counter()
    for run, n in runs.items():
        times = Counter(run)
        for step in times:
            seen[step] += n
        for pair in combinations([step for step in run if times[step] == 1], 2):
            order[pair] += n
    return order, seen


def _passed(runs: Counter[Path], parts: tuple[frozenset[str], ...]) -> bool:
    """Whether one of the branches is passed nearly always."""
    least = ALWAYS * runs.total()
    return any(sum(n for run, n in runs.items() if not part.isdisjoint(run)) >= least for part in parts)


def _in_between(counts: Counter[Path], parts: tuple[frozenset[str], ...]) -> frozenset[str]:
    """Return the steps that mostly come where some branches were passed and others follow: they belong inside."""
    steps = frozenset().union(*parts)
    inside: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    for path, n in counts.items():
        for place, step in enumerate(path[1:-1], 1):
            if step in steps:
                continue
            seen[step] += n
            before, after = _stretch(path[:place][::-1], steps), _stretch(path[place + 1 :], steps)
            missing = [part for part in parts if part.isdisjoint(before)]
            if before and any(not part.isdisjoint(after) for part in missing):
                inside[step] += n
    return frozenset(step for step, n in inside.items() if n > seen[step] / 2)


def _stretch(path: Path, steps: frozenset[str]) -> Path:
    """Return the beginning of a path that lies within some steps."""
    end = next((n for n, step in enumerate(path) if step not in steps), len(path))
    return path[:end]


def _parts(path: Path, home: dict[str, str], symbols: dict[str, Region]) -> Iterator[tuple[str, Path]]:
    """Yield the symbols of a folded path; that of a region with the pass through it."""
    place = 0
    while place < len(path):
        symbol = home.get(path[place], "")
        if not symbol:
            yield path[place], ()
            place += 1
            continue
        end = place
        while home.get(path[end], "") == symbol:
            end += 1
        for run in _passes(path[place:end], symbols[symbol]):
            yield symbol, run
        place = end


def _passes(run: Path, region: Region) -> list[Path]:
    """Return a run as passes: a new one begins where a step comes again after all branches, and all come again."""
    found, begin = [], 0
    for place, step in enumerate(run):
        if step in run[begin:place] and all(
            not branch.steps.isdisjoint(part) for branch in region.branches for part in (run[begin:place], run[place:])
        ):
            found.append(run[begin:place])
            begin = place
    return [*found, run[begin:]]


def _of_branch(run: Path, branch: Branch) -> Path:
    """Return what one branch did in a pass."""
    return (START, *(step for step in run if step in branch.steps), END)
