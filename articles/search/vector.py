"""What is indexed with which weight, in which language.

Every article is indexed and matched in its own language: PostgreSQL's dictionary where it has
one, plain words where it has not, always without regard to accents. The SQL here is run by the
first migration; a generated column calls `article_search`.
"""

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


def configuration(language: str) -> str:
    """The text-search configuration for a BCP 47 tag, as named in the database."""
    return f"newsroom_{DICTIONARIES.get(language.partition('-')[0], PLAIN)}"


def create_sql() -> str:
    """Text-search configurations without accents, and the function of the generated column.

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
    cases = "\n".join(
        f"        when '{tag}' then 'newsroom_{name}'::regconfig"
        for tag, name in DICTIONARIES.items()
    )
    return f"""
{configurations}

create function search_configuration(language text) returns regconfig
    language sql immutable parallel safe
    return case split_part(language, '-', 1)
{cases}
        else 'newsroom_{PLAIN}'::regconfig
    end;

create function article_search(
    language text, headline text, summary text, bylines text[], body text
) returns tsvector
    language sql immutable parallel safe
    return setweight(to_tsvector(search_configuration(language), headline), 'A')
        || setweight(to_tsvector(search_configuration(language),
                                 left(summary, {INDEXED_CHARACTERS // 10})), 'B')
        || setweight(to_tsvector(search_configuration(language),
                                 left(array_to_string(bylines, ' '), 2000)), 'B')
        || setweight(to_tsvector(search_configuration(language),
                                 left(body, {INDEXED_CHARACTERS})), 'C');
"""


def drop_sql() -> str:
    names = sorted({*DICTIONARIES.values(), PLAIN})
    return "\n".join(
        [
            "drop function article_search(text, text, text, text[], text);",
            "drop function search_configuration(text);",
            *(f"drop text search configuration newsroom_{name};" for name in names),
        ]
    )
