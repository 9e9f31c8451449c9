"""What people do with recommendations: write one, submit it, decide on it. Nobody decides on their own proposal."""

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection, Engine

from process_models.values.canonical import digest
from process_models.values.document import slug
from process_models.values.material import Judgement
from workbench import documents, record, signatures
from workbench.accounts import operations as accounts
from workbench.database import now, transaction
from workbench.decisions import store
from workbench.decisions.differences import Told, told
from workbench.decisions.model import Pack, Proposal, ProposalRevision, Recommendation, judge
from workbench.decisions.packing import asked_pack, letter_in, pack_of, why_not
from workbench.errors import Invalid, NotAllowed, NotPossible
from workbench.experiments import store as experiments
from workbench.findings import operations as finding_acts
from workbench.findings import store as findings
from workbench.options import store as option_rows
from workbench.permissions import Actor, Permission, Place, may, require
from workbench.reviews import store as reviews
from workbench.signatures import Intent, Signature

MEANING = "decision on the recommendation"


def begin(engine: Engine, actor: Actor, id: str, proposal: Proposal) -> Recommendation:
    """Begin a recommendation of a review; its id comes from its title and stays."""
    with transaction(engine) as db:
        review = reviews.find(db, id)
        require(actor, Permission.RECOMMENDATION_WRITE, review.place)
        taken = frozenset(one.id for one in store.recommendations(db))
        new = Recommendation(slug(proposal.wording.title, taken), id, review.service, actor.person, now())
        store.add(db, new)
        _keep(db, actor, new, 0, proposal)
    return new


def write(engine: Engine, actor: Actor, id: str, base: int, proposal: Proposal) -> None:
    """Put a revision in place of the newest; refused if somebody was quicker."""
    with transaction(engine) as db:
        found = store.find(db, id)
        require(actor, Permission.RECOMMENDATION_WRITE, found.place)
        head = store.head(db, id)
        if head.n != base:
            raise NotPossible("recommendation_moved_on", base=base, head=head.n)
        if digest(proposal) != head.digest:
            _keep(db, actor, found, base, proposal)


def _keep(db: Connection, actor: Actor, found: Recommendation, base: int, proposal: Proposal) -> None:
    option = option_rows.find(db, proposal.option)
    experiment = experiments.find(db, proposal.experiment)
    if (option.review, experiment.review) != (found.review, found.review):
        raise NotPossible("experiment_without_option")
    letter_in(experiments.spec(db, experiment), option.id)
    if experiment.outcome is None:
        raise NotPossible("experiment_not_done")
    if not set(proposal.findings) <= {one.id for one in findings.findings(db, found.review) if one.accepted}:
        raise Invalid("recommendation_of_unaccepted")
    new = ProposalRevision(base + 1, documents.keep(db, proposal), actor.person, now())
    store.add_revision(db, found.id, new)
    record.enter(db, actor.person, "write recommendation", found.subject, {"n": new.n, "proposal": new.digest})


def submit(engine: Engine, actor: Actor, id: str) -> str:
    """Ask the decision makers to decide on the recommendation as it is now, and return the digest of its pack."""
    with transaction(engine) as db:
        found = store.find(db, id)
        require(actor, Permission.RECOMMENDATION_WRITE, found.place)
        pack = pack_of(db, found)
        if reason := why_not(db, found, pack):
            raise NotPossible(reason)
        kept = documents.keep(db, pack)
        store.ask(db, id, kept, actor.person)
        for cited in pack.findings:
            finding_acts.use(db, actor, cited.id, pack.wording.title)
        record.enter(db, actor.person, "submit recommendation", found.subject, {"pack": kept})
    return kept


def proposers(db: Connection, found: Recommendation) -> frozenset[str]:
    """Return who had a hand in a recommendation: in its wording, in submitting it, or in its option."""
    option = option_rows.find(db, store.proposal(db, found.id).option)
    drafted = {revision.author for revision in option_rows.revisions(db, option.id)}
    written = {revision.author for revision in store.revisions(db, found.id)}
    return frozenset({found.author, option.author, *drafted, *written, *filter(None, [found.asked_by])})


def place_for(db: Connection, actor: Actor, found: Recommendation) -> Place:
    """Return where permissions find a recommendation for somebody: it is their own if they had a hand in it."""
    own = actor.person in proposers(db, found)
    return replace(found.place, author=actor.person if own else found.author)


def decide(engine: Engine, actor: Actor, id: str, intent: Intent, password: str, address: str) -> Signature:
    """Sign a decision on the pack that was shown, with the password.

    Refused where the pack changed since it was shown, or in what matters since it was submitted.
    """
    accounts.confirm(engine, actor, password, address)
    with transaction(engine) as db:
        found = store.find(db, id)
        require_other(db, actor, found)
        asked = asked_pack(db, found)
        if asked is None:
            raise NotPossible("not_submitted")
        pack = pack_of(db, found)
        if intent.shown != digest(pack):
            raise NotPossible("pack_changed")
        if judge(asked, pack).standing == "outdated":
            raise NotPossible("changed_since_submitted")
        return signatures.sign(db, actor.person, found.subject, MEANING, pack, intent)


def require_other(db: Connection, actor: Actor, found: Recommendation) -> None:
    """Refuse who may not decide; those who proposed it are told why."""
    place = place_for(db, actor, found)
    if place.author == actor.person and may(actor, Permission.RECOMMENDATION_DECIDE, replace(place, author="")):
        raise NotAllowed("own_proposal")
    require(actor, Permission.RECOMMENDATION_DECIDE, place)


class Standing(Struct, frozen=True):
    """A signature, and whether it stands for the present content."""

    signature: Signature
    judgement: Judgement
    changes: tuple[Told, ...]

    @property
    def stands(self) -> bool:
        """Say whether nothing that matters has changed since."""
        return self.judgement.standing != "outdated"


def standings(db: Connection, found: Recommendation, present: Pack) -> list[Standing]:
    """Return the signatures on a recommendation, newest first, each with how it stands; worked out when read."""
    out = []
    for one in signatures.of(db, found.subject):
        signed = documents.fetch(db, one.pack, Pack)
        out.append(Standing(one, judge(signed, present), told(signed, present)))
    return out


def decision(found: list[Standing]) -> Standing | None:
    """Return the newest signature, unless it is outdated."""
    return found[0] if found and found[0].stands else None
