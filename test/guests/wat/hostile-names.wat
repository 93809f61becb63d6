;; Traps in functions whose names would steer a terminal and forge a line.
(component
  (core module $m
    (func $"red\1b[31m" unreachable)
    (func $"line\0atenon: all is well" (call $"red\1b[31m"))
    (func (export "run") (result i32) (call $"line\0atenon: all is well") i32.const 0))
  (core instance $i (instantiate $m))
  (func $run (result (result)) (canon lift (core func $i "run")))
  (instance $exports (export "run" (func $run)))
  (export "wasi:cli/run@0.2.0" (instance $exports)))
