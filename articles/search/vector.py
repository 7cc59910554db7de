"""What is indexed with which weight, in which language.

Every article is indexed and matched in its own language: PostgreSQL's dictionary where it has
one, plain words where it has not, always without regard to accents. Besides its words the vector
holds marks and grams, in forms that no word can have: they begin with a control character, which
PostgreSQL's parser never leaves in a word, neither of a text nor of a query.

- Marks say with which dictionary the row was indexed, and the year, month and day in UTC in which
  it was published; or that it is undated, and how its uid begins, which orders undated rows. With
  them one look into the index answers for all languages at once, and for a period.
- Grams are the single characters and the pairs of a headline in a script that has no spaces
  between words. Pairs at consecutive places are a part of the headline, as in search engines that
  index such scripts by bigrams.

The SQL here is run by migrations; a generated column calls `article_search`.
"""

import re
from typing import Final

# BCP 47 language subtag -> the configuration that PostgreSQL 15 ships.
DICTIONARIES: Final[dict[str, str]] = {
    "ar": "arabic",
    "hy": "armenian",
    "eu": "basque",
    "ca": "catalan",
    "da": "danish",
    "nl": "dutch",
    "en": "english",
    "fi": "finnish",
    "fr": "french",
    "de": "german",
    "el": "greek",
    "hi": "hindi",
    "hu": "hungarian",
    "id": "indonesian",
    "ga": "irish",
    "it": "italian",
    "lt": "lithuanian",
    "ne": "nepali",
    "nb": "norwegian",
    "nn": "norwegian",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "es": "spanish",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
    "yi": "yiddish",
}
PLAIN: Final = "simple"

# A tsvector holds at most 1 MB: what stands after this many characters is kept but not indexed.
INDEXED_CHARACTERS: Final = 200_000

MARK: Final = "\1"
GRAM: Final = "\2"
UNDATED: Final = "undated"
PREFIX: Final = 3  # hexadecimal digits of an undated row's uid

# Scripts without spaces between words: Thai, Lao, Tibetan; Burmese; Khmer; the scripts of the Tai;
# Balinese, Javanese; iteration marks; kana, Bopomofo; Han. Compatibility forms become these.
UNSPACED: Final = (
    (0x0E00, 0x0FFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x1950, 0x19DF), (0x1A20, 0x1AAF),
    (0x1B00, 0x1B7F), (0xA980, 0xA9FF), (0xAA60, 0xAADF), (0x3005, 0x3007), (0x3041, 0x312F),
    (0x31A0, 0x31BF), (0x31F0, 0x31FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF),
    (0xFF66, 0xFF9D), (0x1B000, 0x1B16F), (0x20000, 0x3FFFF),
)  # fmt: skip
UNSPACED_CHARACTER: Final = re.compile(
    f"[{''.join(f'{chr(first)}-{chr(last)}' for first, last in UNSPACED)}]"
)


def configuration(language: str) -> str:
    """The text-search configuration for a BCP 47 tag, as named in the database."""
    return f"newsroom_{DICTIONARIES.get(language.partition('-')[0], PLAIN)}"


def create_sql() -> str:
    """Text-search configurations without accents, and the first function of the generated column.

    `unaccent()` is not immutable and is refused in a generated column; inside a configuration it
    is allowed. The functions have SQL-standard bodies, which a dump writes with qualified names.
    """
    names = sorted({*DICTIONARIES.values(), PLAIN})
    configurations = "\n".join(
        f"create text search configuration newsroom_{name} (copy = pg_catalog.{name});\n"
        f"alter text search configuration newsroom_{name} alter mapping"
        f" for hword, hword_part, word with unaccent, {name}{'' if name == PLAIN else '_stem'};"
        for name in names
    )
    return f"""
{configurations}

create function search_configuration(language text) returns regconfig
    language sql immutable parallel safe
    return {_by_dictionary("'newsroom_{}'::regconfig")};

{words_sql()}"""


def drop_sql() -> str:
    names = sorted({*DICTIONARIES.values(), PLAIN})
    return "\n".join(
        [
            DROP_WORDS,
            "drop function search_configuration(text);",
            *(f"drop text search configuration newsroom_{name};" for name in names),
        ]
    )


def words_sql() -> str:
    """The function of the first generated column, which held words alone."""
    return f"""
create function article_search(
    language text, headline text, summary text, bylines text[], body text
) returns tsvector
    language sql immutable parallel safe
    return {HEAD}
        || {BODY};
"""


def add_marks_sql() -> str:
    """The functions of the generated column as it is now: words, marks and grams.

    What a name, a date or a number looks like as text depends on settings; these do not. The body
    comes last: what is joined is copied, each time all of it.
    """
    at = "timezone('UTC', published_at)"
    year, month, day = (
        f"coalesce(extract({part} from {at})::text, '')" for part in ("year", "month", "day")
    )
    mark = f"chr({ord(MARK)})"
    grams = "replace(replace(substr(text, place, length), '\\', '\\\\'), '''', '''''')"
    return f"""
create function search_dictionary(language text) returns text
    language sql immutable parallel safe
    return {_by_dictionary("'{}'")};

create function search_marks(language text, published_at timestamptz, uid uuid) returns tsvector
    language sql immutable parallel safe
    return array_to_tsvector(case when published_at is null then array[
        {mark} || search_dictionary(language),
        {mark} || '{UNDATED}',
        {mark} || '{UNDATED}-' || left(uid::text, 1),
        {mark} || '{UNDATED}-' || left(uid::text, {PREFIX})
    ] else array[
        {mark} || search_dictionary(language),
        {mark} || {year},
        {mark} || {year} || '-' || {month},
        {mark} || {year} || '-' || {month} || '-' || {day}
    ] end);

create function search_grams(headline text) returns tsvector
    language sql immutable parallel safe
    return case when octet_length(headline) > char_length(headline) and headline ~ '{_pattern()}'
    then (
        select string_agg('''' || chr({ord(GRAM)}) || {grams} || ''':' || place || 'A', ' ')
        from left(lower(normalize(headline, NFKC)), 2000) as text,
            generate_series(1, char_length(text)) as place,
            generate_series(1, least(2, char_length(text) - place + 1)) as length
    )::tsvector
    else ''::tsvector end;

create function article_search(
    language text, headline text, summary text, bylines text[], body text, published_at timestamptz,
    uid uuid
) returns tsvector
    language sql immutable parallel safe
    return ({HEAD}
        || search_grams(headline)
        || search_marks(language, published_at, uid))
        || {BODY};
"""


def drop_marks_sql() -> str:
    return """
drop function article_search(text, text, text, text[], text, timestamptz, uuid);
drop function search_grams(text);
drop function search_marks(text, timestamptz, uuid);
drop function search_dictionary(text);
"""


def _by_dictionary(result: str) -> str:
    """A choice by language; `result` is SQL with `{}` for the name of its dictionary."""
    cases = "\n".join(
        f"        when '{tag}' then {result.format(name)}" for tag, name in DICTIONARIES.items()
    )
    return (
        f"case split_part(language, '-', 1)\n{cases}\n        else {result.format(PLAIN)}\n    end"
    )


def _pattern() -> str:
    """UNSPACED as a regular expression of PostgreSQL."""
    ranges = "".join(rf"\U{first:08x}-\U{last:08x}" for first, last in UNSPACED)
    return f"[{ranges}]"


DROP_WORDS: Final = "drop function article_search(text, text, text, text[], text);"
HEAD: Final = f"""setweight(to_tsvector(search_configuration(language), headline), 'A')
        || setweight(to_tsvector(search_configuration(language),
                                 left(summary, {INDEXED_CHARACTERS // 10})), 'B')
        || setweight(to_tsvector(search_configuration(language),
                                 left(array_to_string(bylines, ' '), 2000)), 'B')"""
BODY: Final = f"""setweight(to_tsvector(search_configuration(language),
                                 left(body, {INDEXED_CHARACTERS})), 'C')"""
