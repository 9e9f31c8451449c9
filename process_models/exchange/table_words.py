"""What people write in a table of steps: headings, kinds, times, and where a step leads."""

import re
from decimal import Decimal
from typing import Any

from msgspec import Struct

from process_models.graph.steps import Kind, Lane
from process_models.values.calendars import DAY, HOUR, MINUTE

COLUMNS = (
    "id", "step", "kind", "lane", "role", "next", "time", "unit cost", "systems", "inputs", "outputs", "description",
)  # fmt: skip
"""The columns of a step table as it is given out."""
HEADINGS = {
    "id": "id, no, number, nr, key, step id, step no, step number",
    "step": "step, name, activity, task, step name, activity name, process step, what, title, action",
    "kind": "kind, type, step type, kind of step",
    "lane": "lane, blueprint lane, swim lane, swimlane",
    "role": "role, who, who does it, done by, responsible, owner, performer, team, department, resource",
    "next": "next, goes to, next step, next steps, then, successor, successors, leads to, to, followed by",
    "time": "time, duration, work, work time, minutes, hours, min, effort, wait, waiting time, how long",
    "unit cost": "unit cost, cost, cost per case",
    "systems": "systems, system, tool, tools, application, applications",
    "inputs": "inputs, input, needs, documents in",
    "outputs": "outputs, output, gives, documents out",
    "description": "description, notes, note, comment, comments, details, remark, remarks",
}
"""Headings that people write, in lower case without marks and brackets."""
KINDS = {
    Kind.START: "start, begin, start event",
    Kind.END: "end, stop, finish, end event",
    Kind.WORK: "work, task, activity, step, action, manual, automatic, process",
    Kind.WAIT: "wait, waiting, delay, event, timer",
    Kind.CHOICE: "choice, decision, gateway, xor, exclusive, question, if",
    Kind.FORK: "fork, parallel, and, split, and split, in parallel",
    Kind.JOIN: "join, merge, and join",
    Kind.INCLUSIVE: "inclusive, or",
}
"""Kinds that people write."""
UNITS = {"d": DAY, "day": DAY, "days": DAY, "h": HOUR, "hr": HOUR, "hrs": HOUR, "hour": HOUR, "hours": HOUR,
         "min": MINUTE, "mins": MINUTE, "m": MINUTE, "minute": MINUTE, "minutes": MINUTE,
         "s": 1000, "sec": 1000, "second": 1000, "seconds": 1000, "ms": 1}  # fmt: skip
TIME = re.compile(r"(\d{1,12}(?:[.,]\d{1,9})?)\s*([a-z]*)")
ENTRY = re.compile(r"(?P<to>.*?)\s*(?:\((?P<how>[^()]*)\))?\s*(?::\s*(?P<label>.*))?", re.DOTALL)
GIVES_UP = "gives up"


def _by_word(words: dict[Any, str]) -> dict[str, Any]:
    return {word: name for name, text in words.items() for word in text.split(", ")}


_COLUMN_OF, _KIND_OF = _by_word(HEADINGS), _by_word(KINDS)


class Goal(Struct, frozen=True):
    """Where a step leads, as written: the step, the share, and why."""

    to: str
    share: Decimal | None = None
    gives_up: bool = False
    label: str = ""


def heading(cell: str) -> str:
    """Return the words of a heading: lower case, without marks and what stands in brackets.

    >>> heading("Next step(s):"), heading("Duration [min]")
    ('next step', 'duration')
    """
    return " ".join(re.sub(r"[^\w\s]", " ", re.sub(r"\(.*?\)|\[.*?\]", " ", cell.lower())).replace("_", " ").split())


def column(cell: str) -> str:
    """Return which column a heading means, empty where it is none of ours.

    >>> column("Activity Name"), column("Next step"), column("Who does it?"), column("colour")
    ('step', 'next', 'role', '')
    """
    return str(_COLUMN_OF.get(heading(cell), ""))


def kind(text: str) -> Kind | None:
    """Return the kind that a cell says, None where it is no kind.

    >>> kind("Decision"), kind("AND split"), kind("Banana")
    (<Kind.CHOICE: 'CHOICE'>, <Kind.FORK: 'FORK'>, None)
    """
    return _KIND_OF.get(heading(text))


def lane(text: str) -> Lane | None:
    """Return the lane that a cell says, None where it is none."""
    words = heading(text).removesuffix(" stage").removesuffix(" office")
    return Lane(words) if words in set(Lane) else None


def time(text: str, unit: str = "min") -> int | None:
    """Return a time in ms, None where it is none; the unit may stand in the heading.

    >>> time("1,5 h"), time("90"), time("2", "days"), time("soon")
    (5400000, 5400000, 172800000, None)
    """
    found = TIME.fullmatch(text.strip().lower())
    size = UNITS.get((found[2] or unit) if found else "")
    if found is None or size is None:
        return None
    ms = int((Decimal(found[1].replace(",", ".")) * size).to_integral_value())
    return ms if ms < 2**53 else None


def unit_of(cell: str) -> str:
    """Return the unit that a heading of times names; minutes where it names none.

    >>> unit_of("Duration (hours)"), unit_of("Time")
    ('hours', 'min')
    """
    return next((word for word in re.findall(r"[a-z]+", cell.lower()) if word in UNITS), "min")


def goals(text: str, known: frozenset[str]) -> list[Goal]:
    """Return where a cell leads: steps with ``;`` or line breaks between, commas where that makes known steps of them.

    >>> [(goal.to, str(goal.share), goal.label) for goal in goals("Pay (70 %): fine; Refuse (0.3)", frozenset())]
    [('Pay', '0.7', 'fine'), ('Refuse', '0.3', '')]
    """
    parts = [part.strip() for part in re.split(r"[;\n|]", text) if part.strip()]
    if len(parts) == 1 and parts[0].casefold() not in known:
        commas = [part.strip() for part in parts[0].split(",") if part.strip()]
        if len(commas) > 1 and all(_goal(part, known).to.casefold() in known for part in commas):
            parts = commas
    return [_goal(part, known) for part in parts]


def _goal(part: str, known: frozenset[str]) -> Goal:
    found = ENTRY.fullmatch(part)
    if part.casefold() in known or found is None:
        return Goal(part)
    how = (found["how"] or "").strip()
    if how.casefold() == GIVES_UP:
        return Goal(found["to"], gives_up=True, label=(found["label"] or "").strip())
    amount = share(how) if how else None
    if how and amount is None:
        return Goal(part)
    return Goal(found["to"], amount, label=(found["label"] or "").strip())


def share(text: str) -> Decimal | None:
    """Return a share: ``70 %``, ``0.7`` or ``0,7``; None where it is none.

    >>> share("70 %"), share("0,25"), share("often")
    (Decimal('0.7'), Decimal('0.25'), None)
    """
    found = re.fullmatch(r"\s*(\d{1,3}(?:[.,]\d{1,12})?)\s*(%?)\s*", text)
    if found is None:
        return None
    value = Decimal(found[1].replace(",", "."))
    value = value / 100 if found[2] or value > 1 else value
    return value if value <= 1 else None
