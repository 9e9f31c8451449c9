"""What is chosen when a process comes in from a file: which file, for what, and which of its processes."""

from typing import Any

from wtforms import BooleanField, FileField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from workbench.forms import Form, choices
from workbench.processes.forms import BasedForm

ALL_PARTS = "all"
KINDS_IN = ".bpmn,.bpmn2,.xml,.json,.csv,.tsv,.xlsx"


class BringForm(Form):
    """A file, and what it is to become."""

    into = SelectField("It becomes")
    file = FileField(
        "File",
        description="BPMN 2.0 of any tool (.bpmn, .xml), a graph file (.json), or a table of steps (.csv, .xlsx).",
        render_kw={"accept": KINDS_IN},
    )

    def content(self) -> tuple[bytes, str]:
        """Return the file's content and name, both empty where none was sent."""
        sent: Any = self.file.data
        return (sent.read(), sent.filename or "") if hasattr(sent, "read") else (b"", "")


class PartForm(Form):
    """Which of the processes that a file draws is taken."""

    part = RadioField("Take")


class KeepForm(BasedForm):
    """The name of the process that a file begins, and whether the people that the file carries come too."""

    name = StringField("Name of the process", [InputRequired("Write a name."), Length(max=120)])
    people = BooleanField("Take its people and their hours too")


def part_form(parts: list[dict[str, Any]], chosen: str, **more: Any) -> PartForm:
    """Return the form over the processes of a file."""
    form = PartForm(part=chosen or ALL_PARTS, **more)
    words = [(str(part["id"]), f"{part['name']}, {part['steps']} steps{_begins(part)}") for part in parts]
    form.part.choices = choices([(ALL_PARTS, "All of them in one map"), *words])
    return form


def _begins(part: dict[str, Any]) -> str:
    starts = [name for name in part["starts"] if name != part["name"]]
    return f", begins with {' or '.join(f'“{name}”' for name in starts)}" if starts else ""
