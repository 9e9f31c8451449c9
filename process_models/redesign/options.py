"""An option: moves on a baseline. Rebasing it on a newer one is an act that lists the moves which no longer apply."""

from msgspec import Struct

from process_models.graph.design import Design
from process_models.redesign.moves import Move
from process_models.values.canonical import digest
from process_models.values.document import Document
from process_models.values.errors import ModelError


class Option(Document, frozen=True, kw_only=True):
    """Moves in order, on a baseline, and what they give."""

    format: int = 1
    baseline: str
    """Digest of the baseline design."""
    moves: tuple[Move, ...] = ()
    design: str
    """Digest of the design that the moves give."""


class Lost(Struct, frozen=True):
    """A move that no longer applies, and why."""

    move: Move
    why: ModelError


def derive(baseline: Design, moves: tuple[Move, ...]) -> Design:
    """Return the design that moves give on a baseline.

    Raises ModelError where a move does not apply.
    """
    design = baseline
    for move in moves:
        design = move.apply(design)
    return design


def option(baseline: Design, moves: tuple[Move, ...]) -> Option:
    """Return the option that moves on a baseline make."""
    return Option(baseline=digest(baseline), moves=moves, design=digest(derive(baseline, moves)))


def stages(baseline: Design, moves: tuple[Move, ...]) -> tuple[Design, ...]:
    """Return the design before each move, and the last."""
    designs = [baseline]
    for move in moves:
        designs.append(move.apply(designs[-1]))
    return tuple(designs)


def rebase(moves: tuple[Move, ...], baseline: Design) -> tuple[tuple[Move, ...], tuple[Lost, ...]]:
    """Return the moves that still apply on another baseline, in order, and those that do not."""
    kept: list[Move] = []
    lost: list[Lost] = []
    design = baseline
    for move in moves:
        try:
            design = move.apply(design)
        except ModelError as why:
            lost.append(Lost(move, why))
        else:
            kept.append(move)
    return tuple(kept), tuple(lost)
