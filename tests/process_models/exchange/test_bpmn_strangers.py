"""Files of any vendor are answered: whatever their encoding, prefixes and gaps; hostile ones are refused, fast."""

import contextlib
import random
import socket
import sys
from pathlib import Path
from types import FrameType
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest
from hypothesis import given
from hypothesis import strategies as st

from process_models.exchange.bpmn_file import kind
from process_models.exchange.bpmn_import import Imported, import_bpmn
from process_models.exchange.bpmn_words import COUNTED, NODES, SCOPES
from process_models.exchange.safe_xml import MOST_BYTES
from process_models.values.distributions import Distribution, Exponential, Fixed, Gamma, mean
from process_models.values.errors import ModelError
from tests.process_models.exchange.bpmn_texts import MODEL, bpmn, drawn, flows

SIMPLE = '<startEvent id="s"/><task id="a" name="Prüfen"/><endEvent id="e"/>' + flows("s a,a e")
BOMB = '<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


def balanced(found: Imported, root: Element) -> None:
    """Check that each element of the tree is accounted for once, and each node and flow stands somewhere."""
    counted = [element for element in root.iter() if kind(element) in COUNTED]
    entries = [entry for entry in found.account.entries if "#" not in entry.id]
    parent = {child: element for element in root.iter() for child in element}
    nodes = [one for one in counted if kind(one) in NODES and kind(parent[one]) in SCOPES]
    stands = {id for of in (*found.of_steps.values(), *found.of_flows.values()) for id in of}

    assert len(entries) == len(counted)
    assert len({entry.id for entry in found.account.entries}) == len(found.account.entries)
    assert sum(1 for entry in entries if entry.type in NODES and entry.id in stands) >= len(nodes)
    dropped = {entry.type for entry in found.account.of("dropped")}
    assert dropped <= {
        "sequenceFlow",
        "group",
        "conversation",
        "subConversation",
        "callConversation",
        "conversationLink",
    }
    assert all(entry.reason for entry in entries if entry.became != "kept")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "windows-1252", "utf-16-le"])
def test_letters_arrive_in_every_encoding(encoding: str) -> None:
    name = {"utf-8-sig": "utf-8", "utf-16-le": "utf-16"}.get(encoding, encoding)
    text = bpmn(SIMPLE, declared=f'<?xml version="1.0" encoding="{name}"?>').decode()

    found = import_bpmn(text.encode(encoding))

    assert found.graph.by_id["a"].name == "Prüfen"
    assert not found.account.remarks


def test_latin_letters_called_utf_8_are_read_and_told() -> None:
    found = import_bpmn(bpmn(SIMPLE, declared='<?xml version="1.0" encoding="UTF-8"?>').decode().encode("latin-1"))

    assert found.graph.by_id["a"].name == "Prüfen"
    assert [remark.id for remark in found.account.remarks] == ["bpmn_encoding"]


@pytest.mark.parametrize("prefix", ["bpmn", "bpmn2", "semantic", "ns0"])
def test_any_prefix_will_do(prefix: str) -> None:
    root = ElementTree.fromstring(bpmn(SIMPLE))
    text = ElementTree.tostring(root, "unicode").replace("ns0:", f"{prefix}:").replace("xmlns:ns0=", f"xmlns:{prefix}=")

    assert len(import_bpmn(text.encode()).graph.steps) == 3


@pytest.mark.parametrize("space", ["http://schema.omg.org/spec/BPMN/2.0", "http://www.omg.org/bpmn20"])
def test_namespaces_of_drafts_are_known(space: str) -> None:
    assert len(import_bpmn(bpmn(SIMPLE).replace(MODEL.encode(), space.encode())).graph.steps) == 3


def test_references_with_prefix_or_hash_are_found() -> None:
    body = SIMPLE.replace('sourceRef="s"', 'sourceRef="x:s"').replace('targetRef="e"', 'targetRef="#e"')

    assert len(import_bpmn(bpmn(body)).graph.flows) == 2


def test_line_breaks_in_names_become_blanks() -> None:
    found = import_bpmn(bpmn('<task id="a" name="Check&#10;  the cover"/>'))

    assert found.graph.by_id["a"].name == "Check the cover"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "xml_empty"),
        (b"PK\x03\x04rest", "xml_is_other"),
        (b"%PDF-1.7", "xml_is_other"),
        (b"hello", "xml_broken"),
        (b"<a><b></a>", "xml_broken"),
        (b"<html/>", "bpmn_other_root"),
        (b"<definitions/>", "bpmn_other_root"),
        (b'<?xml version="1.0" encoding="idna"?><a/>', "xml_encoding"),
        (bpmn("", declared=BOMB), "xml_entity"),
        (bpmn("", declared=BOMB).decode().encode("utf-16"), "xml_entity"),
        (bpmn("", declared='<!DOCTYPE d [<!ENTITY f SYSTEM "file:///etc/passwd">]>'), "xml_entity"),
        (bpmn("", declared='<!DOCTYPE d [<!ENTITY % p SYSTEM "http://127.0.0.1/p">%p;]>'), "xml_entity"),
        (bpmn("", declared='<!DOCTYPE d SYSTEM "http://127.0.0.1/x.dtd">'), "xml_outside"),
        (bpmn("<task>" * 600 + "</task>" * 600), "xml_too_deep"),
        (b"<a>" * 200_000, "xml_too_deep"),
        (b"<a>" + b"<b/>" * 3_000_000, "xml_too_many"),
        (b"<a>" + b" " * MOST_BYTES, "xml_too_large"),
        (b"\xff\xfe<\x00?\x00", "xml_broken"),
    ],
)
def test_what_is_no_bpmn_or_not_safe_is_refused_in_a_sentence(
    data: bytes, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "socket", None)
    monkeypatch.setattr(Path, "open", None)

    with pytest.raises(ModelError) as refused:
        import_bpmn(data)

    assert refused.value.sentence.id == sentence


def test_a_fault_in_the_xml_is_told_with_its_place() -> None:
    with pytest.raises(ModelError, match=r"line 3, column 2"):
        import_bpmn(b"<a>\n\n<<b/></a>")


@given(st.binary(max_size=300), st.integers(0, 200))
def test_no_bytes_raise_anything_but_a_sentence(noise: bytes, at: int) -> None:
    data = bpmn(SIMPLE)
    for text in (noise, data[:at] + noise + data[at:], data[:at] + noise):
        with contextlib.suppress(ModelError):
            assert import_bpmn(text).account is not None


def test_every_shared_file_is_accounted_for(shared_data: Path) -> None:
    files = sorted(shared_data.glob("bpmn/**/*.bpmn"))
    assert len(files) >= 30

    for file in files:
        data = file.read_bytes()
        balanced(import_bpmn(data), ElementTree.fromstring(data))


def test_changed_as_other_tools_change_them_files_are_still_accounted_for(shared_data: Path) -> None:
    files = sorted(shared_data.glob("bpmn/**/*.bpmn"))

    for seed in range(150):
        luck = random.Random(seed)  # noqa: S311 - variety, no secret
        root = ElementTree.fromstring(luck.choice(files).read_bytes())
        for change in luck.sample(CHANGES, 2):
            change(root, luck)
        data = bytes(ElementTree.tostring(root, luck.choice(["utf-8", "utf-16"])))
        balanced(import_bpmn(data), ElementTree.fromstring(data))


def _without_diagram(root: Element, _luck: random.Random) -> None:
    for child in list(root):
        if "BPMNDiagram" in child.tag:
            root.remove(child)


def _without_ids(root: Element, luck: random.Random) -> None:
    for element in root.iter():
        if "id" in element.attrib and luck.random() < 0.2:
            del element.attrib["id"]


def _with_doubled_ids(root: Element, luck: random.Random) -> None:
    ids = [element.get("id", "") for element in root.iter() if "id" in element.attrib]
    for element in root.iter():
        if "id" in element.attrib and luck.random() < 0.1:
            element.set("id", luck.choice(ids))


def _shuffled(root: Element, luck: random.Random) -> None:
    for element in list(root.iter()):
        children = list(element)
        luck.shuffle(children)
        element[:] = children


def _nested(root: Element, luck: random.Random) -> None:
    for process in list(root.iter(f"{{{MODEL}}}process")):
        names = ["subProcess", "transaction", "adHocSubProcess"]
        box = Element(f"{{{MODEL}}}{luck.choice(names)}", id=f"box-{luck.random()}")
        box[:] = list(process)
        process[:] = [box]


def _of_other_kinds(root: Element, luck: random.Random) -> None:
    names = sorted(NODES)
    for element in root.iter():
        if kind(element) in NODES and luck.random() < 0.3:
            element.tag = f"{{{MODEL}}}{luck.choice(names)}"


def _led_elsewhere(root: Element, luck: random.Random) -> None:
    ids = [element.get("id", "") for element in root.iter() if kind(element) in NODES]
    for element in root.iter(f"{{{MODEL}}}sequenceFlow"):
        if luck.random() < 0.3:
            element.set(luck.choice(["sourceRef", "targetRef"]), luck.choice([*ids, "nowhere"]))


def _with_events_at_borders(root: Element, luck: random.Random) -> None:
    for parent in list(root.iter()):
        for n, child in enumerate(list(parent)):
            if kind(child) in NODES and luck.random() < 0.2 and child.get("id"):
                stops = luck.choice(["true", "false"])
                host = child.get("id", "")
                event = Element(
                    f"{{{MODEL}}}boundaryEvent", id=f"{host}-b{n}", attachedToRef=host, cancelActivity=stops
                )
                way = Element(f"{{{MODEL}}}sequenceFlow", id=f"{host}-w{n}", sourceRef=f"{host}-b{n}", targetRef=host)
                parent.extend([event, way])


CHANGES = [
    _without_diagram,
    _without_ids,
    _with_doubled_ids,
    _shuffled,
    _nested,
    _of_other_kinds,
    _led_elsewhere,
    _with_events_at_borders,
]


def test_a_flow_across_the_border_of_a_subprocess_is_kept_and_told() -> None:
    found = drawn("startEvent s,endEvent e", "s ia,ia e", '<subProcess id="box"><task id="ia"/></subProcess>')

    assert {entry.id for entry in found.account.of("simplified")} >= {"s-ia", "ia-e"}
    assert found.graph.before("ia")


@pytest.mark.parametrize("tool", [True, False])
def test_a_file_of_two_thousand_steps_in_a_row_is_read(tool: bool) -> None:
    chain = ",".join(f"t{n} t{n + 1}" for n in range(1999))
    body = "".join(f'<task id="t{n}"/>' for n in range(2000)) + flows(chain)

    found = import_bpmn(bpmn(f'<subProcess id="box">{body}</subProcess>' if tool else body))

    assert len(found.graph.steps) == 2002


BOX = '<subProcess id="t{0}"><startEvent id="s{0}"/><endEvent id="e{0}"/><sequenceFlow id="f{0}" sourceRef="s{0}" targetRef="e{0}"/></subProcess>'


def calls_made(data: bytes) -> int:
    """Count the calls of functions while a file is read: the same on every machine, unlike its time."""
    made = 0

    def count(_frame: FrameType, event: str, _what: object) -> None:
        nonlocal made
        made += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        import_bpmn(data)
    finally:
        sys.setprofile(None)
    return made


@pytest.mark.parametrize("element", ["<task/>", '<task id="t"/>', BOX], ids=["no ids", "one id", "subprocesses"])
def test_four_times_as_many_elements_need_about_four_times_as_many_calls(element: str) -> None:
    few, many = (calls_made(bpmn("".join(element.format(i) for i in range(n)))) for n in (300, 1200))

    assert many < 4.2 * few


def test_data_for_a_simulation_is_named_and_its_shares_are_read(shared_data: Path) -> None:
    file = next((shared_data / "bpmn").rglob("*CreditAppSimulation*.bpmn"))

    found = import_bpmn(file.read_bytes())

    told = [remark for remark in found.account.remarks if remark.id == "bpmn_simulation_data"]
    assert [remark["maker"] for remark in told] == ["qbp"]
    assert any(flow.share not in ("1", "0.5") for flow in found.graph.flows)
    times = {step.name: step.time for step in found.graph.steps if step.time is not None}
    assert len(times) >= 5
    assert {(time.provenance.grade, time.provenance.kind) for time in times.values()} == {("D", "imported")}
    assert mean(times["Assess application"].distribution) == 1_200_000


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ('type="EXPONENTIAL" mean="0" arg1="1200" arg2="0"', Exponential(1_200_000)),
        ('type="FIXED" mean="60" arg1="0"', Fixed(60_000)),
        ('type="GAMMA" mean="165.5" arg1="27915.8"', Gamma(165_500, 167_080)),
        ('type="NORMAL" mean="600" arg1="120"', Gamma(600_000, 120_000)),
        ('type="EXPONENTIAL" mean="0" arg1="NaN"', None),
        ('type="FIXED" mean="0"', None),
        ('type="FIXED" mean="-5"', None),
        ('type="FIXED" mean="1E400"', None),
        ('type="UNIFORM" mean="5" arg1="1" arg2="9"', None),
    ],
)
def test_times_of_steps_are_read_as_their_type_means_them(said: str, expected: Distribution | None) -> None:
    qbp = (
        '<q:info xmlns:q="http://www.qbp-simulator.com/Schema201212"><q:elements><q:element elementId="a">'
        f"<q:durationDistribution {said}/></q:element></q:elements></q:info>"
    )
    found = import_bpmn(bpmn('<startEvent id="s"/><task id="a"/>', outside=qbp), "book")

    time = found.graph.by_id["a"].time
    assert (time.distribution if time else None) == expected
    assert time is None or time.provenance.source == "file book, qbp"
