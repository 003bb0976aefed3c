# Build: a static binary, the same for the same source, compiled by a profile of a replay.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -pgo cmd/sensor/replay.pgo -ldflags "-s -w" -o /sensor ./cmd/sensor

# Run: no shell, no root. Capturing needs NET_RAW and the host's network:
#   docker run --network host --read-only --cap-drop ALL --cap-add NET_RAW \
#     -v ./line.baseline:/line.baseline:ro IMAGE run -i eth1 --baseline /line.baseline
# The file capability gives NET_RAW to the user below when the container has it.
FROM debian:trixie-slim AS caps
RUN apt-get update && apt-get install -y --no-install-recommends libcap2-bin
COPY --from=build /sensor /sensor
RUN setcap cap_net_raw=ep /sensor

FROM scratch
COPY --from=caps /sensor /sensor
USER 65534:65534
EXPOSE 9465
ENTRYPOINT ["/sensor"]
CMD ["demo", "--listen", "0.0.0.0:9465"]
