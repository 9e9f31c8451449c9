"""What ``workbench convert`` does: a file, or a folder of them, brought into another kind of file."""

from collections.abc import Iterator
from pathlib import Path

from process_models.exchange.accounts import write_accounts
from process_models.exchange.converting import Brought, give_out, kind_of, read_file
from process_models.values.sentences import say
from workbench.standalone import standing_alone


def accounts_written(source: Path, target: Path) -> Iterator[str]:
    """Write what became of the elements of one BPMN file, or of each in a folder, and tell it a line a file."""
    for file, said in write_accounts(source, target):
        yield f"{file.relative_to(source) if source.is_dir() else file.name}: {said}"


def converted(source: Path, target: Path, process: str = "") -> Iterator[str]:
    """Write a file (or one process of it) as another kind, which its name's ending says, and tell what was lost."""
    kind = kind_of(target.name)
    found = read_file(source, process)
    target.write_bytes(as_file(found, kind))
    yield from (say(remark) for remark in found.remarks)
    if found.imported is not None and len(found.imported.parts) > 1 and not process:
        yield from (f"--process {part.id}: {part.name}, {part.steps} steps" for part in found.imported.parts)


def as_file(found: Brought, kind: str) -> bytes:
    """Return a graph as a file of a kind; a picture stands alone, with its colours in it."""
    body = give_out(found, kind)
    return standing_alone(body.decode()).encode() if kind == "svg" else body
