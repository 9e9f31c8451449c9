"""XES event logs as tables of text: one row for each event, attributes of the case in front of them.

Read event by event with expat; entities, external references and deep nesting are refused before anything is read from
them. What readers of XES do silently is done and said here: defaults of the log fill what events lack, traces without
a name are numbered, start and complete rows are paired.
"""

import re
from collections import Counter, deque
from typing import Any
from xml.parsers import expat

import numpy as np
from msgspec import Struct, structs

from process_models.logs.delimited import Parse, Source, Taken
from process_models.logs.errors import LogError
from process_models.logs.limits import Limits
from process_models.logs.table import Column, LeftOut, Table
from process_models.values.sentences import Sentence

CASE, STEP, TIME, START, LIFE, RESOURCE, INSTANCE = (
    "case",
    "concept:name",
    "time:timestamp",
    "start:timestamp",
    "lifecycle:transition",
    "org:resource",
    "concept:instance",
)
VALUES = frozenset(("string", "date", "int", "float", "boolean", "id"))
NESTS = frozenset(("list", "container", "values"))
DEEPEST = 40
BLOCK = 1 << 20
LINE = "line"


class Book:
    """What has been read of a log: columns as lists of values, and what was odd."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.columns: dict[str, list[str]] = {}
        self.lines: list[int] = []
        self.globals: dict[str, dict[str, str]] = {"event": {}, "trace": {}}
        self.classifiers: list[tuple[str, tuple[str, ...]]] = []
        self.odd: Counter[str] = Counter()
        self.nested: set[str] = set()
        self.twice: Counter[str] = Counter()
        self.traces = self.unnamed = 0

    def add(self, row: dict[str, str], line: int) -> None:
        """Add an event."""
        at = len(self.lines)
        if at >= self.limits.rows:
            raise LogError("log_too_many_rows", limit=self.limits.rows)
        for key, value in row.items():
            column = self.columns.get(key)
            if column is None:
                column = self.columns[key] = []
            if len(column) < at:
                column.extend([""] * (at - len(column)))
            column.append(value)
        self.lines.append(line)


class Reader:
    """Follows the tags of a log; each element is met once and forgotten."""

    def __init__(self, parser: Any, book: Book) -> None:
        self.parser, self.book = parser, book
        self.path: list[str] = []
        self.keys: list[str] = []
        self.trace: dict[str, str] | None = None
        self.event: dict[str, str] | None = None
        self.scope = ""
        self.events = self.line = 0
        self.root = ""
        self.trace_columns: dict[str, str] = {}

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Meet the beginning of an element."""
        _, _, tag = tag.rpartition(":")
        path = self.path
        path.append(tag)
        if tag in VALUES:
            self._value(attributes)
        elif tag == "event":
            self.event, self.line = {}, self.parser.CurrentLineNumber
        elif tag == "trace":
            self.trace, self.events = {}, 0
            self.book.traces += 1
        elif tag in NESTS:
            self.keys.append(attributes.get("key", ""))
        elif tag == "global":
            self.scope = attributes.get("scope", "event")
        elif tag == "classifier":
            self._classifier(attributes)
        elif not self.root:
            self.root = tag
            if tag != "log":
                raise LogError("log_not_xes", tag=tag[:60])
        if len(path) > DEEPEST:
            raise LogError("log_hostile_xml", what=f"more than {DEEPEST} elements inside of each other")

    def _value(self, attributes: dict[str, str]) -> None:
        key, value = attributes.get("key", ""), attributes.get("value", "")
        keys = self.keys
        if self.scope:
            if not keys and key:
                self.book.globals.setdefault(self.scope, {})[key] = value
        else:
            into = self.event if self.event is not None else self.trace
            if into is not None and (key or keys):
                name = "/".join(filter(None, (*keys, key))) if keys else key
                if name in into:
                    into[name] = self._again(name, into[name], value)
                else:
                    into[name] = value
                if keys:
                    self.book.nested.add(name)
        keys.append(key)

    def _again(self, name: str, before: str, value: str) -> str:
        """Return what a key that is said again says: in a list all of it, else the last."""
        if "values" in self.path or "list" in self.path:
            return f"{before}; {value}"
        self.book.twice[name] += 1
        return value

    def _classifier(self, attributes: dict[str, str]) -> None:
        keys = tuple(re.findall(r"'([^']+)'|(\S+)", attributes.get("keys", "")))
        names = tuple(quoted or plain for quoted, plain in keys)
        if names and attributes.get("scope", "event") == "event":
            self.book.classifiers.append((attributes.get("name", ""), names))

    def end(self, tag: str) -> None:
        """Meet the end of an element."""
        _, _, tag = tag.rpartition(":")
        self.path.pop()
        if tag in VALUES or tag in NESTS:
            self.keys.pop()
        elif tag == "event":
            self._event()
        elif tag == "trace":
            if not self.events:
                self.book.odd["empty"] += 1
            self.trace = None
        elif tag == "global":
            self.scope = ""

    def _event(self) -> None:
        event, self.event = self.event or {}, None
        if self.trace is None:
            self.book.odd["loose"] += 1
            return
        if not self.events:
            self._name_trace()
        self.events += 1
        self.book.add({**self.trace_columns, **event}, self.line)

    def _name_trace(self) -> None:
        """Make columns of what is said of the case; one without a name gets a number."""
        trace = dict(self.trace or {})
        name = trace.pop(STEP, "")
        if not name:
            self.book.unnamed += 1
            name = f"trace {self.book.traces}"
        self.trace_columns = {CASE: name, **{f"case:{key}": value for key, value in trace.items()}}


def read_xes(source: Source, limits: Limits, parse: Parse) -> tuple[Taken, dict[str, object]]:
    """Read an event log; rows are numbered by the line on which the event begins."""
    book = Book(limits)
    _read(source, limits, book)
    if not book.lines:
        raise LogError("log_xes_no_events", traces=book.traces)
    columns = {key: _filled(cells, len(book.lines)) for key, cells in book.columns.items()}
    notes = (*_defaults(columns, book), *_notes(book))
    made = {key: Column.of(cells) for key, cells in columns.items()}
    table = Table(made, _numbers(book.lines))
    table, left_out, more = paired(table)
    taken = Taken(table, structs.replace(parse, encoding=""), left_out, (*notes, *more), len(book.lines))
    known = tuple((name, keys) for name, keys in book.classifiers if all(key in made for key in keys))
    return taken, {"classifiers": known}


def _numbers(lines: list[int]) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    """Return the lines of events as numbers of rows; several events on one line are counted instead."""
    rows = np.array(lines, dtype=np.int64)
    return rows if (np.diff(rows) > 0).all() else np.arange(1, len(rows) + 1)


def _read(source: Source, limits: Limits, book: Book) -> None:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    reader = Reader(parser, book)
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.StartDoctypeDeclHandler = _no_doctype
    parser.EntityDeclHandler = _no_entities
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    seen = 0
    with source.open() as file:
        try:
            while block := file.read(BLOCK):
                seen += len(block)
                if seen > limits.bytes:
                    raise LogError("log_too_large", limit=limits.bytes // 1_000_000)
                parser.Parse(block, False)
            parser.Parse(b"", True)
        except expat.ExpatError as problem:
            said = expat.errors.messages.get(problem.code, "") if problem.code else ""
            raise LogError("log_bad_xml", line=problem.lineno, problem=said or "unreadable") from None
        except (ValueError, LookupError) as problem:
            if isinstance(problem, LogError):
                raise
            raise LogError("log_bad_xml", line=parser.CurrentLineNumber, problem=problem) from None


def _no_doctype(*_: object) -> None:
    raise LogError("log_hostile_xml", what="a document type")


def _no_entities(*_: object) -> None:
    raise LogError("log_hostile_xml", what="entities")


def _filled(cells: list[str], n: int) -> list[str]:
    """Return a column of full length."""
    return cells + [""] * (n - len(cells))


def _defaults(columns: dict[str, list[str]], book: Book) -> list[Sentence]:
    """Fill what events lack with the default the log states for it, and say how often."""
    notes = []
    for key, value in book.globals["event"].items():
        cells = columns.get(key)
        lacking = cells.count("") if cells else 0
        if cells and lacking:
            columns[key] = [cell or value for cell in cells]
            notes.append(Sentence.of("log_note_globals", n=lacking, key=key, value=value))
    return notes


def _notes(book: Book) -> list[Sentence]:
    """Say what was odd."""
    notes = []
    if book.unnamed:
        notes.append(Sentence.of("log_note_traces", n=book.unnamed))
    if book.odd["loose"]:
        notes.append(Sentence.of("log_note_loose", n=book.odd["loose"]))
    if book.odd["empty"]:
        notes.append(Sentence.of("log_note_empty_traces", n=book.odd["empty"]))
    if book.nested:
        notes.append(Sentence.of("log_note_nested", keys=", ".join(sorted(book.nested)[:10])))
    for key, n in book.twice.most_common(3):
        notes.append(Sentence.of("log_note_twice", n=n, key=key))
    return notes


# Start and complete rows


class Pairs(Struct, frozen=True):
    """Places of the rows where a step was completed, with the place of its start or -1."""

    kept: tuple[int, ...]
    starts: tuple[int, ...]
    lone_starts: tuple[int, ...]
    nights: int


def paired(table: Table) -> tuple[Table, tuple[LeftOut, ...], tuple[Sentence, ...]]:
    """Pair rows of one step's start and completion where the transitions say so, else return the table as it is.

    First come, first served within a case and step, by the same resource where there is one; transitions that are
    neither (schedule, suspend, resume) stay as they are, in the column of transitions. A step that never starts in the
    log is a moment: it begins when it ends.
    """
    if not {CASE, STEP, TIME, LIFE} <= set(table.names):
        return table, (), ()
    life = table[LIFE].cells.str.strip().str.lower()
    if not (life.eq("start").any() and life.eq("complete").any()) or START in table.names:
        return table, (), ()
    found = _pairs(table, life.tolist())
    times = table[TIME].cells.tolist()
    begun = [times[place] if place >= 0 else "" for place in found.starts]
    moments = _moments(table, found)
    for place in moments:
        begun[place] = times[found.kept[place]]
    kept = table.rows(np.array(found.kept, dtype=np.int64))
    columns = {**kept.columns, START: Column.of(begun)}
    lone = len(found.lone_starts)
    ends = sum(not start for start in begun)
    note = Sentence.of(
        "log_note_pairs",
        paired=len(found.kept) - ends - len(moments),
        moments=len(moments),
        starts=lone,
        ends=ends,
        nights=found.nights,
    )
    reason = Sentence.of("log_row_lone_start")
    left_out = tuple(LeftOut(int(table.numbers[place]), reason) for place in found.lone_starts)
    return Table(columns, kept.numbers), left_out, (note,)


def _moments(table: Table, found: Pairs) -> list[int]:
    """Return which of the kept rows belong to steps that never start in the log: they take no time."""
    step = table[STEP].codes
    started = {int(step[place]) for place in (*found.starts, *found.lone_starts) if place >= 0}
    pairs = zip(found.kept, found.starts, strict=True)
    return [n for n, (end, start) in enumerate(pairs) if start < 0 and int(step[end]) not in started]


def _pairs(table: Table, life: list[str]) -> Pairs:
    case, step = table[CASE].codes.tolist(), table[STEP].codes.tolist()
    who = table[RESOURCE].codes.tolist() if RESOURCE in table.names else [0] * len(case)
    times = table[TIME].cells.tolist()
    waiting: dict[tuple[int, int], deque[int]] = {}
    kept, starts, nights = [], [], 0
    for place, transition in enumerate(life):
        key = (case[place], step[place])
        if transition == "start":
            waiting.setdefault(key, deque()).append(place)
        elif transition == "complete":
            begun = _taken_from(waiting.get(key), who, who[place])
            nights += begun >= 0 and times[begun][:10] != times[place][:10]
            kept.append(place)
            starts.append(begun)
        else:
            kept.append(place)
            starts.append(-1)
    lone = sorted(place for places in waiting.values() for place in places)
    return Pairs(tuple(kept), tuple(starts), tuple(lone), nights)


def _taken_from(places: "deque[int] | None", who: list[int], person: int) -> int:
    """Take the first start of the same person, else the first of all; -1 if there is none."""
    if not places:
        return -1
    place = next((one for one in places if who[one] == person), places[0])
    places.remove(place)
    return place
