"""multipart/form-data as a vendor reads it."""

from __future__ import annotations

import email
import email.policy
from dataclasses import dataclass

from content_platform_tests.contract_servers.vendor import Refused, Request


@dataclass(frozen=True)
class File:
    """An uploaded file."""

    name: str
    content_type: str
    data: bytes


def form_of(request: Request) -> dict[str, list[str | File]]:
    """The fields of a form, each with its values. Raises Refused (400) when it is no form."""
    kind = request.headers.get("content-type", "")
    if not kind.startswith("multipart/form-data"):
        raise Refused(400, "content-type: must be multipart/form-data", "bad_request")
    message = email.message_from_bytes(
        b"Content-Type: " + kind.encode() + b"\r\n\r\n" + request.body, policy=email.policy.HTTP
    )
    fields: dict[str, list[str | File]] = {}
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        filename = part.get_filename()
        value = (
            content.decode()
            if filename is None
            else File(filename, part.get_content_type(), content)
        )
        fields.setdefault(str(name), []).append(value)
    return fields


def texts(fields: dict[str, list[str | File]]) -> dict[str, list[str]]:
    """The fields as a spec looks at them: of a file its name."""
    return {
        name.removesuffix("[]"): [
            value if isinstance(value, str) else value.name for value in values
        ]
        for name, values in fields.items()
    }
