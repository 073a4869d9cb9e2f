"""Secrets in AWS Secrets Manager, through boto3 and its usual credential chain."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from content_platform.security.secrets import SecretsUnavailable

_ABSENT = {"ResourceNotFoundException", "InvalidRequestException"}  # the second: to be deleted


class AwsSecrets:
    """``<prefix>/<NAME>``: its versions AWSCURRENT and AWSPREVIOUS.

    A secret is the text itself, or a JSON object that holds it under NAME, as the console writes it.
    """

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix.rstrip("/")
        self.name = f"aws:{prefix}"

    def read(self, name: str) -> Sequence[str]:
        current = self._stage(name, "AWSCURRENT")
        if current is None:
            return []
        return [current, self._stage(name, "AWSPREVIOUS") or ""]

    @cached_property
    def _client(self) -> Any:  # boto3 clients have no static type
        import boto3
        from botocore.config import Config

        return boto3.client(
            "secretsmanager",
            config=Config(
                connect_timeout=5,
                read_timeout=10,
                retries={"mode": "standard", "total_max_attempts": 3},
            ),
        )

    def _stage(self, name: str, stage: str) -> str | None:
        from botocore.exceptions import BotoCoreError, ClientError

        identity = f"{self._prefix}/{name}" if self._prefix else name
        try:
            answer = self._client.get_secret_value(SecretId=identity, VersionStage=stage)
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            if code in _ABSENT:
                return None
            raise SecretsUnavailable(
                f"AWS Secrets Manager does not give {identity}: {code}.",
                remedy="The role needs secretsmanager:GetSecretValue, and kms:Decrypt for its key.",
            ) from None
        except BotoCoreError as error:
            raise SecretsUnavailable(
                f"AWS Secrets Manager cannot be used: {error}",
                remedy="Check the network, AWS_REGION and the AWS credentials.",
            ) from None
        text = answer.get("SecretString")
        return _value(name, identity, answer["SecretBinary"].decode() if text is None else text)


def _value(name: str, identity: str, text: str) -> str:
    if not text.lstrip().startswith("{"):
        return text
    try:
        fields = json.loads(text)
    except ValueError:
        return text
    if not isinstance(fields.get(name), str):
        raise SecretsUnavailable(
            f"The secret {identity} is a JSON object without {name}.",
            remedy=f"Store the value itself, or under the key {name}.",
        )
    return str(fields[name])
