"""What the columns of a log seem to be for: a guess, each use with its reason, and what is doubtful."""

import pandas as pd
from msgspec import Struct, structs

from process_models.logs.amounts import Mark, possible_marks
from process_models.logs.closing import auto_close
from process_models.logs.columns import NEEDED, USES, Columns, Meaning, words_of
from process_models.logs.date_order import Dates, date_order
from process_models.logs.dates import Order
from process_models.logs.doubts import doubts, no_zone, with_decimals
from process_models.logs.errors import LogError
from process_models.logs.events import events
from process_models.logs.facts import Facts, best, confidence
from process_models.logs.naming import CASE_WORDS, STATE_VALUES, STATE_WORDS, numbered, proposed_waiting
from process_models.logs.presets import Preset, preset_of
from process_models.logs.table import Table
from process_models.logs.telling import percent
from process_models.logs.uses import LOOKS, SURE, Hint, case_reason, case_score, kept_values, order_of, times
from process_models.logs.wide import STEP, TIME, long
from process_models.values.sentences import Sentence

FEWEST_ROWS = 5


class Guess(Struct, frozen=True):
    """What a log's columns seem to be."""

    hints: tuple[Hint, ...]
    doubts: tuple[Sentence, ...]
    columns: Columns | None
    """The proposal, None where no column fits a use that cannot be left out."""
    open_marks: tuple[Mark, ...] = ()
    """Decimal marks between which a person has to choose; the proposal holds the first."""
    open_dates: tuple[Order, ...] = ()
    """Orders of day, month and year between which a person has to choose; the proposal holds one of them."""
    preset: str = ""
    """Id of the known export that the names of the columns are those of."""
    wide: tuple[str, ...] = ()
    """Columns of dates of an export with one row a case."""

    def hint(self, use: str) -> Hint | None:
        """Return the hint for a use."""
        return next((hint for hint in self.hints if hint.use == use), None)


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
    cases = best(facts.names, lambda name: case_score(facts, name))
    if known := preset.column("case", facts.names) if preset else "":
        cases = (known, *(name for name in cases if name != known))
    if not cases:
        return Guess((), (Sentence.of("log_doubt_no_case"),), None)
    case = cases[0]
    trust = confidence(cases, lambda name: case_score(facts, name))
    hints = [Hint("case", case, case_reason(facts, case), cases[1:4], trust)]
    hints += filter(None, (look(facts, case) for look in LOOKS))
    hints += times(facts, case)
    hints = _with_preset(facts, hints, preset)
    found = {hint.use: hint.column for hint in hints}
    timed = tuple(found[use] for use in ("time", "start", "opened") if use in found and found[use] in facts.orders)
    dates = date_order(facts, case, timed)
    if "time" in found and "order" not in found and (order := order_of(facts, case, found["time"], dates.order)):
        hints.append(order)
    hints = sorted(_without_doubles(hints), key=lambda hint: USES.index(hint.use))
    found = {hint.use: hint.column for hint in hints}
    proposal, closing = _with_last(facts.table, _proposal(facts, found, dates.order))
    said = (*doubts(facts, case, found), *dates.said, *closing)
    return Guess(
        tuple(hints),
        said,
        proposal,
        open_marks=_open_marks(facts, found),
        open_dates=dates.open,
        preset=preset.id if preset else "",
    )


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
    repeated = any(case_score(facts, name) > SURE for name in facts.names)
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
    order = date_order(whole, case, (TIME,)) if TIME in whole.orders else Dates("ymd", (), ())
    proposal = _proposal(whole, {hint.use: hint.column for hint in hints}, order.order)
    doubts = (Sentence.of("log_doubt_wide", columns=", ".join(dates)), *order.said)
    zone = tuple(no_zone(whole, case, {"time": TIME}))
    return Guess(
        tuple(hints),
        (*doubts, *zone),
        proposal,
        open_marks=_open_marks(whole, {hint.use: hint.column for hint in hints}),
        open_dates=order.open,
        preset=preset.id if preset else "",
        wide=dates,
    )


def _open_marks(facts: Facts, found: dict[str, str]) -> tuple[Mark, ...]:
    """Return the decimal marks between which amounts leave a choice; none where they decide, or there are none."""
    marks = possible_marks(facts.known[found["cost"]]) if "cost" in found else ()
    return marks if len(marks) > 1 else ()


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
    return structs.replace(columns, last=found.step), (doubt,)


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
    marks = possible_marks(facts.known[found["cost"]]) if "cost" in found else ()
    return structs.replace(
        Columns(case=found["case"], step=found["step"], time=found["time"]),
        **found,
        decimal=marks[0] if marks else ".",
        whole_ids=with_decimals(facts, found["case"]),
        meaning=_meaning(found, steps),
        group_from_resource="group" not in found and "resource" in found and numbered(facts.known[found["resource"]]),
        kept=kept_values(facts, promise) if promise else (),
        dates=dates,
        missing=facts.marks,
        waiting=proposed_waiting(steps),
    )


def _meaning(found: dict[str, str], steps: tuple[str, ...]) -> Meaning:
    """Say what a row tells: a span where there is a start, a state where names speak of states, else an end."""
    if "start" in found:
        return Meaning.SPANS
    named = bool(words_of(found["step"]) & STATE_WORDS)
    states = sum(bool(words_of(step) & STATE_VALUES) for step in steps)
    return Meaning.STATES if named or 2 * states > len(steps) else Meaning.ENDS
