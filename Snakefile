# The workflow itself lives where the workflow catalogue looks for it.
include: "workflow/Snakefile"
