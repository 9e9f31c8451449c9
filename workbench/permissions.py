"""Who may do what: one table. Any one line grants; every rule on the line must hold.

A rule sees the actor's responsibilities where the object stands, and whether the object is the actor's own. Pages ask
:func:`may` to be polite; operations :func:`require`, because they do not trust the pages.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

from msgspec import Struct

from workbench.errors import NotAllowed, NotFound


class Responsibility(StrEnum):
    """What somebody may do in the workbench; a role, by contrast, is who does a step."""

    LEAD = "lead"
    MEMBER = "member"
    MANAGER = "manager"
    DECISION_MAKER = "decision maker"
    ANALYST = "analyst"
    ADMINISTRATOR = "administrator"


class Held(Struct, frozen=True):
    """Responsibilities somewhere: on a review, on a service, or with neither on the whole installation."""

    responsibilities: frozenset[Responsibility]
    service: str | None = None
    review: str | None = None


class Actor(Struct, frozen=True):
    """Who acts; nobody signed in has no person."""

    person: str = ""
    name: str = ""
    held: tuple[Held, ...] = ()

    def responsibilities(self, place: "Place") -> frozenset[Responsibility]:
        """Return what the actor may do at a place: all held there and all held above it."""
        return frozenset(r for held in self.held if place.under(held) for r in held.responsibilities)


NOBODY = Actor()


class Place(Struct, frozen=True):
    """Where an object stands and whose it is. A review's place names its service too.

    With neither service nor review it is the installation's. ``anywhere`` asks whether there is any place at all.
    """

    service: str | None = None
    review: str | None = None
    author: str | None = None
    anywhere: bool = False

    def under(self, held: Held) -> bool:
        """Say whether responsibilities reach this place."""
        if self.anywhere or (held.service is None and held.review is None):
            return True
        if held.review is not None:
            return held.review == self.review
        return held.service == self.service


INSTALLATION = Place()
ANYWHERE = Place(anywhere=True)

Rule = Callable[[Actor, Place], bool]


def holds(responsibility: Responsibility) -> Rule:
    """Return the rule that the actor has a responsibility where the object stands."""

    def rule(actor: Actor, place: Place) -> bool:
        return responsibility in actor.responsibilities(place)

    rule.__name__ = responsibility.name.lower()
    return rule


lead = holds(Responsibility.LEAD)
member = holds(Responsibility.MEMBER)
manager = holds(Responsibility.MANAGER)
decision_maker = holds(Responsibility.DECISION_MAKER)
analyst = holds(Responsibility.ANALYST)
administrator = holds(Responsibility.ADMINISTRATOR)


def signed_in(actor: Actor, place: Place) -> bool:  # noqa: ARG001 (a rule)
    """Hold for everybody who has signed in."""
    return bool(actor.person)


def own(actor: Actor, place: Place) -> bool:
    """Hold for the author of the object."""
    return bool(actor.person) and (place.anywhere or place.author == actor.person)


def not_author(actor: Actor, place: Place) -> bool:
    """Hold for everybody but the author of the object."""
    return bool(actor.person) and (place.anywhere or place.author != actor.person)


class Permission(StrEnum):
    """Something that not everybody may do. A use case adds its own below its heading."""

    # accounts, services and the record
    SELF = "see and change what is one's own"
    PERSON_ADD = "add a person"
    SERVICE_READ = "see a service"
    SERVICE_ADD = "add a service"
    MEMBERSHIP_CHANGE = "say who has which responsibility"
    RECORD_READ = "read the record"
    JOB_READ = "see how far a job is"
    JOB_CANCEL = "cancel a job"

    # processes and data
    PROCESS_READ = "see a process"
    PROCESS_EDIT = "change a process"
    DATA_READ = "see a log"
    DATA_BRING = "bring in a log"

    # reviews and their scope
    REVIEW_READ = "see a review"
    REVIEW_ADD = "begin a review"
    REVIEW_PLAN = "plan a review"
    SCOPE_SUBMIT = "ask for the scope to be signed"
    SCOPE_SIGN = "sign the scope"

    # questions and answers
    QUESTION_SEE = "see a question that is asked"
    QUESTION_READ = "see all answers of a review"
    QUESTION_RAISE = "raise a question"
    QUESTION_ANSWER = "answer a question"
    QUESTION_SETTLE = "send, settle and close questions"

    # findings and conclusions
    FINDING_SEE = "see a finding that is put to one's team"
    FINDING_READ = "see the findings of a review"
    FINDING_WRITE = "write down a finding"
    FINDING_REPLY = "reply to a finding"
    FINDING_SETTLE = "accept and settle findings, and conclude on criteria"

    # options, scenarios and experiments
    OPTION_READ = "see an option"
    OPTION_DRAFT = "draft an option"
    OPTION_SUBMIT = "submit an option"
    SCENARIO_EDIT = "describe a scenario"
    EXPERIMENT_READ = "see what a simulation says"
    EXPERIMENT_RUN = "run a simulation"

    # recommendations and decisions
    RECOMMENDATION_READ = "see a recommendation"
    RECOMMENDATION_WRITE = "write a recommendation"
    RECOMMENDATION_DECIDE = "decide on a recommendation"
    RECOMMENDATION_RERUN = "compute a recommendation's figures again"

    # implementation
    ACTION_READ = "see what is to be done after a decision"
    ACTION_PLAN = "plan actions and how a change goes live"
    ACTION_NOTE = "put down quick fixes and deviations"

    # monitoring
    BENEFIT_READ = "see what was promised and what is kept"
    BENEFIT_READ_IN = "take readings of what was promised"
    BENEFIT_REVIEW = "look back on a change and close the review"


ALLOWED: dict[Permission, tuple[tuple[Rule, ...], ...]] = {
    # Any one line grants; every rule on the line must hold.
    Permission.SELF: ((signed_in,),),
    Permission.PERSON_ADD: ((administrator,),),
    Permission.SERVICE_READ: ((lead,), (member,), (manager,), (decision_maker,), (analyst,), (administrator,)),
    Permission.SERVICE_ADD: ((administrator,),),
    Permission.MEMBERSHIP_CHANGE: ((administrator,), (lead,)),
    Permission.RECORD_READ: ((administrator,), (lead,), (decision_maker,)),
    Permission.JOB_READ: ((own,), (lead,), (analyst,), (administrator,)),
    Permission.JOB_CANCEL: ((own,), (lead,), (administrator,)),
    Permission.PROCESS_READ: ((lead,), (member,), (manager,), (decision_maker,), (analyst,), (administrator,)),
    Permission.PROCESS_EDIT: ((lead,), (analyst,), (member,)),
    Permission.DATA_READ: ((lead,), (analyst,)),
    Permission.DATA_BRING: ((lead,), (analyst,)),
    Permission.REVIEW_READ: ((lead,), (member,), (manager,), (decision_maker,), (analyst,)),
    Permission.REVIEW_ADD: ((lead,),),
    Permission.REVIEW_PLAN: ((lead,),),
    Permission.SCOPE_SUBMIT: ((lead,),),
    Permission.SCOPE_SIGN: ((decision_maker, not_author),),
    Permission.QUESTION_SEE: ((lead,), (analyst,), (member,), (manager,)),
    Permission.QUESTION_READ: ((lead,), (analyst,)),
    Permission.QUESTION_RAISE: ((lead,), (member,), (manager,), (analyst,)),
    Permission.QUESTION_ANSWER: ((member,), (manager,)),
    Permission.QUESTION_SETTLE: ((lead,),),
    Permission.FINDING_SEE: ((lead,), (analyst,), (decision_maker,), (member,), (manager,)),
    Permission.FINDING_READ: ((lead,), (analyst,), (decision_maker,), (manager,)),
    Permission.FINDING_WRITE: ((lead,), (analyst,)),
    Permission.FINDING_REPLY: ((member,), (manager,)),
    Permission.FINDING_SETTLE: ((lead,),),
    Permission.OPTION_READ: ((lead,), (analyst,), (decision_maker,), (manager,)),
    Permission.OPTION_DRAFT: ((lead,), (analyst,)),
    Permission.OPTION_SUBMIT: ((lead,),),
    Permission.SCENARIO_EDIT: ((lead,), (analyst,)),
    Permission.EXPERIMENT_READ: ((lead,), (analyst,), (decision_maker,), (manager,)),
    Permission.EXPERIMENT_RUN: ((lead,), (analyst,)),
    Permission.RECOMMENDATION_READ: ((lead,), (analyst,), (decision_maker,)),
    Permission.RECOMMENDATION_WRITE: ((lead,),),
    Permission.RECOMMENDATION_DECIDE: ((decision_maker, not_author),),
    Permission.RECOMMENDATION_RERUN: ((lead,), (analyst,), (decision_maker,)),
    Permission.ACTION_READ: ((lead,), (member,), (manager,), (decision_maker,), (analyst,)),
    Permission.ACTION_PLAN: ((lead,),),
    Permission.ACTION_NOTE: ((lead,), (member,), (manager,)),
    Permission.BENEFIT_READ: ((lead,), (member,), (manager,), (decision_maker,), (analyst,)),
    Permission.BENEFIT_READ_IN: ((lead,), (analyst,)),
    Permission.BENEFIT_REVIEW: ((lead,),),
}


def may(actor: Actor, permission: Permission, place: Place) -> bool:
    """Say whether somebody may do something at a place."""
    return any(all(rule(actor, place) for rule in line) for line in ALLOWED[permission])


def require(actor: Actor, permission: Permission, place: Place) -> None:
    """Refuse what somebody may not do."""
    if not may(actor, permission, place):
        raise NotAllowed("not_allowed", what=permission.value)


def see(actor: Actor, permission: Permission, place: Place) -> None:
    """Refuse to show what somebody may not see, without telling that it exists."""
    if not may(actor, permission, place):
        raise NotFound("not_here")


View = TypeVar("View", bound=Callable[..., Any])


def needs(permission: Permission) -> Callable[[View], View]:
    """Declare what a route needs; asked before the route runs, of any place at all."""

    def declare(view: View) -> View:
        view.permission = permission  # type: ignore[attr-defined]
        return view

    return declare


def open_to_all(view: View) -> View:
    """Declare a route open to people who are not signed in."""
    view.permission = None  # type: ignore[attr-defined]
    return view


def takes_files(view: View) -> View:
    """Declare that a route takes files: from people who are known, as large as the installation is set to take."""
    view.takes_files = True  # type: ignore[attr-defined]
    return view


def signing(view: View) -> View:
    """Declare that a route signs: after an expired session it is shown again, never replayed."""
    view.signing = True  # type: ignore[attr-defined]
    return view
