# The workflow itself lives where the workflow catalogue looks for it.
include: "workflow/Snakefile"


# Snakemake forgets the default target of a file that is included.
workflow.default_target = "all"
