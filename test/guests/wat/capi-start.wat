;; Its start function traps.
(module $starter
  (func $start unreachable)
  (start $start))
