"""What a step graph does not hold is kept beside it, given out again, and never called kept where it is not."""

import json
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from process_models.exchange.bpmn_export import export_bpmn
from process_models.exchange.bpmn_import import Imported, import_bpmn
from process_models.values.canonical import digest
from tests.process_models.exchange.bpmn_texts import MODEL, bpmn, flows
from tests.process_models.exchange.test_bpmn_export import schema

VENDOR = 'xmlns:v="urn:vendor"'
NODES = (
    f'<startEvent id="s"/><task id="a" name="Ask" {VENDOR} v:form="f.html"><documentation>Be kind.</documentation>'
    f'<extensionElements><v:priority {VENDOR} high="yes"><v:why>law &amp; order</v:why></v:priority></extensionElements>'
    '</task><exclusiveGateway id="x" name="Large?" default="no"/><task id="b" name="Check"/><endEvent id="e"/>'
)
CHOICE = (
    '<sequenceFlow id="yes" sourceRef="x" targetRef="b"><conditionExpression language="feel">sum &gt; 100'
    '</conditionExpression></sequenceFlow><sequenceFlow id="no" sourceRef="x" targetRef="e" name="small"/>'
)
FILE = bpmn(NODES + flows("s a,a x,b e") + CHOICE)


def fate(found: Imported, id: str) -> str:
    return next(entry.became for entry in found.account.entries if entry.id == id)


def reason(found: Imported, id: str) -> str:
    return next(entry.reason for entry in found.account.entries if entry.id == id)


def given_out(found: Imported) -> bytes:
    text = export_bpmn(found.graph, found.report)
    schema().assertValid(etree.fromstring(text))
    return text


def test_conditions_defaults_and_words_of_other_tools_come_out_again_where_they_stood() -> None:
    found = import_bpmn(FILE)

    tree = etree.fromstring(given_out(found))

    gateway, condition = tree.find(".//*[@id='x']"), tree.find(f".//{{{MODEL}}}conditionExpression")
    assert gateway.get("default") == "no"
    assert (condition.text, condition.get("language")) == ("sum > 100", "feel")
    assert condition.getparent().get("id") == "yes"
    priority = tree.find(".//{urn:vendor}priority")
    assert priority.getparent().getparent().get("id") == "a"
    assert (priority.get("high"), priority[0].text) == ("yes", "law & order")
    assert priority.getparent().getparent().get("{urn:vendor}form") == "f.html"
    for kept in ("yes#condition", "x#default", "a#extension", "a#documentation"):
        assert fate(found, kept) == "kept"


def test_what_is_kept_beside_is_no_part_of_the_identity_and_stays_the_same_every_time() -> None:
    found = import_bpmn(FILE)
    plain = import_bpmn(bpmn(NODES.replace("v:priority", "v:other") + flows("s a,a x,b e") + CHOICE))

    again = import_bpmn(given_out(found))

    assert digest(plain.graph) == digest(found.graph) == digest(again.graph)
    assert plain.beside != found.beside
    assert again.beside["flows"] == found.beside["flows"]
    assert import_bpmn(given_out(again)).beside == again.beside


def test_what_every_shared_file_keeps_beside_comes_back(shared_data: Path) -> None:
    seen = 0
    for file in sorted(shared_data.glob("bpmn/**/*.bpmn")):
        found = import_bpmn(file.read_bytes())

        again = import_bpmn(given_out(found))

        for part in ("steps", "flows", "process"):
            assert _named(again.beside[part]) == _named(found.beside[part]), file
            seen += len(found.beside[part])
    assert seen > 250


def _named(kept: Any) -> Any:
    """Return what was kept without the prefixes, which XML leaves free."""
    text = json.dumps(kept, sort_keys=True)
    return [etree.canonicalize(one) if one.startswith("<") else one for one in _texts(json.loads(text))]


def _texts(kept: Any) -> list[str]:
    if isinstance(kept, dict):
        return [text for name in sorted(kept) for text in (name, *_texts(kept[name]))]
    if isinstance(kept, list):
        return [text for one in kept for text in _texts(one)]
    return [str(kept)]


def test_a_condition_that_leads_out_of_no_choice_is_told_with_its_words() -> None:
    alone = '<sequenceFlow id="f" sourceRef="s" targetRef="e"><conditionExpression>late</conditionExpression></sequenceFlow>'
    found = import_bpmn(bpmn('<startEvent id="s"/><endEvent id="e"/>' + alone))

    assert fate(found, "f#condition") == "simplified"
    assert "“late”" in reason(found, "f#condition")
    assert b"conditionExpression" not in given_out(found)


def test_words_on_what_became_no_step_are_told_in_the_account() -> None:
    merge = '<exclusiveGateway id="m"><documentation>Only drawn.</documentation></exclusiveGateway>'
    note = '<textAnnotation id="n"><text>Ask Jo.</text></textAnnotation>'
    lanes = f'<laneSet id="l"><lane id="empty" name="Nobody"><extensionElements><v:a {VENDOR}/></extensionElements></lane></laneSet>'
    nodes = f'{lanes}<startEvent id="s"/><task id="a" name="Ask"/>{merge}<endEvent id="e"/>'
    found = import_bpmn(bpmn(nodes + flows("s m,a m,m e") + note))

    assert "“Only drawn.”" in reason(found, "m#documentation")
    assert "“Ask Jo.”" in reason(found, "n")
    assert [fate(found, id) for id in ("m#documentation", "n", "empty", "empty#extension")] == ["simplified"] * 4
    assert found.beside["others"]["empty"]["extensions"] == ['<ns0:a xmlns:ns0="urn:vendor" />']


def test_what_a_choice_says_of_itself_is_its_description() -> None:
    said = NODES.replace(
        'name="Large?" default="no"/>', 'name="Large?"><documentation>By sum.</documentation></exclusiveGateway>'
    )
    found = import_bpmn(bpmn(said + flows("s a,a x,b e,x b,x e")))

    assert found.graph.by_id["x"].description == "By sum."
    assert fate(found, "x#documentation") == "kept"


@pytest.mark.parametrize(
    "beside",
    [
        7,
        {"steps": 3, "flows": [], "process": None},
        {
            "steps": {
                "a": {
                    "extensions": ["<v", 4, None, "<a/>", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'],
                    "attributes": 1,
                }
            }
        },
        {"steps": {"a": {"attributes": {"id": "evil", "{urn:x}y": 4, f"{{{MODEL}}}name": "evil"}}}},
        {"steps": {"a": {"extensions": [f'<task xmlns="{MODEL}" id="evil"/>']}}},
        {"flows": {"yes": {"condition": 4, "language": [], "default": "evil"}}},
    ],
)
def test_a_report_of_strangers_adds_nothing_that_does_not_fit(beside: Any) -> None:
    found = import_bpmn(FILE)

    text = export_bpmn(found.graph, {"beside": beside})

    assert text == export_bpmn(found.graph)
