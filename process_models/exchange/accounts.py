"""Accounts of BPMN files as JSON, for one file or all of a folder: what a doubter holds against the files."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from process_models.exchange.bpmn_import import import_bpmn, told
from process_models.exchange.safe_xml import MOST_BYTES
from process_models.values.errors import ModelError

ENDINGS = (".bpmn", ".bpmn2", ".bpmn20.xml")


def account_of(file: Path) -> dict[str, Any]:
    """Return the account of a BPMN file, or ``{"refused": reason}`` where it is not read on purpose."""
    try:
        if file.stat().st_size > MOST_BYTES:
            raise ModelError("xml_too_large", most=MOST_BYTES >> 20)
        return told(import_bpmn(file.read_bytes(), file.stem))
    except ModelError as problem:
        return {"refused": str(problem)}


def write_accounts(source: Path, target: Path) -> Iterator[tuple[Path, str]]:
    """Write the account of a file, or of each BPMN file of a folder, and tell each file with what became of it.

    From a folder, ``target`` is a folder that gets ``name.json`` for every ``name.bpmn``, in the same sub-folders.
    """
    if not source.is_dir():
        yield source, _write(source, target)
        return
    for file in sorted(one for one in source.rglob("*") if one.name.lower().endswith(ENDINGS) and one.is_file()):
        place = target / file.relative_to(source)
        ending = next(end for end in ENDINGS if file.name.lower().endswith(end))
        yield file, _write(file, place.with_name(file.name[: -len(ending)] + ".json"))


def _write(file: Path, target: Path) -> str:
    account = account_of(file)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(account, ensure_ascii=True, indent=1) + "\n", "utf-8")
    if "refused" in account:
        return f"refused: {account['refused']}"
    report = account["report"]
    return ", ".join(f"{len(report[name])} {name}" for name in ("kept", "simplified", "dropped"))
