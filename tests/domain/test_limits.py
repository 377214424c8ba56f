"""Rules on limits: which one says what holds, and which can't be."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from kaiga.domain.errors import FieldInvalid
from kaiga.domain.fair_queue import FairQueue
from kaiga.domain.ids import AccountId, KeyId, Lane
from kaiga.domain.limits import LimitBook, LimitRule, Limits, LimitScope, check_rule, check_scope

ACCOUNT, OTHER = AccountId("a"), AccountId("b")
PICTURES, CLIPS = "pictures", "clips"
KEY = KeyId("1000001")


def make_rule(**said: Any) -> LimitRule:
    return LimitRule(**said)


def make_book(*rules: LimitRule, **defaults: int) -> LimitBook:
    book = LimitBook(Limits(**defaults))
    book.replace(rules)
    return book


class TestWhatHolds:
    def test_without_rules_and_settings_nothing_is_limited(self):
        book = LimitBook()

        assert book.find_limits(ACCOUNT, PICTURES) == Limits()
        assert book.find_weight(ACCOUNT) == 1.0
        assert book.find_running_limit(Lane(ACCOUNT, PICTURES)) is None
        assert book.find_queue_limit(Lane(ACCOUNT, PICTURES)) is None
        assert not book.limits_submissions
        assert not book.limits_queries

    @pytest.mark.parametrize(
        ("account", "model", "expected"),
        [(ACCOUNT, PICTURES, 4), (ACCOUNT, CLIPS, 3), (OTHER, PICTURES, 2), (OTHER, CLIPS, 1)],
    )
    def test_the_most_specific_rule_says_it(self, account: AccountId, model: str, expected: int):
        book = make_book(
            make_rule(running_tasks=1),
            make_rule(model=PICTURES, running_tasks=2),
            make_rule(account=ACCOUNT, running_tasks=3),
            make_rule(account=ACCOUNT, model=PICTURES, running_tasks=4),
            running_tasks=9,
        )

        assert book.find_running_limit(Lane(account, model)) == expected

    def test_each_field_is_said_by_the_most_specific_rule_that_says_it(self):
        book = make_book(
            make_rule(queued_tasks=50, queries_per_second=20),
            make_rule(account=ACCOUNT, submissions_per_minute=30),
            make_rule(account=ACCOUNT, model=PICTURES, running_tasks=2),
            submissions_per_second=5,
            queued_tasks=100,
        )

        assert book.find_limits(ACCOUNT, PICTURES) == Limits(
            submissions_per_second=5,
            submissions_per_minute=30,
            running_tasks=2,
            queued_tasks=50,
            queries_per_second=20,
        )

    def test_none_lifts_what_more_general_rules_say(self):
        book = make_book(make_rule(account=ACCOUNT, queued_tasks=None), queued_tasks=5)

        assert book.find_queue_limit(Lane(ACCOUNT, PICTURES)) is None
        assert book.find_queue_limit(Lane(OTHER, PICTURES)) == 5

    def test_a_key_s_rule_is_beside_its_account_s(self):
        book = make_book(make_rule(key_id=KEY, queries_per_second=2))

        assert book.find_key_limits(KEY) == Limits(queries_per_second=2)
        assert book.find_key_limits(KeyId("1000002")) == Limits()
        assert book.find_limits(ACCOUNT, None) == Limits()
        assert book.limits_queries

    def test_a_weight_is_its_account_s_alone(self):
        book = make_book(make_rule(account=ACCOUNT, weight=2.5))

        assert (book.find_weight(ACCOUNT), book.find_weight(OTHER)) == (2.5, 1.0)

    @pytest.mark.parametrize(
        ("name", "submissions", "queries"),
        [
            ("submissions_per_second", True, False),
            ("submissions_per_minute", True, False),
            ("queries_per_second", False, True),
            ("running_tasks", False, False),
            ("queued_tasks", False, False),
        ],
    )
    def test_the_book_knows_whether_there_is_anything_to_count(
        self, name: str, submissions: bool, queries: bool
    ):
        books = [
            make_book(make_rule(account=OTHER, **{name: 1})),
            LimitBook(Limits(**{name: 1})),
        ]

        for book in books:
            assert (book.limits_submissions, book.limits_queries) == (submissions, queries)

    def test_a_rule_that_only_lifts_gives_nothing_to_count(self):
        book = make_book(make_rule(account=ACCOUNT, queries_per_second=None))

        assert not book.limits_queries

    def test_every_change_has_a_version_of_its_own_and_holds_at_once(self):
        book = make_book(make_rule(running_tasks=1))
        before = book.version

        book.replace([make_rule(running_tasks=2)])

        assert book.version > before
        assert book.find_running_limit(Lane(ACCOUNT, PICTURES)) == 2

    def test_a_rule_that_is_gone_says_nothing_any_more(self):
        book = make_book(make_rule(account=ACCOUNT, running_tasks=1, weight=2.0))

        book.replace([])

        assert book.find_running_limit(Lane(ACCOUNT, PICTURES)) is None
        assert book.find_weight(ACCOUNT) == 1.0

    @given(
        st.dictionaries(
            st.tuples(st.sampled_from([None, "a"]), st.sampled_from([None, "pictures"])),
            st.one_of(st.none(), st.integers(0, 5)),
        ),
        st.one_of(st.none(), st.integers(0, 5)),
    )
    def test_what_holds_is_what_the_first_rule_on_the_way_to_the_settings_says(
        self, rules: dict[tuple[str | None, str | None], int | None], default: int | None
    ):
        book = LimitBook(Limits(running_tasks=default))
        book.replace(
            make_rule(account=account, model=model, running_tasks=limit)
            for (account, model), limit in rules.items()
        )
        way = [("a", "pictures"), ("a", None), (None, "pictures"), (None, None)]
        expected = next((rules[place] for place in way if place in rules), default)

        assert book.find_running_limit(Lane(ACCOUNT, PICTURES)) == expected


class TestQueue:
    def test_a_lane_that_a_limit_had_closed_opens_when_the_limit_is_lifted(self):
        lane, book = Lane(ACCOUNT, PICTURES), make_book(make_rule(running_tasks=0))
        queue = FairQueue(book)
        queue.arrive(lane)
        assert queue.choose({PICTURES}) is None

        book.replace([])

        assert queue.choose({PICTURES}) == lane

    def test_a_weight_that_is_set_counts_from_the_next_task_on(self):
        lanes = [Lane(ACCOUNT, PICTURES), Lane(OTHER, PICTURES)]
        book = make_book()
        queue = FairQueue(book)
        for lane in lanes:
            queue.arrive(lane)
        book.replace([make_rule(account=ACCOUNT, weight=4.0)])
        taken: list[AccountId] = []
        for _ in range(100):
            chosen = queue.choose({PICTURES})
            assert chosen is not None
            queue.charge(chosen, 1.0)
            taken.append(chosen.account)

        assert taken.count(ACCOUNT) == 80


class TestRules:
    @pytest.mark.parametrize(
        "said",
        [
            {"running_tasks": 0},
            {"account": "a", "model": "pictures", "running_tasks": 1_000_000},
            {"account": "a", "weight": 0.01},
            {"account": "a", "queries_per_second": None},
            {"key_id": "1", "submissions_per_second": 1, "queries_per_second": 1},
        ],
    )
    def test_what_can_hold_is_taken(self, said: dict[str, Any]):
        check_rule(make_rule(**said))

    @pytest.mark.parametrize(
        ("said", "named"),
        [
            ({}, "A rule must set one of submissions_per_second, "),
            ({"account": "a"}, "and weight."),
            ({"queued_tasks": 0}, "queued_tasks must be a whole number from 1 to 1000000"),
            ({"submissions_per_second": 0}, "submissions_per_second must be a whole number from 1"),
            ({"running_tasks": -1}, "running_tasks must be a whole number from 0"),
            ({"running_tasks": 1_000_001}, "running_tasks must be"),
            ({"weight": 2.0}, "weight is an account's"),
            ({"account": "a", "model": "m", "weight": 2.0}, "weight is an account's"),
            ({"account": "a", "weight": 0.0}, "weight must be a number from 0.01 to 1000."),
            ({"account": "a", "weight": float("nan")}, "weight must be a number"),
            ({"account": "a b", "running_tasks": 1}, "account must be 1 to 64 letters"),
            ({"account": "", "running_tasks": 1}, "account must be 1 to 64 letters"),
            ({"model": "m", "queries_per_second": 1}, "leave model out"),
            ({"key_id": "1", "running_tasks": 1}, "A key may be limited by"),
            ({"key_id": "1", "account": "a", "queries_per_second": 1}, "key_id stands alone"),
            ({"key_id": "1", "model": "m", "queries_per_second": 1}, "key_id stands alone"),
        ],
    )
    def test_what_can_not_hold_is_refused_by_name(self, said: dict[str, Any], named: str):
        with pytest.raises(FieldInvalid) as refused:
            check_rule(make_rule(**said))

        assert named in str(refused.value)

    def test_a_scope_of_a_key_and_an_account_is_nobodys(self):
        with pytest.raises(FieldInvalid):
            check_scope(LimitScope(account=ACCOUNT, key_id=KEY))

    def test_a_change_leaves_what_it_does_not_name(self):
        before = make_rule(account=ACCOUNT, running_tasks=2, queued_tasks=5, weight=3.0)

        after = before.changed_by(make_rule(account=ACCOUNT, queued_tasks=None))

        assert after == make_rule(account=ACCOUNT, running_tasks=2, queued_tasks=None, weight=3.0)
        assert after.changed_by(make_rule(weight=1.5)).weight == 1.5
        assert after.submissions_per_minute is UNSET
