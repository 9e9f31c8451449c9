"""The example's scenarios: usual weeks as in the log, and three weeks of storm with people away."""

from sqlalchemy import Engine

from process_models.values.calendars import DAY, WEEK
from process_models.values.provenance import Provenance
from simulations.scenario import Absence, Scenario, Stream, Surge
from workbench import example
from workbench.config import Settings
from workbench.data import store as data
from workbench.data.example import DESKS, LOG, MARK
from workbench.database import reading
from workbench.experiments import operations, store
from workbench.reviews.example import REVIEW
from workbench.services import store as services

START = "2026-04-13T00:00"
WEEKS = 8


def scenarios(per_hour: tuple[str, ...], zone: str) -> tuple[Scenario, ...]:
    """Return the scenarios for a demand."""
    stream = Stream(
        id="claims", per_hour=per_hour, provenance=Provenance("measured", "A", f"arrivals in the log ({MARK})")
    )
    usual = Scenario(id="usual", name="Usual weeks", start=START, zone=zone, period=WEEKS * WEEK, streams=(stream,))
    storm = Scenario(
        id="storm",
        name="Storm with people away",
        start=START,
        zone=zone,
        period=WEEKS * WEEK,
        streams=(stream,),
        absences=tuple(Absence(id=f"away-{pool}", pool=pool, share="0.05", spell=3 * DAY) for pool in DESKS),
        surges=(Surge(id="storm", factor="1.3", start=2 * WEEK, end=4 * WEEK),),
    )
    return usual, storm


def add(engine: Engine, settings: Settings) -> None:  # noqa: ARG001 (chapters share a signature)
    """Describe the scenarios that are not there yet."""
    with reading(engine) as db:
        there = {row.name for row in store.scenarios(db, REVIEW)}
        per_hour = next(rates for id, _, rates in data.demands(db, example.SERVICE) if id == LOG)
        zone = services.find(db, example.SERVICE).zone
    for scenario in scenarios(per_hour, zone):
        if scenario.name not in there:
            operations.describe(engine, example.actor(engine, "nora"), REVIEW, scenario)


example.CHAPTERS.append(add)
