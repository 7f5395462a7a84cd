"""The configuration, validated once and before any job."""

from snakemake.exceptions import WorkflowError

from nonhermitian_hartree.claim_spec import tables_of_claims
from nonhermitian_hartree.config import canonical_json, load_config, parse_config
from nonhermitian_hartree.errors import ConfigError

DEFAULT_CONFIG = "config/config.yaml"

# A file given with --configfile stands alone; `--config key=value` or a module's `config:` overrides keys.
if not workflow.configfiles and not config:

    configfile: DEFAULT_CONFIG


try:
    # read the files again, strictly: YAML loaders let a duplicate key pass
    for file in workflow.configfiles:
        load_config(file)
    CONFIG = parse_config(config, ", ".join(map(str, workflow.configfiles)) or "config")
except ConfigError as error:
    raise WorkflowError(str(error)) from None
