"""Snakemake's Slurm executor, watched: it says why Slurm refuses, holds or ends a job, and retries by that reason.

    executor: slurm-watched      # in profiles/slurm/config.yaml

It needs snakemake-executor-plugin-slurm (the extra ``slurm``). Snakemake imports every plugin at each start, also
where that is not installed: there it can be imported, and refuses to run.
"""

from importlib.util import find_spec

if find_spec("snakemake_executor_plugin_slurm"):
    from snakemake_executor_plugin_slurm import common_settings

    from snakemake_executor_plugin_slurm_watched.executor import Executor, ExecutorSettings
else:
    from snakemake_executor_plugin_slurm_watched.missing import (  # type: ignore[assignment]
        Executor,
        ExecutorSettings,
        common_settings,
    )

__all__ = ["Executor", "ExecutorSettings", "common_settings"]
