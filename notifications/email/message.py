"""Writes a mail out as bytes. A header with a line break is refused, never sent."""

from django.core.mail import EmailMultiAlternatives

from notifications.email.mail import Mail


def as_bytes(mail: Mail) -> bytes:
    """Return the message as it goes over the wire, before the dots are doubled."""
    message = EmailMultiAlternatives(
        subject=mail.subject,
        body=mail.text,
        from_email=mail.sender,
        to=list(mail.to),
        headers=dict(mail.headers),
    )
    message.attach_alternative(mail.html, "text/html")
    return bytes(message.message().as_bytes(linesep="\r\n"))  # type: ignore[call-arg]
