"""The words of BPMN 2.0: namespaces (old ones too), families of elements, and what must be accounted for."""

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DD = "http://www.omg.org/spec/DD/20100524/DI"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
OURS = "https://service-workbench.org/bpmn/1"
"""The namespace of our annotations, documented in ``docs/formats``."""
OLD = {
    "http://schema.omg.org/spec/BPMN/2.0": MODEL,
    "http://schema.omg.org/spec/BPMN/2.0/": MODEL,
    "http://www.omg.org/bpmn20": MODEL,
    "http://www.omg.org/spec/BPMN/20091203/MODEL": MODEL,
    "http://bpmndi.org": DI,
    "http://www.omg.org/spec/BPMN/20091203/DI": DI,
}
"""Namespaces of drafts, which some tools still write."""

TASKS = frozenset(
    ["task", "userTask", "manualTask", "serviceTask", "scriptTask", "sendTask", "receiveTask", "businessRuleTask"]
)
SUBS = frozenset({"subProcess", "transaction", "adHocSubProcess"})
EVENTS = frozenset(
    [
        "startEvent",
        "endEvent",
        "intermediateCatchEvent",
        "intermediateThrowEvent",
        "boundaryEvent",
        "implicitThrowEvent",
    ]
)
GATEWAYS = frozenset(["exclusiveGateway", "inclusiveGateway", "parallelGateway", "complexGateway", "eventBasedGateway"])
CHOREOGRAPHY = frozenset({"choreographyTask", "subChoreography", "callChoreography"})
ACTIVITIES = TASKS | SUBS | {"callActivity"}
NODES = ACTIVITIES | EVENTS | GATEWAYS | CHOREOGRAPHY
DATA = frozenset({"dataObject", "dataObjectReference", "dataStoreReference", "dataStore"})
STORES = frozenset({"dataStoreReference", "dataStore"})
CONVERSATIONS = frozenset({"conversation", "subConversation", "callConversation", "conversationLink"})
SCOPES = SUBS | {"process", "choreography", "globalChoreographyTask", "subChoreography"}
COUNTED = (
    NODES
    | DATA
    | CONVERSATIONS
    | {"process", "participant", "lane", "sequenceFlow", "messageFlow", "textAnnotation", "group", "association"}
)
"""Elements of which each must be accounted for."""
AUTOMATIC = frozenset({"serviceTask", "scriptTask", "businessRuleTask"})
PERFORMERS = frozenset({"performer", "humanPerformer", "potentialOwner", "resourceRole"})
