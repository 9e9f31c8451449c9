"""Every rule of play that is broken on purpose, in either engine, gives another trace: equality of traces means something.

The kernel's source is played without numba, so that a broken one needs no compiler.
"""

import re
import tomllib
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from simulations import kernel, reference
from simulations.plan import plan
from tests.simulations.any_shop import shops
from tests.simulations.feature_plays import FEATURES
from tests.simulations.golden_plays import claims

RULES = tomllib.loads(Path(__file__).with_name("broken_rules.toml").read_text("utf-8"))
ENGINES = {"reference": reference, "kernel": kernel}
SHOPS = 150
MOST_ROWS = 1500


def without_numba(source: str) -> str:
    """Return the source of a module whose functions are not compiled."""
    return re.sub(r"@numba\.njit\([^)]*\)\n", "", source)


def module(engine: str, rule: str = "") -> ModuleType:
    """Return an engine from its source, with a rule broken."""
    source = without_numba(Path(ENGINES[engine].__file__).read_text("utf-8"))
    if rule:
        old, new = RULES[rule][engine]
        assert old in source, f"{engine} no longer says {old!r}"
        source = source.replace(old, new)
    made = ModuleType(f"{engine}_with_{rule or 'all_rules'}")
    exec(compile(source, made.__name__, "exec"), made.__dict__)  # noqa: S102 (our own source)
    return made


@pytest.fixture(scope="module")
def plays():
    """Plans with what they give, smallest first: shops of many kinds, the same in every run."""
    found = [plan(*claims(60_000)), *(plan(*make()) for make in FEATURES.values())]

    @settings(max_examples=SHOPS, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(shops())
    def gather(drawn):
        found.append(plan(*drawn))

    gather()
    kept = [(one, reference.play(one, 1, 0)) for one in found]
    told = [(one, trace.digest, len(trace.rows)) for one, trace in kept]
    own = found[: 1 + len(FEATURES)]
    return [one[:2] for one in sorted(told, key=lambda one: one[2]) if 0 < one[2] < MOST_ROWS or one[0] in own]


def tells(engine: str, rule: str, plays) -> bool:
    """Say whether any play differs with a rule broken, the one it names first; a play that cannot go on differs."""
    broken = module(engine, rule)
    if named := RULES.get(rule, {}).get("play"):
        made = plan(*FEATURES[named]())
        plays = [(made, reference.play(made, 1, 0).digest), *plays]
    with np.errstate(over="ignore"):
        for one, digest in plays:
            try:
                if broken.play(one, 1, 0).digest != digest:
                    return True
            except (AssertionError, ArithmeticError, LookupError, StopIteration, TypeError, ValueError):
                return True
    return False


@pytest.mark.parametrize("engine", ENGINES)
def test_with_all_rules_both_sources_give_the_same_traces(engine, plays):
    assert not tells(engine, "", plays)
    assert len(plays) > SHOPS // 2


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("rule", [name for name, rule in RULES.items() if "unseen" not in rule])
def test_a_broken_rule_is_seen(engine, rule, plays):
    assert tells(engine, rule, plays), RULES[rule]["rule"]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("rule", [name for name, rule in RULES.items() if "unseen" in rule])
def test_a_rule_without_effect_has_none_and_says_why(engine, rule, plays):
    assert not tells(engine, rule, plays)
    assert RULES[rule]["unseen"]


def test_thirty_rules_and_more_are_broken():
    assert sum("unseen" not in rule for rule in RULES.values()) >= 30
