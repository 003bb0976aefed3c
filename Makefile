# What is made once in a while. The test command is `go test ./...`, the gate `.ci/run`.

# oracle writes down how tshark reads the project's own captures; tests compare our reading with it.
oracle:
	pcaps/oracle.sh

.PHONY: oracle
