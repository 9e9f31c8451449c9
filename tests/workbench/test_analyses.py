"""Analyses: tables of evidence, what each kind says of them, and how it becomes a finding."""

import io
from typing import Any

import numpy as np
import pytest
from flask import Flask
from sqlalchemy import Engine

from process_models.evidence.themes import Code
from process_models.values.errors import ModelError
from tests.workbench.people import Visitor
from tests.workbench.reviewing import WEEKS, a_review, an_analysis, evidence
from workbench import database, example
from workbench.analyses import operations, store
from workbench.analyses.answers import answer
from workbench.analyses.model import (
    Ask,
    Causes,
    Comments,
    Driven,
    EvidenceTable,
    Series,
    Sides,
    Told,
    as_csv,
    as_number,
)
from workbench.errors import Invalid, NotPossible
from workbench.findings import store as findings

RAISED = WEEKS + "".join(f"2026-W{n},{30 + n % 3},{90 + n % 7},Ada\n" for n in range(25, 33))


def of(content: str) -> EvidenceTable:
    return EvidenceTable("t", "r", "weeks.csv", content.encode(), "nora", database.now())


def said(content: str, ask: Ask) -> Told:
    return answer(of(content), ask, "A title")


def ratings(n: int = 200, tied: bool = True) -> str:
    luck = np.random.default_rng(1)
    speed, tone = luck.integers(1, 6, n), luck.integers(1, 6, n)
    overall = np.clip(np.round(speed * 0.8 + luck.normal(size=n) * 0.5), 0, 5) if tied else luck.integers(1, 6, n)
    rows = [f"{int(a)},{b},{c}" for a, b, c in zip(overall, speed, tone, strict=True)]
    return "overall,speed,tone\n" + "\n".join(rows) + "\n"


# What each kind says


def test_a_share_that_rose_is_a_change_for_the_worse_where_less_is_better():
    told = said(RAISED, Series(label="week", value="late", size="all"))

    assert told.finding == "late of all has changed for the worse"
    assert told.rows[-1][1] == "2026-W32"
    assert "outside the limits" in told.rows[-1][-1]
    assert told.rows[0][2] == "6.6%"
    assert "<svg" in told.picture
    assert said(WEEKS, Series(label="week", value="late", size="all")).finding.endswith("no point of 24 stands out")


def test_a_recorded_cause_begins_new_limits_and_nothing_else_does():
    asked = Series(label="week", value="late", size="all")
    cut = Series(label="week", value="late", size="all", cuts=(("2026-W25", "Strike & <storm>"),))

    whole, parted = said(RAISED, asked), said(RAISED, cut)

    assert {row[3] for row in whole.rows} != {row[3] for row in parted.rows}
    assert len({row[3] for row in parted.rows}) == 2
    assert "no point of 32 stands out" in parted.finding
    assert any("trial limits" in words for words in parted.remarks)
    assert "Strike &amp; &lt;storm&gt;" in parted.picture


def test_a_target_is_told_in_words():
    remarks = [said(WEEKS, Series(label="week", value="all", target=target)).remarks for target in ("200", "10", "93")]

    assert ["met consistently" in " ".join(one) for one in remarks] == [True, False, False]
    assert ["unless something changes" in " ".join(one) for one in remarks] == [False, True, False]
    assert ["a matter of chance" in " ".join(one) for one in remarks] == [False, False, True]


def test_a_week_that_comes_back_is_offered_and_taken_out():
    days = "day,calls\n" + "".join(f"{n},{(20 if n % 7 == 0 else 100) + n % 3}\n" for n in range(56))

    plain, without = (said(days, Series(label="day", value="calls", season=season)) for season in (0, 7))

    assert any("Take the week out" in words for words in plain.remarks)
    assert "no point of 56 stands out" in without.finding
    assert any("explains" in words for words in without.remarks)


def test_rows_without_a_number_are_counted_not_hidden():
    told = said(WEEKS + "2026-W25,none,90,Ada\n", Series(label="week", value="late", size="all"))

    assert "1 row without a number left out." in told.remarks
    assert len(told.rows) == 24


def test_what_goes_with_satisfaction_is_told_as_associated():
    told = said(ratings(), Driven(outcome="overall", features=("speed", "tone")))

    assert told.finding == "speed goes most with overall"
    assert any("not caused by" in words for words in told.remarks)
    assert [row[0] for row in told.rows] == ["speed", "tone"]


def test_where_nothing_goes_with_satisfaction_no_driver_is_found():
    told = said(ratings(tied=False), Driven(outcome="overall", features=("speed", "tone")))

    assert told.finding.startswith("No driver found")
    assert {row[-1] for row in told.rows} == {""}


def test_the_vital_few_are_told_and_rare_causes_stand_together():
    causes = "cause\n" + "late\n" * 60 + "lost\n" * 25 + "rude\n" * 3 + "wet\n" * 2 + "\n"

    told = said("id," + causes.replace("\n", "\n1,", causes.count("\n") - 1), Causes(cause="cause"))

    assert told.finding == "2 causes of 3 make up 93% of cases"
    assert [row[0] for row in told.rows] == ["late", "lost", "other"]
    assert any("3 causes with fewer than 10" in words for words in told.remarks)


def test_themes_are_told_with_what_carries_none():
    comments = "text\n" + "I waited for weeks\n" * 9 + "the form again\n" * 5

    told = said(comments, Comments(text="text", codes=(Code("waiting", ("wait",)),)))

    assert told.finding == "64% of 14 comments speak of waiting"
    assert any("5 comments of 14 carry no theme" in words for words in told.remarks)
    assert any("form" in words for words in told.remarks)


def test_parts_that_say_the_opposite_are_told():
    rows = [("A", "small", 81, 87), ("B", "small", 234, 270), ("A", "large", 192, 263), ("B", "large", 55, 80)]
    lines = [f"{way},{size},{'yes' if n < hits else 'no'}" for way, size, hits, count in rows for n in range(count)]

    told = said(
        "way,size,well\n" + "\n".join(lines) + "\n",
        Sides(side="way", first="A", second="B", hit="well", hit_is="yes", part="size"),
    )

    assert told.finding == "B has more yes in the whole, and fewer once the mix of size is taken out"
    apart = {row[0]: row[-1] for row in told.rows}
    assert (apart["small"], apart["large"], apart["All of them"]) == ("+6.4 points", "+4.3 points", "−4.6 points")
    assert apart["With the same mix on both sides"].startswith("+5.")
    assert told.remarks == ("The parts say the opposite of the whole: compare like with like.",)


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        (Series(label="week", value="other"), "no column “other”"),
        (Series(label="late", value="week"), "fewer than two numbers"),
        (Driven(outcome="late", features=("who",)), "0 answers rate"),
        (Comments(text="none"), "no column “none”"),
        (Sides(side="who", first="Ada", second="Bob", hit="late", hit_is="5", part="week"), "no part has 10"),
    ],
)
def test_what_a_table_cannot_say_is_refused_in_a_sentence(ask, says):
    with pytest.raises(ModelError, match=says):
        said(WEEKS, ask)


@pytest.mark.parametrize(
    ("cell", "number"), [("12,5", 12.5), ("1 200", None), ("40 %", 40.0), ("1,234.5", None), ("", None), ("-3", -3.0)]
)
def test_numbers_are_read_with_either_decimal_mark(cell, number):
    assert as_number(cell) == number if number is not None else np.isnan(as_number(cell))


# What people do


def test_columns_that_are_left_out_are_gone(engine: Engine):
    nora, id = example.actor(engine, "nora"), evidence(engine, a_review(engine))

    gone = operations.keep_columns(engine, nora, id, frozenset({"week", "late", "all"}))

    with database.reading(engine) as db:
        kept = store.table(db, id)
    assert gone == ("who",)
    assert kept.columns == ("week", "late", "all")
    assert b"Ada" not in kept.file


def test_a_column_that_is_used_stays(engine: Engine):
    nora, id = example.actor(engine, "nora"), an_analysis(engine, a_review(engine))
    with database.reading(engine) as db:
        table = store.find(db, id).table

    with pytest.raises(NotPossible, match="“late” is used by “Late cases”"):
        operations.keep_columns(engine, nora, table, frozenset({"week"}))
    with pytest.raises(Invalid, match="at least one"):
        operations.keep_columns(engine, nora, table, frozenset())


def test_new_limits_need_a_cause_and_a_point_of_the_chart(engine: Engine):
    nora, id = example.actor(engine, "nora"), an_analysis(engine, a_review(engine))

    for label, cause, says in (("2026-W12", " ", "what changed"), ("2026-W01", "x", "point of this chart")):
        with pytest.raises(Invalid, match=says):
            operations.cut(engine, nora, id, label, cause)
    operations.cut(engine, nora, id, "2026-W12", "New forms")
    operations.cut(engine, nora, id, "2026-W12", "New forms and letters")

    with database.reading(engine) as db:
        assert store.find(db, id).ask.cuts == (("2026-W12", "New forms and letters"),)


def test_a_table_that_is_none_is_refused(engine: Engine):
    nora, review = example.actor(engine, "nora"), a_review(engine)

    with pytest.raises(Invalid, match="No file"):
        operations.bring(engine, nora, review, "x.csv", b"")
    with pytest.raises(Invalid, match="larger than 20 MB"):
        operations.bring(engine, nora, review, "x.csv", b"a,b\n" + b"1,2\n" * 6_000_000)


# Pages


def sent(content: str) -> dict[str, Any]:
    return {"file": (io.BytesIO(content.encode()), "weeks.csv")}


def test_from_a_table_over_a_chart_to_a_finding(app: Flask, engine: Engine):
    review, nora = a_review(engine), Visitor(app, "nora")

    brought = nora.post(f"/reviews/{review}/analyses", sent(RAISED), content_type="multipart/form-data")
    assert brought.status_code == 303
    page = nora.get(brought.location).text
    assert "2026-W01 · 2026-W02" in page
    asked = {"title": "Late cases", "label": "week", "value": "late", "size": "all", "better": "lower", "season": "0"}
    made = nora.post(brought.location + "/ask/series", {**asked, "preset": "nhs", "chart": ""})
    assert made.status_code == 303
    shown = nora.get(made.location).text
    assert "late of all has changed for the worse" in shown
    id = made.location.rpartition("/")[2]
    begun = nora.get(f"/reviews/{review}/findings?from=analysis/{id}").text
    assert "late of all has changed for the worse.</textarea>" in begun.replace("\r\n", "")
    words = {"source": f"analysis/{id}", "text": "More is late.", "evidence": "The chart.", "grade": "A"}
    nora.post(f"/reviews/{review}/findings", words)

    with database.reading(engine) as db:
        [finding] = findings.findings(db, review)
    assert f'href="/analyses/{id}"' in nora.get(f"/findings/{finding.id}").text


def test_a_question_that_cannot_be_answered_keeps_what_was_typed(app: Flask, engine: Engine):
    review, nora = a_review(engine), Visitor(app, "nora")
    id = evidence(engine, review)

    asked = {"title": "Mine", "label": "late", "value": "week", "better": "lower", "season": "0", "preset": "nhs"}
    page = nora.post(f"/evidence/{id}/ask/series", {**asked, "size": "", "chart": ""})

    assert page.status_code == 422
    assert "fewer than two numbers" in page.text
    assert 'value="Mine"' in page.text


def test_figures_come_as_a_file_without_formulas(app: Flask, engine: Engine):
    review = a_review(engine)
    bad = "week,late\n" + "".join(f"=HYPERLINK({n}),{n}\n" for n in range(5))
    table = evidence(engine, review, bad)
    made = operations.ask(
        engine, example.actor(engine, "nora"), table, "T", Series(label="week", value="late", better="neither")
    )

    file = Visitor(app, "nora").get(f"/analyses/{made.id}/figures.csv")

    assert file.mimetype == "text/csv"
    assert ",'=HYPERLINK(0)" in file.text
    assert ",=HYPERLINK" not in file.text


def test_an_analysis_is_taken_away_and_an_unknown_kind_is_not_found(app: Flask, engine: Engine):
    review, nora = a_review(engine), Visitor(app, "nora")
    id = an_analysis(engine, review)

    assert nora.post(f"/analyses/{id}/remove").status_code == 303
    assert nora.get(f"/analyses/{id}").status_code == 404
    assert nora.post(f"/evidence/{evidence(engine, review)}/ask/magic").status_code == 404


def test_a_table_comes_back_as_it_was():
    rows = [["a,b", 'c"d'], ["e\nf", ""]]

    table = of(as_csv(["x", "y"], rows).decode())

    assert [table.texts("x"), table.texts("y")] == [["a,b", "e\nf"], ['c"d', ""]]
