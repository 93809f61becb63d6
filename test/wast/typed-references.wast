;; Branches on null and calls of references, where operands are folded: a reference and the values
;; below it may stand in locals, be constants, or have to move to where the label wants them.

(module
  (type $ii (func (param i32) (result i32)))
  (func $inc (type $ii) (i32.add (local.get 0) (i32.const 1)))
  (func $double (type $ii) (i32.mul (local.get 0) (i32.const 2)))
  (elem declare func $inc $double)
  (global $null (ref null $ii) (ref.null $ii))

  (func $pick (param i32) (result (ref null $ii))
    (if (result (ref null $ii)) (i32.eqz (local.get 0))
      (then (ref.null $ii))
      (else (if (result (ref null $ii)) (i32.eq (local.get 0) (i32.const 1))
        (then (ref.func $inc)) (else (ref.func $double))))))

  ;; the reference is a local, the value below a local that is set afterwards
  (func (export "on-null-local") (param $which i32) (param $x i32) (result i32)
    (local $f (ref null $ii))
    (local.set $f (call $pick (local.get $which)))
    (block $null (result i32)
      (local.get $x)
      (br_on_null $null (local.get $f))
      (local.set $x (i32.const 1000))
      (call_ref $ii)))

  ;; the label wants the value deeper than it stands
  (func (export "on-null-moves") (param $which i32) (result i32)
    (i32.add (i32.const 100)
      (block $null (result i32)
        (i32.const 7) (i32.const 8) (i32.const 9)
        (br_on_null $null (call $pick (local.get $which)))
        (call_ref $ii) (i32.add) (i32.add))))

  ;; the constant null
  (func (export "on-null-const") (result i32)
    (block $null (drop (br_on_null $null (ref.null $ii))) (return (i32.const 0)))
    (i32.const 1))

  ;; out of the function
  (func (export "on-null-return") (param $which i32) (result i32)
    (i32.const 55)
    (br_on_null 0 (call $pick (local.get $which)))
    (drop) (drop) (i32.const 66))

  (func (export "on-non-null-local") (param $which i32) (param $x i32) (result i32)
    (local $f (ref null $ii))
    (local.set $f (call $pick (local.get $which)))
    (block $there (result i32 (ref $ii))
      (br_on_non_null $there (local.get $x) (local.get $f))
      (drop)
      (return (i32.const -1)))
    (call_ref $ii))

  (func (export "on-non-null-moves") (param $which i32) (result i32)
    (block $there (result i32 (ref $ii))
      (i32.const 1) (i32.const 2) (i32.const 3)
      (br_on_non_null $there (call $pick (local.get $which)))
      (i32.add) (i32.add) (return))
    (call_ref $ii))

  ;; a check between a result and the local that takes it
  (func (export "as-non-null") (param $which i32) (result i32)
    (local $f (ref null $ii))
    (local.set $f (ref.as_non_null (call $pick (local.get $which))))
    (call_ref $ii (i32.const 20) (local.get $f)))
  (func (export "as-non-null-const") (drop (ref.as_non_null (ref.null $ii))))

  (func (export "tail") (param $which i32) (param $x i32) (result i32)
    (return_call_ref $ii (local.get $x) (call $pick (local.get $which))))
  (func (export "global") (result i32) (call_ref $ii (i32.const 1) (global.get $null))))

(assert_return (invoke "on-null-local" (i32.const 0) (i32.const 5)) (i32.const 5))
(assert_return (invoke "on-null-local" (i32.const 1) (i32.const 5)) (i32.const 6))
(assert_return (invoke "on-null-local" (i32.const 2) (i32.const 5)) (i32.const 10))
(assert_return (invoke "on-null-moves" (i32.const 0)) (i32.const 109))
(assert_return (invoke "on-null-moves" (i32.const 2)) (i32.const 133))
(assert_return (invoke "on-null-const") (i32.const 1))
(assert_return (invoke "on-null-return" (i32.const 0)) (i32.const 55))
(assert_return (invoke "on-null-return" (i32.const 1)) (i32.const 66))
(assert_return (invoke "on-non-null-local" (i32.const 0) (i32.const 5)) (i32.const -1))
(assert_return (invoke "on-non-null-local" (i32.const 1) (i32.const 5)) (i32.const 6))
(assert_return (invoke "on-non-null-moves" (i32.const 0)) (i32.const 6))
(assert_return (invoke "on-non-null-moves" (i32.const 2)) (i32.const 6))
(assert_return (invoke "as-non-null" (i32.const 1)) (i32.const 21))
(assert_trap (invoke "as-non-null" (i32.const 0)) "null reference")
(assert_trap (invoke "as-non-null-const") "null reference")
(assert_return (invoke "tail" (i32.const 2) (i32.const 21)) (i32.const 42))
(assert_trap (invoke "tail" (i32.const 0) (i32.const 21)) "null function reference")
(assert_trap (invoke "global") "null function reference")

;; Calls of another instance's functions: the context comes back, and tail calls need no stack.
(module $other
  (type $step (func (param i32 (ref null $step)) (result i32)))
  (global $mine i32 (i32.const 1000))
  (func (export "mine") (param i32) (result i32) (i32.add (local.get 0) (global.get $mine)))
  (func (export "bounce") (type $step)
    (if (i32.eqz (local.get 0)) (then (return (global.get $mine))))
    (return_call_ref $step (i32.sub (local.get 0) (i32.const 1)) (local.get 1) (local.get 1))))
(register "other" $other)
(module
  (type $ii (func (param i32) (result i32)))
  (type $step (func (param i32 (ref null $step)) (result i32)))
  (import "other" "mine" (func $mine (type $ii)))
  (import "other" "bounce" (func $bounce (type $step)))
  (global $own i32 (i32.const 7))
  (elem declare func $mine $bounce $back)
  (func $back (type $step)
    (if (i32.eqz (local.get 0)) (then (return (global.get $own))))
    (return_call_ref $step (i32.sub (local.get 0) (i32.const 1)) (ref.func $back)
      (ref.func $bounce)))
  (func (export "call") (result i32)
    (i32.add (call_ref $ii (i32.const 1) (ref.func $mine)) (global.get $own)))
  (func (export "bounce") (param i32) (result i32)
    (i32.add (global.get $own)
      (call_ref $step (local.get 0) (ref.func $back) (ref.func $bounce)))))
(assert_return (invoke "call") (i32.const 1008))
(assert_return (invoke "bounce" (i32.const 1000001)) (i32.const 14))
(assert_return (invoke "bounce" (i32.const 1000000)) (i32.const 1007))
