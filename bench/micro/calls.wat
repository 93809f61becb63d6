;; What bench/micro/calls.cc calls, and what calls from here: loops, so that one call from outside is
;; many inside.
(component
  (import "example:host/calls" (instance $host
    (export "number" (func (param "x" u32) (result u32)))
    (export "text" (func (param "x" string) (result u32)))))
  (core module $Memory
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024)))
  (core instance $memory (instantiate $Memory))
  (core func $number (canon lower (func $host "number")))
  (core func $text (canon lower (func $host "text") (memory $memory "memory")))
  (core module $M
    (import "host" "number" (func $number (param i32) (result i32)))
    (import "host" "text" (func $text (param i32 i32) (result i32)))
    (func (export "number") (param i32) (result i32) (local.get 0))
    (func (export "length") (param i32 i32) (result i32) (local.get 1))
    (func (export "call-number") (param $times i32) (result i32) (local $sum i32)
      (loop $more
        (local.set $sum (i32.add (local.get $sum) (call $number (local.get $times))))
        (br_if $more (local.tee $times (i32.sub (local.get $times) (i32.const 1)))))
      (local.get $sum))
    (func (export "call-text") (param $times i32) (result i32) (local $sum i32)
      (loop $more
        (local.set $sum
          (i32.add (local.get $sum) (call $text (i32.const 0) (i32.const 16))))
        (br_if $more (local.tee $times (i32.sub (local.get $times) (i32.const 1)))))
      (local.get $sum)))
  (core instance $m (instantiate $M (with "host" (instance
    (export "number" (func $number)) (export "text" (func $text))))))
  (func (export "number") (param "x" u32) (result u32) (canon lift (core func $m "number")))
  (func (export "length") (param "x" string) (result u32)
    (canon lift (core func $m "length") (memory $memory "memory")
      (realloc (func $memory "realloc"))))
  (func (export "call-number") (param "times" u32) (result u32)
    (canon lift (core func $m "call-number")))
  (func (export "call-text") (param "times" u32) (result u32)
    (canon lift (core func $m "call-text"))))
