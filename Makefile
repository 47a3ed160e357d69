# The same words as scripts/dev, for those who type make.
.PHONY: help demo test faults test-browser check docs fix lock setup clean

help:     ## list these commands
	@sh scripts/dev help

demo:     ## everything a newcomer needs: environment, database, a small clinic, web, worker, beat, mailbox
	@sh scripts/dev demo

test:     ## the whole suite: PostgreSQL, SQLite, Redis, a real Celery worker, a real browser
	@sh scripts/dev test

faults:   ## workers killed, stopped, doubled; servers lost: 20 seeds on PostgreSQL
	@sh scripts/dev faults

test-browser: ## only what drives a browser
	@sh scripts/dev test -m browser

check:    ## lint, types, architecture, migrations, generated pages, deployment settings
	@sh scripts/dev check

docs:     ## write clinical-rules.md, the state diagrams and openapi.yml again
	@sh scripts/dev docs

fix:      ## what the linter and the formatter can do by themselves
	@sh scripts/dev fix

lock:     ## resolve the lock files again
	@sh scripts/dev lock

setup:    ## only the environment for development
	@sh scripts/dev setup

clean:    ## remove the environment and the demo's data
	@sh scripts/dev clean
