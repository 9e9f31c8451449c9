"""How long things take: distributions in whole milliseconds, as a tagged union."""

from typing import Literal

from process_models.values.document import Document
from process_models.values.fractions import Fraction


class Fixed(Document, frozen=True, tag_field="type", tag="fixed"):
    """Always the same."""

    ms: int


class Exponential(Document, frozen=True, tag_field="type", tag="exponential"):
    """Without memory."""

    mean: int


class LogNormal(Document, frozen=True, tag_field="type", tag="lognormal"):
    """By mean and standard deviation of the time itself, not of its logarithm."""

    mean: int
    sd: int


class Gamma(Document, frozen=True, tag_field="type", tag="gamma"):
    """By mean and standard deviation."""

    mean: int
    sd: int


class Triangular(Document, frozen=True, tag_field="type", tag="triangular"):
    """By lowest, most frequent and highest time."""

    low: int
    mode: int
    high: int


class Quantiles(Document, frozen=True, tag_field="type", tag="quantiles"):
    """By points of the distribution function: (share below, ms), rising; linear between them."""

    points: tuple[tuple[Fraction, int], ...]


Distribution = Fixed | Exponential | LogNormal | Gamma | Triangular | Quantiles
Shape = Literal["fixed", "exponential", "lognormal", "gamma", "triangular", "quantiles"]
