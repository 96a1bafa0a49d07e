# Thin names for bin/portal, which works without make.
.PHONY: run test check bench format lock translations
run test check bench format lock translations:
	@bin/portal $@
