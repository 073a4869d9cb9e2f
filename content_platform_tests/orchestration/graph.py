"""The asset graph as data, for the snapshot test. ``make graph`` writes it anew."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dagster as dg
import yaml

from content_platform.orchestration.build import build_definitions, build_story_definitions

SNAPSHOT = Path(__file__).with_name("graph.yaml")


def describe(definitions: dg.Definitions) -> dict[str, Any]:
    """Keys, dependencies, groups, partitions and checks of every asset; jobs and sensors."""
    graph = definitions.resolve_asset_graph()
    return {
        "assets": {
            key.to_user_string(): {
                "group": graph.get(key).group_name,
                "partitions": _partitions(graph.get(key).partitions_def),
                "needs": sorted(parent.to_user_string() for parent in graph.get(key).parent_keys),
                "checks": sorted(check.name for check in graph.get(key).check_keys),
                "pools": sorted(graph.get(key).pools or ()),
                "description": graph.get(key).description,
            }
            for key in sorted(graph.materializable_asset_keys)
        },
        "jobs": {
            job.name: sorted(key.to_user_string() for key in job.asset_layer.executable_asset_keys)
            for job in definitions.resolve_all_job_defs()
            if not job.name.startswith("__")
        },
        "sensors": sorted(sensor.name for sensor in definitions.sensors or ()),
        "schedules": sorted(schedule.name for schedule in definitions.schedules or ()),
    }


def _partitions(definition: dg.PartitionsDefinition[str] | None) -> str:
    match definition:
        case None:
            return "none"
        case dg.DynamicPartitionsDefinition():
            return str(definition.name)
        case dg.MultiPartitionsDefinition():
            return " × ".join(dimension.name for dimension in definition.partitions_defs)
    return "days"


def whole_story() -> tuple[set[str], set[str]]:
    """The assets a made story has, and the checks that looked at it, as ``left_by`` names them."""
    definitions = build_story_definitions()
    layer = definitions.resolve_job_def("make_story").asset_layer
    graph = definitions.resolve_asset_graph()
    names = {key.to_user_string(): key for key in layer.executable_asset_keys}
    return set(names), {
        f"{name} {check.name}" for name, key in names.items() for check in graph.get(key).check_keys
    }


def left_by(instance: dg.DagsterInstance, story_id: str) -> tuple[set[str], dict[str, bool]]:
    """The assets a story's runs made, and how each check ended."""
    kinds = {dg.DagsterEventType.ASSET_MATERIALIZATION, dg.DagsterEventType.ASSET_CHECK_EVALUATION}
    assets: set[str] = set()
    checks: dict[str, bool] = {}
    for run in instance.get_runs(dg.RunsFilter(tags={"dagster/partition": story_id})):
        for entry in reversed(instance.all_logs(run.run_id, of_type=kinds)):
            assert entry.dagster_event is not None
            found: Any = entry.dagster_event.event_specific_data
            if isinstance(found, dg.AssetCheckEvaluation):
                checks[f"{found.asset_key.to_user_string()} {found.check_name}"] = found.passed
            else:
                assets.add(found.materialization.asset_key.to_user_string())
    return assets, checks


if __name__ == "__main__":
    SNAPSHOT.write_text(
        yaml.safe_dump(
            describe(build_definitions()), sort_keys=False, width=100, allow_unicode=True
        )
    )
