"""The configuration, validated once and before any job."""

import sys
from pathlib import Path

from snakemake.exceptions import WorkflowError

from nonhermitian_hartree.claims.spec import tables_of_claims
from nonhermitian_hartree.config.configuration import (
    canonical_json,
    parse_config,
)
from nonhermitian_hartree.config.reading import read_yaml
from nonhermitian_hartree.config.study_in_words import describe_study
from nonhermitian_hartree.errors import ConfigError, WorkplaceError
from nonhermitian_hartree.fields.base import readable_yaml
from nonhermitian_hartree.runs.surroundings import require_plain_paths

try:
    require_plain_paths(sys.executable, Path.cwd(), workflow.basedir)
except WorkplaceError as error:
    raise WorkflowError(str(error)) from None

DEFAULT_CONFIG = "config/config.yaml"


def check_file(file):
    """Read a file strictly: YAML loaders let a duplicate key pass, and Snakemake's names neither file nor line."""
    try:
        read_yaml(file)
    except ConfigError as error:
        raise WorkflowError(str(error)) from None


# As a module, the configuration is the one that the importing workflow passes on, and its files are that workflow's.
# By itself, files given with --configfile stand alone, of several the later wins key by key, and `--config key=value`
# overrides keys.
IS_MODULE = not workflow.modifier.is_main_snakefile()

if not config and (IS_MODULE or not workflow.configfiles):
    check_file(DEFAULT_CONFIG)

    configfile: DEFAULT_CONFIG


CONFIG_FILES = [] if IS_MODULE else workflow.configfiles
for file in CONFIG_FILES:
    check_file(file)
try:
    CONFIG = parse_config(
        config, ", ".join(map(str, CONFIG_FILES)) or "config", CONFIG_FILES
    )
except ConfigError as error:
    raise WorkflowError(str(error)) from None
