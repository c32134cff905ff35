# Everything a person needs. Each command says what it does; the work is done by the scripts in .ci/.
.PHONY: run test bench fmt lint setup

run: ## the portal and a pretended Entra tenant, on this machine
	@.ci/setup run
	@.ci/demo

test: ## everything that can be judged without a person
	@.ci/setup test
	@.ci/test

bench: ## the figures of the README; ARGS=--help says what can be left out
	@.ci/setup bench
	@.ci/bench $(ARGS)

fmt: ## rewrite the source in the house's form
	cargo fmt --all

lint: ## form and lints only
	@.ci/lint

setup: ## fetch what is missing for all of the above
	@.ci/setup test
