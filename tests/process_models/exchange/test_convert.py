"""One kind of file becomes another; tables typed by hand work, or say which row and what to do."""

import io
from pathlib import Path

import pytest
from openpyxl import Workbook

from process_models.exchange.accounts import write_accounts
from process_models.exchange.converting import WRITERS, bring_in, give_out, kind_of
from process_models.exchange.step_table import csv_cells, csv_of, read_table, xlsx_of
from process_models.graph.steps import Kind
from process_models.values.errors import ModelError
from tests.building import graph_of
from tests.process_models.exchange.bpmn_texts import bpmn

TYPED = """Process: complaints;;;
No.;Activity Name;Who does it?;Next step;Duration (h)
1;Take the call;Agent;Check the cover;0,1
2;Check the cover;Clerk;Pay (70%), Refuse;1
3;Pay;Cashier;;0,5
4;Refuse;Clerk;;0,2
"""


def test_a_table_typed_by_hand_becomes_a_process() -> None:
    graph = read_table(csv_cells(TYPED.encode()), "Complaints").graph

    assert {flow.target: flow.share for flow in graph.after("2")} == {"3": "0.7", "4": "0.3"}
    assert graph.by_id["2"].role == "Clerk"
    assert graph.by_id["1"].time is not None
    assert len(graph.of_kind(Kind.START)) == len(graph.of_kind(Kind.END)) == 1


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "windows-1252"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_any_separator_and_encoding_of_spreadsheets_is_read(encoding: str, mark: str) -> None:
    text = mark.join(["Step", "Role"]) + "\r\n" + mark.join(["Prüfen", "Büro"]) + "\r\n"

    assert [s.name for s in read_table(csv_cells(text.encode(encoding)), "x").graph.steps if s.role] == ["Prüfen"]


def test_a_workbook_with_numbers_as_ids_is_read() -> None:
    book = Workbook()
    for row in (["No", "Step", "Next"], [1, "A", 2], [2, "B", None]):
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)

    graph = bring_in(file.getvalue(), "steps.xlsx").graph

    assert [flow.target for flow in graph.after("1")] == ["2"]


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("Step,Next\nCheck,Pey\nPay,", "Row 2: no step is called “Pey”. Did you mean “Pay”?"),
        ("Step,Next\nCheck,Pay (60%); Refuse (60%)\nPay,\nRefuse,", "Row 2: the shares"),
        ("Step,Kind\nCheck,Banana", "Row 2: “Banana” is no kind"),
        ("Step,Time\nCheck,soon", "Row 2: “soon” is no time"),
        ("Id,Step\n1,A\n1,B", "Row 3: the id “1” stands above"),
        ("Colour,Size\nred,2", "No heading says"),
        ("Step,Next\n", "Below the headings stands no row"),
    ],
)
def test_what_cannot_be_understood_is_told_with_row_and_remedy(table: str, said: str) -> None:
    with pytest.raises(ModelError) as refused:
        bring_in(table.encode(), "steps.csv")

    assert said in str(refused.value)


@pytest.mark.parametrize("write", [csv_of, xlsx_of])
def test_a_table_that_was_given_out_comes_back_with_steps_ways_and_shares(write: object) -> None:
    graph = graph_of("start choice, choice a 0.333333333, choice b 0.666666667, a end, b end")

    again = bring_in(write(graph), "steps.csv" if write is csv_of else "steps.xlsx").graph  # type: ignore[operator]

    told = lambda one: {(f.source, f.target, f.share) for f in one.flows}  # noqa: E731 (said once)
    assert told(again) == told(graph)
    assert {(s.id, s.kind, s.name, s.role) for s in again.steps} == {
        (s.id, s.kind, s.name, s.role) for s in graph.steps
    }


def test_no_cell_given_out_is_a_formula() -> None:
    text = csv_of(graph_of("start a, a end", made={"a": {"name": "=cmd()"}})).decode("utf-8-sig")

    assert ",'=cmd()," in text


@pytest.mark.parametrize("kind", sorted(WRITERS))
def test_every_kind_of_file_can_be_given_out(kind: str) -> None:
    assert give_out(bring_in(TYPED.encode(), "x.csv"), kind)


@pytest.mark.parametrize("name", ["x.svg", "x.dot", "x.mmd"])
def test_pictures_only_go_out(name: str) -> None:
    with pytest.raises(ModelError, match="only goes out"):
        bring_in(b"x", name)


def test_an_unknown_ending_is_refused() -> None:
    with pytest.raises(ModelError, match="what kind of file"):
        kind_of("x.docx")


def test_accounts_of_a_folder_stand_beside_each_other(tmp_path: Path) -> None:
    (tmp_path / "in" / "deep").mkdir(parents=True)
    (tmp_path / "in" / "deep" / "a.bpmn").write_bytes(bpmn('<task id="t"/>'))
    (tmp_path / "in" / "b.bpmn").write_bytes(b"no")

    told = dict(write_accounts(tmp_path / "in", tmp_path / "out"))

    assert '"refused"' in (tmp_path / "out" / "b.json").read_text()
    assert '"steps"' in (tmp_path / "out" / "deep" / "a.json").read_text()
    assert len(told) == 2
