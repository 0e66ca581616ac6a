# The verbs of this repository. `make` alone lists them; each is a short script in scripts/.

# The phases share their ports, so nothing here runs side by side, not even with -j.
.NOTPARALLEL:
.PHONY: help demo up experiments gameday soak bench phase1 phase2 phase3 down images test fuzz check screenshots

help: ## list the verbs
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## play the three phases' stories; needs nothing but Go
	@scripts/lab.sh demo

PHASE ?= 2
up: ## phase 2 (or PHASE=3) without Docker, and its page, until Ctrl-C
	@scripts/lab.sh up $(PHASE)

experiments: ## ask eleven questions; the answers are in experiments/report.html
	@scripts/experiments.sh

gameday: ## break phase 3 in every way that docs/runbook.md knows (TIMES=20: so often)
	@scripts/gameday.sh

soak: ## 500 users come and go for 10 minutes (FOR=1h): does anything grow?
	@scripts/lab.sh soak --engine $(or $(ENGINE),host) --for $(or $(FOR),10m)

bench: ## what phase 3 costs, beside a chat server as tutorials have it (CURVES=1: and curves)
	@scripts/bench.sh

phase1: ## one server in a container, and its story
	@scripts/phase.sh 1

phase2: ## two servers behind nginx, nothing shared, and their story
	@scripts/phase.sh 2

phase3: ## two servers behind nginx, joined by Redis, and their story
	@scripts/phase.sh 3

down: ## take down what make phase1, phase2 or phase3 left up
	@scripts/down.sh

images: ## get Redis and nginx, build the servers
	@scripts/images.sh

test: ## run all tests; says what this machine could not run
	@scripts/test.sh

fuzz: ## try what nobody has thought of: each target for FUZZTIME (30s)
	@scripts/fuzz.sh

check: ## check format and style: gofmt, vet, staticcheck, shellcheck
	@scripts/check.sh

screenshots: ## make the README's pictures anew, with Chromium or Chrome
	@scripts/screenshots.sh
