"""What documents are made of.

Read in this order: :mod:`fractions` (exact numbers as text), :mod:`document` (frozen values with ids in sorted tuples),
:mod:`canonical` (their one form as bytes, and its digest), :mod:`sentences` (words for people), :mod:`provenance`
(where a value comes from), :mod:`distributions`, :mod:`calendars`, :mod:`clocks`, :mod:`money`, :mod:`luck`.
"""
