"""Tokens of API clients on the desk: made, shown once, and revoked; never changed or deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from articles.admin.nouns import badge
from articles.admin.records import RecordAdmin
from articles.admin.texts import MomentField
from articles.models import Token
from articles.vocabulary import TokenScope

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse
    from django.urls import URLPattern

    AnyForm = forms.ModelForm[Token]
else:
    AnyForm = forms.ModelForm

BADGES = {"valid": "accepted", "expired": "suggested", "revoked": "rejected"}


class TokenForm(AnyForm):
    drafts = forms.BooleanField(
        label="May read drafts",
        required=False,
        help_text="Also what is withdrawn, and links that no editor has judged.",
    )
    expires_at = MomentField(
        label="Valid until", required=False, help_text="UTC. Empty: until it is revoked."
    )

    class Meta:
        model = Token
        fields = ("name", "drafts", "expires_at")

    def clean_expires_at(self) -> Any:
        expires_at = self.cleaned_data["expires_at"]
        if expires_at is not None and expires_at <= timezone.now():
            raise ValidationError("This moment is past: the token would open nothing.")
        return expires_at


@admin.action(description="Revoke…", permissions=["revoke"])
def revoke_selected(
    desk: TokenAdmin, request: HttpRequest, tokens: QuerySet[Token]
) -> HttpResponse | None:
    """Ask whether it is meant, then let the tokens open nothing any more."""
    chosen = list(tokens.filter(revoked_at=None))
    if not chosen:
        desk.message_user(request, "These tokens are revoked already.", messages.INFO)
        return None
    if "confirmed" not in request.POST:
        return desk.ask(request, chosen)
    for token in chosen:
        token.revoke(request.user.get_username())
        desk.log_change(request, token, "Revoked.")
    noun = "token was" if len(chosen) == 1 else "tokens were"
    desk.message_user(request, f"{len(chosen):,} {noun} revoked.", messages.SUCCESS)
    return HttpResponseRedirect(reverse("admin:articles_token_changelist"))


class TokenAdmin(RecordAdmin):
    form = TokenForm
    list_display = ("name", "begins", "scope", "last_used", "until", "state")
    list_display_links = ("name",)
    actions = (revoke_selected,)
    fields = (
        "name", "begins", "scope", "state", "until", "last_used", "created", "revoked",
    )  # fmt: skip
    readonly_fields = fields[1:]

    # ── who may ──────────────────────────────────────────────────────────────────────────────

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("articles.add_token"))

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("articles.change_token"))

    # ── making one ───────────────────────────────────────────────────────────────────────────

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = self.fields if obj else ("name", "drafts", "expires_at")
        return [(None, {"fields": fields})]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.readonly_fields if obj else ()

    def save_form(self, request: Any, form: Any, change: bool) -> Token:
        """The row is written here, for only here its secret can be had."""
        data = form.cleaned_data
        token, request.secret = Token.objects.issue(
            data["name"],
            created_by=request.user.get_username(),
            scopes=[TokenScope.DRAFTS] if data["drafts"] else [],
            expires_at=data["expires_at"],
        )
        form.instance = token
        form.save_m2m = lambda: None
        return token

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """See `save_form`."""

    def response_add(
        self, request: Any, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        """The one page that ever shows the token; it is kept nowhere, so a reload cannot."""
        context = {
            **self.admin_site.each_context(request),
            "title": "The new token",
            "opts": self.opts,
            "token": obj,
            "secret": request.secret,
            "api": request.build_absolute_uri(reverse("article-list")),
        }
        response = TemplateResponse(request, "admin/articles/new_token.html", context)
        add_never_cache_headers(response)
        return response

    # ── revoking ─────────────────────────────────────────────────────────────────────────────

    def get_urls(self) -> list[URLPattern]:
        revoke = path(
            "<path:object_id>/revoke/",
            self.admin_site.admin_view(self.revoke_view),
            name="articles_token_revoke",
        )
        return [revoke, *super().get_urls()]

    def revoke_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The question of the action, for one token."""
        if not self.has_revoke_permission(request):
            raise PermissionDenied
        token = self.get_object(request, unquote(object_id))
        if token is None:
            return HttpResponseRedirect(reverse("admin:articles_token_changelist"))
        answer = revoke_selected(self, request, Token.objects.filter(pk=token.pk))
        return answer or HttpResponseRedirect(reverse("admin:articles_token_changelist"))

    def ask(self, request: HttpRequest, tokens: list[Token]) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": "Revoke the token" if len(tokens) == 1 else "Revoke tokens",
            "opts": self.opts,
            "tokens": tokens,
            "checkbox": ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "admin/articles/revoke.html", context)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Each new token has a page of its own to be copied from: there is one way to save."""
        more = {"show_save_and_add_another": False, "show_save_and_continue": False}
        return super().add_view(request, form_url, {**(extra_context or {}), **more})

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        token = self.get_object(request, unquote(object_id))
        revocable = token is not None and token.revoked_at is None
        more = {"may_revoke": revocable and self.has_revoke_permission(request)}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **more})

    # ── columns ──────────────────────────────────────────────────────────────────────────────

    @admin.display(description="begins with")
    def begins(self, token: Token) -> str:
        return f"{token.hint}…"

    @admin.display(description="may read")
    def scope(self, token: Token) -> str:
        return "drafts too" if TokenScope.DRAFTS in token.scopes else "what is published"

    @admin.display(description="last used (UTC)")
    def last_used(self, token: Token) -> str:
        return f"{token.last_used_on:%Y-%m-%d}" if token.last_used_on else "never"

    @admin.display(description="valid until (UTC)")
    def until(self, token: Token) -> str:
        return f"{token.expires_at:%Y-%m-%d %H:%M}" if token.expires_at else "no end"

    @admin.display(description="state")
    def state(self, token: Token) -> str:
        return badge(BADGES[token.state], token.state)

    @admin.display(description="made (UTC)")
    def created(self, token: Token) -> str:
        return f"{token.created_at:%Y-%m-%d %H:%M} by {token.created_by}"

    @admin.display(description="revoked (UTC)")
    def revoked(self, token: Token) -> str:
        if token.revoked_at is None:
            return "—"
        return f"{token.revoked_at:%Y-%m-%d %H:%M} by {token.revoked_by}"
