;; Core types other than functions, in the scope of a component. Their indices are the scope's, and
;; a recursive type defines as many types as it has members.
(component binary
  "\00asm" "\0d\00\01\00"
  "\03\31\05"                             ;; core type section: 5 definitions
  "\50\00"                                ;; 0 (module)
  "\5f\01\7f\00"                          ;; 1 (struct (field i32))
  "\4e\02"                                ;; (rec
  "\5f\01\63\03\00"                       ;; 2   (struct (field (ref null 3)))
  "\5f\01\63\02\00"                       ;; 3   (struct (field (ref null 2))))
  "\60\01\63\01\00"                       ;; 4 (func (param (ref null 1)))
  "\50\04"                                ;; 5 (module
  "\02\10\01\01\04"                       ;;   (alias outer 1 4 (type))
  "\00\01a\01b\00\00"                     ;;   (import "a" "b" (func (type 0)))
  "\01\5e\78\01"                          ;;   (type (array (mut i8)))
  "\03\01g\03\63\01\00"                   ;;   (export "g" (global (ref null 1))))
)
(component binary
  "\00asm" "\0d\00\01\00"
  "\03\0d\02"
  "\00\50\00\5f\00"                       ;; 0 (sub (struct))
  "\4f\01\00\5f\01\7f\00"                 ;; 1 (sub final 0 (struct (field i32)))
)

(assert_invalid
  (component binary
    "\00asm" "\0d\00\01\00"
    "\03\08\02"
    "\50\00"                              ;; 0 (module)
    "\60\01\63\00\00")                    ;; 1 (func (param (ref null 0)))
  "core type index 0 is a module type")
(assert_invalid
  (component binary
    "\00asm" "\0d\00\01\00"
    "\03\06\01"
    "\60\01\63\01\00")                    ;; 0 (func (param (ref null 1)))
  "unknown type 1")
(assert_invalid
  (component binary
    "\00asm" "\0d\00\01\00"
    "\03\08\02"
    "\5f\00"                              ;; 0 (struct), which is final
    "\4f\01\00\5f\00")                    ;; 1 (sub final 0 (struct))
  "sub type 1 does not match super type 0, which is final")
(assert_malformed
  (component binary "\00asm" "\0d\00\01\00" "\03\04\01\4e\01\61")
  "malformed definition type")
(assert_malformed
  (component binary "\00asm" "\0d\00\01\00" "\03\03\01\00\5f")
  "invalid leading byte (0x0) for core type")

;; The same as text. What is written in place of a name of an enclosing scope is an alias, which
;; comes before the types that mention it.
(component
  (core type $point (struct (field $x i32) (field $y (mut i64))))
  (core rec
    (type $tree (struct (field (ref null $leaves))))
    (type $leaves (array (mut (ref null $tree)))))
  (core rec)
  (core type $super (sub (func)))
  (core type $sub (sub final $super (func)))
  (core type $list (struct (field (ref null $list))))
  (core type (module
    (rec (type $a (sub (struct))) (type $b (sub $a (struct (field (ref null $tree))))))
    (import "a" "b" (func (type $super)))
    (import "a" "c" (global (ref null $point)))
    (export "d" (func (param (ref $b)) (result (ref $a))))))
  (type (component
    (core rec (type $c (array (ref $point))) (type (struct (field (ref $c)))))
    (export "i" (instance
      (core type $d (array (ref null $c)))
      (export "m" (core module (export "t" (table 1 (ref null $d)))))))))
  (component
    (core type $tree (func (param (ref $tree) (ref $leaves))))))

;; A module's types are those of the component when their groups are equal.
(component
  (core rec
    (type $tree (struct (field (ref null $leaves))))
    (type $leaves (array (mut (ref null $tree)))))
  (core type $super (sub (func)))
  (core type $list (struct (field (ref null $list))))
  (component $user
    (import "m" (core module
      (import "i" "f" (func (type $super)))
      (export "f" (func (type $super)))
      (export "g" (global (ref null $tree)))
      (export "h" (global (mut (ref null $list)))))))
  (core module $m
    (rec (type $list (struct (field (ref null $list)))))
    (rec
      (type $tree (struct (field (ref null $leaves))))
      (type $leaves (array (mut (ref null $tree)))))
    (type $super (sub (func)))
    (type $sub (sub final $super (func)))
    (import "i" "f" (func (type $super)))
    (func (export "f") (type $sub))
    (global (export "g") (ref null $tree) (ref.null $tree))
    (global (export "h") (mut (ref null $list)) (ref.null $list)))
  (instance (instantiate $user (with "m" (core module $m)))))

;; Alone, and in a group of two.
(assert_invalid
  (component
    (component $user
      (import "m" (core module
        (type $t (struct)) (export "g" (global (ref null $t))))))
    (core module $m
      (rec (type $t (struct)) (type (struct)))
      (global (export "g") (ref null $t) (ref.null $t)))
    (instance (instantiate $user (with "m" (core module $m)))))
  "type mismatch in export `g`")

;; The same types in another order.
(assert_invalid
  (component
    (component $user
      (import "m" (core module
        (rec (type $t (struct (field (ref null $u)))) (type $u (array (ref null $t))))
        (export "g" (global (ref null $t))))))
    (core module $m
      (rec (type $u (array (ref null $t))) (type $t (struct (field (ref null $u)))))
      (global (export "g") (ref null $t) (ref.null $t)))
    (instance (instantiate $user (with "m" (core module $m)))))
  "type mismatch in export `g`")

;; What can be written must be equal, and what is imported may not be asked for as less.
(assert_invalid
  (component
    (component $user
      (import "m" (core module
        (type $super (sub (struct))) (export "g" (global (mut (ref null $super)))))))
    (core module $m
      (type $super (sub (struct))) (type $sub (sub $super (struct)))
      (global (export "g") (mut (ref null $sub)) (ref.null $sub)))
    (instance (instantiate $user (with "m" (core module $m)))))
  "type mismatch in export `g`")
(assert_invalid
  (component
    (component $user
      (import "m" (core module
        (type $super (sub (func))) (import "i" "f" (func (type $super))))))
    (core module $m
      (type $super (sub (func))) (type $sub (sub $super (func)))
      (import "i" "f" (func (type $sub))))
    (instance (instantiate $user (with "m" (core module $m)))))
  "type mismatch in import `i::f`")

;; A structure made by one module is read by another, whose import has its type.
(component
  (core module $maker
    (rec (type $point (struct (field i32) (field i32))) (type $points (array (ref null $point))))
    (func (export "make") (param i32) (result (ref $point))
      (struct.new $point (local.get 0) (i32.const 40))))
  (core module $reader
    (rec (type $point (struct (field i32) (field i32))) (type $points (array (ref null $point))))
    (import "maker" "make" (func $make (param i32) (result (ref $point))))
    (func (export "sum") (param i32) (result i32) (local $point (ref null $point))
      (local.set $point (call $make (local.get 0)))
      (i32.add (struct.get $point 0 (local.get $point)) (struct.get $point 1 (local.get $point)))))
  (core instance $maker (instantiate $maker))
  (core instance $reader (instantiate $reader (with "maker" (instance $maker))))
  (func (export "sum") (param "x" u32) (result u32) (canon lift (core func $reader "sum"))))
(assert_return (invoke "sum" (u32.const 2)) (u32.const 42))

;; What is valid neither here nor in a module.
(assert_invalid
  (component (core type $a (struct)) (core type (sub $a (struct))))
  "sub type 1 does not match super type")
(assert_invalid
  (component
    (core type $a (sub (struct))) (core type $b (sub (struct))) (core type (sub $a $b (struct))))
  "sub type 2 has more than one super type")
(assert_invalid
  (component
    (core module
      (type $a (sub (struct))) (type $b (sub (struct))) (type (sub $a $b (struct)))))
  "sub type 2 has more than one super type")
(assert_invalid
  (component (core rec (type (struct (field (ref 2)))) (type (struct))))
  "unknown type 2")
(assert_invalid
  (component (core type $m (module)) (core type (array (ref $m))))
  "core type index 0 is a module type")
(assert_invalid
  (component (core type $m (module)) (component (core type (array (ref $m)))))
  "core type index 0 is a module type")

;; Module types are part of no group and have no supertypes, and a group has no name.
(assert_malformed (component quote "(core rec (type (module)))") "unexpected token module")
(assert_malformed (component quote "(core type (sub (module)))") "unexpected token module")
(assert_malformed (component quote "(core type (sub final (module)))") "unexpected token module")
(assert_malformed (component quote "(core type (rec (type (func))))") "unexpected token rec")
(assert_malformed (component quote "(core rec $r (type (func)))") "unexpected token $r")
(assert_malformed (component quote "(core rec (func))") "unexpected token (")
(assert_malformed (component quote "(rec (type (func)))") "unexpected token rec")
(assert_malformed (component quote "(core struct)") "unexpected token struct")
(assert_malformed (component quote "(core type)") "unexpected token )")
(assert_malformed (component quote "(core type (struct) (struct))") "unexpected token (")
(assert_malformed (component quote "(core type (array i8 i8))") "unexpected token i8")
(assert_malformed (component quote "(core type (module (core rec)))") "unexpected token (")
(assert_malformed (component quote "(type (instance (rec)))") "unexpected token rec")
(assert_malformed
  (component quote "(core type (struct (field $x i32) (field $x i32)))") "duplicate field $x")
(assert_malformed
  (component quote "(core rec (type $t (func)) (type $t (func)))") "duplicate core type $t")
(assert_malformed
  (component quote "(core type $t (func)) (core rec (type $t (func)))") "duplicate core type $t")
(assert_malformed
  (component quote "(core type $t (struct (field (ref $u)))) (core type $u (func))")
  "unknown core type $u")
