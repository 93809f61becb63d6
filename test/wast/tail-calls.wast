;; Tail calls between instances, and between tiers where a part of the functions is compiled: no
;; stack grows, whatever takes turns, and arguments go by registers and by the stack.
(module $a
  (type $count (func (param i64) (result i64)))
  (type $wide (func (param i64 i32 f64 i64 f32 i64 i32 i64 v128 i64 i64) (result i64 f64 i32)))
  (table (export "table") 4 funcref)
  (table (export "wide") 2 funcref)
  (memory (export "memory") 1)
  (data (i32.const 0) "\0a")
  (elem (table 1) (i32.const 0) funcref (ref.func $wide))
  (elem (table 0) (i32.const 0) funcref (ref.func $down) (ref.func $end))

  ;; To the function at 2, another instance's, and back.
  (func $down (export "down") (type $count)
    (if (i64.eqz (local.get 0)) (then (return (i64.load (i32.const 0)))))
    (return_call_indirect (type $count) (i64.sub (local.get 0) (i64.const 1)) (i32.const 2)))
  (func $end (type $count) (i64.add (local.get 0) (i64.const 100)))
  ;; Calls, and then makes a tail call.
  (func (export "both") (type $count)
    (return_call_indirect (type $count)
      (i64.add (call_indirect (type $count) (i64.const 1001) (i32.const 2)) (local.get 0))
      (i32.const 3)))

  (func $wide (export "wide-a") (type $wide)
    (if (i64.eqz (local.get 0))
      (then (return (i64.add (local.get 3) (local.get 9)) (local.get 2) (i32.load8_u (i32.const 0)))))
    (return_call_indirect 1 (type $wide)
      (i64.sub (local.get 0) (i64.const 1)) (i32.add (local.get 1) (i32.const 1))
      (f64.add (local.get 2) (f64.const 0.5)) (local.get 10) (local.get 4) (local.get 3)
      (local.get 6) (local.get 5) (local.get 8) (local.get 7) (local.get 9) (i32.const 1)))

  ;; Frames that grow and shrink in turn.
  (func $narrow (export "narrow") (param i64) (result i64)
    (if (i64.eqz (local.get 0)) (then (return (i64.const 7))))
    (return_call $broad (i64.sub (local.get 0) (i64.const 1)) (i64.const 1) (i64.const 2)
      (i64.const 3) (i64.const 4) (i64.const 5) (i64.const 6) (i64.const 7) (i64.const 8)
      (i64.const 9) (i64.const 10)))
  (func $broad (param i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64) (result i64)
    (if (i64.ne (i64.add (local.get 10) (local.get 9)) (i64.const 19)) (then unreachable))
    (return_call $narrow (local.get 0)))

  ;; Many results.
  (func $many (export "many") (param i32) (result i32 i32 i32 i32 i32)
    (if (i32.eqz (local.get 0))
      (then (return (i32.const 1) (i32.const 2) (i32.const 3) (i32.const 4) (i32.const 5))))
    (return_call $many (i32.sub (local.get 0) (i32.const 1))))

  ;; Without end: in memory that does not grow, by recursion, and by both.
  (func $recurse (export "recurse") (param i64) (result i64)
    (return_call $recurse2 (i64.add (call $recurse (local.get 0)) (i64.const 1))))
  (func $recurse2 (param i64) (result i64) (return_call $recurse (local.get 0)))
  (func $growing (export "growing") (param i64) (result i64)
    (return_call $growing10 (call $growing10 (local.get 0) (i64.const 1) (i64.const 2)
      (i64.const 3) (i64.const 4) (i64.const 5) (i64.const 6) (i64.const 7) (i64.const 8)
      (i64.const 9)) (i64.const 1) (i64.const 2) (i64.const 3) (i64.const 4) (i64.const 5)
      (i64.const 6) (i64.const 7) (i64.const 8) (i64.const 9)))
  (func $growing10 (param i64 i64 i64 i64 i64 i64 i64 i64 i64 i64) (result i64)
    (return_call $growing (local.get 8)))
)
(register "a" $a)

(module $b
  (type $count (func (param i64) (result i64)))
  (type $wide (func (param i64 i32 f64 i64 f32 i64 i32 i64 v128 i64 i64) (result i64 f64 i32)))
  (import "a" "table" (table 4 funcref))
  (import "a" "wide" (table 2 funcref))
  (import "a" "down" (func $down (type $count)))
  (import "a" "wide-a" (func $wide-a (type $wide)))
  (import "spectest" "print_i64" (func $print (param i64)))
  (memory 1)
  (data (i32.const 0) "\0b")
  (elem (table 0) (i32.const 2) funcref (ref.func $up) (ref.func $ref))
  (elem (table 1) (i32.const 1) funcref (ref.func $wide))
  (elem declare func $down)

  (func $up (export "up") (type $count)
    (if (i64.eqz (local.get 0)) (then (return (i64.load (i32.const 0)))))
    (return_call $down (i64.sub (local.get 0) (i64.const 1))))
  (func $ref (export "ref") (type $count)
    (return_call_ref $count (local.get 0) (ref.func $down)))
  (func $wide (export "wide-b") (type $wide)
    (if (i64.eqz (local.get 0))
      (then (return (i64.add (local.get 3) (local.get 9)) (local.get 2) (i32.load8_u (i32.const 0)))))
    (return_call $wide-a
      (i64.sub (local.get 0) (i64.const 1)) (i32.add (local.get 1) (i32.const 1))
      (f64.add (local.get 2) (f64.const 0.5)) (local.get 10) (local.get 4) (local.get 3)
      (local.get 6) (local.get 5) (local.get 8) (local.get 7) (local.get 9)))
  ;; The host's function takes a frame's place, too.
  (func $host (export "host") (param i64)
    (return_call $print (local.get 0)))
)

;; Whose memory it was that the last one read.
(assert_return (invoke $a "down" (i64.const 1000000)) (i64.const 10))
(assert_return (invoke $a "down" (i64.const 1000001)) (i64.const 11))
(assert_return (invoke $b "up" (i64.const 1000000)) (i64.const 11))
(assert_return (invoke $b "up" (i64.const 1000001)) (i64.const 10))
(assert_return (invoke $b "ref" (i64.const 1000001)) (i64.const 11))
(assert_return (invoke $a "both" (i64.const 500000)) (i64.const 10))
(assert_return (invoke $a "both" (i64.const 500001)) (i64.const 11))
(assert_return
  (invoke $a "wide-a" (i64.const 1000000) (i32.const 0) (f64.const 0) (i64.const 1) (f32.const 0)
    (i64.const 2) (i32.const 0) (i64.const 3) (v128.const i64x2 1 2) (i64.const 4) (i64.const 5))
  (i64.const 5) (f64.const 500000) (i32.const 10))
(assert_return
  (invoke $b "wide-b" (i64.const 1000001) (i32.const 0) (f64.const 0) (i64.const 1) (f32.const 0)
    (i64.const 2) (i32.const 0) (i64.const 3) (v128.const i64x2 1 2) (i64.const 4) (i64.const 5))
  (i64.const 8) (f64.const 500000.5) (i32.const 10))
(assert_return (invoke $a "narrow" (i64.const 1000000)) (i64.const 7))
(assert_return (invoke $a "many" (i32.const 1000000))
  (i32.const 1) (i32.const 2) (i32.const 3) (i32.const 4) (i32.const 5))
(assert_exhaustion (invoke $a "recurse" (i64.const 1)) "call stack exhausted")
(assert_exhaustion (invoke $a "growing" (i64.const 1)) "call stack exhausted")
(assert_return (invoke $b "host" (i64.const 3)))
