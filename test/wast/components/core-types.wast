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
