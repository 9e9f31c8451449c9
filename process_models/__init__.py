"""What a service is, and what can be said of it: pure functions on frozen values.

Read in this order: :mod:`values` (numbers, sentences, calendars and what else documents are made of), :mod:`graph`
(steps and how they join), :mod:`logs` (graphs from event logs), :mod:`method` (questions, triggers, heuristics as
data), :mod:`redesign` (moves and what they may not break), :mod:`evidence` (what customers notice).
"""
