"""What the OpenAPI document says of every operation without each view repeating it."""

from decimal import Decimal
from typing import Any, Literal

from drf_spectacular.contrib.knox_auth_token import KnoxTokenScheme
from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from patients.api.once import HEADER, KEY, MAX_KEY, UNSAFE

Direction = Literal["request", "response"]
IDEMPOTENCY_KEY = OpenApiParameter(
    name=HEADER,
    type={"type": "string", "minLength": 1, "maxLength": MAX_KEY, "pattern": f"^{KEY}$"},
    location=OpenApiParameter.HEADER,
    description=(
        "Makes a change safe to send again: for 24 hours the same key of the same member at the "
        "same address answers as the first time, with `Idempotency-Replayed: true`, and changes "
        "nothing. While the first is worked on: 409 `IN_FLIGHT` with Retry-After. With another "
        "body: 422. A refusal is not kept."
    ),
)
WRITING = frozenset({"POST", "PUT", "PATCH"})
REASONS = {
    "400": "A value cannot be accepted; `fields` says which and why.",
    "401": "No valid token.",
    "403": "Your role does not allow this.",
    "404": "Not here, or not in one of your clinics.",
    "405": "Not a method of this address.",
    "409": "The state of things does not allow this now.",
    "413": "The body is too large.",
    "415": "The body is not application/json.",
    "422": "The Idempotency-Key came before with another request.",
    "429": "Too many tries; see Retry-After.",
}


class CurrentSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    version = serializers.IntegerField(min_value=1)


class ErrorSerializer(serializers.Serializer[Any]):
    """The one shape of every refusal."""

    code = serializers.CharField(help_text="UPPER_CASE, stable, for programs.")
    message = serializers.CharField(help_text="A sentence for people.")
    fields = serializers.DictField(  # type: ignore[assignment]
        child=serializers.ListField(child=serializers.CharField()),
        required=False,
        help_text="Messages by field, nested names dotted: measurements.0.value",
    )
    findings = serializers.ListField(
        child=serializers.DictField(),
        required=False,
        help_text="With NEEDS_REASON: what a reason is needed for.",
    )
    current = CurrentSerializer(
        required=False,
        help_text="With ALREADY_CORRECTED: the version that now stands.",
    )


class Schema(AutoSchema):
    """Adds the refusals, and an operation id made of method and path."""

    def _get_response_bodies(self, direction: Direction = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        for code in self._refusals():
            body = self._get_response_for_code(ErrorSerializer, code)  # type: ignore[no-untyped-call]
            bodies.setdefault(code, body)
            bodies[code]["description"] = bodies[code]["description"] or REASONS[code]
        return dict(sorted(bodies.items()))

    def get_override_parameters(self) -> list[Any]:
        own: list[Any] = super().get_override_parameters()
        return [*own, IDEMPOTENCY_KEY] if self._keeps_answers() else own

    def _keeps_answers(self) -> bool:
        return self.method in UNSAFE and getattr(self.view, "keeps_answers", False)

    def _refusals(self) -> list[str]:
        codes = ["400", "405"]
        if self.get_auth():
            codes += ["401", "403"]
        if "{" in self.path or self.get_override_parameters():  # a row named there or in a filter
            codes.append("404")
        if self.method in WRITING:
            codes += ["404", "409", "413", "415"]
        if self._keeps_answers():
            codes += ["409", "422"]
        if getattr(self.view, "throttle_classes", ()):
            codes += ["401", "429"]
        return codes


class TokenScheme(KnoxTokenScheme):
    target_class = "tracker.api.tokens.TokenAuthentication"
    name = "token"


class NumberSchema(OpenApiSerializerFieldExtension):
    """A number with its limits in requests; what is answered is as it is."""

    target_class = "patients.serializers.fields.NumberField"
    match_subclasses = True

    def map_serializer_field(self, auto_schema: AutoSchema, direction: str) -> dict[str, Any]:
        field = self.target
        schema: dict[str, Any] = {"type": "number" if field.decimals else "integer"}
        if direction == "request":
            schema |= {"minimum": field.low, "maximum": field.high}
            if field.above_low:
                schema["exclusiveMinimum"] = True
            schema = {name: _plain(value) for name, value in schema.items()}
        return schema


def _plain(value: Any) -> Any:
    if not isinstance(value, Decimal):
        return value
    return int(value) if value == value.to_integral_value() else float(value)
