from django.conf import settings
from django.db import models


class KeptAnswer(models.Model):
    """What was answered to a change that may be sent again; written with the change itself.

    `sending` stands for person, method, address and key, `content` for what was sent, `standing`
    for what the person might see and do then: digests, so that nothing sent is stored twice. The
    body may hold what a record says; it is shown to that person only, and kept for a day.
    """

    sending = models.CharField(primary_key=True, max_length=64, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    content = models.CharField(max_length=64)
    standing = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.TextField(blank=True)
    kept_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.status} {self.sending[:8]}"
