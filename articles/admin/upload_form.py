"""The form of an upload: a file, and what the command that loads files calls its options."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.template.defaultfilters import filesizeformat

from articles.admin.texts import plain
from articles.admin.upload_limit import LARGEST, is_file_too_large
from articles.errors import ArchiveError, LoadError
from articles.ingestion.choices import DEFAULTS, FORMATS, settle_choices
from articles.ingestion.uploads import check_file
from articles.vocabulary import ArticleStatus

if TYPE_CHECKING:
    from django.http import HttpRequest

FORMAT_WORDS: Final = {
    "auto": "Recognise it by its content",
    "text": "Plain text",
    "jsonl": "JSON Lines",
    "json": "JSON",
    "csv": "CSV",
    "feed": "RSS, Atom or JSON Feed",
    "ninjs": "ninjs",
    "newsml": "NewsML-G2 or NITF",
    "html": "HTML",
}
TOO_LARGE: Final = (
    f"This file is larger than {filesizeformat(LARGEST)}, the most that is taken here. "
    "Divide it, or load it with manage.py load_articles."
)
_LONGEST_NAME: Final = 200
_OPTION: Final = re.compile(r"--([a-z-]+)")


class UploadForm(forms.Form):
    file = forms.FileField(
        label="File",
        allow_empty_file=True,  # said with the other wrong files
        help_text=f"At most {filesizeformat(LARGEST)}; gzip is unpacked.",
    )
    format = forms.ChoiceField(choices=[(name, FORMAT_WORDS.get(name, name)) for name in FORMATS])
    source = forms.CharField(
        required=False,
        widget=forms.TextInput({"class": "vTextField", "dir": "auto"}),
        help_text="Name or slug, for records that say none.",
    )
    create_missing = forms.BooleanField(
        required=False,
        label="Create what is missing",
        help_text="Sources, tags and entities that are not known yet. Otherwise each is a fault.",
    )
    status = forms.ChoiceField(
        choices=ArticleStatus.choices,
        initial=DEFAULTS["status"],
        help_text="Of new articles whose records say none.",
    )
    timezone = forms.CharField(
        required=False,
        label="Time zone",
        widget=forms.TextInput({"class": "vTextField"}),
        help_text="Of times without an offset, such as Africa/Cairo.",
    )
    encoding = forms.CharField(
        required=False,
        widget=forms.TextInput({"class": "vTextField", "placeholder": DEFAULTS["encoding"]}),
        help_text="Of text that is not UTF-8, such as windows-1252.",
    )
    map = forms.CharField(
        required=False,
        label="Names of members",
        widget=forms.Textarea({"rows": 3, "class": "vLargeTextField", "dir": "auto"}),
        help_text="What the file calls them, one a line: theirs=ours. theirs= leaves one out.",
    )

    def __init__(self, request: HttpRequest) -> None:
        """Of the request's own data, where it was sent."""
        is_sent = request.method == "POST"
        super().__init__(*((request.POST, request.FILES) if is_sent else ()))
        self.is_too_large = is_sent and is_file_too_large(request)
        self.choices: dict[str, Any] = {}
        self.data_sent = b""
        if self.is_too_large:
            self.fields["file"].required = False

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.is_too_large:
            self.add_error("file", TOO_LARGE)
        elif not self.errors:
            self._check(cleaned)
        return cleaned

    def _check(self, cleaned: dict[str, Any]) -> None:
        given = {name: cleaned[name] for name in DEFAULTS if cleaned.get(name) not in ("", None)}
        given["map"] = [line for line in plain(cleaned["map"]).split("\n") if line.strip()]
        self.data_sent = cleaned["file"].read()
        try:
            self.choices = settle_choices(given)
            check_file(self.data_sent, self.name, self.choices)
        except LoadError as error:
            self.refuse(error)

    def refuse(self, error: ArchiveError) -> None:
        """Say at its field what the loader does not take."""
        field, words = self._placed(str(error))
        self.add_error(field, words)

    @property
    def name(self) -> str:
        """What messages call the file."""
        name: str = self.cleaned_data["file"].name
        return name.replace("\0", "").encode("utf-8", "replace").decode()[-_LONGEST_NAME:]

    def _placed(self, words: str) -> tuple[str, str]:
        """The field that an error of the loader is about, and what it says there."""
        match = _OPTION.match(words)
        name = match[1].replace("-", "_") if match else "file"
        if match and name in self.fields:
            words = words.removeprefix(match[0]).removeprefix(":").strip()
        return name if name in self.fields else "file", in_words(words)


def in_words(text: str) -> str:
    """What the command calls an option, by the name that the form gives it."""

    def label(match: re.Match[str]) -> str:
        field = UploadForm.base_fields.get(match[1].replace("-", "_"))
        return f"“{field.label or match[1].capitalize()}”" if field else match[0]

    return _OPTION.sub(label, text)
