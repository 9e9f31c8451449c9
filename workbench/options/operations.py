"""What people do with options: begin one, move by move, undo, bring it to a newer baseline, submit it."""

from sqlalchemy import Connection, Engine

from process_models.graph.compare import compare
from process_models.graph.design import Design
from process_models.redesign.envelope import breaches
from process_models.redesign.moves import Move
from process_models.redesign.options import derive, option, rebase
from process_models.redesign.proposals import Suggestion
from process_models.redesign.suggestions import suggest
from process_models.values.canonical import digest
from process_models.values.document import slug
from process_models.values.sentences import say
from workbench import documents, record
from workbench.database import now, transaction
from workbench.errors import NotPossible
from workbench.options import store
from workbench.options.model import NEXT, Drafted, Option, OptionRevision
from workbench.permissions import Actor, Permission, require
from workbench.processes import store as processes
from workbench.questions import operations as questions
from workbench.reviews import operations as review_operations
from workbench.reviews import store as reviews
from workbench.reviews.model import Review

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def baseline(db: Connection, review: Review) -> Design:
    """Return the design that the options of a review change."""
    return processes.design(db, processes.baseline(db, review.process))


def begin(engine: Engine, actor: Actor, id: str, name: str, moves: tuple[Move, ...] = ()) -> Option:
    """Begin an option on the present baseline, with moves if a suggestion is taken up."""
    with transaction(engine) as db:
        review = reviews.find(db, id)
        require(actor, Permission.OPTION_DRAFT, review.place)
        taken = len(store.options(db, id))
        if taken == len(LETTERS):
            raise NotPossible("too_many_options")
        ids = store.all_ids(db)
        new = Option(slug(name, ids), id, review.service, LETTERS[taken], name.strip(), actor.person, "draft", now())
        store.add(db, new)
        _keep(db, actor, new, 0, baseline(db, review), moves, "begun")
    return new


def _keep(
    db: Connection, actor: Actor, found: Option, n: int, on: Design, moves: tuple[Move, ...], verb: str
) -> OptionRevision:
    made = option(on, moves)
    documents.keep(db, on)
    documents.keep(db, derive(on, moves))
    new = OptionRevision(n + 1, documents.keep(db, made), actor.person, now(), verb[:400])
    store.add_revision(db, found.id, new)
    content = {"n": new.n, "option": new.digest, "design": made.design, "verb": new.verb}
    record.enter(db, actor.person, "draft option", f"option/{found.id}", content)
    return new


def worked_out(db: Connection, found: Option) -> Drafted:
    """Return an option with its design, what differs from the baseline, and what it breaks."""
    review = reviews.find(db, found.review)
    revision = store.head(db, found.id)
    document = store.document(db, revision)
    on = documents.fetch(db, document.baseline, Design)
    design = documents.fetch(db, document.design, Design)
    rules = review_operations.to_sign(db, found.review).rules(on.graph)
    return Drafted(
        option=found,
        revision=revision,
        document=document,
        baseline=on,
        design=design,
        change=compare(on, design),
        breaches=breaches(on, design, document.moves, rules),
        behind=document.baseline != digest(baseline(db, review)),
    )


def add_move(engine: Engine, actor: Actor, id: str, base: int, move: Move) -> None:
    """Add a move to a draft; one that does not apply is refused with the reason."""
    with transaction(engine) as db:
        found = _draft(db, actor, id)
        drafted = worked_out(db, found)
        if drafted.revision.n != base:
            raise NotPossible("option_moved_on", base=base, head=drafted.revision.n)
        verb = say(move.sentence(drafted.design))
        _keep(db, actor, found, base, drafted.baseline, (*drafted.moves, move), verb)


def undo(engine: Engine, actor: Actor, id: str) -> None:
    """Take the last move back: the design before is the design."""
    with transaction(engine) as db:
        found = _draft(db, actor, id)
        drafted = worked_out(db, found)
        if not drafted.moves:
            raise NotPossible("nothing_to_undo")
        verb = f"undone: {drafted.told()[-1]}"
        _keep(db, actor, found, drafted.revision.n, drafted.baseline, drafted.moves[:-1], verb)


def to_newest(engine: Engine, actor: Actor, id: str) -> list[str]:
    """Bring a draft to the newest baseline; return, in words, the moves that no longer apply."""
    with transaction(engine) as db:
        found = _draft(db, actor, id)
        drafted = worked_out(db, found)
        newest = baseline(db, reviews.find(db, found.review))
        kept, lost = rebase(drafted.moves, newest)
        gone = [say(one.move.sentence(drafted.baseline)) for one in lost]
        verb = "brought to the newest baseline" + (f"; no longer applies: {' '.join(gone)}" if gone else "")
        _keep(db, actor, found, drafted.revision.n, newest, kept, verb)
    return gone


def _draft(db: Connection, actor: Actor, id: str) -> Option:
    found = store.find(db, id)
    require(actor, Permission.OPTION_DRAFT, found.place)
    if found.state != "draft":
        raise NotPossible("not_a_draft", state=found.state)
    return found


def act(engine: Engine, actor: Actor, id: str, verb: str) -> None:
    """Submit, withdraw or take back; a draft that breaks something cannot be submitted."""
    with transaction(engine) as db:
        found = store.find(db, id)
        require(actor, Permission.OPTION_SUBMIT, found.place)
        if (found.state, verb) not in NEXT:
            raise NotPossible("option_not_so", verb=verb, state=found.state)
        if verb == "submit":
            _whole(worked_out(db, found))
        if not store.move_state(db, id, found.state, NEXT[found.state, verb]):
            raise NotPossible("option_not_so", verb=verb, state=store.find(db, id).state)
        record.enter(db, actor.person, f"{verb} option", f"option/{id}", {"option": store.head(db, id).digest})


def _whole(drafted: Drafted) -> None:
    """Refuse a draft without moves, and one that breaks something."""
    if not drafted.moves:
        raise NotPossible("option_without_moves")
    if drafted.breaches:
        raise NotPossible("option_breaks", what=" ".join(breach.text for breach in drafted.breaches))


def suggestions(db: Connection, review: Review) -> tuple[Suggestion, ...]:
    """Return what the heuristics propose on the baseline of a review."""
    facts = questions.facts_of(db, review)
    return suggest(type(facts)(baseline(db, review), facts.cases_per_week))
