"""Where secrets come from, how long they are kept, and that their values are shown to nobody."""

from __future__ import annotations

import copy
import logging
import os
import pickle
import subprocess
import sys
import threading
import traceback
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from content_platform.errors import BadInput
from content_platform.security import redaction
from content_platform.security.redaction import redact_error, redact_text
from content_platform.security.secrets import (
    EnvironmentSecrets,
    FileSecrets,
    Secrets,
    SecretsUnavailable,
    open_secrets,
)
from content_platform.settings import Settings
from content_platform_tests.contract_servers.gcp_secrets import GcpSecretsServer

NAME = "VENDOR_API_KEY"


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Vault:
    """A source a test holds in its hands."""

    def __init__(self, *values: str, name: str = "vault") -> None:
        self.values = list(values)
        self.name = name
        self.down = False
        self.reads = 0

    def read(self, name: str) -> Sequence[str]:
        self.reads += 1
        if self.down:
            raise SecretsUnavailable(f"{self.name} cannot be reached.")
        return list(self.values) if name == NAME else []


@pytest.fixture(autouse=True)
def _nothing_registered(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test registers is blanked in that test alone."""
    monkeypatch.setattr(redaction, "_values", set())
    monkeypatch.setattr(redaction, "_forms", ())


def said(versions: Sequence[SecretStr]) -> list[str]:
    return [version.get_secret_value() for version in versions]


# Sources


def test_the_environment_holds_a_version_and_the_one_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(NAME, "newest-value\n")
    monkeypatch.setenv(f"{NAME}_PREVIOUS", "older-value")
    assert said(Secrets([EnvironmentSecrets()]).versions(NAME)) == ["newest-value", "older-value"]
    monkeypatch.setenv(f"{NAME}_PREVIOUS", "newest-value")
    assert said(Secrets([EnvironmentSecrets()]).versions(NAME)) == ["newest-value"]
    monkeypatch.setenv(NAME, " ")
    monkeypatch.delenv(f"{NAME}_PREVIOUS")
    assert Secrets([EnvironmentSecrets()]).versions(NAME) == ()


@pytest.mark.parametrize(
    ("suffix", "content", "found"),
    [
        (".yaml", f"{NAME}: one-value", ["one-value"]),
        (".yaml", f"{NAME}: [newest-value, older-value, oldest-value]", ["newest-value", "older-value"]),
        (".yml", "", []),
        (".env", f"# mine\nexport {NAME}='one value # whole'\n", ["one value # whole"]),
        (".env", f"{NAME}=newest-value # mine\n{NAME}_PREVIOUS=\"older-value\"", ["newest-value", "older-value"]),
        (".env", "OTHER=other-value\nnonsense", []),
    ],
)  # fmt: skip
def test_a_file_holds_secrets_in_either_form(
    suffix: str, content: str, found: list[str], tmp_path: Path
) -> None:
    file = tmp_path / f"secrets{suffix}"
    file.write_text(content)
    file.chmod(0o600)
    assert said(Secrets([FileSecrets(file)]).versions(NAME)) == found


@pytest.mark.parametrize(
    ("name", "content", "mode", "reason"),
    [
        ("open.env", f"{NAME}=s3cret-value", 0o640, "is open to other users (mode 640)"),
        ("bad.yaml", f"{NAME}: [s3cret-value", 0o600, "it is no YAML in line"),
        ("list.yaml", "- s3cret-value", 0o600, "must hold `NAME: value` lines"),
        ("number.yaml", f"{NAME}: 12345678", 0o600, "VENDOR_API_KEY must be a text"),
        ("lines.yaml", f'{NAME}: "s3cret-value\\nmore"', 0o600, "holds a line break"),
        ("latin.env", b"X=\xff\xfe s3cret-value", 0o600, "it is not UTF-8"),
    ],
)
def test_a_file_that_cannot_be_used_says_why_and_nothing_more(
    name: str, content: str | bytes, mode: int, reason: str, tmp_path: Path
) -> None:
    file = tmp_path / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    file.chmod(mode)
    secrets = Secrets([FileSecrets(file)])
    assert secrets.versions(NAME) == ()
    trouble = secrets.holding(NAME).trouble
    assert reason in trouble
    assert "s3cret-value" not in trouble


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    secrets = Secrets([FileSecrets(tmp_path / "none.env")])
    assert "none.env cannot be read: No such file" in secrets.holding(NAME).trouble


def test_sources_are_configured_by_name_and_asked_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "secrets.env"
    file.write_text(f"{NAME}=from-the-file")
    file.chmod(0o600)
    settings = Settings(secrets=("file", "env"), secrets_file=file, data_dir=tmp_path)
    monkeypatch.setenv(NAME, "from-the-environment")
    secrets = open_secrets(settings)
    assert secrets.sources == (f"file {file}", "env")
    assert said(secrets.versions(NAME)) == ["from-the-file"]
    assert secrets.holding(NAME).source == f"file {file}"
    for unknown in ("vault:x", "env:x", "gcp"):
        with pytest.raises(BadInput, match="no source of secrets"):
            open_secrets(Settings(secrets=(unknown,), data_dir=tmp_path))


def test_a_name_that_could_lead_elsewhere_is_refused() -> None:
    with pytest.raises(BadInput, match="no name of a secret"):
        Secrets([EnvironmentSecrets()]).versions("../other")


# Keeping them


def test_a_source_is_asked_again_when_what_it_said_is_old() -> None:
    clock, vault = Clock(), Vault("first-value")
    secrets = Secrets([vault], ttl_s=60, monotonic=clock)
    secrets.versions(NAME)
    vault.values = ["second-value", "first-value"]
    clock.now = 59
    assert said(secrets.versions(NAME)) == ["first-value"]
    clock.now = 60
    assert said(secrets.versions(NAME)) == ["second-value", "first-value"]
    assert vault.reads == 2


def test_a_refused_secret_is_read_anew_at_once_but_not_again_and_again() -> None:
    clock, vault = Clock(), Vault("first-value")
    secrets = Secrets([vault], ttl_s=3600, monotonic=clock)
    secrets.versions(NAME)
    vault.values = ["second-value"]
    clock.now = 5
    secrets.refused(NAME)
    assert said(secrets.versions(NAME)) == ["second-value"]
    for _ in range(100):
        secrets.refused(NAME)
    assert vault.reads == 2


def test_a_source_that_is_down_keeps_serving_what_it_said_and_says_so(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock, vault = Clock(), Vault("first-value")
    secrets = Secrets([vault], ttl_s=60, monotonic=clock)
    secrets.versions(NAME)
    vault.down = True
    for clock.now in (61.0, 72.0, 83.0):
        assert said(secrets.versions(NAME)) == ["first-value"]
    assert secrets.holding(NAME).trouble == "vault cannot be reached."
    told = "VENDOR_API_KEY: vault cannot be reached. What is known goes on being used."
    assert [record.getMessage() for record in caplog.records] == [told]
    vault.down, vault.values = False, ["second-value"]
    clock.now = 94
    assert said(secrets.versions(NAME)) == ["second-value"]
    assert secrets.holding(NAME).trouble == ""


def test_the_next_source_is_asked_when_the_first_never_answered() -> None:
    down, vault = Vault(name="far"), Vault("first-value")
    down.down = True
    secrets = Secrets([down, vault])
    assert said(secrets.versions(NAME)) == ["first-value"]
    assert secrets.holding(NAME).trouble == "far cannot be reached."


def test_many_threads_ask_a_slow_source_once() -> None:
    started, go_on = threading.Event(), threading.Event()

    class Slow(Vault):
        def read(self, name: str) -> Sequence[str]:
            started.set()
            assert go_on.wait(10)
            return super().read(name)

    vault = Slow("first-value")
    secrets = Secrets([vault])
    with ThreadPoolExecutor(16) as pool:
        answers = [pool.submit(secrets.versions, NAME) for _ in range(16)]
        assert started.wait(10)
        go_on.set()
        assert {tuple(said(answer.result())) for answer in answers} == {("first-value",)}
    assert vault.reads == 1


def test_rotation_under_load_fails_no_call() -> None:
    """As vendors document it: add the new key, give it out, revoke the old one. Sixteen callers."""
    clock = Clock()
    vault = Vault("key-number-0")
    accepted = {"key-number-0"}
    secrets = Secrets([vault], ttl_s=60, monotonic=clock)
    failed: list[str] = []
    calls = [0]
    done = threading.Event()

    def call_vendor() -> None:
        while not done.is_set():
            for asked_anew in (False, True):
                if any(value in accepted for value in said(secrets.versions(NAME))):
                    break
                assert not asked_anew or not failed.append("refused")  # type: ignore[func-returns-value]
                secrets.refused(NAME)
            calls[0] += 1

    with ThreadPoolExecutor(16) as pool:
        callers = [pool.submit(call_vendor) for _ in range(16)]
        for number in range(1, 31):
            before = calls[0]
            new, old = f"key-number-{number}", f"key-number-{number - 1}"
            vault.values = [new, old]
            accepted.add(new)
            clock.now += 20
            accepted.discard(old)
            while calls[0] < before + 50 and not failed:
                threading.Event().wait(0.0005)
        done.set()
        for caller in callers:
            caller.result()
    assert failed == []
    assert calls[0] >= 1_500


# Clouds


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A client of a Secrets Manager on this machine; boto3 finds it as it finds the real one."""
    import boto3
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    for name, value in {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_REGION": "eu-central-1",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing-not-a-secret",
    }.items():
        monkeypatch.setenv(name, value)
    yield boto3.client("secretsmanager")
    server.stop()


def test_aws_gives_the_current_and_the_previous_version(aws: Any, tmp_path: Path) -> None:
    settings = Settings(secrets=("aws:content/test",), data_dir=tmp_path)
    secrets = open_secrets(settings)
    assert secrets.versions(NAME) == ()
    assert secrets.holding(NAME).trouble == ""

    aws.create_secret(Name=f"content/test/{NAME}", SecretString="aws-first-value")
    secrets = open_secrets(settings)
    assert said(secrets.versions(NAME)) == ["aws-first-value"]
    for value in ("aws-second-value", "aws-third-value"):
        aws.put_secret_value(SecretId=f"content/test/{NAME}", SecretString=value)
    assert said(open_secrets(settings).versions(NAME)) == ["aws-third-value", "aws-second-value"]
    assert open_secrets(settings).holding(NAME).source == "aws:content/test"

    as_the_console = '{"VENDOR_API_KEY": "aws-json-value"}'
    aws.put_secret_value(SecretId=f"content/test/{NAME}", SecretString=as_the_console)
    assert said(open_secrets(settings).versions(NAME))[0] == "aws-json-value"
    aws.put_secret_value(SecretId=f"content/test/{NAME}", SecretString='{"other": "aws-s3cret"}')
    trouble = open_secrets(settings).holding(NAME).trouble
    assert "JSON object without VENDOR_API_KEY" in trouble
    assert "aws-s3cret" not in trouble


def test_aws_out_of_reach_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
        "AWS_REGION": "eu-central-1",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing-not-a-secret",
        "AWS_MAX_ATTEMPTS": "1",
    }.items():
        monkeypatch.setenv(name, value)
    secrets = open_secrets(Settings(secrets=("aws:",), data_dir=tmp_path))
    assert "AWS Secrets Manager cannot be used" in secrets.holding(NAME).trouble


@pytest.fixture
def gcp() -> Iterator[tuple[GcpSecretsServer, Any]]:
    """Secret Manager on this machine, and the vendor's client on it."""
    from google.cloud.secretmanager_v1 import SecretManagerServiceClient
    from google.cloud.secretmanager_v1.services.secret_manager_service.transports import (
        SecretManagerServiceRestTransport,
    )
    from google.oauth2 import service_account

    with GcpSecretsServer("sample-project") as server:
        credentials = service_account.Credentials.from_service_account_info(server.service_account)
        transport = SecretManagerServiceRestTransport(
            host=server.url.removeprefix("http://"), url_scheme="http", credentials=credentials
        )
        yield server, SecretManagerServiceClient(transport=transport)


def test_google_gives_the_two_newest_enabled_versions(gcp: tuple[GcpSecretsServer, Any]) -> None:
    from content_platform.security.adapters.gcp_secrets import GcpSecrets

    server, client = gcp
    source = GcpSecrets("sample-project", client)
    assert Secrets([source]).versions(NAME) == ()
    for value in ("gcp-value-1", "gcp-value-2", "gcp-value-3", "gcp-value-4", "gcp-value-5"):
        server.add_version(NAME, value)
    assert said(Secrets([source]).versions(NAME)) == ["gcp-value-5", "gcp-value-4"]
    server.version(NAME, 5).state = "DISABLED"
    server.version(NAME, 3).state = "DESTROYED"
    assert said(Secrets([source]).versions(NAME)) == ["gcp-value-4", "gcp-value-2"]


def test_google_without_the_right_to_list_gives_the_newest(
    gcp: tuple[GcpSecretsServer, Any],
) -> None:
    from content_platform.security.adapters.gcp_secrets import GcpSecrets

    server, client = gcp
    server.add_version(NAME, "gcp-value-1")
    server.may_list = False
    source = GcpSecrets("sample-project", client)
    assert said(Secrets([source]).versions(NAME)) == ["gcp-value-1"]
    server.version(NAME, 1).state = "DISABLED"
    assert Secrets([source]).versions(NAME) == ()
    server.may_access = False
    trouble = Secrets([source]).holding(NAME).trouble
    assert "versions.access' denied" in trouble
    assert "Secret Manager Secret Accessor" in trouble


def test_google_that_is_down_or_damaged_is_not_believed(
    gcp: tuple[GcpSecretsServer, Any],
) -> None:
    from content_platform.security.adapters.gcp_secrets import GcpSecrets

    server, client = gcp
    server.add_version(NAME, "gcp-value-1")
    clock = Clock()
    secrets = Secrets([GcpSecrets("sample-project", client)], ttl_s=60, monotonic=clock)
    assert said(secrets.versions(NAME)) == ["gcp-value-1"]
    server.add_version(NAME, "gcp-value-2")
    server.version(NAME, 2).checksum += 1
    clock.now = 61
    assert said(secrets.versions(NAME)) == ["gcp-value-1"]
    assert "arrived damaged" in secrets.holding(NAME).trouble
    server.version(NAME, 2).checksum -= 1
    clock.now = 122
    assert said(secrets.versions(NAME)) == ["gcp-value-2", "gcp-value-1"]


# Showing them to nobody


def test_nothing_shows_a_value_by_itself(tmp_path: Path) -> None:
    vault = Vault("sh0wn-to-nobody")
    secrets = Secrets([vault])
    (value,) = secrets.versions(NAME)
    assert "sh0wn" not in f"{secrets!r} {secrets.holding(NAME)} {value!r} {value} {[value]}"
    assert repr(secrets) == "Secrets(vault)"
    for kept in (value, secrets, [value]):
        with pytest.raises(TypeError, match="not pickled"):
            pickle.dumps(kept)
    assert copy.deepcopy([value]) == [value]
    try:
        raise RuntimeError(f"could not use {value}")
    except RuntimeError as error:
        told = traceback.TracebackException.from_exception(error, capture_locals=True)
        frames = [line for line in told.format() if "vault = " not in line]
    assert "sh0wn" not in "".join(frames)


def test_a_value_handed_out_is_blanked_wherever_it_is_written() -> None:
    value = 'p/a+s s"w0rd-é'
    Secrets([Vault(value)]).versions(NAME)
    import base64
    import json
    import urllib.parse

    text = value + "!"
    assert redact_text(f"a {value} b") == "a [redacted] b"
    written = [
        urllib.parse.quote(text, safe=""),
        urllib.parse.quote_plus(text),
        json.dumps({"key": text}),
        json.dumps(text, ensure_ascii=False),
        repr([text]),
        *(base64.b64encode(b"x" * n + text.encode()).decode() for n in range(4)),
        *(base64.urlsafe_b64encode(b"x" * n + text.encode()).decode() for n in range(4)),
    ]
    for way in written:
        cleaned = redact_text(way)
        assert "[redacted]" in cleaned, way
        assert len(cleaned) < 40, way


def test_an_error_and_what_is_behind_it_are_cleaned() -> None:
    Secrets([Vault("behind-the-error-1")]).versions(NAME)

    class Stubborn(Exception):
        def __str__(self) -> str:
            return "sent behind-the-error-1"

    def failing(cause: Exception) -> Exception:
        try:
            try:
                raise cause
            except Exception as behind:
                raise ValueError("key behind-the-error-1 refused", 7) from behind
        except ValueError as error:
            return redact_error(error)

    plain = failing(KeyError("behind-the-error-1"))
    assert plain.args == ("key [redacted] refused", 7)
    assert isinstance(plain.__cause__, KeyError)
    assert plain.__cause__.args == ("[redacted]",)
    assert failing(Stubborn()).__cause__ is None
    group = ExceptionGroup("both", [ValueError("behind-the-error-1")])
    group.add_note("tried behind-the-error-1")
    assert "behind-the" not in "".join(traceback.format_exception(redact_error(group)))


_ENDS_BADLY = """
import logging, os, sys, threading
from content_platform.security.secrets import open_secrets
from content_platform.settings import Settings

logging.basicConfig(level="DEBUG")
secrets = open_secrets(Settings())
value = secrets.versions("VENDOR_API_KEY")[0].get_secret_value()
logging.info("asking with %s", value)
logging.getLogger("httpx").debug("GET /?token=" + value)
try:
    raise ConnectionError(f"refused {value}")
except ConnectionError:
    logging.exception("no answer")
def fail():
    raise RuntimeError(f"in a thread: {value}")
thread = threading.Thread(target=fail); thread.start(); thread.join()
raise RuntimeError(f"at the end: {value}")
"""


def test_a_process_that_ends_badly_says_no_secret() -> None:
    value = "ends-badly-2026"
    ended = subprocess.run(
        [sys.executable, "-c", _ENDS_BADLY],
        env={**os.environ, NAME: value},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ended.returncode == 1
    for part in ("asking with [redacted]", "ConnectionError: refused [redacted]", "in a thread: [redacted]", "at the end: [redacted]"):  # fmt: skip
        assert part in ended.stderr
    assert value not in ended.stderr + ended.stdout


def test_log_records_are_clean_for_every_logger(caplog: pytest.LogCaptureFixture) -> None:
    redaction.guard_output()
    Secrets([Vault("logged-by-others")]).versions(NAME)
    logging.getLogger("some.vendor").warning(
        "%(key)s and %(n)d", {"key": "logged-by-others", "n": 3}
    )
    assert caplog.messages[-1] == "[redacted] and 3"
