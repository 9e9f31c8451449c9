"""What changed from one pack to another, in words, and whether it matters."""

from collections.abc import Iterator

from msgspec import Struct

from process_models.graph.compare import SETS, STAFF, compare
from process_models.graph.design import Design
from process_models.values.material import Changed, Judgement
from process_models.values.sentences import Sentence, say
from workbench.decisions.model import Pack, judge
from workbench.reviews.forms import in_words


class Told(Struct, frozen=True):
    """One change in words."""

    words: str
    material: bool


PLACES = {f"graph.{field}": kind for kind, field in SETS} | {f"staffing.{field}": kind for kind, field in STAFF}
QUIET = ("option.baseline", "option.design", "scope_digest")
"""Digests of what is compared itself: told only where nothing else is."""


def told(signed: Pack, present: Pack) -> tuple[Told, ...]:
    """Return the changes from a signed pack to the present one, those that matter first; none where they are equal."""
    judgement = judge(signed, present)
    found: dict[str, bool] = {}
    for words, material in _told(signed, present, judgement):
        found[words] = found.get(words, False) or material
    return tuple(sorted((Told(words, material) for words, material in found.items()), key=lambda one: not one.material))


def _told(signed: Pack, present: Pack, judgement: Judgement) -> Iterator[tuple[str, bool]]:
    rest = {change.path: change for change in judgement.changes}
    before, after = signed.baseline, present.baseline
    as_is = tuple(_design("baseline", before, after, rest))
    yield from as_is
    known = {text for text, _ in as_is}
    for text, material in _design("design", signed.design, present.design, rest):
        if text not in known:
            yield f"In the option: {text}", material
    for change in rest.values():
        if change.path not in QUIET or len(rest) == 1:
            yield _words(change, signed, present), change.material


def _design(part: str, old: Design, new: Design, rest: dict[str, Changed]) -> Iterator[tuple[str, bool]]:
    """Yield the changes of a design as sentences, and take the paths they tell out of the rest."""
    for change in compare(old, new).changes:
        place = next((path for path, kind in PLACES.items() if kind == change.kind), f"graph.{change.kind}")
        prefix = f"{part}.{place}.{change.id}" if place in PLACES else f"{part}.{place}"
        own = [path for path in rest if path == prefix or path.startswith(prefix + ".")]
        yield change.text, max((rest.pop(path).material for path in own), default=False)


def _words(change: Changed, signed: Pack, present: Pack) -> str:
    """Return a change outside of the designs in words."""
    head, *names = change.path.split(".")
    match head, names:
        case "wording", [field]:
            return _said(f"changed_{field}", before=change.before or "nothing", after=change.after or "nothing")
        case "criteria", [id, *more]:
            return _criterion(id, more, signed, present)
        case "under", [id, "scenario", *_]:
            return _said("changed_scenario", name=_scenario(id, signed, present))
        case "under", [id, *more] if len(more) > 1:
            return _said("changed_figure", measure=more[1].replace("_", " "), name=_scenario(id, signed, present))
        case "under", [id, *_]:
            return _said("changed_scenarios", name=_scenario(id, signed, present))
        case "scope", ["locks", id, *_]:
            return _said("changed_lock", lock=id)
    known = {
        "option",
        "findings",
        "breaks",
        "scope",
        "scope_stands",
        "scope_digest",
        "features",
        "others",
        "play",
        "currency",
    }
    return _said(f"changed_{head}") if head in known else _said("changed_else", path=change.path)


def _criterion(id: str, more: list[str], signed: Pack, present: Pack) -> str:
    old = next((one for one in signed.criteria if one.id == id), None)
    new = next((one for one in present.criteria if one.id == id), None)
    if old is None or new is None:
        one = old or new
        name = one.criterion.name if one else id
        return _said("criterion_added" if old is None else "criterion_removed", name=name)
    if more[:1] == ["held"]:
        return _said("criterion_held", name=new.criterion.name)
    before, after = (
        f"{one.criterion.direction} {in_words(one.criterion.measure, one.criterion.threshold, present.currency)}"
        for one in (old, new)
    )
    if before != after:
        return _said("criterion_threshold", name=new.criterion.name, before=before, after=after)
    return _said("criterion_changed", name=new.criterion.name)


def _scenario(id: str, signed: Pack, present: Pack) -> str:
    return next((one.name for one in (*present.under, *signed.under) if one.id == id), id)


def _said(id: str, **params: str) -> str:
    return say(Sentence.of(id, **params))
