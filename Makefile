# 网格 Wangge: `make run` and `make test` on a fresh Debian or Ubuntu. Everything else is in gis/ground.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)

.DEFAULT_GOAL := help
.PHONY: help run test bench proof services

help run test bench proof services:
	@test -n "$(PYTHON)" || { \
		echo "需要 Python 3.11 或更新 (Python 3.11 or newer is needed): apt-get install python3"; exit 1; }
	@exec $(PYTHON) -m gis.ground $@ $(ARGS)
