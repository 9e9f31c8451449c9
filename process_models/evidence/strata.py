"""A comparison within parts of the whole: whether the parts say the same, or the opposite (Simpson's paradox)."""

from collections.abc import Mapping
from typing import NamedTuple

from process_models.evidence.intervals import FEWEST, Estimate, share


class Pair(NamedTuple):
    """Hits and cases of the two sides that are compared."""

    first_hits: int
    first: int
    second_hits: int
    second: int

    @property
    def difference(self) -> float:
        """The share of the first side less that of the second."""
        return self.first_hits / self.first - self.second_hits / self.second


class Stratified(NamedTuple):
    """A difference of two shares in the whole and in each part that is large enough to tell."""

    whole: float
    parts: dict[str, float]
    sides: dict[str, tuple[Estimate, Estimate]]
    adjusted: float
    """The difference if both sides had the same mix of parts (weights of Mantel and Haenszel, 1959)."""
    left_out: tuple[str, ...]
    """Parts with too few cases on a side."""

    @property
    def turns(self) -> bool:
        """Say whether the parts disagree with the whole: the difference turns when the mix is taken out."""
        return self.whole * self.adjusted < 0


def stratified(parts: Mapping[str, Pair]) -> Stratified | None:
    """Return a comparison in the whole and in its parts; None where no part has enough cases on both sides."""
    told = {name: pair for name, pair in parts.items() if min(pair.first, pair.second) >= FEWEST}
    if not told:
        return None
    sums = [sum(column) for column in zip(*told.values(), strict=True)]
    weights = {name: pair.first * pair.second / (pair.first + pair.second) for name, pair in told.items()}
    adjusted = sum(weights[name] * pair.difference for name, pair in told.items()) / sum(weights.values())
    return Stratified(
        whole=Pair(*sums).difference,
        parts={name: pair.difference for name, pair in told.items()},
        sides={
            name: (share(pair.first_hits, pair.first), share(pair.second_hits, pair.second))
            for name, pair in told.items()
        },
        adjusted=adjusted,
        left_out=tuple(sorted(set(parts) - set(told))),
    )
