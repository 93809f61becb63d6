;; A core module whose names are hostile to whoever prints them: quotes, newlines,
;; backslashes and what steers a terminal.
(module
  (import "a\"b\\c" "line\n\1b[31mred" (func (param i32 v128) (result f64)))
  (import "ok" "\c2\9b" (global (mut i64)))
  (import "" "" (table 1 2 externref))
  (memory (export "memory") 1 4)
  (func (export "\0d") (result i32 i64) i32.const 1 i64.const 2)
  (global (export "g") f32 (f32.const 1)))
