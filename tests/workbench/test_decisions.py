"""Decisions: the pack that was shown is the pack that is signed; what outdates a signature; computing it again."""

import json
import re
from datetime import timedelta

import pytest
from flask import Flask
from msgspec.structs import replace
from sqlalchemy import Engine, insert, select, update

from process_models.graph.steps import Timing
from process_models.values.calendars import MINUTE
from process_models.values.canonical import digest
from process_models.values.distributions import Fixed
from simulations import experiments as play
from simulations.experiments import BlockResult, Change, Replication, Summary
from tests.building import GUESS
from tests.workbench.deciding import (
    WORDS,
    a_proposal,
    a_recommendation,
    a_scenario,
    an_option,
    asked_to_play,
    change_baseline,
    decided,
    found,
    pack,
    password,
    played,
    short_of_people,
    submitted,
    tampered,
    with_signed_scope,
)
from tests.workbench.people import Visitor
from tests.workbench.reviewing import a_review, criterion
from tests.workbench.reviewing import found as found_review
from workbench import database, documents, example, jobs, pages, record, signatures
from workbench.accounts import store as people
from workbench.config import Settings
from workbench.decisions import again, operations, packing, store
from workbench.decisions.differences import told
from workbench.decisions.model import Pack, Proposal, Rerun, judge
from workbench.decisions.operations import Standing
from workbench.decisions.routes import stage
from workbench.errors import Invalid, NotAllowed, NotPossible
from workbench.experiments import operations as experiments
from workbench.experiments import store as experiment_rows
from workbench.experiments.model import Corrected, Outcome
from workbench.findings import operations as finding_acts
from workbench.findings import store as findings
from workbench.jobs import State, Terms, Worker
from workbench.options import operations as options
from workbench.permissions import Responsibility
from workbench.reviews import operations as reviews
from workbench.reviews import store as review_rows
from workbench.signatures import Condition
from workbench.signatures import signature as signature_rows


def nora(engine: Engine):
    return example.actor(engine, "nora")


def standings(engine: Engine, id: str) -> list[Standing]:
    with database.reading(engine) as db:
        return operations.standings(db, found(engine, id), pack(engine, id))


def shown(engine: Engine, id: str) -> str:
    return digest(pack(engine, id))


def reworded(engine: Engine, id: str, **words: str) -> None:
    """Write a revision with other words."""
    with database.reading(engine) as db:
        head, old = store.head(db, id), store.proposal(db, id)
    operations.write(engine, nora(engine), id, head.n, replace(old, wording=replace(old.wording, **words)))


def changed_since(engine: Engine, id: str) -> list[str]:
    """Return what changed since the newest signature, only what matters."""
    return [one.words for one in standings(engine, id)[0].changes if one.material]


# What can be submitted


def test_a_recommendation_holds_everything_it_rests_on(engine: Engine) -> None:
    id = a_recommendation(engine)

    made = pack(engine, id)

    assert made.wording == WORDS
    assert [one.id for one in made.under] == ["somebody-away", "usual-week"]
    assert made.usual.id == "usual-week"
    assert {one.id for one in made.usual.option} >= {"time_in_process", "waiting", "cost", "utilisation"}
    assert made.scope_stands
    assert made.breaks == ()
    assert [(one.frozen, [held.verdict for held in one.held]) for one in made.criteria] == [
        (True, ["not measured"] * 2)
    ]
    assert "check" in made.baseline.graph.by_id
    assert "check" not in made.design.graph.by_id
    assert (made.play.seed, made.play.replications, made.play.rules) == (7, 20, play.RULES)
    assert found(engine, id).asked == digest(made)


def test_without_a_signed_scope_nothing_is_submitted(engine: Engine) -> None:
    review = a_review(engine)
    made = operations.begin(engine, nora(engine), review, a_proposal(engine, review))

    with pytest.raises(NotPossible, match="the scope has not been signed"):
        operations.submit(engine, nora(engine), made.id)


def test_a_draft_option_is_not_recommended(engine: Engine) -> None:
    review = with_signed_scope(engine)
    made = operations.begin(engine, nora(engine), review, a_proposal(engine, review))
    options.act(engine, nora(engine), option_of(engine, made.id), "take back")

    with pytest.raises(NotPossible, match="the option is not submitted"):
        operations.submit(engine, nora(engine), made.id)


def option_of(engine: Engine, id: str) -> str:
    with database.reading(engine) as db:
        return store.proposal(db, id).option


def test_figures_of_another_process_are_not_submitted(engine: Engine) -> None:
    review = with_signed_scope(engine)
    made = operations.begin(engine, nora(engine), review, a_proposal(engine, review))
    change_baseline(engine, review, "take", time=Timing(Fixed(50 * MINUTE), GUESS))

    with pytest.raises(NotPossible, match="changed since it was simulated"):
        operations.submit(engine, nora(engine), made.id)


def test_figures_of_a_scenario_described_anew_are_not_submitted(engine: Engine) -> None:
    review = with_signed_scope(engine)
    made = operations.begin(engine, nora(engine), review, a_proposal(engine, review))
    experiments.describe(engine, nora(engine), review, a_scenario(per_hour="6"))

    with pytest.raises(NotPossible, match="described anew"):
        operations.submit(engine, nora(engine), made.id)


def test_a_simulation_that_did_not_play_the_option_or_is_not_through_is_refused(engine: Engine) -> None:
    review = with_signed_scope(engine)
    option = submitted(engine, an_option(engine, review))
    alone = played(engine, asked_to_play(engine, review))
    running = asked_to_play(engine, review, (option.id,))

    with pytest.raises(NotPossible, match="did not play this option"):
        operations.begin(engine, nora(engine), review, Proposal(option=option.id, experiment=alone.id, wording=WORDS))
    with pytest.raises(NotPossible, match="not through yet"):
        operations.begin(engine, nora(engine), review, Proposal(option=option.id, experiment=running.id, wording=WORDS))


def test_two_writers_do_not_overwrite_each_other(engine: Engine) -> None:
    id = a_recommendation(engine)
    with database.reading(engine) as db:
        mine = theirs = store.proposal(db, id)
    operations.write(engine, nora(engine), id, 1, replace(theirs, wording=replace(WORDS, costs="A day.")))

    with pytest.raises(NotPossible, match="revision 1; the newest is 2"):
        operations.write(engine, nora(engine), id, 1, replace(mine, wording=replace(WORDS, costs="Two days.")))

    assert pack(engine, id).wording.costs == "A day."


# Signing


def test_what_was_shown_is_what_is_signed(engine: Engine, installation: Settings) -> None:
    id = a_recommendation(engine)
    before = pack(engine, id)

    signed = decided(engine, installation, id, digest(before))

    with database.reading(engine) as db:
        kept = documents.fetch(db, signed.record.pack, Pack)
        entry = record.entries(db, 1)[0]
    assert kept == before
    assert (entry.act, entry.actor, entry.subject) == ("sign", "henrik", f"recommendation/{id}")
    assert entry.entry == {"signed": signed.signed, "pack": digest(before), "outcome": "approve"}
    assert standings(engine, id)[0].judgement.standing == "current"


def test_content_changed_between_showing_and_signing_is_not_signed(engine: Engine, installation: Settings) -> None:
    id = a_recommendation(engine)
    seen = shown(engine, id)
    reworded(engine, id, costs="Two days of training.")

    with pytest.raises(NotPossible, match="it changed meanwhile"):
        decided(engine, installation, id, seen)

    assert standings(engine, id) == []


def test_what_changed_since_it_was_submitted_waits_for_the_lead_though_it_was_shown(
    engine: Engine, installation: Settings
) -> None:
    id = a_recommendation(engine)
    reworded(engine, id, costs="Two days of training.")

    with pytest.raises(NotPossible, match="The lead must submit it again"):
        decided(engine, installation, id, shown(engine, id))
    operations.submit(engine, nora(engine), id)

    assert decided(engine, installation, id, shown(engine, id)).outcome == "approve"


def test_nobody_decides_on_their_own_proposal(engine: Engine, installation: Settings) -> None:
    id = a_recommendation(engine, author="henrik")

    with pytest.raises(NotAllowed, match="Nobody decides on their own proposal"):
        decided(engine, installation, id, shown(engine, id))


def test_a_lead_who_also_decides_does_not_sign_what_they_wrote_nor_what_they_drafted(
    engine: Engine, installation: Settings
) -> None:
    id = a_recommendation(engine)
    with database.transaction(engine) as db:
        people.put_membership(
            db, "nora", frozenset({Responsibility.LEAD, Responsibility.DECISION_MAKER}), service=example.SERVICE
        )

    with pytest.raises(NotAllowed, match="own proposal"):
        decided(engine, installation, id, shown(engine, id), login="nora")


def test_nobody_but_a_decision_maker_decides(engine: Engine, installation: Settings) -> None:
    id = a_recommendation(engine)

    for login in ("lucia", "grace", "samir", "owen"):
        with pytest.raises(NotAllowed):
            decided(engine, installation, id, shown(engine, id), login=login)


def test_a_draft_is_not_decided(engine: Engine, installation: Settings) -> None:
    review = with_signed_scope(engine)
    made = operations.begin(engine, nora(engine), review, a_proposal(engine, review))

    with pytest.raises(NotPossible, match="Nobody has submitted"):
        decided(engine, installation, made.id, shown(engine, made.id))


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"outcome": "approve with conditions"}, "at least one condition"),
        ({"outcome": "defer"}, "the date"),
        ({"outcome": "reject", "reason": "  "}, "the reason"),
    ],
)
def test_an_outcome_without_what_it_needs_is_refused(
    engine: Engine, installation: Settings, more: dict[str, str], said: str
) -> None:
    id = a_recommendation(engine)

    with pytest.raises(Invalid, match=said):
        decided(engine, installation, id, shown(engine, id), **more)


@pytest.mark.parametrize(
    "more",
    [
        {"outcome": "approve"},
        {"outcome": "approve with conditions", "conditions": (Condition("A pilot first", "senior", "2026-12-01"),)},
        {"outcome": "defer", "until": "2026-12-01"},
        {"outcome": "reject"},
        {"outcome": "ask for more"},
    ],
    ids=lambda more: more["outcome"],
)
def test_every_outcome_is_signed_with_what_belongs_to_it(
    engine: Engine, installation: Settings, more: dict[str, object]
) -> None:
    id = a_recommendation(engine)

    signed = decided(engine, installation, id, shown(engine, id), **more)

    assert signed.record.outcome == more["outcome"]
    assert signed.record.conditions == more.get("conditions", ())
    assert signed.record.until == more.get("until", "")
    assert signed.record.meaning == "decision on the recommendation"


def test_a_second_signature_names_the_one_before(engine: Engine, installation: Settings) -> None:
    id = a_recommendation(engine)

    first = decided(engine, installation, id, shown(engine, id), outcome="ask for more")
    second = decided(engine, installation, id, shown(engine, id))

    assert (first.record.previous, second.record.previous) == ("", first.signed)


def test_a_reason_is_signed_as_a_salted_hash_and_can_be_erased_while_the_signature_stands(
    engine: Engine, installation: Settings
) -> None:
    id = a_recommendation(engine)
    signed = decided(engine, installation, id, shown(engine, id), reason="Henrik trusts the seniors.")
    with database.transaction(engine) as db:
        salt = db.scalar(select(signature_rows.c.salt).where(signature_rows.c.id == signed.id))
        body = documents.body(db, signed.signed)
        assert record.sealed("Henrik trusts the seniors.", salt, signed.record.reason)
        assert b"seniors" not in body
        erased = update(signature_rows).where(signature_rows.c.id == signed.id)
        db.execute(erased.values(reason=None, salt=""))

    after = standings(engine, id)[0]

    assert after.stands
    assert (after.signature.reason, after.signature.record) == (None, signed.record)
    with database.reading(engine) as db:
        assert record.verify(db).whole


# What outdates a signature, and what does not


def test_a_changed_time_in_the_process_outdates_the_signature_and_names_the_step(
    engine: Engine, installation: Settings
) -> None:
    id = a_recommendation(engine)
    decided(engine, installation, id, shown(engine, id))

    change_baseline(engine, found(engine, id).review, "pay", time=Timing(Fixed(50 * MINUTE), GUESS))

    assert standings(engine, id)[0].judgement.standing == "outdated"
    (words,) = changed_since(engine, id)
    assert "Pay" in words
    assert "50\N{NO-BREAK SPACE}min" in words


def test_a_renamed_step_leaves_an_earlier_version_that_is_listed(engine: Engine, installation: Settings) -> None:
    id = a_recommendation(engine)
    decided(engine, installation, id, shown(engine, id))

    change_baseline(engine, found(engine, id).review, "pay", name="Pay it out", description="By transfer.")

    stood = standings(engine, id)[0]
    assert (stood.judgement.standing, stood.stands) == ("earlier version", True)
    assert [one.material for one in stood.changes] == [False]
    assert "Pay it out" in stood.changes[0].words


def test_another_seed_with_the_same_content_outdates_nothing(engine: Engine, installation: Settings) -> None:
    id = a_recommendation(engine)
    before = pack(engine, id)

    other_play = replace(before, play=replace(before.play, seed=8, rules=2, replications=40))

    assert judge(before, other_play).standing == "earlier version"
    assert [one.words for one in told(before, other_play)] == [
        "The figures come from another play: seed, replications or version of the rules."
    ]


@pytest.mark.parametrize("part", ["title", "why", "costs", "risks", "considered", "unknown"])
def test_every_word_of_the_recommendation_is_signed(engine: Engine, installation: Settings, part: str) -> None:
    id = a_recommendation(engine)
    decided(engine, installation, id, shown(engine, id))

    reworded(engine, id, **{part: "Other words."})

    (words,) = changed_since(engine, id)
    assert getattr(WORDS, part) in words
    assert "Other words." in words


def test_a_changed_criterion_outdates_the_decision_and_is_marked_as_changed_late(
    app: Flask, engine: Engine, installation: Settings
) -> None:
    id = a_recommendation(engine)
    decided(engine, installation, id, shown(engine, id))
    review = found(engine, id).review
    with database.reading(engine) as db:
        n, plan = review_rows.part(db, review, "plan").n, review_rows.plan(db, review)

    reviews.plan(engine, nora(engine), review, n, replace(plan, criteria=(criterion("0.8"),)), "The board asked.")

    assert standings(engine, id)[0].judgement.standing == "outdated"
    assert changed_since(engine, id) == ["The criterion “In time” asked for at least 90%, now at least 80%."]
    assert pack(engine, id).criteria[0].frozen is False


def test_a_changed_lock_reason_or_scenario_or_move_outdates_the_decision(
    engine: Engine, installation: Settings
) -> None:
    id = a_recommendation(engine)
    before = pack(engine, id)
    lock = replace(before.scope.locks[0], reason="Somebody likes it.")
    busier = replace(before.under[0], scenario=replace(before.under[0].scenario, period=86_400_000))

    changed = (
        replace(before, scope=replace(before.scope, locks=(lock,))),
        replace(before, under=(busier, before.under[1])),
        replace(before, option=replace(before.option, moves=())),
        replace(before, breaks=("breaks_lock L1",)),
    )

    assert {judge(before, after).standing for after in changed} == {"outdated"}
    assert [one.words for after in changed for one in told(before, after)] == [
        "The lock L1 was changed.",
        "The scenario “Somebody away” was described anew.",
        "The option’s moves were changed.",
        "The option breaks something else than before, by the obligations, locks and envelope of now.",
    ]


def test_every_change_is_told(engine: Engine, installation: Settings) -> None:
    id = a_recommendation(engine)
    before = pack(engine, id)
    cheaper = replace(before.under[0].changes[0], mean="1")

    changed = {
        "figure": replace(before, under=(replace(before.under[0], changes=(cheaper,)), before.under[1])),
        "currency": replace(before, currency="EUR"),
        "scope": replace(before, scope=replace(before.scope, excluded=("everything else",))),
        "stands": replace(before, scope_stands=False),
        "signed again": replace(before, scope_digest="0" * 64),
        "scenario": replace(before, under=before.under[1:]),
        "criterion": replace(before, criteria=()),
        "others": replace(before, option_name="Another name"),
    }

    for name, after in changed.items():
        assert told(before, after), name
        assert any(one.material for one in told(before, after)) is (judge(before, after).standing == "outdated"), name


# Who is told


def waiting(engine: Engine, app: Flask, login: str) -> list[pages.Waiting]:
    with app.test_request_context(), database.reading(engine) as db:
        return [one for one in pages.waiting_for(db, example.actor(engine, login)) if "/recommendations/" in one.url]


def test_decision_makers_are_asked_until_somebody_has_decided(
    app: Flask, engine: Engine, installation: Settings
) -> None:
    id = a_recommendation(engine)

    (asked,) = waiting(engine, app, "henrik")
    decided(engine, installation, id, shown(engine, id))

    assert (asked.kind, asked.title) == ("decide", f"Decide: {WORDS.title}")
    assert waiting(engine, app, "henrik") == []
    assert waiting(engine, app, "nora") == []


def test_a_signer_is_told_that_what_they_signed_is_outdated(app: Flask, engine: Engine, installation: Settings) -> None:
    id = a_recommendation(engine)
    decided(engine, installation, id, shown(engine, id))

    reworded(engine, id, costs="A week of training.")

    (told_him,) = waiting(engine, app, "henrik")
    assert told_him.kind == "look"
    assert "Outdated: what you signed" in told_him.title
    assert "A week of training." in told_him.context


def test_what_was_put_off_comes_back_on_its_day(app: Flask, engine: Engine, installation: Settings) -> None:
    id, later = a_recommendation(engine), a_recommendation(engine)
    today = database.now().date()
    decided(engine, installation, id, shown(engine, id), outcome="defer", until=today.isoformat())
    tomorrow = (today + timedelta(days=1)).isoformat()
    decided(engine, installation, later, shown(engine, later), outcome="defer", until=tomorrow)

    (due,) = waiting(engine, app, "henrik")

    assert (due.url, due.due) == (f"/recommendations/{id}", today)


# The page


def form_of(engine: Engine, id: str, settings: Settings, **more: str) -> dict[str, str]:
    filled = {"shown": shown(engine, id), "outcome": "approve", "reason": "It saves a day."}
    return {**filled, "password": password(settings), **more}


def test_the_page_shows_the_words_of_the_digest_that_is_signed(app: Flask, engine: Engine) -> None:
    id = a_recommendation(engine)

    page = Visitor(app, "henrik").get(f"/recommendations/{id}").text

    bound = re.search(r'name="shown"[^>]*value="([0-9a-f]{64})"', page)
    assert bound
    assert bound[1] == shown(engine, id)
    assert page.count(signatures.check_words(bound[1])) == 2
    assert "Content unchanged since" in page
    assert "Sign revision 1" in page


def test_the_file_of_the_pack_has_the_digest_that_is_signed(app: Flask, engine: Engine) -> None:
    id = a_recommendation(engine)

    answer = Visitor(app, "henrik").get(f"/recommendations/{id}/pack.json")

    assert documents.digest_of_bytes(answer.data) == shown(engine, id)
    assert json.loads(answer.data)["wording"]["title"] == WORDS.title


def test_a_signature_through_the_page_is_on_the_record_with_a_checkpoint(
    app: Flask, engine: Engine, installation: Settings
) -> None:
    id = a_recommendation(engine)
    before = len(record.checkpoints(installation.checkpoints))
    visitor = Visitor(app, "henrik")

    answer = visitor.post(f"/recommendations/{id}/sign", form_of(engine, id, installation))
    page = visitor.get(f"/recommendations/{id}").text

    assert answer.status_code == 303
    assert len(record.checkpoints(installation.checkpoints)) == before + 1
    assert "Approved" in page
    assert "It saves a day." in page


def test_a_wrong_password_keeps_what_was_typed_except_the_password(
    app: Flask, engine: Engine, installation: Settings
) -> None:
    id = a_recommendation(engine)
    form = form_of(engine, id, installation, password="not this one", condition="A pilot first")

    answer = Visitor(app, "henrik").post(f"/recommendations/{id}/sign", form)

    assert answer.status_code == 403
    assert "It saves a day." in answer.text
    assert 'value="A pilot first"' in answer.text
    assert "not this one" not in answer.text
    assert standings(engine, id) == []


def test_an_old_page_is_refused_with_what_changed_and_is_bound_to_the_new_one(
    app: Flask, engine: Engine, installation: Settings
) -> None:
    id = a_recommendation(engine)
    form = form_of(engine, id, installation)
    reworded(engine, id, costs="A week of training.")
    operations.submit(engine, nora(engine), id)

    answer = Visitor(app, "henrik").post(f"/recommendations/{id}/sign", form)

    assert answer.status_code == 409
    assert "What it costs read “Half a day of training.”, now “A week of training.”." in answer.text
    assert f'value="{shown(engine, id)}"' in answer.text
    assert form["shown"] not in answer.text
    assert "It saves a day." in answer.text


def test_who_had_a_hand_in_it_is_told_why_they_do_not_sign(app: Flask, engine: Engine, installation: Settings) -> None:
    id = a_recommendation(engine, author="henrik")

    page = Visitor(app, "henrik").get(f"/recommendations/{id}").text
    answer = Visitor(app, "henrik").post(f"/recommendations/{id}/sign", form_of(engine, id, installation))

    assert "You had a hand in this proposal" in page
    assert "Your password, to sign" not in page
    assert answer.status_code == 403


def test_an_outdated_signature_is_shown_as_such_with_what_changed(
    app: Flask, engine: Engine, installation: Settings
) -> None:
    id = a_recommendation(engine)
    decided(engine, installation, id, shown(engine, id))
    reworded(engine, id, risks="Nothing could.")

    page = Visitor(app, "nora").get(f"/recommendations/{id}").text

    assert "Signed before, outdated now" in page
    assert "<s>Approved</s>" in page
    assert "What could go wrong read" in page


def test_a_recommendation_is_written_and_submitted_through_the_pages(app: Flask, engine: Engine) -> None:
    review = with_signed_scope(engine)
    proposal = a_proposal(engine, review)
    visitor = Visitor(app, "nora")
    words = {name: getattr(WORDS, name) for name in WORDS.__struct_fields__}
    figures = f"{proposal.option} {proposal.experiment}"

    empty = visitor.post(f"/reviews/{review}/decisions", {"figures": figures, "title": "Only a title"})
    groundless = visitor.post(f"/reviews/{review}/decisions", {"figures": figures, **words})
    refused = visitor.post(groundless.location + "/submit")
    [finding] = proposal.findings
    begun = visitor.post(f"/reviews/{review}/decisions", {"figures": figures, "findings": finding, **words})
    sent = visitor.post(begun.location + "/submit")

    assert (empty.status_code, begun.status_code, sent.status_code) == (422, 303, 303)
    assert (refused.status_code, "it rests on no finding" in refused.text) == (409, True)
    assert "Write what could go wrong." in empty.text
    assert 'value="Only a title"' in empty.text
    assert found(engine, begun.location.rpartition("/")[2]).asked


def test_a_finding_that_a_recommendation_rests_on_is_used_and_signed_with_it(
    engine: Engine, installation: Settings
) -> None:
    id = a_recommendation(engine)
    decided(engine, installation, id, shown(engine, id))
    [cited] = pack(engine, id).findings
    with database.reading(engine) as db:
        used = findings.find(db, cited.id)

    finding_acts.settle(engine, nora(engine), cited.id, "rejected", "The sample was of one week only.")

    assert (used.fate, used.fate_reason) == ("used", f"The recommendation “{WORDS.title}” rests on it.")
    assert cited.text == used.text
    assert pack(engine, id).findings == ()
    assert [one.stands for one in standings(engine, id)] == [False]


def test_the_review_is_through_when_the_option_is_signed(app: Flask, engine: Engine, installation: Settings) -> None:
    id = a_recommendation(engine)
    review = found_review(engine, found(engine, id).review)

    def done() -> bool:
        with app.test_request_context(), database.reading(engine) as db:
            return stage(db, review).done

    before = done()
    decided(engine, installation, id, shown(engine, id))
    after = done()
    reworded(engine, id, costs="A week.")

    assert (before, after, done()) == (False, True, False)


# Computing it again


def rerun(engine: Engine, settings: Settings, id: str) -> Rerun:
    """Ask for a re-run and let a worker do it in a process of its own."""
    job = again.ask(engine, nora(engine), id)
    worker = Worker(settings.database, Terms(lease=5.0, heartbeat=0.5, pause=0.02))
    worker.step()
    worker.close()
    with database.reading(engine) as db:
        assert jobs.find(db, job).state is State.DONE, jobs.find(db, job).sentence
        found_result = store.result_of(db, store.reruns(db, id)[0])
    assert found_result
    return found_result


def stored_blocks(engine: Engine, id: str) -> list[tuple[str, str]]:
    """Return keys and digests of the blocks behind a recommendation."""
    table = experiment_rows.played_block
    with database.reading(engine) as db:
        outcome = experiment_rows.outcome(db, experiment_rows.find(db, store.proposal(db, id).experiment))
        assert outcome
        rows = db.execute(select(table.c.key, table.c.digest).where(table.c.key.in_(outcome.blocks)))
        return sorted((row.key, row.digest) for row in rows)


def test_a_re_run_gives_the_same_numbers_in_every_block(app: Flask, engine: Engine, installation: Settings) -> None:
    id = a_recommendation(engine)

    result = rerun(engine, installation, id)

    page = Visitor(app, "henrik").get(f"/recommendations/{id}").text
    assert (result.same, result.blocks, result.rules, result.rules_before) == (True, 16, play.RULES, play.RULES)
    assert "all 16 blocks the same" in page
    with database.reading(engine) as db:
        entry = record.entries(db, 1)[0]
        job = jobs.about(db, f"recommendation/{id}", again.JOB)[0]
    assert (entry.act, entry.actor, entry.entry["same"]) == ("re-run", "nora", True)
    assert (job.done, job.total) == (16, 16)


def test_a_stored_block_with_other_numbers_is_found(app: Flask, engine: Engine, installation: Settings) -> None:
    id = a_recommendation(engine)
    key = stored_blocks(engine, id)[0][0]
    table = experiment_rows.played_block
    with database.transaction(engine) as db:
        block = experiment_rows.blocks(db, [key])[key]
        first = block.replications[0]
        forged = tuple((name, value + 1 if name == "time" else value) for name, value in first.sums)
        lie = replace(block, replications=(Replication(first.number, forged), *block.replications[1:]))
        db.execute(update(table).where(table.c.key == key).values(digest=documents.keep(db, lie)))

    result = rerun(engine, installation, id)

    page = Visitor(app, "henrik").get(f"/recommendations/{id}").text
    assert not result.same
    assert len(result.differing) == 1
    assert "1 of 16 blocks differ" in page


def test_a_stored_block_whose_bytes_were_changed_is_found(engine: Engine, installation: Settings) -> None:
    id = a_recommendation(engine)
    tampered(engine, stored_blocks(engine, id)[3][1])

    result = rerun(engine, installation, id)

    assert len(result.differing) == 1


def test_means_that_do_not_follow_from_the_numbers_are_found(engine: Engine, installation: Settings) -> None:
    id = a_recommendation(engine)
    with database.transaction(engine) as db:
        experiment = experiment_rows.find(db, store.proposal(db, id).experiment)
        outcome = experiment_rows.outcome(db, experiment)
        assert outcome
        cell = outcome.cells[0]
        told_there = experiment_rows.summaries(db, outcome)[cell.id]
        rosy = replace(told_there, results=(replace(told_there.results[0], mean="1"), *told_there.results[1:]))
        cells = (replace(cell, summary=documents.keep(db, rosy)), *outcome.cells[1:])
        experiment_rows.finish(db, experiment.id, documents.keep(db, replace(outcome, cells=cells)))

    result = rerun(engine, installation, id)

    assert (result.differing, result.summaries) == ((), (cell.id,))


def test_a_re_run_under_newer_rules_says_so_and_still_compares_the_sums(
    app: Flask, engine: Engine, installation: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = a_recommendation(engine)
    monkeypatch.setattr(play, "RULES", play.RULES + 1)

    result = rerun(engine, installation, id)

    page = Visitor(app, "henrik").get(f"/recommendations/{id}").text
    assert (result.same, result.rules, result.rules_before) == (True, play.RULES, play.RULES - 1)
    assert f"Computed under newer rules: version {play.RULES}" in page


def test_a_re_run_does_not_look_at_stored_numbers_before_it_has_its_own(engine: Engine, installation: Settings) -> None:
    id = a_recommendation(engine)
    table = experiment_rows.played_block
    rows = stored_blocks(engine, id)
    with database.transaction(engine) as db:
        db.execute(table.delete())

    result = rerun(engine, installation, id)

    assert len(result.differing) == 16
    with database.transaction(engine) as db:
        now = database.now()
        db.execute(insert(table), [{"key": key, "digest": kept, "at": now} for key, kept in rows])
    assert rerun(engine, installation, id).same


def test_only_one_re_run_is_under_way_and_the_page_tells_how_far_it_is(app: Flask, engine: Engine) -> None:
    id = a_recommendation(engine)
    visitor = Visitor(app, "henrik")

    first = visitor.post(f"/recommendations/{id}/re-run")
    second = visitor.post(f"/recommendations/{id}/re-run")
    part = visitor.get(f"/recommendations/{id}/re-run").text

    assert (first.status_code, second.status_code) == (303, 409)
    assert f'data-poll="/recommendations/{id}/re-run"' in part
    assert "waiting for its turn" in part


def test_a_re_run_of_figures_that_are_no_longer_recommended_is_not_shown(
    app: Flask, engine: Engine, installation: Settings
) -> None:
    id = a_recommendation(engine)
    rerun(engine, installation, id)
    review = found(engine, id).review
    with database.reading(engine) as db:
        old = store.proposal(db, id)
    other = played(engine, asked_to_play(engine, review, (old.option,), (short_of_people(),)))

    operations.write(engine, nora(engine), id, 1, replace(old, experiment=other.id))

    assert "Not computed again yet." in Visitor(app, "henrik").get(f"/recommendations/{id}").text


def test_the_digest_of_sums_is_apart_from_key_and_rules() -> None:
    block = BlockResult(key="k", plan="p", seed=1, rules=1, replications=(Replication(0, (("time", 5),)),))

    assert again.sums_of(block) == again.sums_of(replace(block, key="other", rules=2))
    assert again.sums_of(block) != again.sums_of(replace(block, replications=(Replication(0, (("time", 6),)),)))


def test_a_pack_says_the_verdicts_of_the_experiments_page_corrected_for_being_many():
    changes = tuple(Change(id=id, mean="-1", low="-2", high="-0.1", verdict="better") for id in ("cost", "waiting"))
    summary = Summary(
        seed=1, rules=1, plan="p", replications=20, confidence="0.95", tolerance="0.05", results=(), changes=changes
    )
    doubtful = Corrected(id="A/usual/cost", p="0.06", verdict="unclear")
    outcome = Outcome(spec="s", cells=(), blocks=(), corrected=(doubtful,))

    said = {cell: packing.corrected(cell, summary, outcome).changes for cell in ("A/usual", "B/usual")}

    assert [(one.id, one.verdict) for one in said["A/usual"]] == [("cost", "unclear"), ("waiting", "better")]
    assert said["B/usual"] == changes
