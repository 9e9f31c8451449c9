"""Single figures of a file that a careful reader would remark on: ratings off their scale, waits of those who gave up,
drivers that are none, limits beyond the possible, seasons. Works on any table, also one without cases."""

from typing import Any

import numpy as np
import pandas as pd
from flask import render_template, request
from flask.typing import ResponseReturnValue
from msgspec import Struct
from wtforms import Form

from process_models.evidence.intervals import FEWEST
from process_models.logs.amounts import ENOUGH
from process_models.logs.columns import words_of
from process_models.logs.dates import moments, possible_orders
from process_models.logs.errors import LogError
from process_models.logs.figures import (
    Numbers,
    censored,
    correlation,
    impossible_limits,
    limits,
    no_driver,
    not_apart,
    off_scale,
    patience,
    seasonal,
)
from process_models.logs.naming import PEOPLE_WORDS
from process_models.logs.quality import Remark
from process_models.logs.reading import preview
from process_models.logs.table import Column, Table
from process_models.values.sentences import Sentence, say
from process_models.values.words import decimal, duration
from workbench import web
from workbench.data import store
from workbench.data.figure_forms import FORMS, asked
from workbench.data.frame import bp, found, frame
from workbench.data.model import Log
from workbench.permissions import Permission, needs

MOST_ROWS = 200_000
"""Rows of a file that are looked at: from its beginning, and of a longer one as many from its middle."""
MS = {"ms": 1, "s": 1000, "min": 60_000, "h": 3_600_000}
FEW_TEXTS = 200
"""Texts of a column that are looked at to tell whether it holds numbers."""


class Looked(Struct, frozen=True):
    """What came of looking: figures in words, and what is to be remarked."""

    figures: tuple[tuple[str, str], ...] = ()
    remarks: tuple[Remark, ...] = ()
    refused: str = ""


@bp.get("/<id>/figures")
@needs(Permission.DATA_READ)
def figures(id: str) -> ResponseReturnValue:
    """Look at single figures of a file, as asked in the address."""
    one = found(id)
    reading = _read(one)
    table = reading.table
    plain = [name for name in table.names if not words_of(name) & PEOPLE_WORDS]
    numbers = [name for name in plain if numeric(table[name])]
    forms = {look: asked(look, request.args, numbers, plain) for look in FORMS}
    look = request.args.get("look", "")
    form = forms.get(look)
    told = _looked(look, form, table) if form is not None and form.validate() else None
    return render_template(
        "data/figures.html",
        **frame(one, "figures"),
        forms=forms,
        look=look if form is not None else "",
        told=told,
        numbers=numbers,
        rows=len(table),
        whole=not reading.partial,
    ), (422 if form is not None and form.errors else 200)


def _read(one: Log) -> Any:
    """Return the rows of a log's file, taken apart as it was."""
    guess = store.guess(web.current(), one)
    return preview(store.file(web.settings().uploads, one.file), parse=guess.parse, rows=MOST_ROWS)


def numeric(column: Column) -> bool:
    """Say whether most of the first texts of a column are numbers, and at least two of them differ."""
    texts = [text for text in map(str.strip, column.texts[:FEW_TEXTS]) if text]
    known = values(Column.of(texts))
    return len(texts) > 1 and bool((~np.isnan(known)).sum() >= ENOUGH * len(texts))


def values(column: Column) -> Numbers:
    """Return a column as numbers by row, missing where it says none; a lone comma is that of decimals."""
    texts = column.texts.to_series().str.strip().str.replace(r"^(-?\d+),(\d+)$", r"\1.\2", regex=True)
    texts = texts.str.replace(r"[\s%$€£]", "", regex=True)
    numbers = pd.to_numeric(texts, errors="coerce").to_numpy(dtype=float)
    found_: Numbers = np.append(numbers, np.nan)[column.codes]
    return found_


def _looked(look: str, form: Form, table: Table) -> Looked:
    """Return what came of looking; too few rows are refused in a sentence."""
    known = values(table[form.column.data])
    if int((~np.isnan(known)).sum()) < FEWEST:
        return Looked(refused=say(Sentence.of("figures_few", few=FEWEST, columns=form.column.data)))
    return LOOKS[look](form, table, known)


def _rating(form: Form, _: Table, known: Numbers) -> Looked:
    low, high = float(form.lowest.data), float(form.highest.data)
    rated = known[(known >= low) & (known <= high)]
    told = [("Rows with a mark on the scale", f"{len(rated):,}")]
    if len(rated):
        told.append(("Mean of them", decimal(float(rated.mean()), 2)))
    return Looked(tuple(told), tuple(off_scale(form.column.data, known, low, high)))


def _patience(form: Form, table: Table, known: Numbers) -> Looked:
    ended = table[form.outcome.data]
    wanted = form.gave_up.data.strip().casefold()
    gave_up = np.array([text.strip().casefold() == wanted for text in (*ended.texts, "")])[ended.codes]
    waited = known > 0
    ms, gone = known[waited] * MS[form.unit.data], gave_up[waited]
    told = [("Waited", f"{len(ms):,}"), ("Gave up", f"{int(gone.sum()):,}")]
    if gone.any():
        told += [("They had waited", duration(float(ms[gone].mean()))), ("Mean patience", duration(patience(ms, gone)))]
    return Looked(tuple(told), tuple(censored(ms, gone)))


def _drivers(form: Form, table: Table, known: Numbers) -> Looked:
    drivers = {name: values(table[name]) for name in form.drivers.data or () if name != form.column.data}
    found_ = {name: correlation(driver, known) for name, driver in drivers.items()}
    told = [
        (name, "nothing varies" if np.isnan(r) else f"{r:.2f} ({low:.2f} to {high:.2f})")
        for name, (r, low, high) in found_.items()
    ]
    remarks = [one for name, driver in drivers.items() for one in no_driver(name, driver, known)]
    varied = {name: driver for name, driver in drivers.items() if not np.isnan(found_[name][0])}
    if len(varied) > 1:
        remarks += not_apart(tuple(varied), tuple(varied.values()), known)
    return Looked(tuple(told), tuple(remarks))


def _series(form: Form, table: Table, known: Numbers) -> Looked:
    least = -np.inf if form.least.data is None else float(form.least.data)
    most = np.inf if form.most.data is None else float(form.most.data)
    column, series = form.column.data, known[~np.isnan(known)]
    remarks: list[Remark] = []
    if form.date.data:
        dated = _months(table[form.date.data])
        here = ~np.isnan(known) & (dated >= 0)
        order = np.argsort(dated[here], kind="stable")
        series = known[here][order]
        whole, places = np.unique(dated[here][order], return_inverse=True)
        if len(whole):
            remarks += seasonal(column, whole, np.bincount(places, weights=series) / np.bincount(places))
    if len(series) < FEWEST:
        return Looked(refused=say(Sentence.of("figures_few", few=FEWEST, columns=f"{column}, {form.date.data}")))
    low, mean, high = limits(series, least, most)
    remarks += impossible_limits(column, series, least, most)
    between = f"{decimal(low, 3)} to {decimal(high, 3)}"
    return Looked((("Mean", decimal(mean, 3)), ("Limits", between), ("n", f"{len(series):,}")), tuple(remarks))


def _months(column: Column) -> "np.ndarray[Any, np.dtype[np.int64]]":
    """Return months counted on and on, by row; −1 where a text is no date."""
    orders = possible_orders(column)
    if not orders:
        return np.full(len(column.codes), -1)
    try:
        times = moments(column, orders[0], "UTC").times
    except LogError:
        return np.full(len(column.codes), -1)
    return np.asarray((times.dt.year * 12 + times.dt.month - 1).fillna(-1), dtype=np.int64)


LOOKS = {"rating": _rating, "patience": _patience, "drivers": _drivers, "series": _series}
