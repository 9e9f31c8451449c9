"""What would happen: designs played under scenarios.

Read in this order: :mod:`scenario` (what is asked), :mod:`plan` (a design and a scenario as arrays), :mod:`demand` and
:mod:`contingencies` (who comes, who is away), :mod:`reference` (the plan played with SimPy, the specification),
:mod:`kernel` (the same, compiled), :mod:`engines` (which of them plays), :mod:`trace` (what happened), :mod:`outcomes`
(what the play says), :mod:`tables` and :mod:`files` (the same as pandas frames and as files), :mod:`experiments`
(designs × scenarios × replications), :mod:`executors` (on how many machines), :mod:`comparison`, :mod:`precision` and
:mod:`selection` (what may be concluded, when it is enough, which is best), :mod:`story` and :mod:`inside` (why cases
wait, queues and staff over the day), :mod:`breaking` (how much demand is borne), :mod:`assumptions` and
:mod:`sensitivity` (what goes in, and what a figure hangs on), :mod:`queueing` (formulas: a quick screen, and what to
test against).

>>> from simulations import engines, experiments
>>> design, scenario = engines.smallest()
>>> summary = experiments.simulate(design, scenario, replications=20, seed=1)
>>> [result.mean for result in summary.results if result.id == "time_in_process"]
['2815882']

In a notebook, all cases, visits, pools and hours as pandas frames:

>>> from simulations import tables
>>> cases = tables.outcomes(design, scenario, replications=20, seed=1)["cases"]
>>> round(cases[cases.status == "completed"].groupby("replication")["time"].mean().mean())
2815882
"""

from pathlib import Path

from process_models.values.sentences import register

register(Path(__file__).with_name("sentences.toml"))
