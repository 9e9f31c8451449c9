"""Step graphs from files of other tools and back, every import with an account of what became of each element.

Read in this order: :mod:`safe_xml` (XML of strangers), :mod:`bpmn_file` (what a BPMN file says), :mod:`sketch` (a graph
in the making), :mod:`bpmn_places`, :mod:`bpmn_patterns`, :mod:`bpmn_inside`, :mod:`bpmn_notes`, :mod:`bpmn_shares`
(what each construct becomes), :mod:`bpmn_times`, :mod:`bpmn_beside`, :mod:`bpmn_parts` (one process of several),
:mod:`account` (what became of it), :mod:`bpmn_import` (all of it in order), :mod:`accounts` (many files at once).
Data for a simulation beside a process (people, hours, arrivals): :mod:`simulation_data` (what becomes of it),
:mod:`simulation_qbp` and :mod:`simulation_bpsim` (in a BPMN file), :mod:`simulation_beside` (put on what is imported),
:mod:`simulation_json` (in a file of Prosimos).
"""

from pathlib import Path

from process_models.values.sentences import register

register(Path(__file__).with_name("sentences.toml"))
