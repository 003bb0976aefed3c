# What is made once in a while. The test command is `go test ./...`, the gate `.ci/run`.

# oracle writes down how tshark reads the project's own captures; tests compare our reading with it.
oracle:
	pcaps/oracle.sh

# sensor is the program as it is given away: static, and compiled by a profile of what it does all day.
sensor:
	CGO_ENABLED=0 go build -trimpath -pgo cmd/sensor/replay.pgo -ldflags "-s -w" -o sensor ./cmd/sensor

# profile measures anew what that build goes by: a replay of the recorded line with its baseline.
profile:
	CGO_ENABLED=0 go test -trimpath ./cmd/sensor -run '^$$' -bench Replay/workers=1 -benchtime 15s -cpuprofile cmd/sensor/replay.pgo -o /dev/null

.PHONY: oracle sensor profile
