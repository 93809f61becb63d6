#!/usr/bin/env bash
# Completes command lines with the script that `tenon completion` prints: completion.bash TENON bash|zsh
# Without zsh its half ends with 77, which is "skipped".
set -uo pipefail
tenon=$(realpath "$1")
scratch=$(mktemp -d)
trap 'rm -r "$scratch"' EXIT
cd "$scratch" || exit 1
mkdir box 'two words'
touch one.wasm one.wat two.tenon notes.txt script.wast
failed=0

check() { # EXPECTED ACTUAL WHAT
  [ "$1" = "$2" ] && return
  printf 'FAIL %s\n  expected: %s\n  found:    %s\n' "$3" "$1" "$2"
  failed=1
}

# The candidates for the last word, in order, each followed by a comma. Bash makes `=` a word.
completes() { # EXPECTED WORD...
  local expected=$1
  shift
  COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
  _tenon
  check "$expected" "$(printf '%s\n' "${COMPREPLY[@]}" | sort | tr '\n' ',')" "bash: $*"
}

bash_half() {
  source <("$tenon" completion bash)
  completes 'run,' tenon ru
  completes '--version,' tenon --v
  completes '--argv0,' tenon run --arg
  completes 'box,' tenon run --dir b
  completes 'box,' tenon run --dir = b
  completes 'box,two words,' tenon run --dir ''
  completes 'box,two words,' tenon run --dir =
  completes ',' tenon run --env n
  completes 'one.wasm,one.wat,' tenon run o
  completes 'one.wasm,one.wat,' tenon run --dir = box --env X o
  completes 'notes.txt,' tenon run one.wasm n
  completes 'box,' tenon run one.wasm --dir b
  completes '--json,' tenon inspect --j
  completes 'box,one.wasm,one.wat,two words,two.tenon,' tenon inspect ''
  completes ',' tenon inspect one.wasm ''
  completes 'box,script.wast,two words,' tenon wast ''
  completes 'bash,zsh,' tenon completion ''
  completes 'bindgen,box,c,check,fmt,one.wasm,two words,' tenon wit ''
  completes 'box,two words,' tenon wit --deps ''
  completes ',' tenon unknown ''
  completes 'help,' tenon he
  completes 'inspect,' tenon help ins
  completes '--output,' tenon parse --o
  completes 'box,notes.txt,one.wasm,one.wat,script.wast,two words,two.tenon,' tenon parse -o ''
  completes 'notes.txt,' tenon print --output n
  completes 'notes.txt,' tenon print --output = n
  completes 'one.wasm,one.wat,' tenon parse -o out.wasm o
  completes ',' tenon parse one.wat -o out.wasm o
  completes 'notes.txt,' tenon parse one.wat -o n
  completes 'explicit,guard,' tenon run --bounds ''
  completes '--budget,' tenon compile --threads 2 --bu
  completes 'explicit,' tenon wast --bounds = e
  completes 'trap,' tenon run --unknown-imports ''

  # Each subcommand that the help lists completes, with the options that its help lists.
  for name in $("$tenon" --help | sed -n '/^Subcommands/,$s/^  \([a-z]*\) .*/\1/p'); do
    completes "$name," tenon "$name"
    options=$("$tenon" "$name" --help | grep -oE '^ +(-[a-zA-Z], )?--[a-z0-9-]+' | grep -oE -- '--.*' |
      sort | tr '\n' ',')
    completes "$options" tenon "$name" --
  done
}

# What _tenon hands to zsh's own functions, which need a terminal to complete anything.
zsh_calls() { # WORD...
  zsh -f -c '
    compdef() { : }
    _describe() { print -rl -- $subcommands }
    _arguments() { print -rl -- "$@" }
    source <('"$tenon"' completion zsh)
    words=("$@") CURRENT=$#
    _tenon' zsh "$@"
}
zsh_has() { # LINE WORD...
  local line=$1
  shift
  grep -qxF -- "$line" <<<"$(zsh_calls "$@")" || check "$line" "$(zsh_calls "$@")" "zsh: $*"
}
zsh_half() {
  zsh_has 'validate:Check a component or module; silent when it is valid.' tenon ''
  zsh_has '1:FILE:_files -g "(*.wasm|*.wat|*.tenon)"' tenon inspect ''
  zsh_has '1:shell:(bash zsh)' tenon completion ''
  zsh_has '*:PATH:_files -g "(*.wast)"' tenon wast ''
  grep -qE '^\*--dir=\[.*\]:HOST\\\[\\:\\:GUEST\\\]:_files -/$' <<<"$(zsh_calls tenon run '')" ||
    check '*--dir=...' "$(zsh_calls tenon run '')" 'zsh: tenon run'
  zsh_has '(-V --version)--version[Print the version]' tenon ''
  zsh_has '(-o --output)-o+[Write to this file, all or nothing; default\: standard output]:OUTPUT:_files -g "(*)"' \
    tenon parse ''
  zsh_has '*--bounds=[Keep accesses within memories by guard regions (the default) or by a check each]:guard|explicit:(guard explicit)' \
    tenon run ''
}

if [ "$2" = bash ]; then
  bash_half
elif command -v zsh >/dev/null; then
  zsh_half
else
  echo 'zsh is not installed'
  exit 77
fi
exit $failed
