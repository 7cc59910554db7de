"""How well edited copies are found, how fast texts are signed, and what a lookup costs.

The bar of 50 ms is one for a million articles (N=1000000), most of which are there for their
signatures alone: these are at random, but for some that thousands or hundreds have in common.
"""

import random
from collections import Counter
from time import perf_counter
from typing import Any, Final

from django.db import connection

from articles.enrichment.near import find_near, pair_texts, sign_texts
from articles.enrichment.signatures import BANDS, CONFIGURATION
from articles.identity import article_uid
from articles.models import Article, DuplicatePair, Furniture, Signature, Source
from tests.benchmarks.edited_copies import SOURCES, Piece, corpus, true_pairs
from tests.benchmarks.report import Report
from tests.benchmarks.synthetic import COLUMNS

ARTICLES: Final = 5_000
AT_ONCE: Final = 200  # as a worker claims them
LOOKUPS: Final = 400
BAR: Final = 50  # ms
MOST: Final = 1_000_000

FILL_ARTICLES: Final = """
    INSERT INTO articles_article (uid, origin, external_id, source_id, headline, body, language,
        status, original_url)
    SELECT gen_random_uuid(), 'filler', number::text, %s, 'Filler ' || number,
        (SELECT string_agg(md5(number || ' ' || word), ' ')
            FROM generate_series(1, CASE WHEN number %% 200 < 2 THEN 200 ELSE 5 END) AS word),
        'en', 'published', ''
    FROM generate_series(1, %s) AS number
"""
# Of 200 one has bands that thousands of a million have in common, one such of about a hundred.
FILL_SIGNATURES: Final = f"""
    INSERT INTO articles_signature (article_id, bands, lines, fingerprint, configuration)
    SELECT a.id, ARRAY(
            SELECT hashint8(CASE
                WHEN band > 20 OR a.external_id::bigint %% 200 > 1 THEN a.id * 64 + band
                WHEN a.external_id::bigint %% 200 = 1 THEN -band
                ELSE -64 * (1 + a.external_id::bigint / 20000) - band END)
            FROM generate_series(1, {BANDS}) AS band),
        ARRAY(SELECT hashint8(a.id * 16 + line)::bigint FROM generate_series(1, 7) AS line),
        a.fingerprint, %s
    FROM articles_article a WHERE a.origin = 'filler'
"""
CROWD: Final = """
    SELECT id FROM articles_article WHERE origin = 'filler' AND external_id::bigint % 200 < 2
"""


def run(report: Report, size: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE articles_article DROP COLUMN search")  # nobody searches here
    pieces = corpus(ARTICLES)
    articles = fill(pieces)
    _find(report, pieces, articles)
    _fill_up(size - ARTICLES)
    _look_up(report, max(size, ARTICLES))


def fill(pieces: list[Piece]) -> list[int]:
    """Write the pieces as articles; their keys, in the same order."""
    sources = [
        Source.objects.create(slug=f"source-{number}", name=f"Source {number}", language="en")
        for number in range(SOURCES)
    ]
    statement = f"COPY articles_article ({', '.join(COLUMNS)}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for number, piece in enumerate(pieces):
            copy.write_row(_row(number, piece, sources[piece.source]))
    keys = dict(Article.objects.values_list("external_id", "pk"))
    return [keys[str(number)] for number in range(len(pieces))]


def _row(number: int, piece: Piece, source: Source) -> tuple[Any, ...]:
    uid = article_uid(source.slug, str(number))
    return (
        *(uid, source.slug, str(number), source.pk, piece.headline, "", [], piece.body),
        *("en", None, "unknown", "", "published"),
    )


def _find(report: Report, pieces: list[Piece], articles: list[int]) -> None:
    """Sign and pair all of them as a worker does, and compare with what was copied."""
    signing, pairing, written = 0.0, 0.0, 0
    for start in range(0, ARTICLES, AT_ONCE):
        keys = articles[start : start + AT_ONCE]
        begin = perf_counter()
        sign_texts(keys)
        middle = perf_counter()
        pair_texts(keys)
        signing, pairing = signing + middle - begin, pairing + perf_counter() - middle
    found = set(DuplicatePair.objects.values_list("first_id", "second_id"))
    true = true_keys(pieces, articles)
    _print(found, true)
    print(
        f"          {ARTICLES:,} articles: {ARTICLES / signing:,.0f} signed a second, "
        f"{ARTICLES / pairing:,.0f} compared; {Furniture.objects.count()} lines of furniture"
    )
    report.ratio(
        "articles signed and compared a second", ARTICLES / (signing + pairing), at_least=250
    )
    report.ratio(
        f"precision of {len(found):,} pairs", len(found & true.keys()) / len(found), at_least=0.97
    )
    report.ratio(
        f"recall of {len(true):,} edited copies",
        len(found & true.keys()) / len(true),
        at_least=0.95,
    )
    for start in range(0, ARTICLES, AT_ONCE):
        keys = articles[start : start + AT_ONCE]
        done = pair_texts(keys)
        written += sign_texts(keys) + done.written + done.gone
    report.ratio("rows written by a second run", written, at_most=0)


def true_keys(pieces: list[Piece], articles: list[int]) -> dict[tuple[int, int], str]:
    """The keys of each copy and its original, lower first, and how it was edited."""
    places = true_pairs(pieces).items()
    keys = (((articles[one], articles[other]), edit) for (one, other), edit in places)
    return {(min(pair), max(pair)): edit for pair, edit in keys}


def _print(found: set[tuple[int, int]], true: dict[tuple[int, int], str]) -> None:
    there, hit = Counter(true.values()), Counter(true[pair] for pair in found & true.keys())
    told = ", ".join(f"{edit} {hit[edit] / count:.3f}" for edit, count in sorted(there.items()))
    print(f"          recall by edit: {told}")


def _fill_up(count: int) -> None:
    """Other articles and their signatures; the ledger and the indexes look away meanwhile."""
    if count <= 0:
        return
    indexes = list(Signature._meta.indexes)
    source = Source.objects.order_by("pk")[0].pk
    with connection.cursor() as cursor, connection.schema_editor(atomic=False) as editor:
        cursor.execute("ALTER TABLE articles_article DISABLE TRIGGER USER")
        cursor.execute(FILL_ARTICLES, [source, count])
        cursor.execute("ALTER TABLE articles_article ENABLE TRIGGER USER")
        for index in indexes:
            editor.remove_index(Signature, index)
        cursor.execute(FILL_SIGNATURES, [CONFIGURATION])
        cursor.execute("SET maintenance_work_mem = '256MB'")
        for index in indexes:
            editor.add_index(Signature, index)
        cursor.execute("RESET maintenance_work_mem")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE articles_signature, articles_article")


def _look_up(report: Report, size: int) -> None:
    """Each of some articles with its candidates compared: half of them are copies or copied, a
    tenth share bands with hundreds or thousands."""
    chance = random.Random(1)
    pairs = DuplicatePair.objects.values_list("first_id", "second_id")
    copied = [key for pair in pairs for key in pair]
    others = list(Article.objects.order_by("-pk").values_list("pk", flat=True)[: size // 2])
    with connection.cursor() as cursor:
        cursor.execute(CROWD)
        crowd = [key for (key,) in cursor.fetchall()] or others
    asked = [
        *chance.sample(copied, LOOKUPS // 2),
        *chance.choices(crowd, k=LOOKUPS // 10),
        *chance.sample(others, LOOKUPS * 4 // 10),
    ]
    chance.shuffle(asked)
    for key in asked[:5]:
        find_near(key)
    times, hits = [], 0
    for key in asked:
        start = perf_counter()
        hits += bool(find_near(key))
        times.append((perf_counter() - start) * 1000)
    if hits < LOOKUPS // 2:
        raise AssertionError(f"{hits} of {LOOKUPS // 2} copies found")
    times.sort()
    report.ratio(
        f"ms, p95 of a lookup at {size:,} articles (median {times[LOOKUPS // 2]:.1f},"
        f" longest {times[-1]:.0f})",
        times[int(LOOKUPS * 0.95) - 1],
        at_most=BAR,
    )
    if size < MOST:
        report.unmeasured(f"ms, p95 of a lookup at {MOST:,} articles", size, MOST, "duplicates")
