"""The data for a simulation that stands in a BPMN file, put on what was imported and told beside its account.

The account of a BPMN file covers the elements of BPMN; these parts are counted apart from them, so that both add up.
What a file of ours says of steps and people holds: there, data that another tool left in it is not put on top.
"""

from typing import Any

import msgspec
from msgspec import Struct, structs

from process_models.exchange.bpmn_file import BpmnFile
from process_models.exchange.simulation_bpsim import read_bpsim
from process_models.exchange.simulation_data import Became, Entry, SimulationData, apply
from process_models.exchange.simulation_qbp import read_qbp
from process_models.graph.design import Staffing
from process_models.graph.graph import StepGraph
from process_models.graph.steps import Kind
from process_models.values.fractions import Fraction, number
from process_models.values.sentences import Sentence, say

HOURS = 168
OURS_READ = frozenset({"bpmn_ours_same", "bpmn_ours_edited"})
"""Remarks on files that were given out here."""


class PartTold(Struct, frozen=True, forbid_unknown_fields=True):
    """What became of one part, as a report carries it."""

    part: str
    id: str
    name: str
    """The step or the group of people that it is about, else empty."""
    became: Became
    reason: str = ""


class Carried(Struct, frozen=True, forbid_unknown_fields=True):
    """What a file brings beside its process: people and their hours, arrivals, and what became of each part."""

    maker: str
    parts: tuple[PartTold, ...]
    staffing: Staffing
    per_hour: tuple[Fraction, ...] = ()

    def count(self, became: Became) -> int:
        """Return how many parts became so."""
        return sum(one.became == became for one in self.parts)

    @property
    def summary(self) -> Sentence:
        """Return the counts in words."""
        counts = {fate: self.count(fate) for fate in ("kept", "simplified", "dropped")}
        return Sentence.of("simulation_summary", maker=self.maker, all=len(self.parts), **counts)


def data_in(file: BpmnFile) -> SimulationData | None:
    """Return what a BPMN file says for a simulation; where it does so in both ways, what its qbp data says."""
    return read_qbp(file) or read_bpsim(file)


def put_on(
    graph: StepGraph, data: SimulationData, of_steps: dict[str, tuple[str, ...]], file: str
) -> tuple[StepGraph, Carried]:
    """Return an imported graph with the times and roles that the data says, and all that it brings beside them.

    ``of_steps`` says which elements of the file stand in each step: the data speaks of those.
    """
    work = sorted(of_steps.items(), key=lambda item: graph.by_id[item[0]].kind is Kind.WORK)
    stands = {key: step for step, keys in work for key in keys}
    tasks = tuple(structs.replace(task, step=stands.get(task.step, task.step)) for task in data.tasks)
    applied = apply(structs.replace(data, tasks=tasks), graph, file)
    names = {step.id: step.name for step in graph.steps} | {crew.id: crew.name for crew in data.crews}
    names |= {key: graph.by_id[step].name for key, step in stands.items()}
    parts = tuple(_told(entry, names.get(entry.id, "")) for entry in applied.entries)
    return applied.design.graph, Carried(data.maker, parts, applied.design.staffing, data.per_hour)


def _told(entry: Entry, name: str) -> PartTold:
    reason = say(entry.reason) if entry.reason is not None else ""
    return PartTold(entry.part, entry.id, name, entry.became, reason)


def as_report(carried: Carried) -> dict[str, Any]:
    """Return it as plain values, for the report of a graph file."""
    found: dict[str, Any] = msgspec.to_builtins(carried)
    return found


def carried_by(report: Any) -> Carried | None:
    """Return what a report carries, None where it carries none that fits: a graph file of strangers may hold anything.

    >>> carried_by({"simulation": {"maker": 1}}) is None
    True
    """
    found = report.get("simulation") if isinstance(report, dict) else None
    if found is None:
        return None
    try:
        carried = msgspec.convert(found, Carried)
        fits = len(carried.per_hour) in (0, HOURS) and all(number(rate) >= 0 for rate in carried.per_hour)
    except (ValueError, ArithmeticError):
        return None
    return carried if fits else None
