;; Imports an interface that no host has, with a resource type, a function that no host has from one
;; that it has, and a function without an interface. Calls of the third kind when it runs.
(component
  (import "acme:widgets/gears@1.2.3" (instance $gears
    (export "gear" (type $gear (sub resource)))
    (export "[constructor]gear" (func (result (own $gear))))
    (export "turn" (func (param "times" u32)))))
  (alias export $gears "gear" (type $gear))
  (import "wasi:random/random@0.2.0" (instance $random
    (export "get-random-u65" (func (result u64)))))
  (import "stop" (func $stop (param "reason" u32)))
  (core func $turn (canon lower (func $gears "turn")))
  (core func $drop (canon resource.drop $gear))
  (core func $random (canon lower (func $random "get-random-u65")))
  (core func $stop (canon lower (func $stop)))
  (core module $m
    (import "" "turn" (func $turn (param i32)))
    (import "" "drop" (func $drop (param i32)))
    (import "" "random" (func $random (result i64)))
    (import "" "stop" (func $stop (param i32)))
    (func $main (export "run") (result i32)
      (call $stop (i32.const 7))
      (call $turn (i32.const 1)) (call $drop (i32.const 1)) (drop (call $random))
      i32.const 0))
  (core instance $i (instantiate $m (with "" (instance
    (export "turn" (func $turn)) (export "drop" (func $drop))
    (export "random" (func $random)) (export "stop" (func $stop))))))
  (func $run (result (result)) (canon lift (core func $i "run")))
  (instance $exports (export "run" (func $run)))
  (export "wasi:cli/run@0.2.0" (instance $exports)))
