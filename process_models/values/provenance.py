"""Where a value comes from: no figure stands without it."""

from typing import Literal

from process_models.values.document import Document
from process_models.values.errors import ModelError
from process_models.values.fractions import Fraction, number

Grade = Literal["A", "B", "C", "D"]
"""A measured, B sampled, C an expert's range, D a guess."""

Origin = Literal["measured", "derived", "simulated", "imported", "judged"]

GRADE_WORDS = {"A": "measured", "B": "sampled", "C": "an expert's range", "D": "a guess"}


class Provenance(Document, frozen=True):
    """Kind, grade, source and date of a value."""

    kind: Origin
    grade: Grade
    source: str
    """Which rows, which formula, or which role said so; never a person's name."""
    date: str = ""
    """ISO date."""
    doubt: Fraction = "1"
    """Factor by which a derived value may be off, 1 where it is as good as its inputs."""

    def __post_init__(self) -> None:
        """Refuse a derived figure graded A: it is at best B."""
        super().__post_init__()
        if self.kind == "derived" and self.grade == "A":
            raise ModelError("derived_not_a")


class Figure(Document, frozen=True, kw_only=True):
    """A named value with unit, interval, number of observations and provenance."""

    id: str
    """What it says, from the vocabulary in :data:`FIGURES`."""
    value: Fraction
    unit: str = ""
    low: Fraction | None = None
    high: Fraction | None = None
    n: int | None = None
    provenance: Provenance

    def __post_init__(self) -> None:
        """Refuse a name that is not in the vocabulary and a value that is no fraction."""
        super().__post_init__()
        if self.id not in FIGURES:
            raise ModelError("unknown_figure", id=self.id, known=", ".join(FIGURES))
        number(self.value)


FIGURES = {
    "wait": "Wait before the step",
    "elapsed": "Time from entering to leaving",
    "visits": "Visits a case",
    "reached": "Reached by, share of cases",
    "pass_rate": "Passed, share of checks",
    "error_rate": "Sent back, share of visits",
    "negative_comments": "Negative comments, share",
    "volume": "Volume a year",
    "below_limit": "Below a plausible limit, share of cases",
    "failure_demand": "Failure demand, share of contacts",
    "update_gap": "Longest time without word to the customer",
    "setup": "Set-up time",
    "covers": "People trained to cover",
    "needed": "Needed by, share of cases",
    "vulnerable": "Customers who need an adjustment, share",
}
"""What figures of a step are called in words. The ids never change."""


def worst(grades: tuple[Grade, ...]) -> Grade:
    """Return the weakest of several grades; without any, a guess."""
    return max(grades, default="D")
