"""Finding known names: beside a token trie in pure Python, by how many names there are."""

import os
import re
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import islice
from random import Random
from time import process_time
from typing import Any

import django

from articles.enrichment.finds import Name
from articles.enrichment.folding import fold
from articles.enrichment.gazetteer import Gazetteer
from articles.enrichment.lexicon import Lexicon
from articles.ingestion.synthetic import records
from articles.vocabulary import AliasKind, CaseRule
from tests.benchmarks.report import Report

ARTICLES = 400
NAMED = 18  # names in an article, about as many as in news
SIZES = (1_000, 100_000, 1_000_000)
MEGABYTES = {1_000: 150, 100_000: 300, 1_000_000: 600}
# A million names are several automata, for the sake of memory: the trie is then the faster.
LEAST = {1_000: 1, 100_000: 1, 1_000_000: 0.25}
MEGABYTE = 1_000_000

SYLLABLES = re.findall("..", "albecodaelfagohuinjakelomirnosoperisatoulwa")
Find = Callable[[str], list[Any]]


def run(report: Report, size: int) -> None:
    """Each finder in a process of its own, so that its memory is seen."""
    rates = {}
    for count in SIZES:
        whole, memory, found = _measure("gazetteer", count)
        matched, _, _ = _measure("automata", count)
        peer, its_memory, its_found = _measure("trie", count)
        rates[count] = whole
        print(
            f"          {count:,} names: {whole:,.0f} articles/s in {memory:,.0f} MB, {found:,}"
            f" found; the spellings alone {matched:,.0f}/s; token trie {peer:,.0f}/s in"
            f" {its_memory:,.0f} MB, {its_found:,} found"
        )
        report.ratio(
            f"rate at which spellings are matched / of a token trie, {count:,} names",
            matched / peer,
            at_least=LEAST[count],
        )
        report.ratio(
            f"peak memory in MB of a process with {count:,} names",
            memory,
            at_most=MEGABYTES[count],
        )
    report.ratio(
        "articles a CPU second, candidates ranked, with a million names / with a thousand",
        rates[SIZES[-1]] / rates[SIZES[0]],
        at_least=0.2,
    )


def _measure(finder: str, count: int) -> tuple[float, float, int]:
    """Articles a CPU second, megabytes at most, and how many names were found."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.bench_names", finder, str(count)],
        check=True,
        capture_output=True,
        text=True,
    )
    rate, memory, found = done.stdout.split()
    return float(rate), float(memory) / MEGABYTE, int(found)


def names(count: int) -> Iterator[Name]:
    """Curated names: of one to three words, some acronyms, surnames and demonyms among them."""
    chance = Random("names")
    kinds = [AliasKind.NAME] * 7 + [AliasKind.SURNAME, AliasKind.ACRONYM, AliasKind.DEMONYM]
    for number in range(count):
        kind = kinds[number % len(kinds)]
        spelling = _words(chance, chance.choice((1, 2, 2, 2, 3)))
        if kind == AliasKind.ACRONYM:
            spelling = "".join(chance.choices("ABCDEFGHIKLMNOPRSTUW", k=chance.randint(4, 6)))
        elif kind != AliasKind.NAME:
            spelling = _words(chance, 1)
        rule = CaseRule.IGNORE if number % 9 == 0 else CaseRule.EXACT
        yield Name(number, number // 2, f"entity-{number // 2}", spelling, kind, rule)


def _words(chance: Random, count: int) -> str:
    """One word alone is a longer one, so that of a million names only a few share it."""
    least, most = (3, 5) if count == 1 else (2, 4)
    lengths = [chance.randint(least, most) for _ in range(count)]
    return " ".join("".join(chance.choices(SYLLABLES, k=k)).capitalize() for k in lengths)


def texts(count: int) -> list[str]:
    """Synthetic articles into which some of the names are sown."""
    chance = Random("texts")
    sown = [name.spelling for name in islice(names(count), 1_000)]
    found = []
    for record in records(ARTICLES):
        words = record["body"].split(" ")
        for _ in range(NAMED):
            words.insert(chance.randrange(len(words)), chance.choice(sown))
        found.append(" ".join(words))
    return found


def trie(found: Iterator[Name]) -> Find:
    """A pure-Python matcher of whole words, longest first: what one writes without a library."""
    root: dict[str, Any] = {}
    for name in found:
        node = root
        for word in name.spelling.split():
            node = node.setdefault(word, {})
        node.setdefault("", []).append(name.alias)
    token = re.compile(r"\w+")

    def find(text: str) -> list[Any]:
        words = [(match[0], match.start(), match.end()) for match in token.finditer(text)]
        places, at = [], 0
        while at < len(words):
            node, best, step = root, None, at
            while step < len(words) and (node := node.get(words[step][0], {})):
                step += 1
                if "" in node:
                    best = (words[at][1], words[step - 1][2], node[""], step)
            if best:
                places.append(best[:3])
            at = best[3] if best else at + 1
        return places

    return find


def automata(found: Iterator[Name]) -> Find:
    """What the gazetteer begins with: every spelling in a text, before boundaries and meaning."""
    lexicon = Lexicon(found)
    return lambda text: lexicon.patterns(fold(text))


FINDERS: dict[str, Callable[[Iterator[Name]], Find]] = {
    "gazetteer": lambda found: Gazetteer(found).find,
    "automata": automata,
    "trie": trie,
}


def main(finder: str, count: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    find = FINDERS[finder](names(count))
    articles = texts(count)
    find(articles[0])
    start = process_time()
    found = sum(len(find(text)) for text in articles)
    rate = len(articles) / (process_time() - start)
    unit = 1 if sys.platform == "darwin" else 1024
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    print(rate, memory, found)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
