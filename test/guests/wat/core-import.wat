;; A core module that can't be invoked: nobody gives it what it imports.
(module
  (import "env" "log" (func (param i32)))
  (func (export "nothing")))
