# The workflow as an image:  docker build -t nonhermitian-hartree .
#   docker run --rm --user "$(id -u):$(id -g)" -v "$PWD":/data nonhermitian-hartree run my.yaml
# Results are written to results/ of the folder in which that is called.
FROM python:3.13-slim

WORKDIR /build
COPY requirements.lock .
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.lock

COPY pyproject.toml setup.py README.md LICENSE CITATION.cff Snakefile ./
COPY src src
COPY workflow workflow
COPY config config
COPY profiles profiles
RUN pip install --no-cache-dir --disable-pip-version-check --no-build-isolation --no-deps . && rm -r /build/*

WORKDIR /data
ENTRYPOINT ["nonhermitian-hartree"]
CMD ["--help"]
