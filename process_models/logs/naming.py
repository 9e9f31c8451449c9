"""What names of columns and steps speak of: people, groups, times, states, waits, money."""

import pandas as pd

from process_models.graph.steps import Lane
from process_models.logs.columns import Waiting, role_of, words_of
from process_models.values.sentences import Sentence


def _set(words: str) -> frozenset[str]:
    """Return words as a set."""
    return frozenset(words.split())


PEOPLE_WORDS = _set(
    "resource resolver agent user employee handler assigned assignee caller customer by staff worker owner operator "
    "person clerk"
)
GROUP_WORDS = _set("group team department queue desk role unit pool")
CASE_WORDS = {"case": 4, "ticket": 3, "incident": 3, "number": 2, "trace": 3, "claim": 2, "request": 2, "complaint": 2}
CASE_WORDS |= {"caseid": 4, "service": 1, "process": 1, "id": 1, "key": 1, "instance": 1, "order": 1, "reference": 2}
STEP_WORDS = {"activity": 4, "step": 4, "event": 3, "task": 3, "state": 3, "status": 3, "action": 2, "operation": 3}
STEP_WORDS |= {"stage": 2, "concept": 1, "phase": 1}
TIME_WORDS = {"end": 3, "ended": 3, "complete": 3, "completed": 3, "finish": 3, "finished": 3, "updated": 3}
TIME_WORDS |= {
    "endtime": 3,
    "endtimestamp": 3,
    "enddate": 3,
    "changed": 3,
    "timestamp": 3,
    "time": 2,
    "date": 1,
    "at": 1,
}
START_WORDS = _set("start started begin began begun starttime starttimestamp startdate")
OPENED_WORDS = {"opened": 3, "open": 2, "reported": 3, "received": 3, "arrival": 3, "arrived": 3, "created": 2}
OPENED_WORDS |= {"registered": 2, "submitted": 2, "logged": 1}
ORDER_WORDS = _set("count sequence seq order index version nr no number position mod")
STATE_WORDS = _set("state status")
STATE_VALUES = _set("new active open closed resolved pending awaiting hold assigned cancelled reopened")
PROMISE_WORDS = _set("sla promise kept met missed breach breached overdue late deadline target")
MISSED_WORDS = _set("missed breach breached overdue late violated")
YES_NO = ({"true", "false"}, {"yes", "no"}, {"y", "n"}, {"1", "0"}, {"kept", "missed"}, {"met", "missed"})
YES = _set("true yes y 1 kept met")
CHANNEL_WORDS = _set("channel contact medium")
TYPE_WORDS = {"type": 2, "category": 3, "product": 2}
FINAL_WORDS = _set("closed resolved close resolution outcome result final solved ended")
WAIT_CUSTOMER = _set("user customer caller client claimant applicant claimants customers")
WAIT_WORDS = _set("awaiting await waiting wait pending hold")
CUSTOMER_SENDS = _set("sends send returns return uploads upload supplies supply provides provide")


COST_WORDS = {"cost": 4, "costs": 4, "price": 3, "fee": 3, "charge": 3, "amount": 2, "expense": 3, "expenses": 3}
CLOCK_WORDS = _set("zone timezone tz offset")


def proposed_waiting(steps: tuple[str, ...]) -> tuple[Waiting, ...]:
    """Return the steps whose names speak of waiting for somebody outside: the customer, else another party.

    >>> [(one.step, one.lane.value) for one in proposed_waiting(("Awaiting User Info", "Awaiting Vendor", "Pay"))]
    [('Awaiting User Info', 'customer'), ('Awaiting Vendor', 'external')]
    """
    found = []
    for step in sorted(steps):
        words = words_of(step)
        if words & WAIT_WORDS or (words & WAIT_CUSTOMER and words & CUSTOMER_SENDS):
            lane = Lane.CUSTOMER if words & WAIT_CUSTOMER else Lane.EXTERNAL
            found.append(Waiting(step=step, lane=lane))
    return tuple(found)


def waiting_reason(waiting: Waiting) -> Sentence:
    """Say which words of a step's name made it a wait."""
    words = words_of(waiting.step) & (WAIT_WORDS | CUSTOMER_SENDS | WAIT_CUSTOMER)
    word = ", ".join(sorted(words)) or waiting.step
    return Sentence.of("log_guess_waiting", step=waiting.step, word=word, lane=waiting.lane.value)


def numbered(values: "pd.Series[str]") -> bool:
    """Whether people are named by a role and a number, several to a role."""
    return bool(values.str.fullmatch(r".*[A-Za-z].*?[-_ #]*\d+").mean() > 0.9) and values.map(role_of).nunique() > 1
