r"""From an export of a service desk to a step graph with measured times, shares and counts.

Read in this order: :mod:`table` (text as codes), :mod:`reading` (bytes to a table; behind it :mod:`delimited`,
:mod:`workbooks`, :mod:`parquet`, :mod:`xes`, :mod:`limits`), :mod:`dates`, :mod:`columns` (what each column is for, as
confirmed), :mod:`wide` (one row a case), :mod:`events` (tidy rows, what was left out), :mod:`visits` (a case enters a
step, stays, leaves it), :mod:`closing` (cases that close by themselves), :mod:`presets` (exports that are known),
:mod:`guessing` (what columns seem to be for, and why; on :mod:`naming`, :mod:`facts`, :mod:`uses`, :mod:`date_order`,
:mod:`doubts`), :mod:`recipe` (how a log is read, as a document), :mod:`quality` and :mod:`figures` (what a log, or a
figure beside it, cannot tell), :mod:`variants` (ways, rework, hand-overs, promises), :mod:`times` (work, waiting,
elapsed time), :mod:`promised` (promises by the wall and in working time), :mod:`parallel` (what runs side by side),
:mod:`discovery` (the step graph and its account), :mod:`conformance` (what happens that a graph denies),
:mod:`segments` (cases by kind), :mod:`waits` (why cases waited; on :mod:`opening`), :mod:`demand` (arrivals by hour of
the week), and :mod:`example` (a generated log with planted truths). What is said to people is worded in
``sentences.toml``.

>>> from process_models.logs.discovery import discover
>>> from process_models.logs.events import events
>>> from process_models.logs.guessing import guess
>>> from process_models.logs.reading import read
>>> frame = read(b"case,step,time\n1,Ask,2026-01-30\n1,Pay,2026-01-31\n2,Ask,2026-01-31\n").frame
>>> columns = guess(frame).columns
>>> [(flow.source, flow.target, flow.share) for flow in discover(events(frame, columns), columns).graph.after("ask")]
[('ask', 'end', '0.5'), ('ask', 'pay', '0.5')]
"""
