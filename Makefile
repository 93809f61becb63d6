# The front door. `make run` and `make test` do all the set-up on a fresh Debian 12 machine; everything
# else is CMake's (see CMakePresets.json).
GUESTS := build/guests

.PHONY: help deps build run test clean

help:
	@echo "make run    install what is needed, build tenon and run a component"
	@echo "make test   install, build and test (release and sanitizers); closes with the counts"
	@echo "make build  build tenon and its compiler"
	@echo "make clean  remove build/"

deps:
	@third_party/install-deps

build: deps
	@cmake --preset release -DCMAKE_C_COMPILER_LAUNCHER=ccache -DCMAKE_CXX_COMPILER_LAUNCHER=ccache
	@cmake --build --preset release --target tenon tenon-compile

run: build
	@test/guests/build $(GUESTS) hello
	build/release/bin/tenon run $(GUESTS)/hello.wasm

test: deps
	@test/support/summarize release asan-ubsan

clean:
	rm -rf build
