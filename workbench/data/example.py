"""The example's log and process: brought in, read, and enriched by the same operations that people use.

All of it is example data, generated. The people, their hours, the scores and the obligations are invented, to be
plausible for a small insurer: every role is loaded between 60 and 90 per cent of its rostered time.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from msgspec import structs
from sqlalchemy import Engine

from process_models.graph.design import Pool, RoleStaffing, Shift, Staffing
from process_models.graph.edits import ChangeStep, Edit, SetObligation, SetPromise
from process_models.graph.steps import Dependency, Lane, Lens, Obligation, Promise, Score, Step
from process_models.logs import example as generated
from process_models.logs.promised import OPENING
from process_models.values.calendars import HOUR, Span
from process_models.values.clocks import Clock, Moment
from process_models.values.provenance import Figure, Grade, Provenance
from workbench import example
from workbench.config import Settings
from workbench.data import operations, store
from workbench.data.model import Terms
from workbench.database import reading
from workbench.permissions import Actor
from workbench.processes import operations as processes
from workbench.processes import store as process_rows

LOG = "household-claims-2026-q1"
FILE = f"{LOG}.csv"
PROCESS = "household-claims"
"""Ids of the example's log and process."""
NAME = "Household claims"
BASELINE = "as is, example data"
DATE = "2026-04-08"
MARK = "example data, generated"

PAPERS, ASSESS, OPINION, SECOND = "ask-for-papers", "assess-claim", "technical-opinion", "second-check"
SENDS, COVER, DECIDE, PAY, EXPLAIN = (
    "customer-sends-papers",
    "check-cover",
    "decide-settlement",
    "pay",
    "explain-decision",
)
REPORT, REGISTER = "report-the-claim", "register"


def judged(grade: Grade, source: str) -> Provenance:
    """Return the provenance of something the example's people are said to have judged or sampled."""
    return Provenance("judged" if grade in "CD" else "measured", grade, f"{source} ({MARK})", DATE)


class Known(NamedTuple):
    """What a workshop is said to have added to a discovered step."""

    lane: Lane
    role: str
    owner: str
    description: str
    scores: tuple[int, int, int]
    """Satisfaction, cost, compliance."""
    grade: Grade
    more: Mapping[str, object] = MappingProxyType({})


HANDLER, SENIOR, TECHNICAL = "claims handler", "senior handler", "technical expert"
CONTACT, REGISTRAR, COVERAGE, PAYER = "contact team", "registrar", "cover specialist", "payments clerk"
CLAIMS_MANAGER, SERVICE_MANAGER = "claims manager", "customer service manager"

STEPS: dict[str, Known] = {
    REPORT: Known(
        Lane.FRONT,
        CONTACT,
        SERVICE_MANAGER,
        "The customer reports the damage by telephone or on the web; the contact team takes the first facts.",
        (1, 0, 1),
        "B",
        {
            "nature": "contact",
            "value_class": "customer",
            "systems": ("claims system", "telephone"),
            "outputs": ("report",),
        },
    ),
    REGISTER: Known(
        Lane.BACK,
        REGISTRAR,
        CLAIMS_MANAGER,
        "A claim number is given, the policy is looked up, and the report is acknowledged in writing.",
        (0, -1, 1),
        "B",
        {
            "value_class": "business",
            "systems": ("claims system", "policy system"),
            "inputs": ("report",),
            "outputs": ("claim file",),
            "reason": "The regulator asks for a written acknowledgement.",
        },
    ),
    PAPERS: Known(
        Lane.FRONT,
        HANDLER,
        CLAIMS_MANAGER,
        "Missing papers are asked for by letter or e-mail, from a standard list.",
        (-1, -1, 0),
        "C",
        {"nature": "contact", "systems": ("claims system",), "inputs": ("claim file",), "value_class": "business"},
    ),
    SENDS: Known(
        Lane.CUSTOMER,
        "",
        SERVICE_MANAGER,
        "The customer looks for receipts and estimates and sends them.",
        (-2, 0, 0),
        "B",
        {"outputs": ("receipts", "estimates")},
    ),
    ASSESS: Known(
        Lane.BACK,
        HANDLER,
        CLAIMS_MANAGER,
        "The damage is assessed from the papers; where the cause is unclear the technical desk is asked.",
        (0, -1, 1),
        "B",
        {
            "value_class": "customer",
            "systems": ("claims system",),
            "inputs": ("claim file", "receipts", "estimates", "opinion"),
            "outputs": ("assessment",),
        },
    ),
    OPINION: Known(
        Lane.SUPPORT,
        TECHNICAL,
        "technical manager",
        "An expert says what caused the damage. More than a third of the opinions are asked for again.",
        (-1, -2, 1),
        "C",
        {"value_class": "business", "systems": ("shared mailbox",), "inputs": ("assessment",), "outputs": ("opinion",)},
    ),
    SECOND: Known(
        Lane.BACK,
        SENIOR,
        CLAIMS_MANAGER,
        "A senior handler checks every assessment, whatever its amount.",
        (-2, -2, 2),
        "B",
        {
            "nature": "control",
            "value_class": "none",
            "systems": ("claims system",),
            "inputs": ("assessment",),
            "outputs": ("checked assessment",),
            "reason": "Two pairs of eyes, after an audit in 2019.",
            "reason_date": "2019-05-20",
            "grade_needed": 2,
            "grade_used": 3,
        },
    ),
    COVER: Known(
        Lane.BACK,
        COVERAGE,
        "policy manager",
        "Is the damage covered? Comes last, after assessment and second check. About one claim in six is refused here.",
        (-2, 0, 2),
        "B",
        {
            "nature": "control",
            "rejects": True,
            "value_class": "business",
            "systems": ("policy system",),
            "inputs": ("policy", "report"),
            "outputs": ("cover decision",),
        },
    ),
    DECIDE: Known(
        Lane.BACK,
        HANDLER,
        CLAIMS_MANAGER,
        "The amount is settled from the checked assessment.",
        (0, 0, 1),
        "B",
        {
            "value_class": "customer",
            "systems": ("claims system",),
            "inputs": ("checked assessment",),
            "outputs": ("settlement",),
        },
    ),
    PAY: Known(
        Lane.SUPPORT,
        PAYER,
        "finance manager",
        "The payment is released.",
        (1, 0, 2),
        "B",
        {"value_class": "customer", "systems": ("payments",), "inputs": ("settlement",), "unit_cost": 35},
    ),
    EXPLAIN: Known(
        Lane.FRONT,
        CONTACT,
        SERVICE_MANAGER,
        "The customer is told the decision, by telephone where there is a number, and always in writing.",
        (1, 0, 1),
        "C",
        {"nature": "contact", "value_class": "customer", "systems": ("claims system", "telephone"), "unit_cost": 110},
    ),
}

FIGURES: dict[str, tuple[Figure, ...]] = {
    SECOND: (
        Figure(id="pass_rate", value="0.96", low="0.951", high="0.968", n=1207, provenance=judged("B", "file sample")),
        Figure(id="negative_comments", value="0.31", n=118, provenance=judged("B", "comments of the quarter")),
    ),
    SENDS: (Figure(id="negative_comments", value="0.42", n=118, provenance=judged("B", "comments of the quarter")),),
    OPINION: (Figure(id="error_rate", value="0.22", n=192, provenance=judged("B", "opinions asked for again")),),
}


class Desk(NamedTuple):
    """A pool of the example: heads, from and to (hours), cost of an hour in pence, and the role it does first."""

    name: str
    heads: int
    opens: int
    closes: int
    rate: int
    role: str


DESKS = {
    "contact-team": Desk("Contact team", 1, 9, 17, 2200, CONTACT),
    "registration": Desk("Registration", 2, 9, 15, 2100, REGISTRAR),
    "claims-handlers": Desk("Claims handlers", 4, 9, 17, 2600, HANDLER),
    "technical-desk": Desk("Technical desk", 1, 9, 15, 4100, TECHNICAL),
    "senior-handlers": Desk("Senior handlers", 2, 9, 17, 3900, SENIOR),
    "cover-desk": Desk("Cover desk", 1, 9, 14, 3100, COVERAGE),
    "payments": Desk("Payments", 1, 9, 13, 2300, PAYER),
}


def duties() -> tuple[tuple[Obligation, tuple[str, ...], tuple[str, ...]], ...]:
    """Return the obligations, each with the steps that meet it and those that make its record."""
    acknowledged = Clock(Moment(REPORT, "leave"), Moment(REGISTER, "leave"), 16 * HOUR, "working")
    explained = Clock(Moment(COVER, "leave"), Moment(EXPLAIN, "leave"), 40 * HOUR, "working")
    return (
        (
            Obligation(
                id="O-01",
                name="Acknowledge promptly",
                text="A reported claim is acknowledged in writing within two working days.",
                basis="regulator",
                clause="claims handling rules, 3.2",
                owner="compliance officer",
                clock=acknowledged,
                needs_record=True,
            ),
            (REGISTER,),
            (REGISTER,),
        ),
        (
            Obligation(
                id="O-02",
                name="Two pairs of eyes",
                text="Nobody alone decides a settlement above £5,000.",
                basis="code",
                clause="internal control code, 7",
                owner="compliance officer",
                needs_record=True,
                applies_from=PAY,
                before=(PAY,),
            ),
            (SECOND,),
            (SECOND,),
        ),
        (
            Obligation(
                id="O-03",
                name="Cover checked before payment",
                text="No payment before somebody has checked that the damage is covered.",
                basis="policy",
                clause="claims policy, 4.1",
                owner="policy manager",
                before=(PAY,),
            ),
            (COVER,),
            (),
        ),
        (
            Obligation(
                id="O-04",
                name="Decision explained in writing",
                text="Every decision is explained in writing, with the ways to complain, within a working week.",
                basis="regulator",
                clause="claims handling rules, 5.4",
                owner="compliance officer",
                clock=explained,
                needs_record=True,
            ),
            (EXPLAIN,),
            (EXPLAIN,),
        ),
        (
            Obligation(
                id="O-05",
                name="Assessed by somebody trained",
                text="A claim is assessed by a trained handler.",
                basis="law",
                clause="insurance act, 12",
                owner=CLAIMS_MANAGER,
                applies_from=DECIDE,
                before=(DECIDE,),
            ),
            (ASSESS,),
            (),
        ),
    )


PROMISES = (
    Promise(
        "decided-in-ten-days",
        "Decided within ten working days, your own time not counted",
        Clock(Moment(REPORT, "leave"), Moment(EXPLAIN, "leave"), 80 * HOUR, "working", (SENDS,)),
    ),
    Promise(
        "registered-in-two-hours",
        "Registered within two working hours",
        Clock(Moment(REPORT, "leave"), Moment(REGISTER, "leave"), 2 * HOUR, "working"),
    ),
)

DECIDED = Clock(OPENING, Moment("Explain decision", "leave"), 80 * HOUR, "working", ("Customer sends papers",))
"""The first promise as the log's rows tell it, from the day on which the customer wrote."""

DEPENDENCIES = (
    Dependency("register-needs-report", REGISTER, REPORT, "data", "the report"),
    Dependency("assess-needs-claim-file", ASSESS, REGISTER, "data", "the claim file"),
    Dependency("check-needs-assessment", SECOND, ASSESS, "data", "there is nothing to check before"),
    Dependency("decide-needs-assessment", DECIDE, ASSESS, "data", "the amount rests on it"),
    Dependency("pay-needs-settlement", PAY, DECIDE, "data", "the amount"),
    Dependency("cover-needs-claim-file", COVER, REGISTER, "data", "policy number and report"),
)


def add(engine: Engine, settings: Settings) -> None:
    """Bring in the example's log, read it, and make the process of it; what is there already is left alone."""
    lucia = example.actor(engine, "lucia")
    with reading(engine) as db:
        there = {one.id for one in store.logs(db)}
        read = LOG in there and store.newest_result(db, LOG) is not None
        made = {one.id for one in process_rows.processes(db)}
    if LOG not in there:
        text = generated.claims_log().encode()
        operations.bring(engine, lucia, settings.uploads, example.SERVICE, FILE, text, example=True)
    if not read:
        _read(engine, settings, lucia)
    if PROCESS not in made:
        operations.make_process(engine, lucia, LOG, NAME)
    _enrich(engine, lucia)


def _read(engine: Engine, settings: Settings, actor: Actor) -> None:
    with reading(engine) as db:
        columns = store.guess(db, store.find(db, LOG)).columns
    assert columns is not None
    columns = structs.replace(columns, zone=generated.ZONE)
    terms = Terms(columns=columns, hours=generated.WORKING_HOURS, promise=DECIDED)
    operations.confirm(engine, actor, LOG, terms, read=False)
    operations.read_now(engine, settings.uploads, LOG)


def _enrich(engine: Engine, actor: Actor) -> None:
    """Add what a log cannot tell, edit by edit; the baseline's name says that all was added."""
    with reading(engine) as db:
        if any(revision.baseline for revision in process_rows.revisions(db, PROCESS)):
            return
        graph = process_rows.graph(db, process_rows.head(db, PROCESS))
    edits: list[tuple[Edit, str]] = [
        (ChangeStep(enriched(graph.by_id[id])), f"described step {graph.by_id[id].name}") for id in STEPS
    ]
    edits += [(SetObligation(duty, by, recorded), f"set obligation {duty.name}") for duty, by, recorded in duties()]
    edits += [(SetPromise(promise), f"set promise {promise.name}") for promise in PROMISES]
    for edit, verb in edits:
        processes.edit(engine, actor, PROCESS, _head(engine), edit, f"{verb} ({MARK})")
    with reading(engine) as db:
        graph = process_rows.graph(db, process_rows.head(db, PROCESS))
    whole = structs.replace(graph, dependencies=DEPENDENCIES, steps=tuple(placed(step) for step in graph.steps))
    processes.replace_graph(engine, actor, PROCESS, _head(engine), whole, f"said what depends on what ({MARK})")
    processes.set_staffing(engine, actor, PROCESS, _head(engine), staffing(), f"staffed the desks ({MARK})")
    processes.tag(engine, actor, PROCESS, _head(engine), BASELINE, True)


def _head(engine: Engine) -> int:
    with reading(engine) as db:
        return process_rows.head(db, PROCESS).n


def enriched(step: Step) -> Step:
    """Return a discovered step with what the workshop is said to have added."""
    known = STEPS[step.id]
    scores = tuple(
        Score(lens, value, judged(known.grade, "workshop of the claims team"))
        for lens, value in zip(Lens, known.scores, strict=True)
    )
    given = {figure.id for figure in FIGURES.get(step.id, ())}
    figures = (*(figure for figure in step.figures if figure.id not in given), *FIGURES.get(step.id, ()))
    return structs.replace(
        step,
        lane=known.lane,
        role=known.role,
        owner=known.owner,
        description=known.description,
        scores=scores,
        figures=figures,
        **known.more,
    )


def placed(step: Step) -> Step:
    """Return the start and the end in the customer's lane."""
    return structs.replace(step, lane=Lane.CUSTOMER) if step.id in ("start", "end") else step


def staffing() -> Staffing:
    """Return the desks and the role that each does."""
    pools = tuple(
        Pool(
            id=id,
            name=desk.name,
            rate=desk.rate,
            shifts=(Shift(id="days", spans=_weekdays(desk), heads=desk.heads),),
            provenance=judged("C", "roster as told by the managers"),
        )
        for id, desk in DESKS.items()
    )
    roles = tuple(RoleStaffing(desk.role, (id,)) for id, desk in DESKS.items())
    return Staffing(pools, roles)


def _weekdays(desk: Desk) -> tuple[Span, ...]:
    return tuple(Span(day, desk.opens * HOUR, desk.closes * HOUR) for day in range(5))


example.CHAPTERS.append(add)
