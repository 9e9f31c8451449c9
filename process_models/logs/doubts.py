"""What a person should look at before the columns of a log are confirmed.

Each doubt is one function; add one, list it, word it (``log_doubt_…``), test it.
"""

from collections.abc import Callable

import pandas as pd

from process_models.logs.amounts import possible_marks
from process_models.logs.columns import NEEDED
from process_models.logs.dates import possible_orders
from process_models.logs.facts import Facts, constant
from process_models.logs.naming import FINAL_WORDS
from process_models.logs.telling import percent
from process_models.values.sentences import Sentence

OFFSET = r"(?:[Zz]|UTC|GMT|:\d\d(?:\.\d+)?\s*[+-]\d{2}:?\d{2})\s*$"
"""Ends a time that says its distance from UTC."""
MANY_VALUES, FEW_ROWS, FAR_MORE = 50, 100, 10
"""A value is a placeholder if it is one of so many, on so many rows, and so many times as frequent as the next."""


def doubts(facts: Facts, case: str, found: dict[str, str]) -> tuple[Sentence, ...]:
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
    steady = [name for name in constant(facts, case) if name not in found.values()]
    final = [name for name in steady if facts.words[name] & FINAL_WORDS]
    return [Sentence.of("log_doubt_hindsight", columns=", ".join(final))] if final else []


def _coarse(facts: Facts, _: str, found: dict[str, str]) -> list[Sentence]:
    """Times without seconds, or without a time of day."""
    if "time" not in found:
        return []
    values = facts.known[found["time"]]
    timed = values.str.contains(":")
    if not timed.any():
        return [Sentence.of("log_doubt_days", column=found["time"])]
    if not timed.all() and possible_orders(values[~timed]):
        days = percent(float((~timed).mean()))
        return [Sentence.of("log_doubt_mixed_days", column=found["time"], share=days, example=values[~timed].iloc[0])]
    return [] if values.str.contains(r":\d\d:").any() else [Sentence.of("log_doubt_minutes", column=found["time"])]


def no_zone(facts: Facts, _: str, found: dict[str, str]) -> list[Sentence]:
    """Times that do not say on which clock they are."""
    if "time" not in found:
        return []
    if "clock" in found:
        return []
    offset = facts.known[found["time"]].str.contains(OFFSET)
    if offset.all():
        return [Sentence.of("log_doubt_offsets", column=found["time"])]
    if offset.any():
        share = percent(float(offset.mean()))
        return [Sentence.of("log_doubt_some_offsets", column=found["time"], share=share)]
    return [Sentence.of("log_doubt_zone", column=found["time"])]


def with_decimals(facts: Facts, case: str) -> bool:
    """Whether a program has written numbers of cases as decimals: 1234.0."""
    return case in facts.known and bool(facts.known[case].str.fullmatch(r"\d+\.0+").mean() > 0)


def _float_ids(facts: Facts, case: str, _: dict[str, str]) -> list[Sentence]:
    """Numbers of cases that a spreadsheet has turned into decimals, or rounded."""
    if case not in facts.known:
        return []
    said, known = [], facts.known[case]
    if with_decimals(facts, case):
        whole = known[known.str.fullmatch(r"\d+\.0+")]
        said.append(Sentence.of("log_doubt_decimal_ids", column=case, n=len(whole), example=whole.iloc[0]))
    rounded = known[known.str.fullmatch(r"\d(?:[.,]\d+)?[eE]\+?\d+")]
    if len(rounded):
        said.append(Sentence.of("log_doubt_rounded_ids", column=case, n=len(rounded), example=rounded.iloc[0]))
    return said


def _decimal_mark(facts: Facts, _: str, found: dict[str, str]) -> list[Sentence]:
    """Amounts that can be read with either decimal mark."""
    if "cost" not in found:
        return []
    amounts = facts.known[found["cost"]]
    if len(possible_marks(amounts)) < 2:
        return []
    example = next(text for text in amounts if "," in text or "." in text)
    return [Sentence.of("log_doubt_decimal", column=found["cost"], example=example)]


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
    _float_ids,
    _decimal_mark,
    no_zone,
    _no_start,
    _coarse,
    _marks,
    _placeholders,
    _hindsight,
    _promise_changes,
    _people,
)
