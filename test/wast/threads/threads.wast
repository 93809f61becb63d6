;; Directives that run in threads of their own, which have a shared memory in common.

(module $Mem (memory (export "shared") 1 1 shared))

;; A message behind a flag: who sees the flag sees the message.
(thread $writer (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "shared") 1 1 shared)
    (func (export "send")
      (i32.store (i32.const 16) (i32.const 42))
      (i32.atomic.store (i32.const 0) (i32.const 1))
      (drop (memory.atomic.notify (i32.const 0) (i32.const -1)))))
  (assert_return (invoke "send")))

(thread $reader (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "shared") 1 1 shared)
    (func (export "receive") (result i32)
      (loop
        (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))
        (br_if 0 (i32.eqz (i32.atomic.load (i32.const 0)))))
      (i32.load (i32.const 16))))
  (assert_return (invoke "receive") (i32.const 42)))

(wait $writer)
(wait $reader)

;; A thread has only what is shared with it.
(register "mem" $Mem)
(module (memory (import "mem" "shared") 1 1 shared)
  (func (export "get") (result i32) (i32.load (i32.const 16))))
(assert_return (invoke "get") (i32.const 42))
(thread $alone
  (assert_unlinkable (module (memory (import "mem" "shared") 1 1 shared)) "unknown import"))
(wait $alone)

;; Threads start threads.
(thread $outer (shared (module $Mem))
  (thread $inner (shared (module $Mem))
    (register "m" $Mem)
    (module (memory (import "m" "shared") 1 1 shared)
      (func (export "f") (i32.atomic.store (i32.const 24) (i32.const 7))))
    (assert_return (invoke "f")))
  (wait $inner)
  (register "m" $Mem)
  (module (memory (import "m" "shared") 1 1 shared)
    (func (export "f") (result i32) (i32.atomic.load (i32.const 24))))
  (assert_return (invoke "f") (i32.const 7)))
(wait $outer)
