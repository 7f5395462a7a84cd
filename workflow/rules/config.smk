"""The configuration, validated once and before any job."""

from snakemake.exceptions import WorkflowError

from nonhermitian_hartree.claim_spec import tables_of_claims
from nonhermitian_hartree.config import canonical_json, load_config, parse_config
from nonhermitian_hartree.errors import ConfigError

DEFAULT_CONFIG = "config/config.yaml"


def check_file(file):
    """Read a file strictly: YAML loaders let a duplicate key pass, and Snakemake's names neither file nor line."""
    try:
        load_config(file)
    except ConfigError as error:
        raise WorkflowError(str(error)) from None


# A file given with --configfile stands alone; `--config key=value` or a module's `config:` overrides keys.
if not workflow.configfiles and not config:
    check_file(DEFAULT_CONFIG)

    configfile: DEFAULT_CONFIG


for file in workflow.configfiles:
    check_file(file)
try:
    CONFIG = parse_config(config, ", ".join(map(str, workflow.configfiles)) or "config")
except ConfigError as error:
    raise WorkflowError(str(error)) from None
