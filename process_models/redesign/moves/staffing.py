"""Moves of staffing: heads, which pools do a role's work, and who stays with a case."""

from typing import Literal

from msgspec.structs import replace

from process_models.graph.design import Design, Keeping, Pool, RoleStaffing, Shift
from process_models.graph.edits import known
from process_models.redesign.moves.rewiring import made, named
from process_models.values.document import Document
from process_models.values.errors import ModelError
from process_models.values.sentences import Sentence
from process_models.values.words import listed


class ChangeStaffing(Document, frozen=True, tag_field="type", tag="change_staffing"):
    """Give a pool other heads or shifts."""

    pool: str
    shifts: tuple[Shift, ...]

    def apply(self, design: Design) -> Design:
        """Return the design with the pool's shifts replaced."""
        pool = design.staffing.pool(self.pool)
        if pool is None:
            raise ModelError("pool_unknown", pool=self.pool)
        pools = tuple(replace(p, shifts=self.shifts) if p.id == self.pool else p for p in design.staffing.pools)
        return replace(design, staffing=replace(design.staffing, pools=pools))

    def sentence(self, design: Design) -> Sentence:
        """Return the move in words."""
        pool = design.staffing.pool(self.pool) or Pool(id=self.pool, name=self.pool)
        after = sum(shift.heads for shift in self.shifts)
        return Sentence.of("move_change_staffing", pool=pool.name, before=pool.heads, after=after)


class AssignPools(Document, frozen=True, tag_field="type", tag="assign_pools"):
    """Say which pools do a role's work, the preferred first."""

    role: str
    pools: tuple[str, ...]

    def apply(self, design: Design) -> Design:
        """Return the design with the role's pools replaced.

        Raises ModelError for a pool that is not there, or none.
        """
        if not self.pools:
            raise ModelError("role_without_pools", role=self.role)
        for pool in self.pools:
            if design.staffing.pool(pool) is None:
                raise ModelError("pool_unknown", pool=pool)
        rest = tuple(entry for entry in design.staffing.roles if entry.id != self.role)
        own = next((entry for entry in design.staffing.roles if entry.id == self.role), None)
        roles = (*rest, replace(own, pools=self.pools) if own else RoleStaffing(self.role, self.pools))
        return replace(design, staffing=replace(design.staffing, roles=roles))

    def sentence(self, design: Design) -> Sentence:
        """Return the move in words."""
        names = [pool.name if (pool := design.staffing.pool(id)) else id for id in self.pools]
        return Sentence.of("move_assign_pools", role=self.role, pools=listed(names))


class MergePools(Document, frozen=True, tag_field="type", tag="merge_pools"):
    """Let several pools share one queue: all who are in one of them do the work of all."""

    pools: tuple[str, ...]
    name: str

    @property
    def made(self) -> str:
        """The id of the pool it makes."""
        return made(self, "pool")

    def apply(self, design: Design) -> Design:
        """Return the design with one pool in the place of several; its rate is their mean by heads.

        Raises ModelError for fewer than two, or one that is not there.
        """
        found = [design.staffing.pool(id) for id in self.pools]
        gone = [pool for pool in found if pool is not None]
        if len(gone) != len(self.pools) or len(set(self.pools)) < 2:
            raise ModelError("pool_unknown", pool=listed(self.pools))
        heads = sum(pool.heads for pool in gone)
        merged = Pool(
            id=self.made,
            name=self.name,
            shifts=tuple(replace(shift, id=f"{pool.id}-{shift.id}") for pool in gone for shift in pool.shifts),
            rate=round(sum(pool.rate * pool.heads for pool in gone) / heads) if heads else gone[0].rate,
            finish=all(pool.finish for pool in gone),
            unfinished=gone[0].unfinished if len({pool.unfinished for pool in gone}) == 1 else "pause",
            setup=max(pool.setup for pool in gone),
            setup_between=gone[0].setup_between if len({pool.setup_between for pool in gone}) == 1 else "steps",
            provenance=gone[0].provenance,
        )
        kept = tuple(pool for pool in design.staffing.pools if pool.id not in self.pools)
        roles = tuple(
            replace(entry, pools=tuple(dict.fromkeys(self.made if id in self.pools else id for id in entry.pools)))
            for entry in design.staffing.roles
        )
        return replace(design, staffing=replace(design.staffing, pools=(*kept, merged), roles=roles))

    def sentence(self, design: Design) -> Sentence:
        """Return the move in words."""
        names = [pool.name if (pool := design.staffing.pool(id)) else id for id in self.pools]
        return Sentence.of("move_merge_pools", pools=listed(names), name=self.name)


class KeepCase(Document, frozen=True, tag_field="type", tag="keep_case"):
    """Let one person, one team or one owner stay with a case through some steps; not simulated yet."""

    by: Literal["person", "team", "owner"]
    steps: tuple[str, ...]

    @property
    def made(self) -> str:
        """The id of the agreement it makes."""
        return made(self, "keep")

    def apply(self, design: Design) -> Design:
        """Return the design with the agreement; times, shares and heads stay as they are.

        Raises ModelError for fewer than two steps, or one that is not there.
        """
        for step in self.steps:
            known(design.graph, step)
        if len(set(self.steps)) < 2:
            raise ModelError("keep_needs_steps")
        keeping = Keeping(self.made, self.by, tuple(sorted(set(self.steps))))
        return replace(design, staffing=replace(design.staffing, keeps=(*design.staffing.keeps, keeping)))

    def sentence(self, design: Design) -> Sentence:
        """Return the move in words."""
        ordered = sorted(self.steps, key=lambda step: design.graph.numbers.get(step, 0))
        return Sentence.of("move_keep_case", by=self.by, steps=listed([f"“{named(design, id)}”" for id in ordered]))
