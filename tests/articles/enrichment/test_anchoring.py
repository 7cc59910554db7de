"""Mentions that people keep follow their words, or are flagged."""

from hypothesis import given
from hypothesis import strategies as st

from articles.enrichment.anchoring import Context, is_displaced, reanchor
from articles.models import Mention

BODY = "Envoys met in Cairo on Sunday. Nobody spoke of Doha."


def at(body: str, words: str, number: int = 0, key: int = 1) -> Mention:
    start = -1
    for _ in range(number + 1):
        start = body.index(words, start + 1)
    return Mention(pk=key, entity_id=7, start=start, end=start + len(words), quote=words)


def moved(old: str, new: str, *mentions: Mention) -> list[Mention]:
    contexts = {it.pk: Context.of(old, it.start or 0, it.end or 0) for it in mentions}
    return reanchor(new, mentions, contexts)


def place(body: str, mention: Mention) -> str:
    return body[: mention.start] + "[" + body[mention.start : mention.end] + "]"


def test_what_stands_at_its_place_is_left_alone():
    assert moved(BODY, BODY + " More.", at(BODY, "Cairo")) == []


def test_words_move_with_the_text_before_them():
    mention, new = at(BODY, "Cairo"), "Late on Sunday: " + BODY
    assert moved(BODY, new, mention) == [mention]
    assert place(new, mention) == "Late on Sunday: Envoys met in [Cairo]"
    assert not mention.is_lost


def test_of_several_places_the_one_with_the_same_context_counts():
    old = "Cairo was quiet.\n\nEnvoys met in Cairo on Sunday."
    new = "In Cairo, nothing.\n\nWho had left Cairo before?\n\nEnvoys met in Cairo on Sunday."
    mention = at(old, "Cairo", 1)
    moved(old, new, mention)
    assert mention.start == new.rindex("Cairo")


def test_the_same_words_in_another_sentence_are_another_mention():
    old = "Michael Jordan scored again in Chicago.\n\nThe king of Jordan flew home on Monday."
    new = "The king of Jordan flew home on Monday."
    basketball = at(old, "Jordan")
    assert moved(old, new, basketball) == [basketball]
    assert basketball.is_lost
    assert (basketball.start, basketball.end) == (8, 14)


def test_a_rewritten_sentence_with_most_of_its_words_is_the_same():
    old, new = "Envoys met in Cairo on Sunday evening.", "On Sunday evening, met at Cairo, envoys."
    mention = at(old, "Cairo")
    moved(old, new, mention)
    assert place(new, mention) == "On Sunday evening, met at [Cairo]"


def test_without_context_the_nearest_place_counts():
    mention = at(BODY, "Cairo")
    new = "Cairo. Well. " + BODY
    assert reanchor(new, [mention]) == [mention]
    assert mention.start == new.rindex("Cairo")


def test_lost_words_are_flagged_once_and_found_again():
    mention = at(BODY, "Doha")
    new = BODY.replace("Doha", "peace")
    assert moved(BODY, new, mention) == [mention]
    assert mention.is_lost
    assert moved(BODY, new, mention) == []
    contexts = {1: Context.of(BODY, mention.start or 0, mention.end or 0)}
    assert reanchor("Indeed. " + BODY, [mention], contexts) == [mention]
    assert not mention.is_lost
    assert mention.start == BODY.index("Doha") + 8


def test_a_part_of_a_word_is_no_place():
    mention = at("They love Oman.", "Oman")
    assert moved("They love Oman.", "They love Romania, and Omani.", mention) == [mention]
    assert mention.is_lost


def test_no_two_mentions_of_an_entity_take_one_place():
    old = "Cairo here. Cairo there."
    first, second = at(old, "Cairo", 0, 1), at(old, "Cairo", 1, 2)
    new = "Well, Cairo here. Cairo there."
    moved(old, new, first, second)
    assert (first.start, second.start) == (6, 18)
    alone = "Well, Cairo here."
    moved(new, alone, first, second)
    assert (first.start, first.is_lost) == (6, False)
    assert second.is_lost


def test_a_link_without_place_has_none_to_lose():
    mention = Mention(pk=1, entity_id=7)
    assert not is_displaced("", mention)
    assert reanchor("", [mention]) == []


@given(st.text("ab \n", max_size=30), st.text("ab \n", max_size=30), st.data())
def test_whatever_is_not_lost_stands_at_its_place(old, new, data):
    if not old:
        return
    mentions = []
    for key in range(3):
        start = data.draw(st.integers(0, len(old) - 1))
        end = data.draw(st.integers(start + 1, len(old)))
        mentions.append(Mention(pk=key, entity_id=7, start=start, end=end, quote=old[start:end]))
    contexts = {it.pk: Context.of(old, it.start or 0, it.end or 0) for it in mentions}
    reanchor(new, mentions, contexts)
    assert all(it.is_lost or not is_displaced(new, it) for it in mentions)
    assert not reanchor(new, mentions, contexts)
