"""The plan played by compiled code: the same trace as :mod:`simulations.reference`, row for row, far sooner.

This file is one long function on typed arrays on purpose: numba compiles it once and its cache watches this file only.
Choosing a way and leaving a queue stand in it twice: as functions, even inlined, they made the loop a quarter to twice
as slow (measured side by side), because arrays were passed about. Read the reference for *what* happens; here is *how*
it is laid out.

One event is: apply it, let the lives that follow run until each blocks (first in, first out, as processes start in
SimPy), give people work, start patience. Events are ordered by two whole numbers, time × 16 + kind and case, step and
visit, so that nothing depends on the order in which they were scheduled. What is under way lies in slots that are used
again: memory follows the work in progress, not the number of cases, unless a trace is asked for.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from process_models.values import luck
from process_models.values.errors import ModelError
from simulations.contingencies import CAPACITY, controls
from simulations.demand import MOST_CASES
from simulations.plan import MOST_UNDER_WAY, Ints, Plan
from simulations.trace import Trace

U = np.uint64
G, G2 = U(luck.G), U(luck.G2)
MIX1, MIX2 = U(0xBF58476D1CE4E5B9), U(0x94D049BB133111EB)
ONE = U(1)
LOW24 = U(0xFFFFFF)
DURATION, ROUTE, PATIENCE, ARRIVING, AGAIN, BACK, CHILD = U(0), U(1), U(2), U(4), U(11), U(12), U(13)
START, WORK, WAIT, CHOICE, FORK, JOIN, END = range(7)
BLOCKS, PACES, CAPACITIES, SHIFTS, DONE, SHIFT_OVER, ARRIVAL, IMPATIENT, HELD_LONG, RETURN, CHASE = range(11)
ENTER, BEGIN, LEAVE, GIVE_UP, WITHDRAW, CLOSE, PUT_BACK, RELEASE = range(1, 9)
HAND_OVER, RESTART = 1, 2
FREE, QUEUING, WAITING, SERVED, HELD = range(5)
FIRST, LAST, DUE = range(3)
FULL, UNTOLD, WENT_ROUND, TOO_MANY, OVERRUN = 1, 2, 3, 4, 5
"""Why a play stops before its end: no room for what is under way or for the trace (it begins anew with more), a loop
without end, too many cases in all, too many under way."""
MOST_VISITS = 2**16 - 1
FIRST_ROOM = 256
FIRST_ROWS = 24
"""Rows a case for which there is room at first."""
BINS = 64 * 64
"""Times of cases are counted in bins, 64 to each doubling: a percentile is off by less than 1.6 %."""


@numba.njit(cache=True)
def mix(z):  # type: ignore[no-untyped-def]
    """Return what :func:`luck.mix` returns."""
    z = (z ^ (z >> U(30))) * MIX1
    z = (z ^ (z >> U(27))) * MIX2
    return z ^ (z >> U(31))


@numba.njit(cache=True)
def draw(lot, step, visit, purpose):  # type: ignore[no-untyped-def]
    """Return what :func:`luck.draw` returns."""
    return mix(lot + (((U(step) << U(32)) | (U(visit) << U(8)) | purpose) + ONE) * G2)


@numba.njit(cache=True)
def look_up(bits, body, tail):  # type: ignore[no-untyped-def]
    """Return what :func:`luck.look_up` returns, without leaving 64 bits."""
    i = np.int64(bits >> U(54))
    if i < 1023:
        low, high, part = body[i], body[i + 1], np.int64((bits >> U(30)) & LOW24)
    else:
        j = np.int64((bits >> U(44)) & U(1023))
        low, high, part = tail[j], tail[j + 1], np.int64((bits >> U(20)) & LOW24)
    wide = high - low
    return low + (wide >> 24) * part + (((wide & 0xFFFFFF) * part) >> 24)


@numba.njit(cache=True)
def share_of(span, part, whole):  # type: ignore[no-untyped-def]
    """Return span × part ÷ whole rounded down, for 0 ≤ part < whole, where the product may need more than 64 bits."""
    guess = np.int64(np.float64(span) * (np.float64(part) / np.float64(whole)))
    rest = span * part - guess * whole  # modulo 2^64, but the true value is small
    while rest < 0:
        guess -= 1
        rest += whole
    while rest >= whole:
        guess += 1
        rest -= whole
    return guess


@numba.njit(cache=True)
def push(heap, size, first, second, what):  # type: ignore[no-untyped-def]
    """Put an event into the heap."""
    at = size
    while at > 0:
        above = (at - 1) >> 1
        if heap[above, 0] < first or (heap[above, 0] == first and heap[above, 1] < second):
            break
        heap[at, 0], heap[at, 1], heap[at, 2] = heap[above, 0], heap[above, 1], heap[above, 2]
        at = above
    heap[at, 0], heap[at, 1], heap[at, 2] = first, second, what


@numba.njit(cache=True)
def pop(heap, size):  # type: ignore[no-untyped-def]
    """Take the first event out of a heap of a size; the caller has read it."""
    last = size - 1
    first, second, what = heap[last, 0], heap[last, 1], heap[last, 2]
    at = 0
    while True:
        below = 2 * at + 1
        if below >= last:
            break
        other = below + 1
        if other < last and (
            heap[other, 0] < heap[below, 0] or (heap[other, 0] == heap[below, 0] and heap[other, 1] < heap[below, 1])
        ):
            below = other
        if first < heap[below, 0] or (first == heap[below, 0] and second < heap[below, 1]):
            break
        heap[at, 0], heap[at, 1], heap[at, 2] = heap[below, 0], heap[below, 1], heap[below, 2]
        at = below
    heap[at, 0], heap[at, 1], heap[at, 2] = first, second, what


@numba.njit(cache=True)
def child(who, step, visit, number):  # type: ignore[no-untyped-def]
    """Return what :func:`luck.child` returns."""
    return mix(draw(mix((who + ONE) * G), step, visit, CHILD) + U(number) * G)


@numba.njit(cache=True)
def oldest(  # type: ignore[no-untyped-def]
    now, group, low, high, gql, qage, levels, heads_of_queue, behind, at_step, cannot, came_at, seq
):
    """Return the best stay that a group can begin, where waiting betters priorities or steps are stopped; or -1."""
    found, best, least = np.int64(-1), np.int64(0), np.int64(0)
    for c in range(len(levels)):
        for i in range(low, high):
            candidate = heads_of_queue[gql[i], c]
            while candidate >= 0 and cannot[group, at_step[candidate]]:
                candidate = behind[candidate]
            if candidate < 0:
                continue
            level = levels[c]
            if qage[gql[i]]:
                level = max(np.int64(0), level - (now - came_at[candidate]) // qage[gql[i]])
            if found < 0 or level < best or (level == best and seq[candidate] < least):
                found, best, least = candidate, level, seq[candidate]
    return found


@numba.njit(cache=True)
def line_up(stay, q, c, place, seq, ahead, behind, heads_of_queue, tails_of_queue):  # type: ignore[no-untyped-def]
    """Put a stay in its place in its line: before the first that has a later one, looked for from the nearer end."""
    before, after = tails_of_queue[q, c], heads_of_queue[q, c]
    if after >= 0 and (place[after] > place[stay] or (place[after] == place[stay] and seq[after] > seq[stay])):
        before = np.int64(-1)
    while before >= 0 and (place[before] > place[stay] or (place[before] == place[stay] and seq[before] > seq[stay])):
        before = ahead[before]
    if before >= 0:
        after = behind[before]
    ahead[stay], behind[stay] = before, after
    if before >= 0:
        behind[before] = stay
    else:
        heads_of_queue[q, c] = stay
    if after >= 0:
        ahead[after] = stay
    else:
        tails_of_queue[q, c] = stay


@numba.njit(cache=True)
def bin_of(time):  # type: ignore[no-untyped-def]
    """Return the bin of a time: 64 to each doubling."""
    if time < 128:
        return time
    shift = 0
    while (time >> shift) >= 128:
        shift += 1
    return min(BINS - 1, 64 * (shift + 1) + (time >> shift) - 64)


@numba.njit(cache=True, nogil=True)
def run(  # type: ignore[no-untyped-def]
    stype,
    key,
    qu,
    pdist,
    need,
    gone,
    fptr,
    fto,
    vptr,
    vfrom,
    vvisit,
    voff,
    fcum,
    qgp,
    qgl,
    gqp,
    gql,
    cap0,
    opn0,
    fin,
    cptr,
    cs,
    ce,
    body,
    tail,
    skey,
    sclass,
    classes,
    lptr,
    ltime,
    lcum,
    bstep,
    bcases,
    bstream,
    bkey,
    bounds,
    ctime,
    ckind,
    cgrp,
    cval,
    dist,
    vtype,
    sctype,
    back,
    hsize,
    hwait,
    setup,
    setby,
    qorder,
    qage,
    sdue,
    levels,
    rshare,
    rdist,
    chafter,
    chevery,
    chinto,
    world,
    traced,
    room,
    rows,
    cases,
    counts,
    waits,
    worked,
    bins,
    totals,
):
    """Play one replication; return why it stopped (0 for its end), how many rows and cases it wrote, and a step.

    ``rows`` and ``cases`` are written if ``traced``, else ``counts`` (entered, begun, left and given up by step),
    ``waits`` (by step), ``worked`` (by group), ``bins`` and ``totals`` (over, gave up, time).
    """
    steps, groups, queues, streams = len(stype), len(cap0), len(qgp) - 1, len(skey)
    first_step, limit, unit = bounds[0], bounds[2], bounds[3]
    # cases under way
    lots = np.zeros(room, np.uint64)
    number = np.zeros(room, np.int64)
    arrived = np.zeros(room, np.int64)
    rank = np.zeros(room, np.int64)
    of_type = np.zeros(room, np.int64)
    due = np.zeros(room, np.int64)
    whose = np.zeros(room, np.uint64)
    of_stream = np.zeros(room, np.int64)
    chases = np.zeros(room, np.int8)
    # cases that will call again
    back_who = np.zeros(room, np.uint64)
    back_stream = np.zeros(room, np.int64)
    back_parent = np.zeros(room, np.int64)
    spare_back = np.arange(room - 1, -1, -1)
    spare_backs = room
    branches = np.zeros(room, np.int64)
    ending = np.zeros(room, np.int8)
    gave_up = np.zeros(room, np.int8)
    visits = np.zeros((room, steps), np.int32)
    joined = np.zeros((room, steps), np.int32)
    case_stay = np.full(room, -1, np.int64)  # the first of the stays at which the case queues or waits
    spare_case = np.arange(room - 1, -1, -1)
    spare_cases = room
    # stays: visits that take time
    stays = 2 * room + 2 * steps + 16
    of_case = np.zeros(stays, np.int64)
    at_step = np.zeros(stays, np.int64)
    on_visit = np.zeros(stays, np.int64)
    came_from = np.zeros(stays, np.int64)
    state = np.zeros(stays, np.int8)
    mark = np.zeros(stays, np.int64)
    since = np.zeros(stays, np.int64)
    seq = np.zeros(stays, np.int64)
    with_group = np.zeros(stays, np.int64)
    rest = np.zeros(stays, np.int64)  # what is left of the work once it was taken up, else -1
    whole = np.zeros(stays, np.int64)  # the same when it was taken up last, and what it took to set up
    came_at = np.zeros(stays, np.int64)
    place = np.zeros(stays, np.int64)  # by which its line is sorted, and then by seq
    by_head = np.zeros(stays, np.int64)
    contacts = np.zeros(stays, np.int64)
    ahead = np.full(stays, -1, np.int64)  # in its queue
    behind = np.full(stays, -1, np.int64)
    prior = np.full(stays, -1, np.int64)  # among the stays of its case
    later = np.full(stays, -1, np.int64)
    spare_stay = np.arange(stays - 1, -1, -1)
    spare_stays = stays
    heads_of_queue = np.full((queues, classes), -1, np.int64)
    tails_of_queue = np.full((queues, classes), -1, np.int64)
    first_held = np.full(steps, -1, np.int64)
    last_held = np.full(steps, -1, np.int64)
    held = np.zeros(steps, np.int64)
    aged, sets_up, holds = False, setup.any(), hsize.any() or hwait.any()
    in_order = not holds and not back.any()
    for i in range(queues):
        aged = aged or qage[i] > 0
        in_order = in_order and qorder[i] == FIRST
    most_heads = 1
    for i in range(groups):
        if setup[i]:
            most_heads = max(most_heads, cap0[i])
    last_sort = np.full((groups, most_heads), -1, np.int64)  # what each head did last, where heads set up
    in_hand = np.zeros((groups, most_heads), np.int8)
    calls, hunts, paced = rshare.any(), chafter.any(), False
    for i in range(len(ckind)):
        paced = paced or ckind[i] == PACES - CAPACITIES
        aged = aged or ckind[i] == BLOCKS - CAPACITIES
    pace = np.full(steps + groups, 1000, np.int64)
    cannot = np.zeros((groups, steps), np.int32)
    heads = cap0.astype(np.int64)
    is_open = opn0.copy()
    busy = np.zeros(groups, np.int64)
    cursor = cptr[:-1].astype(np.int64)
    heap = np.zeros((4 * stays + 4 * steps, 3), np.int64)
    events = 0
    # what follows from one event
    lives = np.zeros((2 * steps + room, 3), np.int64)
    fresh = np.zeros(2 * steps + room, np.int64)
    here = np.zeros(2 * steps + room, np.int64)
    # arrivals: those that wait at the start, then each stream's next
    backlog, of_backlog = 0, 0
    while backlog < len(bstep) and bcases[backlog] == 0:
        backlog += 1
    sum_of = np.zeros(streams, np.int64)
    count_of = np.zeros(streams, np.int64)
    corner = lptr[:-1].astype(np.int64)
    next_at = np.full(streams, -1, np.int64)
    next_who = np.zeros(streams, np.uint64)
    for s in range(streams):
        who = U(skey[s]) << U(32)
        lot = mix(world + (who + ONE) * G)
        sum_of[s] = look_up(draw(lot, U(0), U(0), ARRIVING), body[unit], tail[unit])
        next_who[s] = who
        while corner[s] + 1 < lptr[s + 1] and lcum[corner[s] + 1] <= sum_of[s]:
            corner[s] += 1
        if corner[s] + 1 < lptr[s + 1]:
            i = corner[s]
            next_at[s] = ltime[i] + share_of(ltime[i + 1] - ltime[i], sum_of[s] - lcum[i], lcum[i + 1] - lcum[i])
    come, open_cases, joined_queue, control, written = np.int64(0), np.int64(0), np.int64(0), 0, 0
    while True:
        # room for what one event may need, otherwise the play begins anew with more
        if (
            spare_cases < 2
            or spare_stays < 2 * steps + 16
            or len(heap) - events < 2 * (stays - spare_stays) + 4 * steps
        ):
            return FULL, written, come, 0
        if traced and (len(cases) < come + 2 or len(rows) < written + 64):
            return UNTOLD, written, come, 0

        # the next event: a control, an arrival, or what was scheduled
        from_stream, at_arrival = -1, np.int64(-1)
        if backlog < len(bstep):
            from_stream, at_arrival = streams, np.int64(0)
        else:
            for s in range(streams):
                if next_at[s] >= 0 and (from_stream < 0 or next_at[s] < at_arrival):
                    from_stream, at_arrival = s, next_at[s]
        if from_stream < 0 and open_cases == 0 and spare_backs == room:
            break
        best = np.int64(2**62)
        if control < len(ctime):
            best = ctime[control] * 16 + CAPACITIES + ckind[control]
        source = 0
        if from_stream >= 0 and at_arrival * 16 + ARRIVAL < best:
            best, source = at_arrival * 16 + ARRIVAL, 1
        if events and heap[0, 0] < best:
            best, source = heap[0, 0], 2
        now = best >> 4
        if best == 2**62 or now > limit:
            break
        lined, ran, fresh_ones, touched, released = 0, 0, 0, -1, -1
        admits, chasing, who, stream, count, into = False, 0, U(0), np.int64(0), np.int64(0), np.int64(0)

        # apply it
        if source == 0:
            touched = cgrp[control]
            if ckind[control] == CAPACITY:
                heads[touched] += cval[control]
            elif ckind[control] == PACES - CAPACITIES:
                pace[touched] = cval[control]
                touched = -1
            elif ckind[control] == BLOCKS - CAPACITIES:
                cannot[touched, cval[control] // 2] += 1 if cval[control] % 2 else -1
            else:
                is_open[touched] = cval[control]
            control += 1
        elif source == 1:
            admits = True
            if from_stream == streams:
                stream, into = np.int64(bstream[backlog]), np.int64(bstep[backlog])
                count = np.int64(of_backlog)
                who = (U(bkey[backlog]) << U(32)) | U(of_backlog)
                of_backlog += 1
                while backlog < len(bstep) and of_backlog >= bcases[backlog]:
                    backlog, of_backlog = backlog + 1, 0
            else:
                s = from_stream
                stream, count, into, who = np.int64(s), count_of[s], first_step, next_who[s]
                count_of[s] += 1
                following = (U(skey[s]) << U(32)) | U(count_of[s])
                lot = mix(world + (following + ONE) * G)
                sum_of[s] += look_up(draw(lot, U(0), U(0), ARRIVING), body[unit], tail[unit])
                next_who[s] = following
                while corner[s] + 1 < lptr[s + 1] and lcum[corner[s] + 1] <= sum_of[s]:
                    corner[s] += 1
                next_at[s] = -1
                if corner[s] + 1 < lptr[s + 1]:
                    i = corner[s]
                    rise = lcum[i + 1] - lcum[i]
                    next_at[s] = ltime[i] + share_of(ltime[i + 1] - ltime[i], sum_of[s] - lcum[i], rise)
        else:
            stay, second = heap[0, 2], heap[0, 1]
            kind = best & 15
            pop(heap, events)
            events -= 1
            if kind == RETURN:
                admits, into = True, first_step
                who, stream, count = back_who[stay], back_stream[stay], -1 - back_parent[stay]
                spare_back[spare_backs] = stay
                spare_backs += 1
            elif mark[stay] != second:
                continue
            case, step, visit = of_case[stay], at_step[stay], on_visit[stay]
            if kind == RETURN:
                pass
            elif kind == CHASE:
                if state[stay] == SERVED:
                    continue
                contacts[stay] += 1
                admits, into, chasing = True, np.int64(chinto[step]), 1
                who = child(whose[case], U(key[step]), U(visit), contacts[stay])
                stream, count = of_stream[case], -1 - number[case]
                if chevery[step]:
                    if events == len(heap):
                        return FULL, written, come, 0
                    push(heap, events, (now + chevery[step]) * 16 + CHASE, mark[stay], stay)
                    events += 1
            elif kind == SHIFT_OVER:
                touched = with_group[stay]
                busy[touched] -= 1
                if sets_up and setup[touched]:
                    in_hand[touched, by_head[stay]] = 0
                if traced:
                    rows[written, 0], rows[written, 1], rows[written, 2] = now, PUT_BACK, number[case]
                    rows[written, 3], rows[written, 4], rows[written, 5] = step, visit, touched
                    written += 1
                else:
                    worked[touched] += now - since[stay]
                if ending[case]:
                    if traced:
                        rows[written, 0], rows[written, 1], rows[written, 2] = now, WITHDRAW, number[case]
                        rows[written, 3], rows[written, 4], rows[written, 5] = step, visit, -1
                        written += 1
                    state[stay], mark[stay] = FREE, -1
                    spare_stay[spare_stays] = stay
                    spare_stays += 1
                    lives[0, 0], lives[0, 1], lives[0, 2] = case, step, step
                    lined = 1
                else:
                    if back[touched] == HAND_OVER:
                        rest[stay] = min(rest[stay], whole[stay] - (now - since[stay]))
                    since[stay], state[stay] = now, QUEUING
                    later[stay], prior[stay] = case_stay[case], -1
                    if case_stay[case] >= 0:
                        prior[case_stay[case]] = stay
                    case_stay[case] = stay
                    c, q = rank[case], qu[step]
                    line_up(stay, q, c, place, seq, ahead, behind, heads_of_queue, tails_of_queue)
                    fresh[0] = stay
                    fresh_ones = 1
            elif kind == HELD_LONG:
                if state[stay] != HELD:
                    continue
                released = step
            elif kind == IMPATIENT and (state[stay] != QUEUING or rest[stay] >= 0):
                continue
            elif kind == IMPATIENT:
                c, q = rank[case], qu[step]
                if ahead[stay] >= 0:
                    behind[ahead[stay]] = behind[stay]
                else:
                    heads_of_queue[q, c] = behind[stay]
                if behind[stay] >= 0:
                    ahead[behind[stay]] = ahead[stay]
                else:
                    tails_of_queue[q, c] = ahead[stay]
                gave_up[case] = 1
                if traced:
                    rows[written, 0], rows[written, 1], rows[written, 2] = now, GIVE_UP, number[case]
                    rows[written, 3], rows[written, 4], rows[written, 5] = step, visit, -1
                    written += 1
                else:
                    counts[3, step] += 1
                    waits[step] += now - since[stay]
                lives[0, 0], lives[0, 1], lives[0, 2] = case, gone[step], step
                if calls and np.int64(draw(lots[case], U(key[step]), U(visit), AGAIN) >> U(32)) < rshare[step]:
                    if spare_backs == 0 or events == len(heap):
                        return FULL, written, come, 0
                    bits = draw(lots[case], U(key[step]), U(visit), BACK)
                    over = now + look_up(bits, body[rdist[step]], tail[rdist[step]])
                    spare_backs -= 1
                    i = spare_back[spare_backs]
                    back_who[i] = child(whose[case], U(key[step]), U(visit), 0)
                    back_stream[i], back_parent[i] = of_stream[case], number[case]
                    push(heap, events, over * 16 + RETURN, mark[stay], i)
                    events += 1
            else:
                if state[stay] == SERVED:
                    touched = with_group[stay]
                    busy[touched] -= 1
                    if sets_up and setup[touched]:
                        in_hand[touched, by_head[stay]] = 0
                    if not traced:
                        worked[touched] += now - since[stay]
                if traced:
                    rows[written, 0], rows[written, 1], rows[written, 2] = now, LEAVE, number[case]
                    rows[written, 3], rows[written, 4], rows[written, 5] = step, visit, -1
                    written += 1
                else:
                    counts[2, step] += 1
                onto, came = step, step
                if not ending[case]:
                    low = fptr[step]
                    onto = fto[low]
                    if fptr[step + 1] - low > 1:
                        bits = np.int64(draw(lots[case], U(key[step]), U(visit), ROUTE) >> U(32))
                        for v in range(vptr[step], vptr[step + 1]):
                            if (
                                (vfrom[v] == -1 or vfrom[v] == came_from[stay])
                                and visit >= vvisit[v]
                                and (vtype[v] == -1 or vtype[v] == of_type[case])
                            ):
                                i = 0
                                while bits >= fcum[voff[v] + i]:
                                    i += 1
                                onto = fto[low + i]
                                break
                lives[0, 0], lives[0, 1], lives[0, 2] = case, onto, came
            if kind != SHIFT_OVER and kind != HELD_LONG and not admits:
                if kind == IMPATIENT or state[stay] == WAITING:
                    if prior[stay] >= 0:
                        later[prior[stay]] = later[stay]
                    else:
                        case_stay[case] = later[stay]
                    if later[stay] >= 0:
                        prior[later[stay]] = prior[stay]
                state[stay], mark[stay] = FREE, -1
                spare_stay[spare_stays] = stay
                spare_stays += 1
                lined = 1

        # a case that comes: of itself, again, or because another waits
        if admits:
            if come > MOST_CASES:
                return TOO_MANY, written, come, 0
            if open_cases == MOST_UNDER_WAY:
                queued = np.zeros(steps, np.int64)
                for i in range(stays):
                    if state[i] == QUEUING or state[i] == HELD:
                        queued[at_step[i]] += 1
                return OVERRUN, written, come, np.argmax(queued)
            spare_cases -= 1
            case = spare_case[spare_cases]
            lots[case], whose[case] = mix(world + (who + ONE) * G), who
            number[case], arrived[case], rank[case], branches[case] = come, now, sclass[stream], 1
            ending[case], gave_up[case], case_stay[case], of_type[case] = 0, 0, -1, sctype[stream]
            due[case], of_stream[case], chases[case] = now + sdue[stream], stream, chasing
            for i in range(steps):
                visits[case, i] = 0
                joined[case, i] = 0
            if traced:
                cases[come, 0], cases[come, 1], cases[come, 2] = now, stream, count
            come += 1
            open_cases += 1
            lives[0, 0], lives[0, 1], lives[0, 2] = case, into, -1
            lined = 1

        # let the lives that follow run until each blocks
        while ran < lined or released >= 0:
            if released >= 0:
                step, released = released, -1
                following_stay = first_held[step]
                first_held[step], last_held[step], held[step] = -1, -1, 0
                while following_stay >= 0:
                    stay = following_stay
                    following_stay = behind[stay]
                    case, visit = of_case[stay], on_visit[stay]
                    if traced:
                        if written + 4 > len(rows):
                            return UNTOLD, written, come, 0
                        rows[written, 0], rows[written, 1], rows[written, 2] = now, RELEASE, number[case]
                        rows[written, 3], rows[written, 4], rows[written, 5] = step, visit, -1
                        written += 1
                    if stype[step] == WAIT:
                        state[stay] = WAITING
                        bits = draw(lots[case], U(key[step]), U(visit), DURATION)
                        shape = dist[of_type[case], step]
                        over = now + look_up(bits, body[shape], tail[shape])
                        if paced:
                            over = now + (over - now) * pace[step] // 1000
                        if events == len(heap):
                            return FULL, written, come, 0
                        push(heap, events, over * 16 + DONE, mark[stay], stay)
                        events += 1
                        continue
                    state[stay] = QUEUING
                    c, q = rank[case], qu[step]
                    seq[stay] = joined_queue
                    joined_queue += 1
                    place[stay] = seq[stay] if qorder[q] == FIRST else due[case] if qorder[q] == DUE else -seq[stay]
                    line_up(stay, q, c, place, seq, ahead, behind, heads_of_queue, tails_of_queue)
                    if fresh_ones == len(fresh):
                        return FULL, written, come, 0
                    fresh[fresh_ones] = stay
                    fresh_ones += 1
                continue
            case, step, came = lives[ran, 0], lives[ran, 1], lives[ran, 2]
            ran += 1
            blocked = False
            while not ending[case]:
                if need[step]:
                    visit = visits[case, step] + (1 if joined[case, step] == 0 else 0)
                else:
                    visit = visits[case, step] + 1
                if visit > MOST_VISITS:
                    return WENT_ROUND, written, come, step
                visits[case, step] = visit
                if traced:
                    if written + 4 > len(rows):
                        return UNTOLD, written, come, 0
                    rows[written, 0], rows[written, 1], rows[written, 2] = now, ENTER, number[case]
                    rows[written, 3], rows[written, 4], rows[written, 5] = step, visit, -1
                    written += 1
                else:
                    counts[0, step] += 1
                sort = stype[step]
                if sort in (WORK, WAIT):
                    if spare_stays == 0:
                        return FULL, written, come, 0
                    spare_stays -= 1
                    stay = spare_stay[spare_stays]
                    of_case[stay], at_step[stay], on_visit[stay], came_from[stay] = case, step, visit, came
                    mark[stay] = (number[case] << 28) | (step << 16) | visit
                    since[stay], rest[stay], came_at[stay] = now, -1, now
                    if hunts and chafter[step] and not chases[case]:
                        contacts[stay] = 0
                        if events == len(heap):
                            return FULL, written, come, 0
                        push(heap, events, (now + chafter[step]) * 16 + CHASE, mark[stay], stay)
                        events += 1
                    later[stay], prior[stay] = case_stay[case], -1
                    if case_stay[case] >= 0:
                        prior[case_stay[case]] = stay
                    case_stay[case] = stay
                    if holds and (hsize[step] or hwait[step]):
                        state[stay] = HELD
                        ahead[stay], behind[stay] = last_held[step], -1
                        if last_held[step] >= 0:
                            behind[last_held[step]] = stay
                        else:
                            first_held[step] = stay
                        last_held[step] = stay
                        held[step] += 1
                        if hwait[step]:
                            if events == len(heap):
                                return FULL, written, come, 0
                            push(heap, events, (now + hwait[step]) * 16 + HELD_LONG, mark[stay], stay)
                            events += 1
                        if held[step] == hsize[step]:
                            released = step
                    elif sort == WAIT:
                        state[stay] = WAITING
                        bits = draw(lots[case], U(key[step]), U(visit), DURATION)
                        shape = dist[of_type[case], step]
                        over = now + look_up(bits, body[shape], tail[shape])
                        if paced:
                            over = now + (over - now) * pace[step] // 1000
                        if events == len(heap):
                            return FULL, written, come, 0
                        push(heap, events, over * 16 + DONE, mark[stay], stay)
                        events += 1
                    else:
                        state[stay] = QUEUING
                        c, q = rank[case], qu[step]
                        seq[stay] = joined_queue
                        joined_queue += 1
                        if in_order:
                            ahead[stay], behind[stay] = tails_of_queue[q, c], -1
                            if tails_of_queue[q, c] >= 0:
                                behind[tails_of_queue[q, c]] = stay
                            else:
                                heads_of_queue[q, c] = stay
                            tails_of_queue[q, c] = stay
                        else:
                            place[stay] = (
                                seq[stay] if qorder[q] == FIRST else due[case] if qorder[q] == DUE else -seq[stay]
                            )
                            line_up(stay, q, c, place, seq, ahead, behind, heads_of_queue, tails_of_queue)
                        if fresh_ones == len(fresh):
                            return FULL, written, come, 0
                        fresh[fresh_ones] = stay
                        fresh_ones += 1
                    blocked = True
                    break
                if sort == FORK:
                    branches[case] += fptr[step + 1] - fptr[step] - 1
                    for f in range(fptr[step], fptr[step + 1]):
                        if lined == len(lives):
                            return FULL, written, come, 0
                        lives[lined, 0], lives[lined, 1], lives[lined, 2] = case, fto[f], step
                        lined += 1
                    blocked = True
                    break
                if sort == JOIN:
                    joined[case, step] += 1
                    if joined[case, step] < need[step]:
                        branches[case] -= 1
                        blocked = True
                        break
                    joined[case, step] = 0
                    if traced:
                        rows[written, 0], rows[written, 1], rows[written, 2] = now, LEAVE, number[case]
                        rows[written, 3], rows[written, 4], rows[written, 5] = step, visit, -1
                        written += 1
                    else:
                        counts[2, step] += 1
                if sort == END:
                    ending[case] = 1
                    gathered = 0
                    stay = case_stay[case]
                    while stay >= 0:
                        if gathered == len(here):
                            return FULL, written, come, 0
                        at = gathered
                        while at > 0 and mark[here[at - 1]] > mark[stay]:
                            here[at] = here[at - 1]
                            at -= 1
                        here[at] = stay
                        gathered += 1
                        stay = later[stay]
                    for i in range(gathered):
                        stay = here[i]
                        if state[stay] == HELD:
                            if ahead[stay] >= 0:
                                behind[ahead[stay]] = behind[stay]
                            else:
                                first_held[at_step[stay]] = behind[stay]
                            if behind[stay] >= 0:
                                ahead[behind[stay]] = ahead[stay]
                            else:
                                last_held[at_step[stay]] = ahead[stay]
                            held[at_step[stay]] -= 1
                        elif state[stay] == QUEUING:
                            c, q = rank[case], qu[at_step[stay]]
                            if ahead[stay] >= 0:
                                behind[ahead[stay]] = behind[stay]
                            else:
                                heads_of_queue[q, c] = behind[stay]
                            if behind[stay] >= 0:
                                ahead[behind[stay]] = ahead[stay]
                            else:
                                tails_of_queue[q, c] = ahead[stay]
                        if traced:
                            if written + 4 > len(rows):
                                return UNTOLD, written, come, 0
                            rows[written, 0], rows[written, 1], rows[written, 2] = now, WITHDRAW, number[case]
                            rows[written, 3], rows[written, 4] = at_step[stay], on_visit[stay]
                            rows[written, 5] = -1
                            written += 1
                        state[stay], mark[stay] = FREE, -1
                        spare_stay[spare_stays] = stay
                        spare_stays += 1
                        branches[case] -= 1
                    case_stay[case] = -1
                    break
                # the next step: the only one, or the one that luck chooses under the shares that hold
                low = fptr[step]
                onto = fto[low]
                if fptr[step + 1] - low > 1:
                    bits = np.int64(draw(lots[case], U(key[step]), U(visit), ROUTE) >> U(32))
                    for v in range(vptr[step], vptr[step + 1]):
                        if (
                            (vfrom[v] == -1 or vfrom[v] == came)
                            and visit >= vvisit[v]
                            and (vtype[v] == -1 or vtype[v] == of_type[case])
                        ):
                            i = 0
                            while bits >= fcum[voff[v] + i]:
                                i += 1
                            onto = fto[low + i]
                            break
                came, step = step, onto
            if blocked:
                continue
            branches[case] -= 1
            if branches[case] == 0:
                open_cases -= 1
                if traced:
                    if written + 4 > len(rows):
                        return UNTOLD, written, come, 0
                    rows[written, 0], rows[written, 1], rows[written, 2] = now, CLOSE, number[case]
                    rows[written, 3], rows[written, 4], rows[written, 5] = step, 0, gave_up[case]
                    written += 1
                else:
                    took = now - arrived[case]
                    totals[0] += 1
                    if gave_up[case]:
                        totals[1] += 1
                    else:
                        totals[2] += took
                        bins[bin_of(took)] += 1
                spare_case[spare_cases] = case
                spare_cases += 1

        # give people work: the group that was touched, then the groups that may take up what is new
        turn, of_turn = -1, 0
        while turn < fresh_ones:
            if turn == -1:
                group = touched
                turn += 1
                if group < 0:
                    continue
            else:
                stay = fresh[turn]
                q = qu[at_step[stay]]
                if state[stay] != QUEUING or qgp[q] + of_turn >= qgp[q + 1]:
                    turn, of_turn = turn + 1, 0
                    continue
                group = qgl[qgp[q] + of_turn]
                of_turn += 1
            while is_open[group] and busy[group] < heads[group]:
                found, least = np.int64(-1), np.int64(-1)
                if aged:
                    low, high = gqp[group], gqp[group + 1]
                    found = oldest(
                        now, group, low, high, gql, qage, levels, heads_of_queue, behind, at_step, cannot, came_at, seq
                    )
                for c in range(0 if aged else classes):
                    for i in range(gqp[group], gqp[group + 1]):
                        candidate = heads_of_queue[gql[i], c]
                        if candidate >= 0 and (found < 0 or seq[candidate] < least):
                            found, least = candidate, seq[candidate]
                    if found >= 0:
                        break
                if found < 0:
                    break
                case, step, visit = of_case[found], at_step[found], on_visit[found]
                c, q = rank[case], qu[step]
                if ahead[found] >= 0:
                    behind[ahead[found]] = behind[found]
                else:
                    heads_of_queue[q, c] = behind[found]
                if behind[found] >= 0:
                    ahead[behind[found]] = ahead[found]
                else:
                    tails_of_queue[q, c] = ahead[found]
                if prior[found] >= 0:
                    later[prior[found]] = later[found]
                else:
                    case_stay[case] = later[found]
                if later[found] >= 0:
                    prior[later[found]] = prior[found]
                state[found], with_group[found] = SERVED, group
                busy[group] += 1
                if traced:
                    if written + 4 > len(rows):
                        return UNTOLD, written, come, 0
                    rows[written, 0], rows[written, 1], rows[written, 2] = now, BEGIN, number[case]
                    rows[written, 3], rows[written, 4], rows[written, 5] = step, visit, group
                    written += 1
                else:
                    counts[1, step] += rest[found] < 0
                    waits[step] += now - since[found]
                since[found] = now
                if rest[found] < 0:
                    bits = draw(lots[case], U(key[step]), U(visit), DURATION)
                    shape = dist[of_type[case], step]
                    rest[found] = look_up(bits, body[shape], tail[shape])
                    if paced:
                        rest[found] = rest[found] * pace[step] // 1000 * pace[steps + group] // 1000
                left = rest[found]
                if sets_up and setup[group]:
                    kind_of_work = of_type[case] if setby[group] else step
                    head = -1
                    for i in range(cap0[group]):
                        if in_hand[group, i]:
                            continue
                        if last_sort[group, i] == kind_of_work:
                            head = i
                            break
                        if head < 0 or (last_sort[group, i] < 0 and last_sort[group, head] >= 0):
                            head = i
                    if last_sort[group, head] >= 0 and last_sort[group, head] != kind_of_work:
                        left += setup[group]
                    last_sort[group, head], in_hand[group, head], by_head[found] = kind_of_work, 1, head
                whole[found] = left
                over = np.int64(-1)
                if fin[group]:
                    over = now + left
                else:
                    while cursor[group] < cptr[group + 1] and ce[cursor[group]] < now:
                        cursor[group] += 1
                    for i in range(cursor[group], cptr[group + 1]):
                        begins = max(cs[i], now)
                        if left <= ce[i] - begins:
                            over = begins + left
                            break
                        if back[group]:
                            if events == len(heap):
                                return FULL, written, come, 0
                            push(heap, events, ce[i] * 16 + SHIFT_OVER, mark[found], found)
                            events += 1
                            break
                        left -= ce[i] - begins
                if over >= 0:
                    if events == len(heap):
                        return FULL, written, come, 0
                    push(heap, events, over * 16 + DONE, mark[found], found)
                    events += 1

        # patience of those who are new and still wait
        for i in range(fresh_ones):
            stay = fresh[i]
            step = at_step[stay]
            if state[stay] == QUEUING and rest[stay] < 0 and pdist[step] >= 0:
                bits = draw(lots[of_case[stay]], U(key[step]), U(on_visit[stay]), PATIENCE)
                over = now + look_up(bits, body[pdist[step]], tail[pdist[step]])
                if events == len(heap):
                    return FULL, written, come, 0
                push(heap, events, over * 16 + IMPATIENT, mark[stay], stay)
                events += 1
    return 0, written, come, 0


def play(plan: Plan, seed: int, replication: int) -> Trace:
    """Play one replication of a plan and return its trace, equal to the reference's."""
    world = luck.world(seed, replication)
    played = _played(plan, world, traced=True)
    return Trace(played.rows, played.cases, world)


@dataclass(frozen=True)
class Totals:
    """What one replication adds up to when no trace is kept."""

    over: int
    """Cases that came to an end."""
    gave_up: int
    time: int
    """Time in process of the cases that were completed, ms."""
    arrived: int
    entered: Ints
    """Visits by step; then how many of them began, were left, and were given up."""
    began: Ints
    left: Ints
    given_up: Ints
    waits: Ints
    """Time in queues by step, ms."""
    in_hand: Ints
    """Time from taking up work to its end, by group, ms."""
    bins: Ints
    """Completed cases by time in process, 64 bins to each doubling."""

    @property
    def completed(self) -> int:
        """Cases that came to an end without giving up."""
        return self.over - self.gave_up

    @property
    def mean_time(self) -> float:
        """Mean time in process of completed cases, ms; nan where there are none."""
        return self.time / self.completed if self.completed else float("nan")

    def percentile(self, part: float) -> int:
        """Return a time that a share of completed cases does not exceed, ms, at most 1.6 % too high."""
        reached = np.searchsorted(np.cumsum(self.bins), part * self.completed)
        return int(upper_end(int(reached)))


def upper_end(number: int) -> int:
    """Return the largest time that falls into a bin.

    >>> upper_end(100), int(bin_of(upper_end(1000))), int(bin_of(upper_end(1000) + 1))
    (100, 1000, 1001)
    """
    if number < 128:
        return number
    shift = number // 64 - 1
    return ((number % 64 + 64 + 1) << shift) - 1


def total(plan: Plan, seed: int, replication: int) -> Totals:
    """Play one replication of a plan and keep no more than its sums: memory does not grow with the number of cases."""
    played = _played(plan, luck.world(seed, replication), traced=False)
    over, gave_up, time = played.totals.tolist()
    entered, began, left, given_up = played.counts
    return Totals(
        over=over,
        gave_up=gave_up,
        time=time,
        arrived=played.arrived,
        entered=entered,
        began=began,
        left=left,
        given_up=given_up,
        waits=played.waits,
        in_hand=played.in_hand,
        bins=played.bins,
    )


_room: dict[str, tuple[int, int, int]] = {}
"""Room that plans were found to need: cases under way, rows a case, cases; only plans that needed more are here."""


class _Played(NamedTuple):
    rows: Ints
    cases: Ints
    arrived: int
    counts: Ints
    waits: Ints
    in_hand: Ints
    bins: Ints
    totals: Ints


def _played(plan: Plan, world: int, traced: bool) -> _Played:
    """Play a replication, anew with more room where there was too little."""
    known = np.unique(plan.sprio)
    ranks = np.searchsorted(known, plan.sprio).astype(np.int64)
    changes = np.array(controls(plan, world), np.int64).reshape(-1, 4)
    usual = plan.expected + plan.expected // 8 + 64
    room, told, expected = _room.get(plan.digest, (FIRST_ROOM, FIRST_ROWS, usual))
    while True:
        kept = _Played(
            rows=np.empty((told * expected if traced else 0, 6), np.int64),
            cases=np.empty((expected if traced else 0, 3), np.int64),
            arrived=0,
            counts=np.zeros((4, len(plan.stype)), np.int64),
            waits=np.zeros(len(plan.stype), np.int64),
            in_hand=np.zeros(len(plan.cap0), np.int64),
            bins=np.zeros(BINS, np.int64),
            totals=np.zeros(3, np.int64),
        )
        loop: Any = run
        why, written, come, step = loop(
            *(getattr(plan, name) for name in BEFORE),
            plan.Q,
            plan.QT,
            plan.skey,
            ranks,
            max(1, len(known)),
            *(getattr(plan, name) for name in AFTER),
            *(np.ascontiguousarray(changes[:, n]) for n in range(4)),
            *_filled(plan),
            known.astype(np.int64),
            *_children(plan),
            np.uint64(world),
            traced,
            room,
            *(kept.rows, kept.cases, kept.counts, kept.waits, kept.in_hand, kept.bins, kept.totals),
        )
        if why in (FULL, UNTOLD):
            if why == FULL:
                room *= 2
            elif len(kept.cases) < come + 2:
                expected *= 2
            else:
                told *= 2
            _room[plan.digest] = room, told, expected
            continue
        if why == WENT_ROUND:
            raise ModelError("too_many_visits", step=plan.names[step], most=MOST_VISITS)
        if why == OVERRUN:
            raise ModelError("too_many_under_way", step=plan.names[step], most=MOST_UNDER_WAY)
        if why == TOO_MANY:
            raise ModelError("too_many_cases", most=MOST_CASES)
        return kept._replace(rows=kept.rows[:written].copy(), cases=kept.cases[:come].copy(), arrived=int(come))


@lru_cache(maxsize=8)
def _filled(plan: Plan) -> tuple[Any, ...]:
    """Return the arrays that a plan may leave out, as the loop reads them."""
    steps, streams, groups, queues = len(plan.stype), len(plan.skey), len(plan.cap0), len(plan.qgp) - 1
    types = 1 + max(plan.sctype.tolist(), default=0)
    return (
        plan.tdist.reshape(-1, steps) if plan.tdist.size else np.tile(plan.dist, (types, 1)),
        plan.vtype if plan.vtype.size else np.full(len(plan.vfrom), -1, np.int32),
        _or_none(plan.sctype, streams),
        *(_or_none(*pair) for pair in ((plan.back, groups), (plan.hsize, steps), (plan.hwait, steps))),
        *(_or_none(*pair) for pair in ((plan.setup, groups), (plan.setby, groups))),
        *(_or_none(*pair) for pair in ((plan.qorder, queues), (plan.qage, queues), (plan.sdue, streams))),
    )


@lru_cache(maxsize=8)
def _children(plan: Plan) -> tuple[Any, ...]:
    """Return by which rules cases bring about others, as the loop reads them."""
    arrays = (plan.rshare, plan.rdist, plan.chafter, plan.chevery, plan.chinto)
    return tuple(_or_none(array, len(plan.stype)) for array in arrays)


def _or_none(array: NDArray[Any], size: int) -> NDArray[Any]:
    """Return an array, or noughts where the plan leaves it out."""
    return array if array.size else np.zeros(size, array.dtype)


BEFORE = (
    *("stype", "key", "qu", "pdist", "need", "gone", "fptr", "fto", "vptr", "vfrom", "vvisit", "voff", "fcum"),
    *("qgp", "qgl", "gqp", "gql", "cap0", "opn0", "fin", "cptr", "cs", "ce"),
)
AFTER = ("lptr", "ltime", "lcum", "bstep", "bcases", "bstream", "bkey", "bounds")
"""Arrays of the plan that the loop reads, before and after tables, keys and ranks of streams."""
