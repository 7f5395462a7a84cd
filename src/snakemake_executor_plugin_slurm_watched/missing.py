"""What stands for the executor where the Slurm plugin that it builds on is not installed."""

from __future__ import annotations

from typing import Any

from snakemake_interface_common.exceptions import WorkflowError
from snakemake_interface_executor_plugins.executors.remote import RemoteExecutor
from snakemake_interface_executor_plugins.settings import CommonSettings, ExecutorSettingsBase

common_settings = CommonSettings(
    non_local_exec=True,
    implies_no_shared_fs=False,
    job_deploy_sources=False,
    pass_envvar_declarations_to_cmd=False,
)


class ExecutorSettings(ExecutorSettingsBase):  # type: ignore[misc]
    """No settings."""


class Executor(RemoteExecutor):  # type: ignore[misc]
    """Says what to install."""

    def __init__(self, *_: Any) -> None:
        raise WorkflowError("Slurm needs snakemake-executor-plugin-slurm ≥ 2.8: pip install '.[slurm]'")

    def run_job(self, job: Any) -> None:
        """Never reached."""

    async def check_active_jobs(self, active_jobs: Any) -> Any:
        """Never reached."""

    def cancel_jobs(self, active_jobs: Any) -> None:
        """Never reached."""
