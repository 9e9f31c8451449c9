"""Which column each use of a log seems to be, and the reason."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from msgspec import Struct

from process_models.logs.amounts import Mark, possible_marks
from process_models.logs.dates import Order, is_clock, moments
from process_models.logs.facts import MANY, Confidence, Facts, best, confidence, constant, word_score, yes_no
from process_models.logs.naming import (
    CASE_WORDS,
    CHANNEL_WORDS,
    CLOCK_WORDS,
    COST_WORDS,
    GROUP_WORDS,
    MISSED_WORDS,
    OPENED_WORDS,
    ORDER_WORDS,
    PEOPLE_WORDS,
    PROMISE_WORDS,
    START_WORDS,
    STEP_WORDS,
    TIME_WORDS,
    TYPE_WORDS,
    YES,
)
from process_models.logs.telling import percent
from process_models.values.sentences import Sentence

MARK_WORDS: dict[Mark, str] = {".": "a point", ",": "a comma"}
FEW_AMOUNTS, MANY_CLOCKS = 200, 60
SURE = 4
"""A name of a column that says so much needs no more evidence."""
MOST_MISSING = 0.4
"""A case number may be missing on a few rows of a small log; on more it is none."""


class Hint(Struct, frozen=True):
    """A column proposed for a use, why, and what else it might be."""

    use: str
    column: str
    reason: Sentence
    others: tuple[str, ...] = ()
    confidence: Confidence = "medium"


def case_score(facts: Facts, name: str) -> float:
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
    return fits + 2 * len(constant(facts, name)) / len(facts.names) + float(ids)


def case_reason(facts: Facts, name: str) -> Sentence:
    """Say how often values repeat, and how many columns never change within one."""
    distinct, rows = len(facts.values[name]), len(facts)
    repeated = float((np.bincount(facts.codes[name]) > 1).mean())
    return Sentence.of(
        "log_guess_case",
        column=name,
        distinct=distinct,
        rows=rows,
        repeated=percent(repeated),
        mean=f"{rows / distinct:.1f}",
        constant=len(constant(facts, name)),
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
            or yes_no(facts, name)
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
    return word_score(facts, name, STEP_WORDS) >= SURE


def _by_words(use: str, words: frozenset[str], distinct_from: int = 2) -> Callable[[Facts, str], Hint | None]:
    """Return a look for columns whose name holds one of the words, the one with most known values first."""

    def look(facts: Facts, case: str) -> Hint | None:
        def score(name: str) -> float:
            plain = name in facts.orders or facts.whole(name) or yes_no(facts, name) or name == case
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
    fits = tuple(n for n in facts.names if yes_no(facts, n) and facts.words[n] & PROMISE_WORDS and n != case)
    if not fits:
        return None
    reason = Sentence.of(
        "log_guess_promise",
        column=fits[0],
        values=", ".join(facts.known[fits[0]]),
        kept=", ".join(kept_values(facts, fits[0])),
        changes=percent(1 - facts.constant_share(case, fits[0])),
    )
    return Hint("promise", fits[0], reason, fits[1:4])


def kept_values(facts: Facts, name: str) -> tuple[str, ...]:
    """Return the values that mean kept: the yes, unless the name speaks of missing."""
    missed = bool(facts.words[name] & MISSED_WORDS)
    return tuple(value for value in facts.known[name] if (value.lower() in YES) != missed)


def times(facts: Facts, case: str) -> list[Hint]:
    """Propose the end, the start and the opening among the columns of dates."""
    single = len(facts) / len(facts.values[case]) < 1.2
    changing = tuple(n for n in facts.orders if single or facts.constant_share(case, n) < 0.95)
    steady = tuple(n for n in facts.orders if n not in changing)
    starts = tuple(n for n in changing if facts.words[n] & START_WORDS)
    ends = best(tuple(n for n in changing if n not in starts), lambda n: 1 + word_score(facts, n, TIME_WORDS))
    hints = []
    if not ends and starts:
        ends, starts = starts, ()
    if ends:
        varies = percent(1 - facts.constant_share(case, ends[0]))
        reason = Sentence.of("log_guess_time", column=ends[0], varies=varies)
        trust = confidence(ends, lambda n: 1 + word_score(facts, n, TIME_WORDS))
        hints.append(Hint("time", ends[0], reason, ends[1:4], trust))
    if ends and starts:
        before = _never_after(facts, starts[0], ends[0])
        reason = Sentence.of("log_guess_start", column=starts[0], end=ends[0], before=percent(before))
        hints.append(Hint("start", starts[0], reason, starts[1:4]))
    if opened := best(steady, lambda n: word_score(facts, n, OPENED_WORDS)):
        reason = Sentence.of("log_guess_opened", column=opened[0])
        hints.append(Hint("opened", opened[0], reason, opened[1:4]))
    return hints


def _never_after(facts: Facts, first: str, second: str) -> float:
    """Return the share of rows in which one time is not after another."""
    order = facts.orders[first][0]
    one, two = (moments(facts.table[name], order, "UTC").times for name in (first, second))
    return float((one <= two)[one.notna() & two.notna()].mean())


def order_of(facts: Facts, case: str, time: str, dates: Order) -> Hint | None:
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


def _cost(facts: Facts, case: str) -> Hint | None:
    """Propose money: named so, and nearly all of it amounts."""

    def score(name: str) -> float:
        if name == case or name in facts.orders or not possible_marks(facts.known[name].head(FEW_AMOUNTS)):
            return 0
        return word_score(facts, name, COST_WORDS)

    names = best(facts.names, score)
    if not names:
        return None
    marks = possible_marks(facts.known[names[0]])
    if not marks:
        return None
    said = " or ".join(MARK_WORDS[mark] for mark in marks)
    once = percent(facts.constant_share(case, names[0]))
    reason = Sentence.of("log_guess_cost", column=names[0], mark=said, once=once)
    return Hint("cost", names[0], reason, names[1:4], confidence(names, score))


def _clock(facts: Facts, case: str) -> Hint | None:
    """Propose the column that names the clock of a row: all its values are time zones or offsets."""
    fits = [
        name
        for name in facts.names
        if name != case
        and facts.words[name] & CLOCK_WORDS
        and 0 < len(facts.known[name]) <= MANY_CLOCKS
        and all(is_clock(text) for text in facts.known[name])
    ]
    if not fits:
        return None
    reason = Sentence.of("log_guess_clock", column=fits[0], clocks=", ".join(facts.known[fits[0]].head(4)))
    return Hint("clock", fits[0], reason, tuple(fits[1:4]))


LOOKS: tuple[Callable[[Facts, str], Hint | None], ...] = (
    _step,
    _group,
    _resource,
    _promise,
    _channel,
    _case_type,
    _cost,
    _clock,
)
"""Uses that a column is looked for, when the case is known."""
