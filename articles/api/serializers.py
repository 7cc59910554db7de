"""What an answer says: the shapes that the OpenAPI document describes.

Rows become answers in `representations`, without serializers, which cost more than the queries;
every answer of the tests is held against these shapes.
"""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from articles.vocabulary import (
    AliasKind,
    ArticleStatus,
    ChangeAction,
    ChangeKind,
    DatePrecision,
    EntityKind,
    LinkState,
    SourceKind,
)

Shape = serializers.Serializer[Any]


class Choosable(Shape):
    # Of such a shape a request chooses members with `fields` and `omit`: each may be absent.
    # `promised` are those that are there unless they were not chosen. (No docstring: it would
    # stand in the OpenAPI document.)
    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        self.promised = [name for name, field in fields.items() if field.required]
        for field in fields.values():
            field.required = False
        return fields


def promised(shape: type[Choosable]) -> list[str]:
    """The members of an answer for which no parameter asks."""
    made = shape()
    made.get_fields()
    return made.promised


@extend_schema_field(
    {
        "anyOf": [
            {"type": "string", "format": "date-time"},
            {"type": "string", "format": "date"},
            {"type": "null"},
        ],
        "description": "A time in UTC, a date where only the day is known, null where nothing is.",
        "examples": ["2024-03-31T18:30:00Z", "2024-03-31", None],
    }
)
class PublicationField(serializers.Field[Any, Any, Any, Any]):
    pass


def state() -> serializers.ChoiceField:
    return serializers.ChoiceField(
        [(word.value, word.label) for word in (LinkState.ACCEPTED, LinkState.SUGGESTED)],
        required=False,
        help_text="With `include=suggestions` only: whether an editor has accepted the link.",
    )


class SourceReference(Shape):
    slug = serializers.CharField()
    name = serializers.CharField()


class TagReference(Shape):
    slug = serializers.CharField()
    name = serializers.CharField()


class ArticleTag(TagReference):
    state = state()


class EntityReference(Shape):
    slug = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(EntityKind.choices)
    state = state()


class Article(Choosable):
    uid = serializers.UUIDField(help_text="The same in every archive, for ever.")
    url = serializers.URLField(help_text="Address of the article in this API.")
    source = SourceReference()  # type: ignore[assignment]  # a declared field
    external_id = serializers.CharField(help_text="The source's own id.")
    origin = serializers.CharField(
        help_text="What the source was first known as; with `external_id` it makes the `uid`."
    )
    headline = serializers.CharField()
    summary = serializers.CharField(help_text="Empty where there is none.")
    bylines = serializers.ListField(child=serializers.CharField())
    language = serializers.CharField(help_text="BCP 47; `und` where it is unknown.")
    published_at = PublicationField()
    published_precision = serializers.ChoiceField(DatePrecision.choices)
    status = serializers.ChoiceField(
        ArticleStatus.choices,
        help_text="`published`, unless a token lets its bearer read others. What stands under an "
        "embargo is a `draft`.",
    )
    tags = ArticleTag(many=True, help_text="By name.")
    entities = EntityReference(many=True, help_text="In the order in which the text names them.")
    updated_at = serializers.DateTimeField()
    original_url = serializers.CharField(help_text="Where the source published it, or empty.")


class Section(Shape):
    heading = serializers.CharField(allow_null=True, help_text="null before the first heading.")
    start = serializers.IntegerField(min_value=0, help_text="In code points of the body.")
    end = serializers.IntegerField(min_value=0, help_text="Exclusive.")


class Mention(Shape):
    entity = serializers.CharField(help_text="Slug.")
    start = serializers.IntegerField(
        min_value=0,
        allow_null=True,
        help_text="In code points of the body; null where the source says only that it is named.",
    )
    end = serializers.IntegerField(min_value=0, allow_null=True, help_text="Exclusive.")
    quote = serializers.CharField(help_text="The words from start to end.")
    state = state()


class Correction(Shape):
    note = serializers.CharField(help_text="What was wrong, and what is right.")
    at = serializers.DateTimeField(help_text="When readers were told.")


class ArticleDetail(Article):
    body = serializers.CharField(help_text="Plain text; blank lines separate paragraphs.")
    sections = Section(many=True, help_text="The body cut at its headings.")
    mentions = Mention(many=True, help_text="Where the text names entities.")
    corrections = Correction(
        many=True, help_text="What was corrected since readers could read it, the first first."
    )
    as_of = serializers.DateTimeField(
        required=False, help_text="With `as_of` only: the time that is shown."
    )
    revision = serializers.IntegerField(
        required=False, min_value=1, help_text="With `as_of` only: its position in the ledger."
    )


class Count(Shape):
    value = serializers.IntegerField(min_value=0)
    relation = serializers.ChoiceField(
        [("eq", "eq"), ("gte", "gte")], help_text="gte: there are so many at least."
    )


class Source(Choosable):
    slug = serializers.CharField()
    name = serializers.CharField()
    url = serializers.URLField(help_text="Address of the source in this API.")
    kind = serializers.ChoiceField(SourceKind.choices)
    homepage = serializers.CharField(help_text="Empty where it is unknown.")
    country = serializers.CharField(help_text="ISO 3166-1, two letters, or empty.")
    language = serializers.CharField(help_text="BCP 47; `und` where it is unknown.")
    timezone = serializers.CharField(help_text="IANA time zone, or empty.")
    updated_at = serializers.DateTimeField()


class Alias(Shape):
    spelling = serializers.CharField()
    kind = serializers.ChoiceField(AliasKind.choices)


class Entity(Choosable):
    slug = serializers.CharField()
    name = serializers.CharField()
    url = serializers.URLField(help_text="Address of the entity in this API.")
    kind = serializers.ChoiceField(EntityKind.choices)
    description = serializers.CharField()
    wikidata_id = serializers.CharField(allow_null=True)
    aliases = Alias(many=True, help_text="How texts spell it, its name included.")
    updated_at = serializers.DateTimeField()


class TagAlias(Shape):
    spelling = serializers.CharField()


class Tag(Choosable):
    slug = serializers.CharField()
    name = serializers.CharField()
    url = serializers.URLField(help_text="Address of the tag in this API.")
    description = serializers.CharField()
    parent = TagReference(allow_null=True)
    media_topic = serializers.CharField(allow_null=True, help_text="IPTC Media Topic.")
    aliases = TagAlias(many=True, help_text="Other words for it, beside its name.")
    updated_at = serializers.DateTimeField()


class Storyline(Choosable):
    slug = serializers.CharField()
    name = serializers.CharField()
    url = serializers.URLField(help_text="Address of the storyline in this API.")
    description = serializers.CharField()
    article_count = serializers.IntegerField(min_value=1, help_text="Its published articles.")
    begins = serializers.DateField(
        allow_null=True, help_text="Day of its first article, in UTC; null: none is dated."
    )
    ends = serializers.DateField(allow_null=True, help_text="Day of its last article so far.")
    updated_at = serializers.DateTimeField(help_text="Of its name and description.")


class Page(Shape):
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    count = Count(allow_null=True, help_text="null unless `count=true`.")


class Search(Shape):
    mode = serializers.ChoiceField(
        [("exact", "exact"), ("bounded", "bounded")],
        help_text="bounded: only the newest matches, `window` of them, are ranked and shown.",
    )
    window = serializers.IntegerField(
        min_value=1, help_text="So many matches are ranked by relevance at most."
    )
    suggestion = serializers.CharField(
        allow_null=True,
        help_text="When hardly anything was found: the words with misspelt names as the archive "
        "spells them, if those find more.",
    )


class Highlight(Shape):
    headline = serializers.CharField(help_text="HTML: the headline, its matches in `<mark>`.")
    passages = serializers.ListField(
        child=serializers.CharField(),
        help_text="HTML: parts of the text with matches in `<mark>`; at most three.",
    )


class ListedArticle(Article):
    highlight = Highlight(required=False, help_text="With `highlight=true` only.")


class FacetValue(Shape):
    value = serializers.CharField(
        allow_null=True, help_text="As the filter takes it; null: the articles without a date."
    )
    label = serializers.CharField()  # type: ignore[assignment]  # a declared field
    count = serializers.IntegerField(min_value=1)


class Facets(Shape):
    source = FacetValue(many=True, required=False)  # type: ignore[assignment]  # a declared field
    tag = FacetValue(many=True, required=False)
    entity = FacetValue(many=True, required=False)
    language = FacetValue(many=True, required=False, help_text="BCP 47.")
    year = FacetValue(many=True, required=False, help_text="Of publication, in UTC.")


class ArticlePage(Page):
    search = Search(required=False, help_text="With `q` only.")
    facets = Facets(required=False, help_text="Those that were asked for, most frequent first.")
    facets_over = Count(
        required=False,
        help_text="Over how many articles the facets count. gte: there are more, and the newest "
        "so many are counted.",
    )
    results = ListedArticle(many=True)


class SourcePage(Page):
    results = Source(many=True)


class EntityPage(Page):
    results = Entity(many=True)


class TagPage(Page):
    results = Tag(many=True)


class StorylinePage(Page):
    results = Storyline(many=True)


class Change(Shape):
    position = serializers.IntegerField(min_value=1, help_text="Rises from row to row.")
    kind = serializers.ChoiceField(ChangeKind.choices)
    key = serializers.CharField(help_text="The `uid` of an article, else the slug.")
    action = serializers.ChoiceField(
        ChangeAction.choices,
        help_text="withdrawn: it was public and is no more; merged: the slug leads to another; "
        "redacted: no copy should stay, what remains of it is created anew.",
    )
    at = serializers.DateTimeField()


class ChangePage(Page):
    results = Change(many=True)


class Root(Shape):
    articles = serializers.URLField()
    sources = serializers.URLField()
    entities = serializers.URLField()
    tags = serializers.URLField()
    storylines = serializers.URLField()
    changes = serializers.URLField()
    articles_ndjson = serializers.URLField(help_text="Any articles as records, in one stream.")
    articles_csv = serializers.URLField()
    articles_atom = serializers.URLField(help_text="The newest articles for feed readers.")
    articles_json_feed = serializers.URLField()
    sitemap = serializers.URLField()
    schema = serializers.URLField(help_text="This interface as an OpenAPI document.")
    docs = serializers.URLField(help_text="The same for people.")


class Fault(Shape):
    parameter = serializers.CharField()
    detail = serializers.CharField()
    nearest = serializers.CharField(required=False, help_text="What was probably meant.")
    allowed = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="What may stand there."
    )


class Problem(Shape):
    type = serializers.CharField(help_text="about:blank: the status tells the kind of problem.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()


class InvalidRequest(Problem):
    errors = Fault(  # type: ignore[assignment]  # a declared field
        many=True, required=False, help_text="One for each parameter at fault."
    )


class Gone(Problem):
    uid = serializers.UUIDField()
    withdrawn_at = serializers.DateTimeField(allow_null=True)
