from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest

from notifications.models import DeliveryAttempt, Reminder
from notifications.services.retry import retry_now
from patients import clock
from patients.access import actor_of
from patients.errors import Refused


class ReadOnly:
    """Rows are changed by services only."""

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


class DeliveryAttemptInline(ReadOnly, admin.TabularInline):  # type: ignore[type-arg]
    model = DeliveryAttempt
    extra = 0
    fields = ("number", "handed_at", "outcome", "smtp_code", "error")


@admin.register(Reminder)
class ReminderAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    """The context stays out: it may hold a dose, or a link that confirms an address."""

    list_display = ("id", "kind", "audience", "patient", "due_at", "status", "attempts")
    list_filter = ("status", "kind", "audience", "clinic")
    list_select_related = ("patient",)
    exclude = ("context",)
    inlines = (DeliveryAttemptInline,)
    actions = ("try_again",)
    date_hierarchy = "due_at"
    show_full_result_count = False

    @admin.action(description="Try again", permissions=["view"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[Reminder]) -> None:
        actor: User = actor_of(request)
        for reminder in queryset.select_related("patient", "clinic"):
            try:
                retry_now(actor=actor, reminder=reminder, at=clock.now())
            except Refused as refusal:
                self.message_user(request, f"{reminder}: {refusal.message}", messages.WARNING)
