"""What the columns of a log seem to be for: a guess, each use with its reason, and what is doubtful."""

from collections.abc import Callable
from functools import cached_property
from typing import Any, Literal

import msgspec
import numpy as np
import numpy.typing as npt
import pandas as pd
from msgspec import Struct

from process_models.graph.steps import Lane
from process_models.logs.closing import auto_close
from process_models.logs.columns import NEEDED, USES, Columns, Meaning, Waiting, role_of, words_of
from process_models.logs.dates import ENOUGH, Order, moments, possible_counts, possible_orders
from process_models.logs.errors import LogError
from process_models.logs.events import events
from process_models.logs.presets import Preset, preset_of
from process_models.logs.table import Table
from process_models.logs.telling import percent
from process_models.logs.wide import STEP, TIME, long
from process_models.values.sentences import Sentence

UNKNOWN_MARKS = ("?", "-", "--", "n/a", "na", "null", "none", "nan", "#n/a", "unknown")
"""Texts that usually mean that nothing is known; which of them do is shown and can be changed."""


MARK_LENGTH = 10
OFTEN: tuple[Order, ...] = ("dmy", "mdy", "ymd", "ydm")
"""Orders as they are offered where a person is asked."""
FEWEST_ROWS = 5
MANY = 200
FEWEST_PAIRS = 30
CLEAR, CLOSE = 0.6, 0.9
SURE = 4
"""A name of a column that says so much needs no more evidence."""
ENOUGH_NAMED = 0.5
"""A column whose name speaks of times is one of dates if half of its values can be read; the others are slips."""
MOST_MISSING = 0.4
"""A case number may be missing on a few rows of a small log; on more it is none."""


Confidence = Literal["high", "medium", "low"]


class Hint(Struct, frozen=True):
    """A column proposed for a use, why, and what else it might be."""

    use: str
    column: str
    reason: Sentence
    others: tuple[str, ...] = ()
    confidence: Confidence = "medium"


class Guess(Struct, frozen=True):
    """What a log's columns seem to be."""

    hints: tuple[Hint, ...]
    doubts: tuple[Sentence, ...]
    columns: Columns | None
    """The proposal, None where no column fits a use that cannot be left out."""
    open_dates: tuple[Order, ...] = ()
    """Orders of day, month and year between which a person has to choose; the proposal holds one of them."""
    preset: str = ""
    """Id of the known export that the names of the columns are those of."""
    wide: tuple[str, ...] = ()
    """Columns of dates of an export with one row a case."""

    def hint(self, use: str) -> Hint | None:
        """Return the hint for a use."""
        return next((hint for hint in self.hints if hint.use == use), None)


class Facts:
    """What is known of a table's columns before their uses are: words in the name, codes, dates, whole numbers."""

    def __init__(self, table: pd.DataFrame | Table) -> None:
        self.table = Table.of(table)
        self.names = self.table.names
        self.words = {name: words_of(name) for name in self.names}
        self.codes = {name: column.codes for name, column in self.table.columns.items()}
        self.values = {name: pd.Series(column.texts, dtype="str") for name, column in self.table.columns.items()}
        self._constant: dict[tuple[str, str], float] = {}

    def __len__(self) -> int:
        return len(self.table)

    @cached_property
    def marks(self) -> tuple[str, ...]:
        """Texts that stand for a missing value somewhere, in the order of :data:`UNKNOWN_MARKS`."""
        seen = set()
        for values in self.values.values():
            short = values[values.str.len() <= MARK_LENGTH]
            seen |= set(short[short.str.strip().str.lower().isin(UNKNOWN_MARKS)])
        return tuple(sorted(seen, key=lambda mark: UNKNOWN_MARKS.index(mark.strip().lower())))

    @cached_property
    def known(self) -> dict[str, "pd.Series[str]"]:
        """Distinct values of each column that are not missing."""
        nothing = {"", *self.marks}
        return {name: values[~values.str.strip().isin(nothing)] for name, values in self.values.items()}

    @cached_property
    def orders(self) -> dict[str, tuple[Order, ...]]:
        """Possible orders of day, month and year of the columns that are dates, or what their numbers may count."""
        found = {name: self._orders(name) for name in self.names}
        return {name: orders for name, orders in found.items() if orders}

    def _orders(self, name: str) -> tuple[Order, ...]:
        """Return the orders of a column; the first values tell most columns that are none without a closer look."""
        known = self.known[name]
        timed = (
            self.words[name] & set(TIME_WORDS) | self.words[name] & START_WORDS | self.words[name] & set(OPENED_WORDS)
        )
        enough = ENOUGH_NAMED if timed else ENOUGH
        if possible_orders(known.head(50), enough):
            return possible_orders(known, enough)
        return possible_counts(known) if timed and self.whole_or_decimal(name) else ()

    def missing_share(self, name: str) -> float:
        """Return the share of rows without a value."""
        missing = self.values[name].str.strip().isin({"", *self.marks}).to_numpy()
        return float(self.table[name].counts[missing].sum() / len(self.table))

    def whole(self, name: str) -> bool:
        """Whether every value is a whole number."""
        return len(self.known[name]) > 0 and bool(self.known[name].str.fullmatch(r"\d{1,15}").all())

    def whole_or_decimal(self, name: str) -> bool:
        """Whether the first values are numbers without a sign."""
        first = self.known[name].head(50)
        return len(first) > 0 and bool(first.str.fullmatch(r"\s*\d+(\.\d+)?\s*").all())

    def constant_share(self, case: str, name: str) -> float:
        """Return the share of cases in which a column never changes."""
        if (case, name) not in self._constant:
            self._constant[case, name] = float((self.values_per_case(case, name) == 1).mean())
        return self._constant[case, name]

    def values_per_case(self, case: str, name: str) -> npt.NDArray[np.signedinteger[Any]]:
        """Return how many different values a column has in each case."""
        wide = self.table[name].distinct
        pairs = pd.unique(self.codes[case].astype(np.int64) * wide + self.codes[name])
        return np.bincount(pairs // wide)


Score = Callable[[str], float]


def best(names: tuple[str, ...], score: Score) -> tuple[str, ...]:
    """Return the columns with a positive score, highest first; the earlier column wins ties."""
    scored = {name: score(name) for name in names}
    return tuple(sorted((name for name in names if scored[name] > 0), key=lambda name: -scored[name]))


def confidence(names: tuple[str, ...], score: Score) -> Confidence:
    """Say how far the best column is ahead of the next one."""
    if len(names) < 2:
        return "high"
    second = score(names[1]) / score(names[0]) if score(names[0]) > 0 else 0.0
    return "high" if second < CLEAR else "medium" if second < CLOSE else "low"


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


MANY_VALUES, FEW_ROWS, FAR_MORE = 50, 100, 10
"""A value is a placeholder if it is one of so many, on so many rows, and so many times as frequent as the next."""


def guess(frame: pd.DataFrame | Table) -> Guess:
    """Return what the columns of a table seem to be for, with the reasons and what is doubtful."""
    facts = Facts(frame)
    preset = preset_of(facts.names)
    dates = preset.dates(facts.names) if preset else ()
    case = preset.column("case", facts.names) if preset else ""
    if not preset and (found := _one_row_a_case(facts)):
        case, dates = found
    if dates:
        return _wide_guess(facts, case, dates, preset)
    return _guess(facts, preset)


def _guess(facts: Facts, preset: Preset | None) -> Guess:
    cases = best(facts.names, lambda name: _case_score(facts, name))
    if known := preset.column("case", facts.names) if preset else "":
        cases = (known, *(name for name in cases if name != known))
    if not cases:
        return Guess((), (Sentence.of("log_doubt_no_case"),), None)
    case = cases[0]
    trust = confidence(cases, lambda name: _case_score(facts, name))
    hints = [Hint("case", case, _case_reason(facts, case), cases[1:4], trust)]
    hints += filter(None, (look(facts, case) for look in (_step, _group, _resource, _promise, _channel, _case_type)))
    hints += _times(facts, case)
    hints = _with_preset(facts, hints, preset)
    found = {hint.use: hint.column for hint in hints}
    timed = tuple(found[use] for use in ("time", "start", "opened") if use in found and found[use] in facts.orders)
    dates = _date_order(facts, case, timed)
    if "time" in found and "order" not in found and (order := _order(facts, case, found["time"], dates.order)):
        hints.append(order)
    hints = sorted(_without_doubles(hints), key=lambda hint: USES.index(hint.use))
    found = {hint.use: hint.column for hint in hints}
    proposal, closing = _with_last(facts.table, _proposal(facts, found, dates.order))
    doubts = (*_doubts(facts, case, found), *dates.said, *closing)
    return Guess(tuple(hints), doubts, proposal, dates.open, preset.id if preset else "")


def _with_preset(facts: Facts, hints: list[Hint], preset: Preset | None) -> list[Hint]:
    """Put what a known export says in place of what was guessed."""
    if preset is None:
        return hints
    by_use, taken = {hint.use: hint for hint in hints}, {}
    for use in USES:
        if column := preset.column(use, facts.names):
            guessed = by_use.get(use)
            others = (guessed.column, *guessed.others) if guessed else ()
            reason = Sentence.of("log_guess_preset", column=column, export=preset.name)
            if guessed and guessed.column == column:
                reason = guessed.reason
            taken[use] = Hint(use, column, reason, tuple(name for name in others if name != column), "high")
    known = {hint.column for hint in taken.values()}
    return [*taken.values(), *(hint for use, hint in by_use.items() if use not in taken and hint.column not in known)]


def _one_row_a_case(facts: Facts) -> tuple[str, tuple[str, ...]] | None:
    """Return the case and the columns of dates of an export with one row a case, None if this is none."""
    if len(facts) < FEWEST_ROWS:
        return None
    numbered = [name for name in facts.names if facts.words[name] & CASE_WORDS.keys() and name not in facts.orders]
    unique = [name for name in numbered if facts.table[name].distinct == len(facts)]
    dates = tuple(name for name in facts.names if name in facts.orders)
    repeated = any(_case_score(facts, name) > SURE for name in facts.names)
    return (unique[0], dates) if unique and len(dates) > 1 and not repeated else None


def _wide_guess(facts: Facts, case: str, dates: tuple[str, ...], preset: Preset | None) -> Guess:
    """Return the guess of an export with one row a case: each of its dates is something that happened."""
    told = _guess(Facts(long(facts.table, dates)), None)
    reason = Sentence.of("log_guess_wide", columns=", ".join(dates))
    by_use = {hint.use: hint for hint in told.hints if hint.column not in dates and hint.use not in NEEDED}
    if preset:
        by_use |= {hint.use: hint for hint in _with_preset(facts, list(by_use.values()), preset)}
    by_use |= {"case": Hint("case", case, Sentence.of("log_guess_unique", column=case), (), "high")}
    by_use |= {"step": Hint("step", STEP, reason, (), "medium"), "time": Hint("time", TIME, reason, (), "medium")}
    by_use.pop("start", None)
    by_use.pop("order", None)
    hints = sorted(_without_doubles(list(by_use.values())), key=lambda hint: USES.index(hint.use))
    whole = Facts(long(facts.table, dates))
    order = _date_order(whole, case, (TIME,)) if TIME in whole.orders else Dates("ymd", (), ())
    proposal = _proposal(whole, {hint.use: hint.column for hint in hints}, order.order)
    doubts = (Sentence.of("log_doubt_wide", columns=", ".join(dates)), *order.said)
    zone = tuple(_no_zone(whole, case, {"time": TIME}))
    return Guess(tuple(hints), (*doubts, *zone), proposal, order.open, preset.id if preset else "", dates)


def _with_last(frame: Table, columns: Columns | None) -> tuple[Columns | None, tuple[Sentence, ...]]:
    """Propose the customer's end where cases close by themselves, and say so."""
    if columns is None:
        return None, ()
    try:
        found = auto_close(events(frame, columns))
    except LogError:
        return columns, ()  # The same refusal comes, with its places, when the mapping is confirmed.
    if found is None:
        return columns, ()
    doubt = Sentence.of(
        "log_doubt_last",
        step=found.step,
        closing=found.closing,
        share=percent(found.share),
        hours=round(found.gap_ms / 3_600_000),
    )
    return msgspec.structs.replace(columns, last=found.step), (doubt,)


def _without_doubles(hints: list[Hint]) -> list[Hint]:
    """Keep one use for each column, the first."""
    taken: set[str] = set()
    return [hint for hint in hints if not (hint.column in taken or taken.add(hint.column))]  # type: ignore[func-returns-value]


def _proposal(facts: Facts, found: dict[str, str], dates: Order) -> Columns | None:
    """Return the mapping the hints add up to, None where a needed use has no column."""
    if not all(use in found for use in NEEDED):
        return None
    steps = tuple(facts.known[found["step"]])
    promise = found.get("promise", "")
    return Columns(
        **found,
        meaning=_meaning(found, steps),
        group_from_resource="group" not in found and "resource" in found and numbered(facts.known[found["resource"]]),
        kept=_kept(facts, promise) if promise else (),
        dates=dates,
        missing=facts.marks,
        waiting=proposed_waiting(steps),
    )


def _case_score(facts: Facts, name: str) -> float:
    """Say how much a column looks like the number of a case: values repeat, and others do not change within one."""
    distinct, rows = len(facts.values[name]), len(facts)
    words = facts.words[name]
    if not rows or name in facts.orders or facts.missing_share(name) > MOST_MISSING:
        return 0
    if not (1 if words & {"case", "caseid"} else 1.2) <= rows / distinct <= 500:
        return 0
    if not words & {"case", "caseid"} and (distinct < 2 or words & (PEOPLE_WORDS | GROUP_WORDS | set(STEP_WORDS))):
        return 0
    fits = sum(CASE_WORDS.get(word, 0) for word in facts.words[name])
    ids = facts.known[name].str.fullmatch(r"[A-Za-z]*[-_ /#]?\d+|[0-9a-fA-F-]{32,36}").mean()
    return fits + 2 * len(_constant(facts, name)) / len(facts.names) + float(ids)


def _constant(facts: Facts, case: str) -> tuple[str, ...]:
    """Return the columns that differ between cases but never change within one."""
    others = (name for name in facts.names if name != case and len(facts.values[name]) > 1)
    return tuple(name for name in others if facts.constant_share(case, name) == 1)


def _case_reason(facts: Facts, name: str) -> Sentence:
    """Say how often values repeat, and how many columns never change within one."""
    distinct, rows = len(facts.values[name]), len(facts)
    repeated = float((np.bincount(facts.codes[name]) > 1).mean())
    constant = len(_constant(facts, name))
    return Sentence.of(
        "log_guess_case",
        column=name,
        distinct=distinct,
        rows=rows,
        repeated=percent(repeated),
        mean=f"{rows / distinct:.1f}",
        constant=constant,
    )


def _step(facts: Facts, case: str) -> Hint | None:
    """Propose the step: few values, changing within most cases, none missing."""

    def score(name: str) -> float:
        distinct = len(facts.known[name])
        number = facts.whole(name) and not facts.words[name] & {"activity", "step"}
        plain = name == case or name in facts.orders or number or facts.words[name] & PEOPLE_WORDS
        if (
            plain
            or not 2 <= distinct <= (MANY if _named(facts, name) else min(MANY, max(3, len(facts) / 4)))
            or _yes_no(facts, name)
        ):
            return 0
        fits = sum(STEP_WORDS.get(word, 0) for word in facts.words[name]) - 2 * bool(facts.words[name] & GROUP_WORDS)
        varies = 1 - facts.constant_share(case, name)
        return fits + 2 * varies if varies > 0.05 or fits >= SURE else 0

    names = best(facts.names, score)
    if not names:
        return None
    varies = percent(1 - facts.constant_share(case, names[0]))
    reason = Sentence.of("log_guess_step", column=names[0], distinct=len(facts.known[names[0]]), varies=varies)
    return Hint("step", names[0], reason, names[1:4], confidence(names, score))


def _named(facts: Facts, name: str) -> bool:
    """Whether a column's name alone says that it holds steps."""
    return _word_score(facts, name, STEP_WORDS) >= SURE


def _yes_no(facts: Facts, name: str) -> bool:
    """Whether a column only says yes or no."""
    values = set(facts.known[name].str.lower())
    return len(values) > 0 and any(values <= both for both in YES_NO)


def _by_words(use: str, words: frozenset[str], distinct_from: int = 2) -> Callable[[Facts, str], Hint | None]:
    """Return a look for columns whose name holds one of the words, the one with most known values first."""

    def look(facts: Facts, case: str) -> Hint | None:
        def score(name: str) -> float:
            plain = name in facts.orders or facts.whole(name) or _yes_no(facts, name) or name == case
            if plain or not facts.words[name] & words or len(facts.known[name]) < distinct_from:
                return 0
            changes = 1 - facts.constant_share(case, name)
            return 1 - facts.missing_share(name) + changes + bool(facts.words[name] & {"resource", "role"})

        names = best(facts.names, score)
        if not names:
            return None
        word = ", ".join(sorted(facts.words[names[0]] & words))
        known = percent(1 - facts.missing_share(names[0]))
        reason = Sentence.of(
            "log_guess_words", column=names[0], word=word, distinct=len(facts.known[names[0]]), known=known
        )
        return Hint(use, names[0], reason, names[1:4], confidence(names, score))

    return look


_group = _by_words("group", GROUP_WORDS)
_channel = _by_words("channel", CHANNEL_WORDS)


def _resource(facts: Facts, case: str) -> Hint | None:
    """Propose who did the step: a column named for people that changes within cases."""
    hint = _by_words("resource", PEOPLE_WORDS)(facts, case)
    if hint is None:
        return None
    names = (hint.column, *hint.others)
    working = [name for name in names if facts.constant_share(case, name) < 0.95 and "by" not in facts.words[name]]
    if not working:
        return None
    if working[0] == hint.column:
        return hint
    known, distinct = percent(1 - facts.missing_share(working[0])), len(facts.known[working[0]])
    word = ", ".join(sorted(facts.words[working[0]] & PEOPLE_WORDS))
    reason = Sentence.of("log_guess_words", column=working[0], word=word, distinct=distinct, known=known)
    return Hint("resource", working[0], reason, tuple(name for name in names if name != working[0]))


def _case_type(facts: Facts, case: str) -> Hint | None:
    """Propose the type of case: named so, few values, hardly changing within a case."""

    def score(name: str) -> float:
        plain = name == case or name in facts.orders or facts.words[name] & CHANNEL_WORDS or facts.whole(name)
        if plain or not 2 <= len(facts.known[name]) <= 60 or facts.constant_share(case, name) < 0.9:
            return 0
        return sum(TYPE_WORDS.get(word, 0) for word in facts.words[name])

    names = best(facts.names, score)
    if not names:
        return None
    same = percent(facts.constant_share(case, names[0]))
    reason = Sentence.of("log_guess_constant", column=names[0], distinct=len(facts.known[names[0]]), same=same)
    return Hint("case_type", names[0], reason, names[1:4], confidence(names, score))


def _promise(facts: Facts, case: str) -> Hint | None:
    """Propose the flag that says whether the promise is kept."""
    fits = tuple(n for n in facts.names if _yes_no(facts, n) and facts.words[n] & PROMISE_WORDS and n != case)
    if not fits:
        return None
    reason = Sentence.of(
        "log_guess_promise",
        column=fits[0],
        values=", ".join(facts.known[fits[0]]),
        kept=", ".join(_kept(facts, fits[0])),
        changes=percent(1 - facts.constant_share(case, fits[0])),
    )
    return Hint("promise", fits[0], reason, fits[1:4])


def _kept(facts: Facts, name: str) -> tuple[str, ...]:
    """Return the values that mean kept: the yes, unless the name speaks of missing."""
    missed = bool(facts.words[name] & MISSED_WORDS)
    return tuple(value for value in facts.known[name] if (value.lower() in YES) != missed)


def _times(facts: Facts, case: str) -> list[Hint]:
    """Propose the end, the start and the opening among the columns of dates."""
    single = len(facts) / len(facts.values[case]) < 1.2
    changing = tuple(n for n in facts.orders if single or facts.constant_share(case, n) < 0.95)
    steady = tuple(n for n in facts.orders if n not in changing)
    starts = tuple(n for n in changing if facts.words[n] & START_WORDS)
    ends = best(tuple(n for n in changing if n not in starts), lambda n: 1 + _word_score(facts, n, TIME_WORDS))
    hints = []
    if not ends and starts:
        ends, starts = starts, ()
    if ends:
        varies = percent(1 - facts.constant_share(case, ends[0]))
        reason = Sentence.of("log_guess_time", column=ends[0], varies=varies)
        trust = confidence(ends, lambda n: 1 + _word_score(facts, n, TIME_WORDS))
        hints.append(Hint("time", ends[0], reason, ends[1:4], trust))
    if ends and starts:
        before = _never_after(facts, starts[0], ends[0])
        reason = Sentence.of("log_guess_start", column=starts[0], end=ends[0], before=percent(before))
        hints.append(Hint("start", starts[0], reason, starts[1:4]))
    if opened := best(steady, lambda n: _word_score(facts, n, OPENED_WORDS)):
        reason = Sentence.of("log_guess_opened", column=opened[0])
        hints.append(Hint("opened", opened[0], reason, opened[1:4]))
    return hints


def _word_score(facts: Facts, name: str, words: dict[str, int]) -> float:
    """Add up what the words of a column's name speak for."""
    return sum(words.get(word, 0) for word in facts.words[name])


def _never_after(facts: Facts, first: str, second: str) -> float:
    """Return the share of rows in which one time is not after another."""
    order = facts.orders[first][0]
    one, two = (moments(facts.table[name], order, "UTC").times for name in (first, second))
    return float((one <= two)[one.notna() & two.notna()].mean())


class Dates(Struct, frozen=True):
    """How day, month and year stand in a log, and what is to be said or asked."""

    order: Order
    open: tuple[Order, ...]
    """What a person has to choose from."""
    said: tuple[Sentence, ...]


def _date_order(facts: Facts, case: str, names: tuple[str, ...]) -> Dates:
    """Return one order of day, month and year for all times; where the values leave it open, a person is asked."""
    if not names:
        return Dates("ymd", (), ())
    possible = [set(facts.orders[name]) for name in names]
    shared = set.intersection(*possible)
    if not shared:
        return Dates(facts.orders[names[0]][0], (), (Sentence.of("log_doubt_dates_differ", columns=", ".join(names)),))
    if len(shared) == 1:
        return Dates(shared.pop(), (), ())
    orders = tuple(order for order in OFTEN if order in shared)
    if settled := _settled(facts, case, names[0], orders):
        return settled
    example = facts.known[names[0]].iloc[0]
    return Dates(
        orders[0],
        orders,
        (Sentence.of("log_doubt_dates", column=names[0], example=example, orders=", ".join(orders)),),
    )


def _settled(facts: Facts, case: str, name: str, orders: tuple[Order, ...]) -> Dates | None:
    """Let rows decide that go on in time within a case, or in the file, or keep to working days, in one order only."""
    codes = facts.codes[case]
    same = codes[1:] == codes[:-1]
    back, back_in_case, weekend = {}, {}, {}
    for order in orders:
        times = moments(facts.table[name], order, "UTC").times
        step = np.diff(times.astype("int64").to_numpy()) < 0
        known = times.notna().to_numpy()
        step &= known[1:] & known[:-1]
        back[order] = float(step.mean()) if len(step) else 0.0
        back_in_case[order] = float(step[same].mean()) if same.sum() >= FEWEST_PAIRS else 0.0
        weekend[order] = float((times.dropna().dt.day_of_week >= 5).mean())
    for id, shares, most, least in (
        ("log_dates_in_case", back_in_case, 0.01, 0.05),
        ("log_dates_in_file", back, 0.01, 0.05),
        ("log_dates_weekends", weekend, 0.02, 0.1),
    ):
        good = [order for order in orders if shares[order] <= most]
        bad = [order for order in orders if shares[order] >= least]
        if len(facts) >= FEWEST_PAIRS and len(good) == 1 and len(good) + len(bad) == len(orders):
            other = max(shares[order] for order in bad)
            said = Sentence.of(id, column=name, order=good[0], share=percent(shares[good[0]]), other=percent(other))
            return Dates(good[0], (), (said,))
    return None


def _order(facts: Facts, case: str, time: str, dates: Order) -> Hint | None:
    """Propose a counter: whole numbers that rise within the case and never contradict the time."""
    names = tuple(n for n in facts.names if n != case and facts.words[n] & ORDER_WORDS and facts.whole(n))
    counted = tuple(name for name in names if len(facts.values[name]) > 1)
    times = moments(facts.table[time], dates, "UTC").times
    rising = {name: _rising(facts, case, name, times) for name in counted}
    fits = best(tuple(n for n in counted if rising[n] >= 0.99), rising.__getitem__)
    if not fits:
        return None
    reason = Sentence.of("log_guess_order", column=fits[0], time=time, rising=percent(rising[fits[0]]))
    return Hint("order", fits[0], reason, fits[1:4])


def _rising(facts: Facts, case: str, name: str, times: "pd.Series[pd.Timestamp]") -> float:
    """Return the share of neighbouring rows of a case, by the counter, that differ in it and not against time."""
    count = pd.to_numeric(facts.values[name], errors="coerce").to_numpy(dtype=float)[facts.codes[name]]
    table = pd.DataFrame({"case": facts.codes[case], "count": count, "time": times.to_numpy()})
    table = table.sort_values(["case", "count"], kind="stable")
    same = table["case"].eq(table["case"].shift())
    good = table["count"].diff().gt(0) & ~table["time"].diff().lt(pd.Timedelta(0))
    return float(good[same].mean()) if same.any() else 0.0


def _meaning(found: dict[str, str], steps: tuple[str, ...]) -> Meaning:
    """Say what a row tells: a span where there is a start, a state where names speak of states, else an end."""
    if "start" in found:
        return Meaning.SPANS
    named = bool(words_of(found["step"]) & STATE_WORDS)
    states = sum(bool(words_of(step) & STATE_VALUES) for step in steps)
    return Meaning.STATES if named or 2 * states > len(steps) else Meaning.ENDS


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


def _doubts(facts: Facts, case: str, found: dict[str, str]) -> tuple[Sentence, ...]:
    """List what a person should look at before confirming."""
    return tuple(doubt for look in DOUBTS for doubt in look(facts, case, found))


Look = Callable[[Facts, str, dict[str, str]], list[Sentence]]


def _uses_missing(_: Facts, __: str, found: dict[str, str]) -> list[Sentence]:
    """A use that cannot be left out has no column."""
    return [Sentence.of(f"log_doubt_no_{use}") for use in NEEDED if use not in found]


def _marks(facts: Facts, _: str, __: dict[str, str]) -> list[Sentence]:
    """Texts that seem to mean unknown."""
    doubts = []
    for mark in facts.marks:
        holding = [name for name in facts.names if facts.values[name].eq(mark).any()]
        doubts.append(Sentence.of("log_doubt_mark", mark=mark, columns=", ".join(holding)))
    return doubts


def _placeholders(facts: Facts, case: str, found: dict[str, str]) -> list[Sentence]:
    """One value of many that stands on far more rows than any other."""
    doubts = []
    for name in facts.names:
        if name == case or name in (found.get("time"), found.get("start"), found.get("group"), found.get("resource")):
            continue
        known = facts.known[name]
        if len(known) < MANY_VALUES or name in facts.orders:
            continue
        counts = pd.Series(facts.table[name].counts)[known.index].sort_values(ascending=False)
        if counts.iloc[0] >= max(FEW_ROWS, FAR_MORE * counts.iloc[1]):
            n, times = int(counts.iloc[0]), round(counts.iloc[0] / counts.iloc[1])
            value = str(known[counts.index[0]])[:60]
            doubts.append(Sentence.of("log_doubt_placeholder", value=value, column=name, n=n, times=times))
    return doubts


def _hindsight(facts: Facts, case: str, found: dict[str, str]) -> list[Sentence]:
    """Columns that hold the end of the story on every row."""
    steady = [name for name in _constant(facts, case) if name not in found.values()]
    final = [name for name in steady if facts.words[name] & FINAL_WORDS]
    return [Sentence.of("log_doubt_hindsight", columns=", ".join(final))] if final else []


def _coarse(facts: Facts, _: str, found: dict[str, str]) -> list[Sentence]:
    """Times without seconds, or without a time of day."""
    if "time" not in found:
        return []
    values = facts.known[found["time"]]
    if not values.str.contains(":").any():
        return [Sentence.of("log_doubt_days", column=found["time"])]
    return [] if values.str.contains(r":\d\d:").any() else [Sentence.of("log_doubt_minutes", column=found["time"])]


def _no_zone(facts: Facts, _: str, found: dict[str, str]) -> list[Sentence]:
    """Times that do not say on which clock they are."""
    if "time" not in found:
        return []
    offset = facts.known[found["time"]].str.contains(r"(?:[Zz]|UTC|GMT|:\d\d(?:\.\d+)?\s*[+-]\d{2}:?\d{2})\s*$")
    return [] if offset.all() else [Sentence.of("log_doubt_zone", column=found["time"])]


def _promise_changes(facts: Facts, case: str, found: dict[str, str]) -> list[Sentence]:
    """A promise flag that changes within a case counts by its last row."""
    if "promise" not in found or facts.constant_share(case, found["promise"]) == 1:
        return []
    return [Sentence.of("log_doubt_promise", column=found["promise"])]


def _no_start(_: Facts, __: str, found: dict[str, str]) -> list[Sentence]:
    """Without starts nothing says what was work and what waiting."""
    return [] if "start" in found or "time" not in found else [Sentence.of("log_doubt_no_start", column=found["time"])]


def _people(facts: Facts, _: str, found: dict[str, str]) -> list[Sentence]:
    """People are counted, never shown."""
    if "resource" not in found:
        return []
    return [Sentence.of("log_doubt_people", column=found["resource"], n=len(facts.known[found["resource"]]))]


DOUBTS: tuple[Look, ...] = (
    _uses_missing,
    _no_zone,
    _no_start,
    _coarse,
    _marks,
    _placeholders,
    _hindsight,
    _promise_changes,
    _people,
)
