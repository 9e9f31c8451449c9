"""What evidence shows, and how sure it is.

:mod:`satisfaction` turns what happened to cases into an index from 0 to 100, by features and their weights;
:mod:`intervals` tells shares, means and scores of answers with their doubt; :mod:`control_charts` which points of a
series stand out; :mod:`pareto` the few causes that make up most; :mod:`drivers` what satisfaction is associated with;
:mod:`expectations` what customers expect beside what they get; :mod:`strata` whether parts say the same as the whole;
:mod:`themes` what free text speaks of.
"""

from pathlib import Path

from process_models.values.sentences import register

register(Path(__file__).with_name("sentences.toml"))
