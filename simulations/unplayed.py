"""What a design says and a simulation does not play yet: told beside every result instead of passed over."""

from collections.abc import Iterator

from process_models.graph.design import Design
from process_models.values.sentences import Sentence
from process_models.values.words import listed


def unplayed(design: Design) -> tuple[Sentence, ...]:
    """Return what the simulation leaves out of a design, in words."""
    return (*_keeping(design), *_batches(design))


def _keeping(design: Design) -> Iterator[Sentence]:
    """Who stays with a case: the heads of a pool have no identity yet."""
    for one in design.staffing.keeps:
        names = [design.graph.by_id[id].name for id in design.graph.reading_order if id in one.steps]
        yield Sentence.of("unplayed_keeping", by=one.by, steps=listed(names))


def _batches(design: Design) -> Iterator[Sentence]:
    """Work that is saved up by a rule in words only is played case by case."""
    for step in design.graph.steps:
        if step.batch and not step.saving:
            yield Sentence.of("unplayed_batch", step=step.name, rule=step.batch)
