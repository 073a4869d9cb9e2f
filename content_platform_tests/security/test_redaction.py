"""Secrets are taken out of what is written down, and stories are left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content_platform.security.redaction import REDACTED, redact, redact_text

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P"


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("Authorization: Bearer abcDEF123456.xyz", "abcDEF123456.xyz"),
        ("Basic dXNlcjpwYXNzd29yZA==", "dXNlcjpwYXNzd29yZA=="),
        ("connect postgresql://content:pa55w0rd@db:5432/content", "pa55w0rd"),
        ("GET /v1/speech?api_key=abc123&voice=amy", "abc123"),
        ("https://b.s3.amazonaws.com/x?X-Amz-Signature=0f0f0f0f", "0f0f0f0f"),
        ("Incorrect API key provided: sk-proj-abcdefghijklmnop1234", "abcdefghijklmnop1234"),
        ("AKIAIOSFODNN7EXAMPLE was refused", "IOSFODNN7EXAMPLE"),
        ("key AIzaSyA-1234567890abcdefghijklmnopqrstu", "SyA-1234567890abcdefghijklmnopqrstu"),
        ("token ghp_abcdefghijklmnopqrstuvwxyz0123456789", "abcdefghijklmnopqrstuvwxyz0123456789"),
        (f"session {JWT} expired", JWT.split(".")[1]),
        ("ELEVENLABS_API_KEY=9f8e7d6c5b4a39281706", "9f8e7d6c5b4a39281706"),
        ('{"client_secret": "Zm9vYmFy1234"}', "Zm9vYmFy1234"),
        (
            "-----BEGIN PRIVATE KEY-----\nMIIEvQ\nabc\n-----END PRIVATE KEY-----",
            "MIIEvQ",
        ),
    ],
)
def test_what_looks_like_a_credential_is_taken_out(text: str, secret: str) -> None:
    assert secret in text
    assert secret not in redact_text(text)
    assert REDACTED in redact_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "The secret: nobody had ever opened the lighthouse door.",
        "She whispered the password, and the token fell at 10:45.",
        "Basic training; bearer of bad news; key of the house; https://example.org/a?b=c",
        "The signature read: M. Aldous, 1984.",
    ],
)
def test_a_story_about_secrets_stays_as_it_is(text: str) -> None:
    assert redact_text(text) == text


def test_fields_named_like_secrets_are_blanked_wherever_they_are() -> None:
    request = {
        "text": "hello",
        "max_tokens": 500,
        "options": [{"api_key": "abc", "X-Api-Key": "abc", "voice": "amy"}],
        "auth": {"access_token": "abc", "password": "", "secret": None},
    }
    assert redact(request) == {
        "text": "hello",
        "max_tokens": 500,
        "options": [{"api_key": REDACTED, "X-Api-Key": REDACTED, "voice": "amy"}],
        "auth": {"access_token": REDACTED, "password": "", "secret": None},
    }


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(alphabet="abc déf,.!?äö"),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from("abcdef"), inner),
    )
)
def test_anything_without_secrets_comes_back_unchanged(value: object) -> None:
    assert redact(value) == value


@given(st.text())
def test_redacting_twice_changes_nothing_more(text: str) -> None:
    assert redact_text(redact_text(text)) == redact_text(text)
