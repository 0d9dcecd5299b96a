"""Turns: so many at once, so many waiting, and nobody is forgotten."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from hub.kit.turns import Turns


def test_of_many_at_once_so_many_have_a_turn_and_in_the_end_all_had_one() -> None:
    turns, begun, end, lock = Turns(2), threading.Semaphore(0), threading.Event(), threading.Lock()
    running: list[int] = [0, 0]

    def work(_: int) -> None:
        with turns.turn():
            with lock:
                running[0] += 1
                running[1] = max(running)
            begun.release()
            end.wait(10)
            with lock:
                running[0] -= 1

    with ThreadPoolExecutor(9) as pool:
        done = [pool.submit(work, number) for number in range(9)]
        assert begun.acquire(timeout=10)
        assert begun.acquire(timeout=10)
        assert not begun.acquire(timeout=0.05)
        end.set()
        for one in done:
            one.result(10)
    assert running == [0, 2]


def test_who_finds_no_turn_in_time_is_told_so_and_takes_none_away() -> None:
    turns = Turns(1)
    with turns.turn(), turns.turn_within(0.01) as mine:
        assert not mine
    for _ in range(3):
        with turns.turn_within(0) as mine:
            assert mine


def test_where_enough_wait_the_next_is_told_at_once() -> None:
    turns = Turns(1, waiting=1)

    def wait() -> bool:
        with turns.turn_within(30) as mine:
            return mine

    with ThreadPoolExecutor(1) as pool:
        with turns.turn():
            first = pool.submit(wait)
            while turns._seats.acquire(blocking=False):  # until the one who waits has the seat
                turns._seats.release()
            with turns.turn_within(3600) as mine:
                assert not mine
        assert first.result(30)


def test_an_error_gives_the_turn_back() -> None:
    turns = Turns(1)
    for _ in range(2):
        try:
            with turns.turn_within(0) as mine:
                assert mine
                raise ValueError
        except ValueError:
            continue
