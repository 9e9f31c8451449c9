"""People, their memberships and their sessions.

Read in this order: :mod:`model` (who is who), :mod:`passwords`, :mod:`store` (rows), :mod:`operations` (sign in, sign
out, confirm, be invited and join), :mod:`sweeping`, :mod:`forms`, :mod:`routes`.
"""
