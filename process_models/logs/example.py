"""An example log, generated: household claims of Harbour Mutual, an insurer that does not exist.

About 1,200 claims over 13 weeks, one row for each step with its start and end, on the clock of London. The same seed
gives the same text on every machine: luck is hashed from what it is for, and all times are whole seconds. People work
Monday to Friday from nine to five, first come, first served, and finish what they have begun.

Planted in it, and to be found again:

- ping-pong: about 12 % of the claims go from the claims desk to the technical desk and straight back, some twice;
- a late knock-out: cover is checked only after assessment and second check, and about 18 % of the claims are refused
  there;
- an absence: one of the two seniors is away in weeks 6 and 7, and claims pile up before the second check;
- a promise missed on Mondays: claims are to be registered within two working hours, but more than a third of a week's
  claims come on a Monday.
"""

import csv
import hashlib
import heapq
import io
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from msgspec import Struct

from process_models.values.calendars import HOUR, Calendar, Span

ZONE = "Europe/London"
WORKING_HOURS = Calendar(spans=tuple(Span(day=day, start=9 * HOUR, end=17 * HOUR) for day in range(5)))
FIRST_DAY = date(2026, 1, 5)
WEEKS = 13
AWAY = (date(2026, 2, 9), date(2026, 2, 23))
"""From the first day that one senior is away to the first day back: weeks 6 and 7."""
OPENS, CLOSES = time(9), time(17)
PROMISE = timedelta(hours=2)
"""Working time from the report to the end of registration."""

HEADER = (
    "claim",
    "step",
    "started",
    "ended",
    "group",
    "resource",
    "channel",
    "claim type",
    "promise kept",
    "opened",
)
A_DAY = (33, 15, 14, 15, 13, 2, 2)
"""Claims reported on Monday, Tuesday ..., give or take two on working days."""
HOURS_OF_DAY = (8, 9, 9, 9, 9, 10, 10, 10, 10, 11, 11, 11, 12, 12, 13, 13, 14, 14, 15, 15, 16, 17, 18, 19)
"""Each hour as often as it is likely; the telephone is answered from nine to five."""
TYPES = (("Water damage", 400), ("Storm", 650), ("Theft", 830), ("Accidental damage", 1000))
"""Types of claim, by share per mille, running."""

REPORT, REGISTER, ASK, SENDS = "Report the claim", "Register", "Ask for papers", "Customer sends papers"
ASSESS, OPINION, SECOND, COVER = "Assess claim", "Technical opinion", "Second check", "Check cover"
DECIDE, PAY, EXPLAIN = "Decide settlement", "Pay", "Explain decision"


class Desk(Struct, frozen=True):
    """A group of people, told by codes."""

    name: str
    people: tuple[str, ...]


FRONT = Desk("Front contact", ("P01", "P02"))
REGISTRATION = Desk("Registration", ("P03", "P04"))
CLAIMS = Desk("Claims desk", ("P05", "P06", "P07", "P08"))
TECHNICAL = Desk("Technical desk", ("P09",))
SENIORS = Desk("Senior desk", ("P10", "P11"))
COVER_DESK = Desk("Cover desk", ("P12",))
PAYMENTS = Desk("Payments", ("P13",))
ABSENT = "P11"

WORK: dict[str, tuple[Desk, int]] = {
    REPORT: (FRONT, 8),
    REGISTER: (REGISTRATION, 28),
    ASK: (CLAIMS, 10),
    ASSESS: (CLAIMS, 50),
    OPINION: (TECHNICAL, 80),
    SECOND: (SENIORS, 35),
    COVER: (COVER_DESK, 12),
    DECIDE: (CLAIMS, 15),
    PAY: (PAYMENTS, 10),
    EXPLAIN: (FRONT, 12),
}
"""Who does a step, and its mean work in minutes."""
SPREAD = (45, 55, 62, 69, 75, 80, 85, 89, 94, 98, 101, 103, 106, 109, 113, 118, 125, 134, 150, 189)
"""Work of twenty claims in per cent of the mean, from the quickest to the slowest."""


class Claim(Struct):
    """A claim on its way."""

    number: int
    opened: datetime
    channel: str
    type: str
    steps: list[str]
    """Steps still to come."""
    rows: list[tuple[str, datetime, datetime, str, str]]


def luck(seed: int, claim: int, purpose: str) -> int:
    """Return a number from 0 to 999,999 that depends on what it is for and nothing else."""
    digest = hashlib.sha256(f"{seed}:{claim}:{purpose}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % 1_000_000


def claims_log(seed: int = 7) -> str:
    """Return the example log as CSV text, the rows by start."""
    claims = list(_claims(seed))
    _play(claims, seed)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADER)
    rows = [(line[2], line) for claim in claims for line in _lines(claim)]
    writer.writerows(line for _, line in sorted(rows))
    return out.getvalue()


def _claims(seed: int) -> Iterator[Claim]:
    """Yield the claims as they are reported, with the steps each will take."""
    number = 0
    for day in (FIRST_DAY + timedelta(days=n) for n in range(7 * WEEKS)):
        usual = A_DAY[day.weekday()]
        count = usual + (luck(seed, day.toordinal(), "claims of the day") % 5 - 2 if usual > 2 else 0)
        for place in range(count):
            number += 1
            yield _claim(seed, number, _reported(seed, day, place))


def _reported(seed: int, day: date, place: int) -> datetime:
    """Return when a claim is reported."""
    hour = HOURS_OF_DAY[luck(seed, day.toordinal(), f"hour {place}") % len(HOURS_OF_DAY)]
    seconds = luck(seed, day.toordinal(), f"second {place}") % 3600
    return datetime.combine(day, time(hour)) + timedelta(seconds=seconds)


def _claim(seed: int, number: int, opened: datetime) -> Claim:
    """Return a claim with its channel, type and steps."""
    drawn = luck(seed, number, "type") // 1000
    type = next(name for name, below in TYPES if drawn < below)
    by_phone = is_open(opened) and luck(seed, number, "channel") < 650_000
    return Claim(number, opened, "phone" if by_phone else "web", type, _steps(seed, number, type), [])


def _steps(seed: int, number: int, type: str) -> list[str]:
    """Return the steps of a claim; the order is the same for all, the ways through differ."""

    def happens(purpose: str, per_mille: int) -> bool:
        return luck(seed, number, purpose) < 1000 * per_mille

    steps = [REPORT, REGISTER]
    if happens("papers missing", 420):
        steps += [ASK, SENDS]
    steps.append(ASSESS)
    if happens("opinion needed", 175 if type in ("Water damage", "Storm") else 65):
        steps += [OPINION, ASSESS]
        if happens("opinion unclear", 350):
            steps += [OPINION, ASSESS]
    steps += [SECOND, COVER]
    steps += [EXPLAIN] if happens("not covered", 190) else [DECIDE, PAY, EXPLAIN]
    return steps


def is_open(moment: datetime) -> bool:
    """Whether people are at work."""
    return moment.weekday() < 5 and OPENS <= moment.time() < CLOSES


def next_open(moment: datetime, person: str = "") -> datetime:
    """Return the first time from a moment on at which a person is at work."""
    while not is_open(moment) or away(moment, person):
        early = moment.weekday() < 5 and moment.time() < OPENS and not away(moment, person)
        moment = datetime.combine(moment.date() + timedelta(days=0 if early else 1), OPENS)
    return moment


def away(moment: datetime, person: str) -> bool:
    """Whether a person is absent."""
    return person == ABSENT and AWAY[0] <= moment.date() < AWAY[1]


def _play(claims: list[Claim], seed: int) -> None:
    """Let the desks work the claims off: who is ready first is taken first, by whoever is free first."""
    free = {person: datetime.min for desk, _ in WORK.values() for person in desk.people}
    waiting = [(claim.opened, claim.number) for claim in claims]
    heapq.heapify(waiting)
    by_number = {claim.number: claim for claim in claims}
    while waiting:
        ready, number = heapq.heappop(waiting)
        claim = by_number[number]
        done = _outside(claim, ready, seed) or _inside(claim, ready, seed, free)
        if claim.steps:
            heapq.heappush(waiting, (done, number))


def _outside(claim: Claim, ready: datetime, seed: int) -> datetime | None:
    """Let the customer do the next step, if it is theirs: fill in the form, or send papers after some days."""
    step = claim.steps[0]
    if step == SENDS:
        days, seconds = 2 + luck(seed, claim.number, "days") % 9, luck(seed, claim.number, "post") % 28_800
        done = datetime.combine(ready.date() + timedelta(days=days), OPENS) + timedelta(seconds=seconds)
    elif step == REPORT and claim.channel == "web":
        done = ready + timedelta(seconds=300 + luck(seed, claim.number, "form") % 900)
    else:
        return None
    claim.rows.append((claim.steps.pop(0), ready, done, "", ""))
    return done


def _inside(claim: Claim, ready: datetime, seed: int, free: dict[str, datetime]) -> datetime:
    """Let the desk do the next step; work in hand is finished, even after hours."""
    step = claim.steps.pop(0)
    desk, minutes = WORK[step]
    starts = {person: next_open(max(ready, free[person]), person) for person in desk.people}
    person = min(desk.people, key=lambda one: (starts[one], one))
    percent = SPREAD[luck(seed, claim.number, f"{step} {len(claim.rows)}") % len(SPREAD)]
    jitter = luck(seed, claim.number, f"seconds of {step} {len(claim.rows)}") % 60
    done = starts[person] + timedelta(seconds=minutes * 60 * percent // 100 + jitter - 30)
    free[person] = done
    claim.rows.append((step, starts[person], done, desk.name, person))
    return done


def _lines(claim: Claim) -> Iterator[tuple[str, ...]]:
    """Yield the rows of a claim; the flag says whether the promise is kept so far, as a service desk would."""
    registered = next(row[2] for row in claim.rows if row[0] == REGISTER)
    due = _due(claim.opened)
    for step, started, ended, group, person in claim.rows:
        kept = "yes" if ended <= due or registered <= due else "no"
        times = (f"{started:%Y-%m-%d %H:%M:%S}", f"{ended:%Y-%m-%d %H:%M:%S}")
        opened = f"{claim.opened:%Y-%m-%d %H:%M:%S}"
        yield (f"HM{claim.number:05d}", step, *times, group, person, claim.channel, claim.type, kept, opened)


def _due(opened: datetime) -> datetime:
    """Return until when a claim is to be registered."""
    start = next_open(opened)
    closes = datetime.combine(start.date(), CLOSES)
    left = PROMISE - (closes - start)
    return start + PROMISE if left <= timedelta(0) else next_open(closes) + left
