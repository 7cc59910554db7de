"""What a machine may write of links: suggestions, and what an editor has said already.

An accepted link of a machine rests on an alias's standing, which is an editor's rule given in
advance, or like a rejected one on a verdict of before. The database looks once for each statement,
and only at the rows that say more than a suggestion.
"""

from __future__ import annotations

from typing import Final

import pgtrigger

from articles.models.triggers import EDITORS_WAY, SILENT, ArchiveTrigger
from articles.vocabulary import LinkKind

# What reads the archive is written first, so that the rule is known when the mention comes.
_BY_RULE: Final = """
    n.origin = 'machine' AND n.state = 'accepted' AND EXISTS (
        SELECT FROM articles_suggestion s JOIN articles_alias l ON l.id = s.alias_id
        WHERE s.mention_id = n.id AND l.entity_id = n.entity_id AND l.standing = 'accept'
        OFFSET 0)
"""
# Under the name that the entity or tag had when it was judged; what was taken back says nothing.
# OFFSET 0 keeps PostgreSQL from reading all decisions for the sake of a few rows.
_BY_VERDICT: Final = """
    n.origin = 'machine' AND EXISTS (
        SELECT FROM articles_decision d
        WHERE d.kind = '{kind}' AND d.article_uid = a.uid AND d.verdict = n.state AND {same}
            AND (d.target = t.slug OR EXISTS (
                SELECT FROM articles_redirect r WHERE r.kind = '{target}'
                    AND r.old_slug = d.target AND r.{target}_id = t.id))
            AND NOT EXISTS (
                SELECT FROM articles_decision l
                WHERE l.kind = d.kind AND l."row" = d."row" AND l.id > d.id)
        OFFSET 0)
"""
# A load writes its source's links, and the seed an editor's; what else comes by a command is the
# machine's own word.
_SAYS_MORE: Final = """
    (n.origin = 'machine' AND n.state <> 'suggested'
    OR n.origin <> 'machine' AND current_setting('newsroom.way', true) = 'command')
"""


def backed_by_editors(kind: LinkKind) -> pgtrigger.Trigger:
    """Refuse mentions or taggings that no editor's rule or verdict makes what they are."""
    is_mention = kind is LinkKind.MENTION
    target = "entity" if is_mention else "tag"
    same = "d.quote = n.quote" if is_mention else "true"
    backed = [_BY_VERDICT.format(kind=kind.value, target=target, same=same)]
    backed += [_BY_RULE] if is_mention else []
    return _backed(
        f"""
        SELECT n.* INTO refused FROM new_rows n
            LEFT JOIN articles_article a ON a.id = n.article_id
            LEFT JOIN articles_{target} t ON t.id = n.{target}_id
            WHERE {_SAYS_MORE} AND {" AND ".join(f"NOT ({each})" for each in backed)} LIMIT 1;
        """,
        _SAYS_MORE,
    )


def only_suggested(refused: str) -> pgtrigger.Trigger:
    """Refuse rows `n` of which the condition holds, unless an editor makes them."""
    return _backed(
        "SELECT n.* INTO refused FROM new_rows n WHERE " + refused + " LIMIT 1;", refused
    )


def _backed(find: str, asked: str) -> pgtrigger.Trigger:
    return ArchiveTrigger(
        name="backed_by_editors",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        referencing=pgtrigger.Referencing(new="new_rows"),
        declare=[("refused", "record")],
        func=f"""
            IF {EDITORS_WAY} OR NOT EXISTS (SELECT FROM new_rows n WHERE {asked}) OR {SILENT} THEN
                RETURN NULL;
            END IF;
            {find}
            IF FOUND THEN
                RAISE EXCEPTION 'only editors decide on links: no rule or verdict makes % % (%) %',
                    TG_TABLE_NAME, refused.id, refused.origin, refused.state
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN NULL;
        """,
    )
