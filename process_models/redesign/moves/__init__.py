"""Redesign moves: each takes a design and gives a design. Undo is the design before.

Read :mod:`shape` (which steps, in which order), :mod:`doing` (how a step is done and for which cases), :mod:`staffing`
(who does it). A step made by a move gets its id from the move, so that replaying the moves gives the same digest. What
a move assumes (a factor, a share, a time) enters the design as a guess, grade D.
"""

from typing import Any

from process_models.redesign.moves.doing import (
    Automate,
    ChangeMeans,
    ChangeOwner,
    ChangeRole,
    ChangeWork,
    Outsource,
    Relocate,
    Triage,
    Unbatch,
)
from process_models.redesign.moves.shape import (
    Bypass,
    ChangeShare,
    Insert,
    Merge,
    Parallelise,
    Remove,
    Reorder,
    Split,
)
from process_models.redesign.moves.staffing import AssignPools, ChangeStaffing, KeepCase, MergePools

Move = (
    Remove
    | Merge
    | Split
    | Insert
    | Reorder
    | Parallelise
    | Bypass
    | Triage
    | Automate
    | Outsource
    | Relocate
    | Unbatch
    | ChangeRole
    | ChangeShare
    | ChangeWork
    | ChangeMeans
    | ChangeOwner
    | ChangeStaffing
    | AssignPools
    | MergePools
    | KeepCase
)

MOVES: dict[str, type[Any]] = {str(move.__struct_config__.tag): move for move in Move.__args__}
"""Kinds of move by the name that documents and envelopes give them."""


def kind_of(move: Move) -> str:
    """Return the name of a move's kind."""
    return str(move.__struct_config__.tag)


__all__ = [
    "MOVES",
    "AssignPools",
    "Automate",
    "Bypass",
    "ChangeMeans",
    "ChangeOwner",
    "ChangeRole",
    "ChangeShare",
    "ChangeStaffing",
    "ChangeWork",
    "Insert",
    "KeepCase",
    "Merge",
    "MergePools",
    "Move",
    "Outsource",
    "Parallelise",
    "Relocate",
    "Remove",
    "Reorder",
    "Split",
    "Triage",
    "Unbatch",
    "kind_of",
]
