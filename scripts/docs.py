"""Write what the docs take from the code: schemas, the picture, and tables between marks. Run as ``make docs``.

A table stands between ``<!-- made by make docs: name -->`` and ``<!-- end -->``; the words round it are by hand.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from process_models.method.library import heuristics, triggers
from process_models.method.triggers import TESTS
from process_models.redesign.suggestions import PROPOSALS
from process_models.values.words import listed
from scripts.picture import picture
from scripts.schemas import first_line, schemas
from workbench import app
from workbench.cli import main as commands
from workbench.permissions import Actor, Held, Permission, Place, Responsibility, may

ROOT = Path(__file__).parent.parent
PICTURE = ROOT / "docs" / "refunds.svg"
BLOCK = re.compile(r"(<!-- made by make docs: (\w+) -->\n).*?(<!-- end -->)", re.S)


def permissions() -> Iterator[str]:
    """Yield the table of who may do what."""
    yield "| | " + " | ".join(Responsibility) + " |"
    yield "|---|" + "---|" * len(Responsibility)
    for permission in Permission:
        cells = [_granted(permission, frozenset({responsibility})) for responsibility in Responsibility]
        yield f"| {permission.value} | " + " | ".join(cells) + " |"


def _granted(permission: Permission, held: frozenset[Responsibility]) -> str:
    """Return whether somebody with one responsibility for a service may do something there, and of whose."""
    actor = Actor("me", "Me", (Held(held, service="s"),))
    mine, others = (may(actor, permission, Place(service="s", author=author)) for author in ("me", "somebody else"))
    return {(True, True): "yes", (True, False): "one's own", (False, True): "others'", (False, False): ""}[mine, others]


def proposing() -> Iterator[str]:
    """Yield the table of heuristics."""
    yield "| | heuristic | proposes | prior signs: time, cost, quality, flexibility |"
    yield "|---|---|---|---|"
    for id, one in sorted(heuristics().items()):
        signs = ", ".join((one.time, one.cost, one.quality, one.flexibility))
        told = first_line(PROPOSALS[id].__doc__).rstrip(".")
        yield f"| {id} | {one.name} | {told[0].lower() + told[1:]} | {signs} |"


def raising() -> Iterator[str]:
    """Yield the table of triggers."""
    yield "| | trigger | raises a question on | needs | set to |"
    yield "|---|---|---|---|---|"
    for id, trigger in sorted(triggers().items()):
        told = first_line(TESTS[id].__doc__).rstrip(".")
        told = told[0].lower() + told[1:]
        limits = ", ".join(f"{name} {value}".replace("|", " or ") for name, value in trigger.parameters.items())
        yield f"| {id} | {trigger.name} | {told} | {listed(trigger.needs)} | {limits} |"


def command_line() -> Iterator[str]:
    """Yield every command with its options."""
    app.load()
    yield from _commands(commands, "workbench")


def _commands(group: click.Group, path: str) -> Iterator[str]:
    for name, command in sorted(group.commands.items()):
        if isinstance(command, click.Group):
            yield from _commands(command, f"{path} {name}")
        else:
            yield from _command(command, f"{path} {name}")


def _command(command: click.Command, path: str) -> Iterator[str]:
    arguments = [one.make_metavar(click.Context(command)) for one in command.params if isinstance(one, click.Argument)]
    options = [one for one in command.params if isinstance(one, click.Option)]
    yield f"### `{' '.join([path, *arguments])}`"
    yield ""
    yield " ".join((command.help or "").split())
    yield ""
    for option in options:
        names = ", ".join((*option.opts, *option.secondary_opts))
        yield f"- `{names}`: {option.help or ''}{_default(option)}"
    if options:
        yield ""


def _default(option: click.Option) -> str:
    """Return what holds where an option is not given, in words."""
    if not option.show_default or option.default is None:
        return ""
    chosen = option.opts if option.default else option.secondary_opts
    return f" Without it: `{chosen[0] if option.is_flag else option.default}`."


BLOCKS: dict[str, Callable[[], Iterator[str]]] = {
    "permissions": permissions,
    "triggers": raising,
    "heuristics": proposing,
    "commands": command_line,
}


def filled(text: str) -> str:
    """Return a page with its tables made anew."""
    return BLOCK.sub(lambda found: found[1] + "\n" + "\n".join(BLOCKS[found[2]]()).rstrip() + "\n\n" + found[3], text)


def files() -> dict[Path, str]:
    """Return what each file should say: the schemas, and every page that holds a table."""
    pages = {page: filled(page.read_text("utf-8")) for page in sorted((ROOT / "docs").rglob("*.md"))}
    return {ROOT / "docs" / "schemas" / name: text for name, text in schemas().items()} | pages


def main() -> None:
    """Write them, and the picture."""
    for file, text in files().items():
        file.write_text(text, "utf-8")
    PICTURE.write_text(picture(), "utf-8")


if __name__ == "__main__":
    main()
