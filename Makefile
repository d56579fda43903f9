# Everything here works on a Debian machine with Go, git and apt: make test installs what is
# missing where it may, and says what it skips where it may not.
GO      ?= go
TOOL     = $(GO) tool -modfile=tools/go.mod
FUZZTIME ?= 10m
ROUNDS  ?= 20
ACCOUNTS ?= 1000000
# Thousands of whole sign-ins each: without the race detector.
SIGNINS  = AU10_AU16_DoorsAndPolicies|AU10_AU12_NoRoute|AU06_AU07_Owners|AU08_Second|AU08_Patient

.PHONY: build test setup lint vulncheck unit peers scenario access lighthouse bench import-bench storm kill9 fuzz timing docs demo

build: ## the binary as it is released
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags "-s -w" -o bin/cardea ./cmd/cardea

test: setup lint vulncheck unit peers scenario access
	@echo "make test: all passed"

setup: ## Debian packages for the tests
	@bash test/setup.sh

lint: ## vet, staticcheck, gosec, and the rules of the house
	@bad=$$(gofmt -l cmd internal sdk examples test bench); test -z "$$bad" || { echo "gofmt would change: $$bad"; exit 1; }
	$(GO) vet ./... && $(GO) -C sdk vet ./...
	$(TOOL) staticcheck ./...
	@bash test/gosec.sh
	$(GO) test -count=1 -v -run Floors ./internal

vulncheck: ## known holes in what we import; its database is on the network
	@bash test/vulncheck.sh

unit: ## every package on SQLite, and on PostgreSQL where it is there; CI=1 demands it
	@bash test/skips.sh
	$(GO) test -race -timeout 20m -skip '$(SIGNINS)' $$($(GO) list ./... | grep -v -e /test/ -e /bench)
	$(GO) test -timeout 20m -run '$(SIGNINS)' ./internal/app
	$(GO) -C sdk test -race ./...

peers: ## other people's clients through every flow
	$(GO) test -count=1 -timeout 10m ./test/interop/...

scenario: ## stories with the real binary, Chromium and mod_auth_openidc; every command of the documentation
	$(GO) test -count=1 -timeout 15m ./test/oidcc/... ./test/scenario/... ./test/docs

access: ## every page with axe-core and with the keyboard alone; prints the table of what was found
	$(GO) test -count=1 -timeout 15m ./test/access
	@cat test/artefacts/access.txt 2>/dev/null || true

lighthouse: ## the accessibility scores of Lighthouse; takes two minutes
	CARDEA_LIGHTHOUSE=1 $(GO) test -count=1 -v -timeout 15m -run Lighthouse ./test/access

kill9: ## kill -9 under load, the long variant
	KILL_ROUNDS=$(ROUNDS) $(GO) test -count=1 -v -timeout 60m -run Kill9 ./test/scenario

bench: ## prints the table and writes bench/RESULTS.md; needs two cores and about six minutes
	$(GO) run ./bench

import-bench: ## imports ACCOUNTS accounts with a kill -9 of client and server; needs a quiet machine
	$(GO) run ./bench/imports -accounts $(ACCOUNTS)

storm: ## 2,000 guesses a second while owners sign in (FX11); needs two cores of its own
	$(GO) run ./bench/storm

fuzz: ## every fuzz target, FUZZTIME each
	@bash test/fuzz.sh $(FUZZTIME)

timing: ## whether time tells who exists (AU19), in sign-in, registration and recovery, 1,000 people each; needs a quiet machine
	CARDEA_TIMING=1 $(GO) test -count=1 -v -timeout 20m -run AU19_Timing ./internal/factor/password ./internal/app

docs: ## what is generated from the source
	$(GO) generate ./... && $(GO) run ./internal/conformance

demo:
	$(GO) run ./cmd/cardea demo
