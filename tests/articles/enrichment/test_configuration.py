"""The hash of the rules: another rule is another configuration."""

import inspect
from importlib import import_module
from pathlib import Path

import pytest

import articles.enrichment
from articles.enrichment import configuration as rules
from articles.enrichment.enrich import CONFIGURATION


@pytest.mark.parametrize("module", rules.RULES, ids=lambda module: module.__name__)
def test_a_change_of_any_rule_changes_it(monkeypatch, module):
    before = rules.hash_of_rules("x")
    source = inspect.getsource
    monkeypatch.setattr(
        inspect, "getsource", lambda it: source(it) + ("\nWEIGHT = 2\n" if it is module else "")
    )
    assert rules.hash_of_rules("x") != before


@pytest.mark.parametrize("of", [rules.STORYLINE_RULES, rules.UNKNOWN_RULES])
def test_each_kind_of_suggestion_has_rules_of_its_own(monkeypatch, of):
    before = rules.hash_of_rules("x", of=of), rules.hash_of_rules("x")
    source = inspect.getsource
    own = next(it for it in of if it not in rules.RULES)
    monkeypatch.setattr(
        inspect, "getsource", lambda it: source(it) + ("\nWEIGHT = 2\n" if it is own else "")
    )
    assert rules.hash_of_rules("x", of=of) != before[0]
    assert rules.hash_of_rules("x") == before[1]


def test_it_is_the_same_every_time_and_knows_what_else_is_given():
    assert rules.hash_of_rules("x") == rules.hash_of_rules("x")
    assert rules.hash_of_rules("x") != rules.hash_of_rules("y")
    assert len(CONFIGURATION) == 16


def test_every_pure_module_that_the_gazetteer_reads_is_a_rule():
    """So that a word list which moves into a new module is not forgotten."""
    folder = Path(articles.enrichment.__file__).parent
    known = {module.__name__.rpartition(".")[2] for module in rules.RULES}
    for name in known:
        imported = import_module(f"articles.enrichment.{name}")
        for value in vars(imported).values():
            home = getattr(value, "__module__", "") or ""
            if home.startswith("articles.enrichment."):
                stem = home.rpartition(".")[2]
                assert stem in known or not (folder / f"{stem}.py").exists(), (name, stem)
