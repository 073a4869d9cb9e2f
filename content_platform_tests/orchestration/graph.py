"""The asset graph as data, for the snapshot test. ``make graph`` writes it anew."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dagster as dg
import yaml

from content_platform.orchestration.build import build_definitions

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


if __name__ == "__main__":
    SNAPSHOT.write_text(
        yaml.safe_dump(
            describe(build_definitions()), sort_keys=False, width=100, allow_unicode=True
        )
    )
