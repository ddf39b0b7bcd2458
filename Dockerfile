# Images of the five services: docker build --target router (guard, saver, meter, portal) -t keirouter-router .
#
# Every target holds the same programs in the same layers, so five images take the space of one; a target says which of
# them runs, as which user, and how its health is told. Plain syntax: the classic builder works as well as BuildKit.

FROM swift:6.3-bookworm AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
       libssl-dev libsqlite3-dev libpcre2-dev zlib1g-dev pkg-config git ca-certificates \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
# The product and what it needs; tests stay outside, and so does what only they need.
ENV KEIROUTER_FOCUS=KeiRouter
# Fetched anew only when the list of packages changes.
COPY Package.* ./
RUN swift package resolve
COPY scripts scripts
COPY Program Program
COPY Shared Shared
COPY Services Services
# What `keirouter version` names: --build-arg COMMIT=$(git rev-parse --short=12 HEAD).
ARG COMMIT=
RUN scripts/build \
    && if [ -n "$COMMIT" ]; then echo "$COMMIT" >.build/release/keirouter-commit; fi \
    && scripts/bundle .build/release /bundle

# The portal's typefaces, made from Debian's packages; without them pages use the system's, so nothing fails here.
FROM debian:bookworm-slim AS fonts
COPY scripts/fonts /fonts
RUN mkdir -p /share/keirouter/fonts \
    && (apt-get update \
        && apt-get install -y --no-install-recommends fonts-cabin fonts-league-mono python3-fonttools python3-brotli \
        && bash /fonts /share/keirouter/fonts \
        || echo "no fonts in this image" >&2)

FROM debian:bookworm-slim AS runtime
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
       ca-certificates libpcre2-8-0 libpq5 libsqlite3-0 libssl3 libstdc++6 tzdata zlib1g \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 keirouter \
    && useradd --uid 10001 --gid 10001 --home-dir /data --no-create-home --shell /usr/sbin/nologin keirouter \
    && install -d -o 10001 -g 10001 -m 0700 /data /data/spool /data/run /data/run/guard
COPY --from=build /bundle /opt/keirouter
COPY --from=fonts /share /opt/keirouter/share
ENV PATH=/opt/keirouter:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    KEIROUTER_DATA=/data
# One user for all: the services believe the peers of their sockets by it.
USER 10001:10001
WORKDIR /data
STOPSIGNAL SIGTERM
LABEL org.opencontainers.image.title="KeiRouter" \
      org.opencontainers.image.description="A self-hosted AI gateway" \
      org.opencontainers.image.licenses="MIT"

FROM runtime AS guard
LABEL org.opencontainers.image.title="KeiRouter guard"
# Each replica answers on a socket named after its container; the router watches the folder.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD exec keirouter health "guard/$HOSTNAME"
CMD ["sh", "-c", "exec keirouter-guard --listen \"guard/$HOSTNAME\""]

FROM runtime AS saver
LABEL org.opencontainers.image.title="KeiRouter saver"
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["keirouter", "health", "saver"]
CMD ["keirouter-saver"]

FROM runtime AS meter
LABEL org.opencontainers.image.title="KeiRouter meter"
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["keirouter", "health", "meter"]
CMD ["keirouter-meter"]

FROM runtime AS portal
LABEL org.opencontainers.image.title="KeiRouter portal"
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["keirouter", "health", "portal"]
CMD ["keirouter-portal"]

# The last one is what `docker build` makes when no target is named.
FROM runtime AS router
LABEL org.opencontainers.image.title="KeiRouter router"
EXPOSE 20180 20181
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["keirouter", "health", "router"]
CMD ["keirouter", "serve"]
