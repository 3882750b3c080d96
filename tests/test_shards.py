"""How shards are shared out: fairly, to the poorest first, and then left alone."""

import itertools

import pytest

from bot.ids import GuildId
from bot.processes.shards import Holdings, KnownShards, balance, shard_of


def settled(held: dict[str, int], count: int) -> list[dict[str, int]]:
    """Let everybody look in turn until nobody changes anything; return all states."""
    states = [dict(held)]
    for _ in range(20 * count):
        before = dict(held)
        for one in list(held):
            holdings = Holdings(
                count=count,
                ours=frozenset(),
                this_process=one,
                staying=len(held),
                held={name: n for name, n in held.items() if n},
            )
            held[one] += balance(holdings)
            assert 0 <= sum(held.values()) <= count
            assert held[one] >= 0
        states.append(dict(held))
        if held == before:
            return states
    pytest.fail(f"never at rest: {states[-3:]}")


@pytest.mark.parametrize("count", [1, 2, 3, 4, 7, 16])
@pytest.mark.parametrize("processes", [1, 2, 3, 5, 20])
@pytest.mark.parametrize("first", [0.0, 0.5, 1.0])
def test_whoever_had_them_all_end_with_their_share(
    count: int, processes: int, first: float
) -> None:
    held = {f"p{number}": 0 for number in range(processes)}
    held["p0"] = int(count * first)
    held["p1" if processes > 1 else "p0"] += count // 4 if first < 1 else 0

    last = settled(held, count)[-1]

    assert sum(last.values()) == count
    assert max(last.values()) - min(last.values()) <= 1


def test_a_process_gives_away_one_at_a_time() -> None:
    states = settled({"a": 8, "b": 0}, 8)

    given = [before["a"] - after["a"] for before, after in itertools.pairwise(states)]
    assert max(given) == 1
    assert states[-1] == {"a": 4, "b": 4}


def test_who_came_last_is_not_left_without_while_others_have_two() -> None:
    assert sorted(settled({"a": 2, "b": 2, "c": 0}, 4)[-1].values()) == [1, 1, 2]


def test_servers_of_other_shards_are_not_covered() -> None:
    guild_id = GuildId(5 << 22)
    assert shard_of(guild_id, 4) == 1

    assert KnownShards(count=4, numbers=frozenset({1})).cover(guild_id)
    assert not KnownShards(count=4, numbers=frozenset({0, 2, 3})).cover(guild_id)
    assert not KnownShards(count=0, numbers=frozenset({0})).cover(guild_id)
