"""Who is expected to get through to what, written by hand, apart from the table that the program uses.

A use case adds its rows below its heading; every route of the program must stand here. ``own`` says who gets through to
an object of their own where that differs; ``others`` to somebody else's. ``refused`` is what the rest are answered.
"""

import secrets
from collections.abc import Callable

import msgspec
from msgspec import Struct
from sqlalchemy import Engine

from process_models.exchange import converting as process_file
from process_models.graph.design import Pool
from tests.workbench import deciding, reviewing
from tests.workbench.people import LOGINS
from workbench import database, example, jobs
from workbench.accounts import operations, store
from workbench.accounts.model import Session
from workbench.data.example import LOG, PROCESS
from workbench.processes import operations as processes
from workbench.processes import store as process_rows
from workbench.processes.model import BroughtFile

LEAD, MEMBER, MANAGER = "lead", "member", "manager"
DECISION_MAKER, ANALYST, ADMINISTRATOR = "decision maker", "analyst", "administrator"
OUTSIDER = "outsider"
NONE: frozenset[str] = frozenset()
MEMBERS = frozenset({LEAD, MEMBER, MANAGER, DECISION_MAKER, ANALYST, ADMINISTRATOR})
ALL = MEMBERS | {OUTSIDER}
EDITORS = frozenset({LEAD, MEMBER, ANALYST})
REVIEWERS = MEMBERS - {ADMINISTRATOR}
WEIGHERS = frozenset({LEAD, MANAGER, DECISION_MAKER, ANALYST})
DECIDERS = frozenset({LEAD, DECISION_MAKER, ANALYST})


class Row(Struct, frozen=True):
    """One operation: an address with the names of objects in braces, and who gets through."""

    method: str
    endpoint: str
    address: str
    others: frozenset[str]
    own: frozenset[str] | None = None
    refused: int = 403
    open: bool = False


ROWS: tuple[Row, ...] = (
    # pages of no use case
    Row("GET", "pages.waiting", "/", ALL),
    Row("GET", "pages.library", "/library", ALL),
    Row("GET", "pages.the_record", "/record", frozenset({LEAD, DECISION_MAKER, ADMINISTRATOR})),
    Row("GET", "pages.job", "/jobs/{job}", frozenset({LEAD, ANALYST, ADMINISTRATOR}), own=ALL, refused=404),
    Row("POST", "pages.cancel_job", "/jobs/{job}/cancel", frozenset({LEAD, ADMINISTRATOR}), own=ALL),
    Row("GET", "pages.health", "/health", ALL, open=True),
    Row("GET", "pages.favicon", "/favicon.ico", ALL, open=True),
    # accounts
    Row("GET", "accounts.sign_in", "/signin", ALL, open=True),
    Row("POST", "accounts.signed_in", "/signin", ALL, open=True),
    Row("GET", "accounts.begin", "/begin/unknown", NONE, refused=404, open=True),
    Row("POST", "accounts.begun", "/begin/unknown", ALL, open=True),
    Row("POST", "accounts.sign_out", "/signout", ALL),
    Row("GET", "accounts.me", "/people/me", ALL),
    Row("POST", "accounts.theme", "/people/me/theme", ALL),
    Row("POST", "accounts.end_session", "/people/me/sessions/{session}/end", NONE, own=ALL, refused=404),
    Row("GET", "accounts.people", "/people/", frozenset({ADMINISTRATOR})),
    Row("POST", "accounts.add_person", "/people/", frozenset({ADMINISTRATOR})),
    Row("POST", "accounts.invite", "/people/samir/link", frozenset({ADMINISTRATOR})),
    Row("GET", "accounts.join", "/join/unknown", NONE, refused=404, open=True),
    Row("POST", "accounts.joined", "/join/unknown", NONE, refused=404, open=True),
    # services
    Row("GET", "services.index", "/services/", MEMBERS),
    Row("POST", "services.add", "/services/", frozenset({ADMINISTRATOR})),
    Row("GET", "services.show", "/services/{service}", MEMBERS),
    Row("POST", "services.put_member", "/services/{service}/members", frozenset({LEAD, ADMINISTRATOR})),
    # processes
    Row("GET", "processes.index", "/processes/", MEMBERS),
    Row("POST", "processes.begin", "/processes/", EDITORS),
    Row("GET", "processes.bring_file", "/processes/file", EDITORS),
    Row("POST", "processes.read_file", "/processes/file", EDITORS),
    Row("GET", "processes.brought", "/processes/file/brought/{brought_file}", NONE, own=MEMBERS, refused=404),
    Row("GET", "processes.brought_csv", "/processes/file/brought/{brought_file}/report.csv", NONE, MEMBERS, 404),
    Row("POST", "processes.choose_part", "/processes/file/brought/{brought_file}/choose", NONE, EDITORS, 404),
    Row("POST", "processes.make_brought", "/processes/file/brought/{brought_file}/keep", NONE, EDITORS, 404),
    Row("POST", "processes.throw_away_brought", "/processes/file/brought/{brought_file}/away", NONE, EDITORS, 404),
    Row("GET", "processes.files", "/processes/{process}/files", MEMBERS),
    Row("GET", "processes.give_file", "/processes/{process}/files/bpmn", MEMBERS),
    Row("GET", "processes.show", "/processes/{process}/", MEMBERS),
    Row("GET", "processes.map", "/processes/{process}/map", MEMBERS),
    Row("GET", "processes.versions", "/processes/{process}/versions", MEMBERS),
    Row("POST", "processes.name_version", "/processes/{process}/versions/1", EDITORS),
    Row("POST", "processes.restore", "/processes/{process}/versions/1/restore", EDITORS),
    Row("GET", "processes.differ", "/processes/{process}/difference?from=1&to=2", MEMBERS),
    Row("GET", "processes.graph_file", "/processes/{process}/graph.json", MEMBERS),
    Row("GET", "processes.step_table", "/processes/{process}/steps.csv", MEMBERS),
    Row("GET", "processes.edit_step", "/processes/{process}/steps/{step}", EDITORS),
    Row("POST", "processes.change_step", "/processes/{process}/steps/{step}", EDITORS),
    Row("POST", "processes.change_figure", "/processes/{process}/steps/{step}/figures", EDITORS),
    Row("GET", "processes.new_step", "/processes/{process}/add-step", EDITORS),
    Row("GET", "processes.print_map", "/processes/{process}/map/print", MEMBERS),
    Row("GET", "processes.process_document", "/processes/{process}/document", MEMBERS),
    Row("GET", "processes.difference_csv", "/processes/{process}/difference.csv", MEMBERS),
    Row("POST", "processes.edit_map", "/processes/{process}/map", EDITORS),
    Row("POST", "processes.add_step", "/processes/{process}/add-step", EDITORS),
    Row("POST", "processes.remove_step", "/processes/{process}/steps/{step}/remove", EDITORS),
    Row("GET", "processes.edit_ways", "/processes/{process}/steps/{step}/ways", EDITORS),
    Row("POST", "processes.set_shares", "/processes/{process}/steps/{step}/shares", EDITORS),
    Row("POST", "processes.connect", "/processes/{process}/steps/{step}/connect", EDITORS),
    Row("POST", "processes.disconnect", "/processes/{process}/flows/{flow}/remove", EDITORS),
    Row("POST", "processes.set_need", "/processes/{process}/steps/{step}/needs", EDITORS),
    Row("POST", "processes.remove_need", "/processes/{process}/needs/pay-needs-settlement/remove", EDITORS),
    Row("GET", "processes.obligations", "/processes/{process}/obligations", MEMBERS),
    Row("GET", "processes.edit_obligation", "/processes/{process}/obligations/O-01", EDITORS),
    Row("POST", "processes.set_obligation", "/processes/{process}/obligations/O-01", EDITORS),
    Row("GET", "processes.edit_promise", "/processes/{process}/promises/new", EDITORS),
    Row("POST", "processes.set_promise", "/processes/{process}/promises/new", EDITORS),
    Row("GET", "processes.edit_hours", "/processes/{process}/hours", EDITORS),
    Row("POST", "processes.set_hours", "/processes/{process}/hours", EDITORS),
    Row("GET", "processes.staffing", "/processes/{process}/staffing", MEMBERS),
    Row("POST", "processes.set_roles", "/processes/{process}/staffing", EDITORS),
    Row("GET", "processes.edit_pool", "/processes/{process}/staffing/pools/{pool}", EDITORS),
    Row("POST", "processes.set_pool", "/processes/{process}/staffing/pools/{pool}", EDITORS),
    Row("POST", "processes.remove_pool", "/processes/{process}/staffing/pools/{pool}/remove", EDITORS),
    # data
    Row("GET", "data.index", "/data/", frozenset({LEAD, ANALYST})),
    Row("POST", "data.bring", "/data/", frozenset({LEAD, ANALYST})),
    Row("GET", "data.show", "/data/{log}/", frozenset({LEAD, ANALYST})),
    Row("GET", "data.columns", "/data/{log}/columns", frozenset({LEAD, ANALYST})),
    Row("POST", "data.confirm", "/data/{log}/columns", frozenset({LEAD, ANALYST})),
    Row("POST", "data.again", "/data/{log}/again", frozenset({LEAD, ANALYST})),
    Row("GET", "data.rows", "/data/{log}/rows", frozenset({LEAD, ANALYST})),
    Row("POST", "data.correct", "/data/{log}/rows", frozenset({LEAD, ANALYST})),
    Row("GET", "data.against", "/data/{log}/against/{process}", frozenset({LEAD, ANALYST})),
    Row("GET", "data.arrivals", "/data/{log}/arrivals", frozenset({LEAD, ANALYST})),
    Row("GET", "data.moves", "/data/{log}/moves", frozenset({LEAD, ANALYST})),
    Row("GET", "data.waits", "/data/{log}/waits", frozenset({LEAD, ANALYST})),
    Row("GET", "data.figures", "/data/{log}/figures", frozenset({LEAD, ANALYST})),
    Row("GET", "data.table_csv", "/data/{log}/tables/waits.csv", frozenset({LEAD, ANALYST})),
    Row("GET", "data.recipe", "/data/{log}/recipe", frozenset({LEAD, ANALYST})),
    Row("POST", "data.make_process", "/data/{log}/process", frozenset({LEAD, ANALYST})),
    Row("POST", "data.make_version", "/data/{log}/version", frozenset({LEAD, ANALYST})),
    # reviews
    Row("GET", "reviews.index", "/reviews/", REVIEWERS),
    Row("POST", "reviews.begin", "/reviews/", frozenset({LEAD})),
    Row("GET", "reviews.show", "/reviews/{review}/", REVIEWERS),
    Row("GET", "reviews.plan", "/reviews/{review}/plan", REVIEWERS),
    Row("POST", "reviews.add_to_plan", "/reviews/{review}/plan/aim", frozenset({LEAD})),
    Row("POST", "reviews.take_out_of_plan", "/reviews/{review}/plan/out", frozenset({LEAD})),
    Row("GET", "reviews.scope", "/reviews/{asked_review}/scope", REVIEWERS),
    Row("POST", "reviews.draw_scope", "/reviews/{review}/scope", frozenset({LEAD})),
    Row("POST", "reviews.lock", "/reviews/{review}/scope/locks", frozenset({LEAD})),
    Row("POST", "reviews.unlock", "/reviews/{review}/scope/unlock", frozenset({LEAD})),
    Row("POST", "reviews.submit_scope", "/reviews/{asked_review}/scope/submit", frozenset({LEAD})),
    Row("POST", "reviews.sign_scope", "/reviews/{asked_review}/scope/sign", frozenset({DECISION_MAKER}), own=NONE),
    Row("GET", "reviews.map", "/reviews/{review}/map", REVIEWERS),
    # questions
    Row("GET", "questions.index", "/reviews/{review}/questions", REVIEWERS),
    Row("POST", "questions.ask", "/reviews/{review}/questions/ask", frozenset({LEAD})),
    Row("POST", "questions.raise_own", "/reviews/{review}/questions/own", frozenset({LEAD, MEMBER, MANAGER, ANALYST})),
    Row("GET", "questions.show", "/questions/{question}", frozenset({LEAD, MEMBER, MANAGER, ANALYST})),
    Row("POST", "questions.answer", "/questions/{question}/answer", frozenset({MEMBER, MANAGER})),
    Row("POST", "questions.settle", "/questions/{question}/settle", frozenset({LEAD})),
    Row("POST", "questions.reopen", "/questions/{question}/reopen", frozenset({LEAD})),
    Row("POST", "questions.make_link", "/questions/{question}/link", frozenset({LEAD})),
    Row("GET", "questions.by_link", "/answer/unknown", NONE, refused=404, open=True),
    Row("POST", "questions.answer_by_link", "/answer/unknown", NONE, refused=404, open=True),
    # analyses
    Row("GET", "analyses.index", "/reviews/{review}/analyses", frozenset({LEAD, ANALYST})),
    Row("POST", "analyses.bring", "/reviews/{review}/analyses", frozenset({LEAD, ANALYST})),
    Row("GET", "analyses.table", "/evidence/{evidence_table}", frozenset({LEAD, ANALYST})),
    Row("POST", "analyses.keep_columns", "/evidence/{evidence_table}/columns", frozenset({LEAD, ANALYST})),
    Row("POST", "analyses.ask", "/evidence/{evidence_table}/ask/series", frozenset({LEAD, ANALYST})),
    Row("GET", "analyses.show", "/analyses/{analysis}", frozenset({LEAD, ANALYST})),
    Row("POST", "analyses.change", "/analyses/{analysis}", frozenset({LEAD, ANALYST})),
    Row("POST", "analyses.cut", "/analyses/{analysis}/cut", frozenset({LEAD, ANALYST})),
    Row("POST", "analyses.remove", "/analyses/{analysis}/remove", frozenset({LEAD, ANALYST})),
    Row("GET", "analyses.figures_csv", "/analyses/{analysis}/figures.csv", frozenset({LEAD, ANALYST})),
    # implementation
    Row("GET", "implementation.index", "/reviews/{review}/implementation", REVIEWERS),
    Row("POST", "implementation.take", "/reviews/{review}/actions/take", frozenset({LEAD})),
    Row("POST", "implementation.write", "/reviews/{review}/actions", frozenset({LEAD})),
    Row("POST", "implementation.plan_rollout", "/reviews/{review}/rollout", frozenset({LEAD})),
    Row("POST", "implementation.go_live", "/reviews/{review}/live", frozenset({LEAD})),
    Row("POST", "implementation.put_down", "/reviews/{review}/notes", frozenset({LEAD, MEMBER, MANAGER})),
    Row("GET", "implementation.show", "/actions/{action}", REVIEWERS),
    Row("POST", "implementation.close", "/actions/{action}/close", REVIEWERS),
    # monitoring
    Row("GET", "monitoring.index", "/reviews/{review}/benefits", REVIEWERS),
    Row("POST", "monitoring.take_readings", "/reviews/{review}/readings", frozenset({LEAD, ANALYST})),
    Row("POST", "monitoring.look_back", "/reviews/{review}/outcome", frozenset({LEAD})),
    Row("POST", "monitoring.close", "/reviews/{review}/close", frozenset({LEAD})),
    # findings
    Row("GET", "findings.index", "/reviews/{review}/findings", WEIGHERS),
    Row("POST", "findings.write", "/reviews/{review}/findings", frozenset({LEAD, ANALYST})),
    Row("POST", "findings.conclude", "/reviews/{review}/conclusions", frozenset({LEAD})),
    Row("GET", "findings.show", "/findings/{finding}", WEIGHERS | {MEMBER}),
    Row("POST", "findings.correct", "/findings/{finding}/correct", frozenset({LEAD, ANALYST})),
    Row("POST", "findings.put_to_teams", "/findings/{written_finding}/teams", frozenset({LEAD})),
    Row("POST", "findings.reply", "/findings/{finding}/reply", frozenset({MEMBER, MANAGER})),
    Row("POST", "findings.accept", "/findings/{unnamed_finding}/accept", frozenset({LEAD})),
    Row("POST", "findings.settle", "/findings/{finding}/settle", frozenset({LEAD})),
    # options
    Row("GET", "options.index", "/reviews/{review}/options", WEIGHERS),
    Row("POST", "options.begin", "/reviews/{review}/options", frozenset({LEAD, ANALYST})),
    Row("GET", "options.show", "/options/{option}", WEIGHERS),
    Row("POST", "options.add_move", "/options/{option}/moves/remove", frozenset({LEAD, ANALYST})),
    Row("POST", "options.undo", "/options/{option}/undo", frozenset({LEAD, ANALYST})),
    Row("POST", "options.to_newest", "/options/{option}/newest", frozenset({LEAD, ANALYST})),
    Row("POST", "options.act", "/options/{option}/state/submit", frozenset({LEAD})),
    # experiments
    Row("GET", "experiments.index", "/reviews/{review}/simulation", WEIGHERS),
    Row("POST", "experiments.describe", "/reviews/{review}/scenarios", frozenset({LEAD, ANALYST})),
    Row("POST", "experiments.ask", "/reviews/{review}/simulation", frozenset({LEAD, ANALYST})),
    Row("GET", "experiments.show", "/simulations/{simulation}", WEIGHERS),
    Row("GET", "experiments.figures_csv", "/simulations/{simulation}/figures.csv", WEIGHERS),
    Row("GET", "experiments.screen", "/reviews/{review}/staffing-screen", WEIGHERS),
    Row("GET", "experiments.break_point", "/simulations/{simulation}/break-point", WEIGHERS),
    Row("POST", "experiments.ask_break_point", "/simulations/{simulation}/break-point", frozenset({LEAD, ANALYST})),
    Row("GET", "experiments.heads", "/simulations/{simulation}/heads", WEIGHERS),
    Row("POST", "experiments.ask_heads", "/simulations/{simulation}/heads", frozenset({LEAD, ANALYST})),
    Row("GET", "experiments.sensitivity", "/simulations/{simulation}/sensitivity", WEIGHERS),
    Row("POST", "experiments.ask_sensitivity", "/simulations/{simulation}/sensitivity", frozenset({LEAD, ANALYST})),
    Row("GET", "experiments.assumptions", "/simulations/{simulation}/assumptions", WEIGHERS),
    Row("POST", "experiments.ask_assumptions", "/simulations/{simulation}/assumptions", frozenset({LEAD, ANALYST})),
    Row("GET", "experiments.inside", "/simulations/{simulation}/inside", WEIGHERS),
    Row("GET", "experiments.case", "/simulations/{simulation}/case", WEIGHERS),
    Row("GET", "experiments.progress", "/simulations/{simulation}/progress", WEIGHERS),
    # decisions
    Row("GET", "decisions.index", "/reviews/{review}/decisions", DECIDERS),
    Row("POST", "decisions.begin", "/reviews/{review}/decisions", frozenset({LEAD})),
    Row("GET", "decisions.show", "/recommendations/{recommendation}", DECIDERS),
    Row("POST", "decisions.write", "/recommendations/{recommendation}", frozenset({LEAD})),
    Row("POST", "decisions.submit", "/recommendations/{recommendation}/submit", frozenset({LEAD})),
    Row("POST", "decisions.sign", "/recommendations/{recommendation}/sign", frozenset({DECISION_MAKER}), own=NONE),
    Row("GET", "decisions.pack_json", "/recommendations/{recommendation}/pack.json", DECIDERS),
    Row("POST", "decisions.run_again", "/recommendations/{recommendation}/re-run", DECIDERS),
    Row("GET", "decisions.progress", "/recommendations/{recommendation}/re-run", DECIDERS),
)


def a_job(engine: Engine, author: str) -> str:
    """Make a job that somebody asked for, about the example's service."""
    with database.transaction(engine) as db:
        return jobs.ask(db, "nothing", {}, author, "service/household-claims")


def a_session(engine: Engine, author: str) -> str:
    """Make another session of somebody."""
    id = operations.fingerprint(secrets.token_urlsafe(32))
    at = database.now()
    with database.transaction(engine) as db:
        store.add_session(db, Session(id, author, at, at, "127.0.0.1", "another browser"))
    return id


def a_pool(engine: Engine, _author: str) -> str:
    """Make a pool of the example's process that no role is given to."""
    nora = example.actor(engine, "nora")
    with database.reading(engine) as db:
        head = process_rows.head(db, PROCESS)
        staffing = process_rows.staffing(db, head)
    if staffing.pool("spare") is None:
        more = msgspec.structs.replace(staffing, pools=(*staffing.pools, Pool(id="spare", name="Spare")))
        processes.set_staffing(engine, nora, PROCESS, head.n, more, "added a pool")
    return "spare"


def an_option(engine: Engine, author: str) -> str:
    """Make a draft of somebody."""
    return deciding.an_option(engine, reviewing.a_review(engine), author).id


def a_simulation(engine: Engine, author: str) -> str:
    """Make a simulation that somebody asked for."""
    return deciding.asked_to_play(engine, reviewing.a_review(engine), author=author).id


def a_brought_file(engine: Engine, author: str) -> str:
    """Make a file that somebody brought in and that waits."""
    found = process_file.bring_in(b"step\nAsk\nAnswer\n", "steps.csv")
    one = BroughtFile(
        id=secrets.token_hex(16),
        service="household-claims",
        process=None,
        revision=None,
        name="steps.csv",
        size=16,
        chosen="",
        author=author,
        at=database.now(),
    )
    with database.transaction(engine) as db:
        process_rows.add_brought(db, one, b"step\nAsk\nAnswer\n", processes.as_graph_file(found))
    return one.id


OBJECTS: dict[str, Callable[[Engine, str], str]] = {
    "job": a_job,
    "session": a_session,
    "service": lambda _engine, _author: "household-claims",
    "process": lambda _engine, _author: PROCESS,
    "step": lambda _engine, _author: "second-check",
    "flow": lambda _engine, _author: "assess-claim--technical-opinion",
    "pool": a_pool,
    "brought_file": a_brought_file,
    "log": lambda _engine, _author: LOG,
    "review": reviewing.a_review,
    "asked_review": reviewing.an_asked_review,
    "question": reviewing.a_question,
    "finding": reviewing.a_finding_with_teams,
    "action": lambda engine, author: deciding.an_action(engine, reviewing.a_review(engine, author)),
    "evidence_table": lambda engine, author: reviewing.evidence(engine, reviewing.a_review(engine, author)),
    "analysis": lambda engine, author: reviewing.an_analysis(engine, reviewing.a_review(engine, author)),
    "written_finding": lambda engine, author: reviewing.a_finding(engine, reviewing.a_review(engine, author)),
    "unnamed_finding": lambda engine, author: reviewing.an_unnamed_finding(engine, reviewing.a_review(engine, author)),
    "option": an_option,
    "simulation": a_simulation,
    "recommendation": deciding.a_recommendation,
}
"""Makes an object of somebody (a sign-in name) and returns what stands for it in an address."""


def address(row: Row, engine: Engine, author: str) -> str:
    """Return the row's address with objects of an author in it."""
    wanted = {name: make(engine, LOGINS[author]) for name, make in OBJECTS.items() if "{" + name + "}" in row.address}
    return row.address.format(**wanted)
