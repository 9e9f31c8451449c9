"""Every construct of the mapping table becomes what the table says, and the account says so."""

import pytest

from process_models.exchange.bpmn_import import import_bpmn
from process_models.graph.blocks import unstructured
from process_models.graph.steps import Kind
from process_models.values.distributions import Fixed
from tests.process_models.exchange.bpmn_texts import MODEL, bpmn, drawn, fate, flows, kinds, of_kind, reasons, ways


def test_tasks_keep_their_ids_names_and_kind() -> None:
    found = drawn("startEvent s,userTask a,serviceTask b,receiveTask c,endEvent e", "s a,a b,b c,c e")

    assert kinds(found) == {"s": "START", "a": "WORK", "b": "WORK", "c": "WAIT", "e": "END"}
    assert found.graph.by_id["b"].automation == "automatic"
    assert {entry.became for entry in found.account.entries} == {"kept"}


def test_a_trigger_of_a_start_is_a_note() -> None:
    found = drawn("task a,endEvent e", "s a,a e", '<startEvent id="s"><timerEventDefinition/></startEvent>')

    assert kinds(found)["s"] == "START"
    assert reasons(found, "s") == {"bpmn_start_trigger"}
    assert "timer" in found.graph.by_id["s"].description


def test_several_starts_stay_several() -> None:
    found = drawn("startEvent s,startEvent t,task a,endEvent e", "s a,t a,a e")

    assert of_kind(found, Kind.START) == ["s", "t"]


def test_an_implicit_start_and_end_are_put_in_and_said() -> None:
    found = drawn("task a,task b", "a b")

    assert ways(found) == {("a-start", "a"), ("a", "b"), ("b", "b-end")}
    assert reasons(found, "a") == {"bpmn_implicit_start"}
    assert reasons(found, "b") == {"bpmn_implicit_end"}


def test_a_timer_of_fixed_length_is_a_wait_of_that_time() -> None:
    timer = '<intermediateCatchEvent id="w"><timerEventDefinition><timeDuration>P1DT2H</timeDuration></timerEventDefinition></intermediateCatchEvent>'
    found = drawn("startEvent s,endEvent e", "s w,w e", timer)

    wait = found.graph.by_id["w"]
    assert wait.kind is Kind.WAIT
    assert wait.time is not None
    assert wait.time.distribution == Fixed(26 * 3_600_000)
    assert fate(found, "w") == "kept"


def test_a_timer_at_a_date_is_a_note() -> None:
    timer = '<intermediateCatchEvent id="w"><timerEventDefinition><timeDate>2030-01-01</timeDate></timerEventDefinition></intermediateCatchEvent>'
    found = drawn("startEvent s,endEvent e", "s w,w e", timer)

    assert found.graph.by_id["w"].time is None
    assert reasons(found, "w") == {"bpmn_timer_note"}


def test_a_sign_that_is_given_takes_no_time() -> None:
    found = drawn("startEvent s,intermediateThrowEvent t,endEvent e", "s t,t e")

    time = found.graph.by_id["t"].time
    assert time is not None
    assert time.distribution == Fixed(0)
    assert fate(found, "t") == "simplified"


def test_a_link_becomes_one_flow() -> None:
    link = '<{0} id="{1}"><linkEventDefinition name="L"/></{0}>'
    more = link.format("intermediateThrowEvent", "t") + link.format("intermediateCatchEvent", "c")
    found = drawn("startEvent s,task a,endEvent e", "s t,c a,a e", more)

    assert ways(found) == {("s", "a"), ("a", "e")}
    assert set(found.of_flows["s-t"]) == {"s-t", "t", "c", "c-a"}
    assert reasons(found, "t") == {"bpmn_link"}


def test_a_link_without_its_other_half_ends_the_way() -> None:
    more = '<intermediateThrowEvent id="t"><linkEventDefinition name="L"/></intermediateThrowEvent>'
    found = drawn("startEvent s,task a", "s a,a t", more)

    assert kinds(found)["t"] == "END"
    assert reasons(found, "t") == {"bpmn_link_alone"}


def test_gateways_become_what_they_do() -> None:
    found = drawn(
        "startEvent s,exclusiveGateway x,parallelGateway f,task a,task b,parallelGateway j,inclusiveGateway i,task c,task d,inclusiveGateway o,endEvent e",
        "s x,x f,x i,f a,f b,a j,b j,j e,i c,i d,c o,d o,o e",
    )

    wanted = {"x": "CHOICE", "f": "FORK", "j": "JOIN", "i": "INCLUSIVE", "o": "INCLUSIVE"}
    assert {id: kind for id, kind in kinds(found).items() if id in wanted} == wanted
    assert {flow.share for flow in found.graph.after("x")} == {"0.5"}


def test_a_gateway_that_only_merges_is_folded_into_the_ways_that_meet() -> None:
    found = drawn(
        "startEvent s,exclusiveGateway x,task a,task b,task c,endEvent e",
        "s x,x a,x b,a m,b m,m c,c e",
        '<exclusiveGateway id="m"/>',
    )

    assert {("a", "c"), ("b", "c")} <= ways(found)
    assert "m" in found.of_flows["a-m"]
    assert reasons(found, "m") == {"bpmn_merge"}


def test_a_merge_with_a_name_stays() -> None:
    found = drawn(
        "startEvent s,exclusiveGateway x,task a,task b,exclusiveGateway m,endEvent e", "s x,x a,x b,a m,b m,m e"
    )

    assert kinds(found)["m"] == "CHOICE"


def test_a_merge_in_front_of_a_join_stays_because_a_join_counts_its_ways() -> None:
    found = drawn(
        "startEvent s,parallelGateway f,exclusiveGateway x,task a,task b,task c,parallelGateway j,endEvent e",
        "s f,f x,f c,x a,x b,a m,b m,m j,c j,j e",
        '<exclusiveGateway id="m"/>',
    )

    assert len(found.graph.before("j")) == 2
    assert not list(unstructured(found.graph))


def test_a_gateway_that_joins_and_forks_becomes_both() -> None:
    found = drawn(
        "startEvent s,parallelGateway f,task a,task b,parallelGateway g,task c,task d,parallelGateway j,endEvent e",
        "s f,f a,f b,a g,b g,g c,g d,c j,d j,j e",
    )

    assert kinds(found)["g"] == "JOIN"
    assert kinds(found)["g-fork"] == "FORK"
    assert not list(unstructured(found.graph))


def test_a_race_between_events_becomes_a_choice() -> None:
    found = drawn(
        "startEvent s,eventBasedGateway x,intermediateCatchEvent a,intermediateCatchEvent b,endEvent e",
        "s x,x a,x b,a e,b e",
    )

    assert kinds(found)["x"] == "CHOICE"
    assert reasons(found, "x") == {"bpmn_race"}


def test_a_complex_gateway_keeps_its_rule_as_a_note() -> None:
    more = '<complexGateway id="x"><activationCondition>2 of 3</activationCondition></complexGateway>'
    found = drawn("startEvent s,task a,task b,endEvent e", "s x,x a,x b,a e,b e", more)

    assert kinds(found)["x"] == "INCLUSIVE"
    assert "2 of 3" in found.graph.by_id["x"].description


def test_several_ways_out_of_a_task_are_a_fork_never_a_choice() -> None:
    found = drawn("startEvent s,task a,task b,task c,endEvent e", "s a,a b,a c,b e,c e")

    assert kinds(found)["a-fork"] == "FORK"
    assert reasons(found, "a") == {"bpmn_implicit_split"}


def test_ways_with_conditions_out_of_a_task_are_inclusive() -> None:
    more = '<sequenceFlow id="f" sourceRef="a" targetRef="b"><conditionExpression>amount &gt; 100</conditionExpression></sequenceFlow>'
    found = drawn("startEvent s,task a,task b,task c,endEvent e", "s a,a c,b e,c e", more)

    assert kinds(found)["a-which"] == "INCLUSIVE"
    assert found.graph.flow_by_id["f"].label == "amount > 100"
    assert fate(found, "f#condition") == "kept"


def test_a_subprocess_is_opened() -> None:
    inner = (
        '<subProcess id="box"><startEvent id="is"/><task id="ia"/><endEvent id="ie"/>'
        + flows("is ia,ia ie")
        + "</subProcess>"
    )
    found = drawn("startEvent s,task b,endEvent e", "s box,box b,b e", inner)

    assert ways(found) == {("s", "ia"), ("ia", "b"), ("b", "e")}
    assert {"box", "is", "is-ia", "s-box"} <= set(found.of_flows["s-box"])
    assert reasons(found, "box") == {"bpmn_opened"}


def test_subprocesses_in_subprocesses_are_opened() -> None:
    deep = '<task id="deep"/>'
    for n in range(5):
        deep = f'<subProcess id="box{n}">{deep}</subProcess>'
    found = drawn("startEvent s,endEvent e", "s box4,box4 e", deep)

    assert ways(found) == {("s", "deep"), ("deep", "e")}


def test_an_empty_subprocess_is_work() -> None:
    found = drawn("startEvent s,subProcess box,endEvent e", "s box,box e")

    assert kinds(found)["box"] == "WORK"
    assert fate(found, "box") == "kept"


def test_parts_of_a_subprocess_without_start_are_done_in_parallel() -> None:
    found = drawn(
        "startEvent s,endEvent e", "s box,box e", '<subProcess id="box"><task id="a"/><task id="b"/></subProcess>'
    )

    assert kinds(found)["box"] == "FORK"
    assert not list(unstructured(found.graph))


def test_parts_of_an_ad_hoc_subprocess_stand_in_a_row() -> None:
    found = drawn(
        "startEvent s,endEvent e",
        "s box,box e",
        '<adHocSubProcess id="box"><task id="a"/><task id="b"/></adHocSubProcess>',
    )

    assert ways(found) == {("s", "a"), ("a", "b"), ("b", "e")}


def test_an_event_at_the_border_is_a_way_out_of_a_choice_after_the_work() -> None:
    more = '<boundaryEvent id="late" attachedToRef="a"><timerEventDefinition/></boundaryEvent>'
    found = drawn("startEvent s,task a,task chase,endEvent e", "s a,a e,late chase,chase e", more)

    shares = {flow.target: flow.share for flow in found.graph.after("a-outcome")}
    assert shares == {"e": "1", "chase": "0"}
    assert reasons(found, "late") == {"bpmn_boundary"}


def test_an_event_beside_the_work_is_parallel_work_that_may_not_happen() -> None:
    more = '<boundaryEvent id="late" attachedToRef="a" cancelActivity="false"><timerEventDefinition/></boundaryEvent>'
    found = drawn("startEvent s,task a,task tell,endEvent told,endEvent e", "s a,a e,late tell,tell told", more)

    assert kinds(found)["a-beside"] == "FORK"
    assert {flow.share for flow in found.graph.after("late-whether")} == {"0", "1"}
    assert not list(unstructured(found.graph))
    assert fate(found, "late#nonInterrupting") == "simplified"


def test_an_event_at_the_border_of_nothing_keeps_its_way() -> None:
    found = drawn("startEvent s,boundaryEvent late,task a,endEvent e", "s a,late a,a e")

    assert kinds(found)["late"] == "START"
    assert reasons(found, "late") == {"bpmn_unattached"}


def test_an_error_inside_leads_to_the_event_that_catches_it() -> None:
    error = '<endEvent id="bad"><errorEventDefinition/></endEvent>'
    inner = f'<subProcess id="box"><task id="x"/><exclusiveGateway id="g"/><endEvent id="ok"/>{error}{flows("x g,g ok,g bad")}</subProcess>'
    more = inner + '<boundaryEvent id="caught" attachedToRef="box"><errorEventDefinition/></boundaryEvent>'
    found = drawn("startEvent s,task mend,endEvent e", "s box,box e,caught mend,mend e", more)

    assert ways(found) == {("s", "x"), ("x", "g"), ("g", "e"), ("g", "mend"), ("mend", "e")}


def test_what_undoes_work_is_kept_outside_of_the_flow() -> None:
    more = '<task id="undo" name="Undo" isForCompensation="true"/><boundaryEvent id="c" attachedToRef="a"><compensateEventDefinition/></boundaryEvent>'
    found = drawn("startEvent s,task a,endEvent e", "s a,a e", more)

    assert not found.graph.before("undo")
    assert reasons(found, "undo#compensation") == {"bpmn_compensation"}
    assert "c" in found.of_steps["a"]


def test_an_event_subprocess_is_a_way_that_is_never_taken_until_somebody_says() -> None:
    inner = '<subProcess id="box" triggeredByEvent="true"><startEvent id="is" isInterrupting="false"/><task id="ia"/></subProcess>'
    found = drawn("startEvent s,task a,endEvent e", "s a,a e", inner.replace("<task", flows("is ia") + "<task"))

    assert {flow.share for flow in found.graph.after("s-whether")} == {"0", "1"}
    assert reasons(found, "box") == {"bpmn_event_box"} | {"bpmn_opened"}


def test_a_loop_is_a_way_back() -> None:
    more = '<task id="a"><standardLoopCharacteristics/></task>'
    found = drawn("startEvent s,task b,endEvent e", "s a,a b,b e", more)

    assert {flow.target: flow.share for flow in found.graph.after("a-again")} == {"b": "1", "a": "0"}
    assert reasons(found, "a#loop") == {"bpmn_loop"}


def test_a_loop_on_every_task_is_a_mark_of_the_tool() -> None:
    more = "".join(f'<task id="{id}"><standardLoopCharacteristics/></task>' for id in "ab")
    found = drawn("startEvent s,endEvent e", "s a,a b,b e", more)

    assert len(found.graph.steps) == 4
    assert reasons(found, "a#loop") == {"bpmn_loop_artefact"}


def test_work_for_each_of_several_items_is_noted() -> None:
    more = '<task id="a"><multiInstanceLoopCharacteristics isSequential="true"/></task>'
    found = drawn("startEvent s,endEvent e", "s a,a e", more)

    assert "one after the other" in found.graph.by_id["a"].description
    assert fate(found, "a#multiInstance") == "simplified"


def test_the_deepest_lane_is_the_role() -> None:
    lanes = '<laneSet><lane id="l" name="Office"><flowNodeRef>a</flowNodeRef><childLaneSet><lane id="k" name="Desk"><flowNodeRef>a</flowNodeRef></lane></childLaneSet></lane></laneSet>'
    found = drawn("startEvent s,task a,endEvent e", "s a,a e", lanes)

    assert found.graph.by_id["a"].role == "Office / Desk"
    assert fate(found, "k") == "kept"


def test_a_step_in_two_lanes_has_the_first_and_says_so() -> None:
    lanes = (
        "<laneSet>"
        + "".join(f'<lane id="{n}" name="{n}"><flowNodeRef>a</flowNodeRef></lane>' for n in "xy")
        + "</laneSet>"
    )
    found = drawn("startEvent s,task a,endEvent e", "s a,a e", lanes)

    assert found.graph.by_id["a"].role == "x"
    assert reasons(found, "a") == {"bpmn_two_lanes"}


def test_without_lanes_the_pool_is_the_role_and_messages_are_noted() -> None:
    pools = '<collaboration id="c"><participant id="us" name="Us" processRef="p"/><participant id="them" name="Them"/><messageFlow id="m" name="Claim" sourceRef="them" targetRef="s"/></collaboration>'
    found = drawn("startEvent s,task a,endEvent e", "s a,a e", outside=pools)

    assert found.graph.roles == ("Us",)
    assert "Receives from Them: Claim." in found.graph.by_id["s"].description
    assert fate(found, "m") == "simplified"
    assert fate(found, "them") == "kept"


def test_documents_and_systems_are_listed_at_their_steps() -> None:
    data = (
        '<dataObject id="d0" name="Form"/><dataObjectReference id="d" dataObjectRef="d0"/><dataStoreReference id="s1" name="CRM"/>'
        '<task id="a"><ioSpecification/><dataInputAssociation><sourceRef>d</sourceRef></dataInputAssociation>'
        "<dataOutputAssociation><targetRef>s1</targetRef></dataOutputAssociation></task>"
    )
    found = drawn("startEvent s,endEvent e", "s a,a e", data)

    step = found.graph.by_id["a"]
    assert (step.inputs, step.systems) == (("Form",), ("CRM",))
    assert {fate(found, id) for id in ("d0", "d", "s1", "a#dataAssociation", "a#ioSpecification")} == {"simplified"}


def test_notes_and_documentation_become_descriptions() -> None:
    notes = '<task id="a"><documentation>Look twice.</documentation></task><textAnnotation id="t"><text>Ask first!</text></textAnnotation><association id="l" sourceRef="a" targetRef="t"/>'
    found = drawn("startEvent s,endEvent e", "s a,a e", notes)

    assert found.graph.by_id["a"].description == "Look twice.\nAsk first!"
    assert {fate(found, id) for id in ("t", "l", "a#documentation")} == {"kept"}


def test_a_performer_is_the_role_where_there_is_no_lane() -> None:
    found = drawn("startEvent s,endEvent e", "s a,a e", '<task id="a"><potentialOwner name="Clerk"/></task>')

    assert found.graph.by_id["a"].role == "Clerk"
    assert fate(found, "a#performer") == "simplified"


def test_a_process_called_elsewhere_is_named() -> None:
    found = drawn("startEvent s,endEvent e", "s a,a e", '<callActivity id="a" calledElement="billing"/>')

    assert "billing, which is not in the file" in found.graph.by_id["a"].description


def test_a_flow_that_leads_nowhere_is_dropped_with_its_reason() -> None:
    found = drawn("startEvent s,task a,endEvent e", "s a,a e,a nowhere")

    assert fate(found, "a-nowhere") == "dropped"
    assert [entry.id for entry in found.account.of("dropped")] == ["a-nowhere"]


def test_conversations_and_empty_groups_are_dropped() -> None:
    outside = '<collaboration id="c"><conversation id="talk"/></collaboration>'
    found = drawn("startEvent s,task a,endEvent e", "s a,a e", '<group id="g"/>', outside)

    assert {entry.id for entry in found.account.of("dropped")} == {"talk", "g"}


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ('<sequenceFlow id="f" name="yes (70 %)" sourceRef="x" targetRef="a"/>', "0.7"),
        (
            '<sequenceFlow id="f" sourceRef="x" targetRef="a"><conditionExpression>12,5%</conditionExpression></sequenceFlow>',
            "0.125",
        ),
    ],
)
def test_a_share_in_the_name_or_the_condition_is_taken(more: str, wanted: str) -> None:
    found = drawn("startEvent s,exclusiveGateway x,task a,task b,endEvent e", "s x,x b,a e,b e", more)

    assert found.graph.flow_by_id["f"].share == wanted
    assert sum(float(flow.share) for flow in found.graph.after("x")) == 1


def test_shares_of_simulation_tools_are_taken_before_names() -> None:
    qbp = '<q:sequenceFlows xmlns:q="http://www.qbp-simulator.com/Schema201212"><q:sequenceFlow elementId="x-a" executionProbability="0.8"/></q:sequenceFlows>'
    found = drawn("startEvent s,exclusiveGateway x,task a,task b,endEvent e", "s x,x a,x b,a e,b e", outside=qbp)

    assert found.graph.flow_by_id["x-a"].share == "0.8"
    assert found.graph.flow_by_id["x-b"].share == "0.2"


def test_shares_that_nobody_says_are_equal_and_told() -> None:
    found = drawn("startEvent s,exclusiveGateway x,task a,task b,task c,endEvent e", "s x,x a,x b,x c,a e,b e,c e")

    assert sorted(flow.share for flow in found.graph.after("x")) == ["0.333333333", "0.333333333", "0.333333334"]
    assert [remark.id for remark in found.account.remarks] == ["bpmn_shares_assumed"]


def test_ids_that_are_none_of_ours_are_replaced_and_told_by_of() -> None:
    found = import_bpmn(bpmn('<task id="Schritt ä 1"/><task/><task id="a"/><task id="a"/>'))

    assert found.of_steps["schritt-a-1"] == ("Schritt ä 1",)
    assert {"@task[3]", "a", "a@task[5]"} <= {id for of in found.of_steps.values() for id in of}


def test_a_choreography_and_a_process_without_content_are_answered() -> None:
    only = f'<definitions xmlns="{MODEL}"><choreography id="c"><choreographyTask id="t" name="Ask"/></choreography></definitions>'
    assert kinds(import_bpmn(only.encode()))["t"] == "WORK"

    empty = import_bpmn(bpmn(""))
    assert empty.graph.steps == ()
    assert [remark.id for remark in empty.account.remarks] == ["bpmn_no_steps"]
