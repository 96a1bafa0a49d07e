# Thin names for bin/portal, which works without make. Arguments: make test ARGS="tests/issues -x"
.PHONY: run test check bench format lock translations setup
run test check bench format lock translations setup:
	@bin/portal $@ $(ARGS)
