"""A story told in eight ways meets everything once, and many stories meet everything together."""

from itertools import product

from tests.kit.combinations import FORMS, HOOKS, ROLES, VERSIONS, covering


def test_every_story_is_told_in_every_form_once() -> None:
    for story in range(64):
        assert [way.form for way in covering(story)] == [0, 1, 2, 3, 4, 5, 6, 7]


def test_every_story_meets_every_pair_of_version_hook_and_roles() -> None:
    for story in range(64):
        ways = list(covering(story))
        assert {(w.version, w.hook) for w in ways} == set(product(VERSIONS, HOOKS))
        assert {(w.version, w.roles_as) for w in ways} == set(product(VERSIONS, ROLES))
        assert {(w.hook, w.roles_as) for w in ways} == set(product(HOOKS, ROLES))


def test_sixteen_stories_in_a_row_show_every_form_in_all_combinations_of_the_others() -> None:
    every = set(product(range(FORMS), VERSIONS, HOOKS, ROLES))
    assert len(every) == 128
    for first in range(48):
        ways = [way for story in range(first, first + 16) for way in covering(story)]
        assert {(w.form, w.version, w.hook, w.roles_as) for w in ways} == every
