# docker build -t p99-conformance . ; docs/ci.md says how to run it.
FROM python:3.13.9-slim-trixie AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE openapi.yaml ./
COPY schemas schemas
COPY conformance conformance
COPY ci/constraints.txt ci/constraints.txt
RUN python -m venv /opt/p99 && /opt/p99/bin/pip install --no-cache-dir --constraint ci/constraints.txt .

FROM python:3.13.9-slim-trixie
COPY --from=build /opt/p99 /opt/p99
# What a killed run has left is noted beside the profile: the container's own folders go with it.
ENV PATH=/opt/p99/bin:$PATH HOME=/tmp XDG_STATE_HOME=/judge/.p99-state
RUN useradd --uid 10001 --no-create-home p99 && install -d -o p99 /judge
USER 10001
WORKDIR /judge
ENTRYPOINT ["p99-conformance"]
CMD ["run"]
