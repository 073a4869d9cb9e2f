"""LEARN: dbt's marts, what the learner advises from them, and the config version that comes of it.

The only module that imports dagster-dbt, and in a code location of its own (see ``build``).
The feedback arrow ends here: ``config_version`` writes the next version to Postgres, and the next
``brief`` reads it there. It is data; an edge would be a circle.
"""

import os
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import (
    DagsterDbtTranslator,
    DagsterDbtTranslatorSettings,
    DbtCliResource,
    dbt_assets,
)

from content_platform.metrics.warehouse import DBT_EXECUTABLE, manifest_path, project_dir
from content_platform.orchestration import show
from content_platform.orchestration.partitions import days
from content_platform.runtime import Runtime
from content_platform.settings import Settings
from content_platform.steering.turn import take_turn


class Translator(DagsterDbtTranslator):
    """Marts are called as in SQL; what only leads to them stays in a group of its own."""

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        declared = dbt_resource_props.get("meta", {}).get("dagster", {}).get("asset_key")
        return dg.AssetKey(declared or [dbt_resource_props["name"]])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        return "marts" if "marts" in dbt_resource_props["fqn"] else "staging"


@dbt_assets(
    manifest=manifest_path(Settings()),
    partitions_def=days,
    backfill_policy=dg.BackfillPolicy.single_run(),
    dagster_dbt_translator=Translator(
        DagsterDbtTranslatorSettings(enable_duplicate_source_asset_keys=True)
    ),
    pool="warehouse",
)
def marts(context: dg.AssetExecutionContext, runtime: dg.ResourceParam[Runtime]) -> Iterator[Any]:
    """The analysts' models. A run brings all of them up to date, whatever day it is for."""
    dbt = DbtCliResource(project_dir=str(project_dir()), dbt_executable=DBT_EXECUTABLE)
    with runtime.warehouse.lent_to_dbt():
        # In one place, not in a folder a run: one dbt at a time writes, and the next one parses less.
        target = Path(os.environ["DBT_TARGET_PATH"])
        yield from dbt.cli(
            ["build"],
            context=context,
            manifest=manifest_path(runtime.settings),
            target_path=target,
        ).stream()


@dg.asset(
    partitions_def=days,
    group_name="learn",
    kinds={"scikitlearn"},
    deps=[dg.AssetKey("story_outcomes"), dg.AssetKey("fct_stories")],
    backfill_policy=dg.BackfillPolicy.single_run(),
)
def recommendations(
    context: dg.AssetExecutionContext, runtime: dg.ResourceParam[Runtime]
) -> dg.MaterializeResult[None]:
    """What the learner would change on each channel, how sure it is, or why it abstains."""
    day = date.fromisoformat(max(context.partition_keys))
    advised = [
        runtime.optimizer.recommend(version.channel, day) for version in runtime.configs.channels()
    ]
    return dg.MaterializeResult(metadata=show.recommendations(advised))


@dg.asset(group_name="learn", kinds={"postgres"}, deps=[recommendations])
def config_version(
    context: dg.AssetExecutionContext, runtime: dg.ResourceParam[Runtime]
) -> dg.MaterializeResult[None]:
    """The next config versions: advice taken, regressions rolled back, experiments decided."""
    for version in runtime.configs.channels():
        take_turn(version.channel, optimizer=runtime.optimizer, experiments=runtime.experiments)
    return dg.MaterializeResult(metadata=show.config_versions(runtime.configs.channels()))
