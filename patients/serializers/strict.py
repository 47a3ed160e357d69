from collections.abc import Mapping
from typing import Any, ClassVar

from rest_framework import serializers

MAX_NAMES = 10
MAX_NAME = 80


class StrictSerializer(serializers.Serializer[Any]):
    """Turns a request into typed values; a name it does not know is an error, not a shrug.

    Names in `ignored` are those of the same resource that can only be read: a program may send
    back what it got.
    """

    ignored: ClassVar[frozenset[str]] = frozenset()

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            self._refuse_unknown(data)
        return super().to_internal_value(data)

    def _refuse_unknown(self, data: Mapping[str, Any]) -> None:
        writable = [name for name, field in self.fields.items() if not field.read_only]
        unknown = [name for name in data if name not in self.fields and name not in self.ignored]
        if unknown:
            message = f"No such field; the fields are {', '.join(writable) or 'none'}."
            raise serializers.ValidationError(
                {name[:MAX_NAME]: [message] for name in sorted(unknown)[:MAX_NAMES]}
            )
