# Versions are exact, so that a build is the same again. Bun’s is the one of package.json: a test holds the two together.
FROM oven/bun:1.4.5-slim AS build
WORKDIR /build
COPY package.json bun.lock tsconfig.json ./
RUN bun install --frozen-lockfile --production --ignore-scripts
COPY samples/test_batch_data.xlsx samples/
COPY scripts/build.ts scripts/
COPY scripts/build scripts/build
COPY src src
RUN bun scripts/build.ts here && mv dist/rowbot-* rowbot

FROM debian:12.14-slim
LABEL org.opencontainers.image.title="Rowbot" \
      org.opencontainers.image.description="Runs a Dify workflow on every row of an Excel file, from Slack, Discord and a page" \
      org.opencontainers.image.licenses="MIT"
RUN useradd --uid 1000 --no-create-home --home-dir /data rowbot && install -d -m 700 -o rowbot -g rowbot /data
COPY --from=build /build/rowbot /usr/local/bin/rowbot
# Inside, every address: which of them others can reach is up to the port that is published.
ENV ROWBOT_HOST=0.0.0.0 ROWBOT_DATA_DIR=/data
USER 1000:1000
# Everything that must last, and `.env`, which “rowbot init” writes and every command reads.
WORKDIR /data
VOLUME /data
EXPOSE 8000
# Rows in flight get 25 s: give it 35 s before it is killed.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s --retries=3 CMD ["rowbot", "healthy"]
ENTRYPOINT ["rowbot"]
CMD ["serve"]
