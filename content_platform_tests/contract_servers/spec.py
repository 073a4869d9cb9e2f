"""A vendor's own machine-readable spec as the arbiter of what passes: JSON Schema, Draft 2020-12.

Specs are not part of the project (some may not be redistributed). They are looked for in
``CONTENT_SPECS_DIR``, else beside the checkout; where they are missing nothing is checked, and CI says so.
"""

from __future__ import annotations

import functools
import json
import os
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]


def specs_dir() -> Path | None:
    """Where the vendors' specs are, or None."""
    for folder in (os.environ.get("CONTENT_SPECS_DIR"), ROOT.parent / "shared/specs"):
        if folder and Path(folder).is_dir():
            return Path(folder)
    return None


class Spec:
    """An OpenAPI document, read at first use."""

    def __init__(self, file: str, *, prefix: str = "") -> None:
        self._file = file
        self._prefix = prefix
        """What our paths have before the document's, ``/v1`` for OpenAI."""

    @functools.cached_property
    def _document(self) -> dict[str, Any] | None:
        folder = specs_dir()
        if folder is None:
            return None
        text = (folder / self._file).read_text()
        found: dict[str, Any] = (
            json.loads(text) if self._file.endswith(".json") else yaml.load(text, yaml.CSafeLoader)
        )
        return found

    @property
    def there(self) -> bool:
        return self._document is not None

    def violations(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes,
        status: int,
        content_type: str,
        answer: bytes,
    ) -> list[str]:
        """How a request and its answer differ from the document. Bodies that are not JSON are not looked into."""
        if self._document is None:
            return []
        operation = self.operation(method, path)
        if operation is None:
            return [f"{method} {path} is not in {self._file}"]
        found = []
        asked = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if asked and headers.get("content-type", "").startswith("application/json"):
            found += self._errors(f"request {method} {path}", asked["schema"], json.loads(body))
        responses = operation["responses"]
        answered = responses.get(str(status), responses.get("default", {})).get("content", {})
        if content_type == "application/json" and content_type in answered:
            found += self._errors(
                f"answer {status} to {method} {path}",
                answered[content_type]["schema"],
                json.loads(answer),
            )
        return found

    def operation(self, method: str, path: str) -> dict[str, Any] | None:
        """The document's operation for a concrete path."""
        assert self._document is not None
        short = path.removeprefix(self._prefix)
        for pattern, methods in self._document["paths"].items():
            if re.fullmatch(re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(pattern)), short):
                operation: dict[str, Any] | None = methods.get(method.lower())
                if operation is not None:
                    return operation
        return None

    def form_violations(
        self, method: str, path: str, fields: Mapping[str, Sequence[str]]
    ) -> list[str]:
        """How a form differs from the document; ``fields`` are its values, of a file its name.

        A form has no types, so numbers and booleans are read as the document says they are.
        """
        if self._document is None:
            return []
        operation = self.operation(method, path)
        if operation is None:
            return [f"{method} {path} is not in {self._file}"]
        schema = operation["requestBody"]["content"]["multipart/form-data"]["schema"]
        described = schema
        if "$ref" in schema:
            described = self._document
            for step in schema["$ref"].removeprefix("#/").split("/"):
                described = described[step]
        known = described.get("properties", {})
        found: dict[str, object] = {}
        for name, values in fields.items():
            kind = known.get(name, {}).get("type")
            read: object = list(values) if len(values) > 1 or kind == "array" else values[0]
            if kind in ("integer", "number", "boolean"):
                with suppress(ValueError):
                    read = json.loads(values[0])
            found[name] = read
        return self._errors(f"form {method} {path}", schema, found)

    def _errors(self, what: str, schema: Any, instance: Any) -> list[str]:
        from jsonschema import Draft202012Validator
        from referencing import Registry, Resource
        from referencing.jsonschema import DRAFT202012

        registry: Registry[Any] = Registry().with_resource(
            "urn:spec", Resource.from_contents(self._document, default_specification=DRAFT202012)
        )
        validator = Draft202012Validator(_rooted(schema), registry=registry)
        return [
            f"{what}: {error.json_path}: {error.message[:300]}"
            for error in validator.iter_errors(instance)
        ]


def _rooted(schema: Any) -> Any:
    """``schema`` with its references leading into the whole document."""
    if isinstance(schema, dict):
        return {
            key: f"urn:spec{value}"
            if key == "$ref" and str(value).startswith("#")
            else _rooted(value)
            for key, value in schema.items()
        }
    return [_rooted(entry) for entry in schema] if isinstance(schema, list) else schema
