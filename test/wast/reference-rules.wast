;; Rules of references, structures and arrays that the official suite leaves out.

;; Where the stack is polymorphic, a reference is of no particular type, but still a reference.
(module
  (type $s (struct (field i32)))
  (type $a (array i8))
  (func (result i32) (unreachable) (ref.as_non_null) (struct.get $s 0))
  (func (result (ref $a)) (unreachable) (ref.as_non_null))
  (func (result (ref any)) (unreachable) (any.convert_extern) (ref.as_non_null))
  (func (unreachable) (br_on_null 0) (drop))
  (func (result (ref func)) (unreachable) (br_on_non_null 0) (unreachable))
  (func (result (ref $s)) (unreachable) (struct.new $s))
  (func (result (ref $a)) (unreachable) (array.new_fixed $a 4294967295))
  (func (result i32) (unreachable) (ref.eq)))
(assert_invalid
  (module (func (result i32) (unreachable) (ref.as_non_null)))
  "type mismatch")
(assert_invalid
  (module (func (result (ref extern)) (unreachable) (any.convert_extern) (ref.as_non_null)))
  "type mismatch")

;; Casts stay within one hierarchy, and a branch on one goes from a type to a part of it.
(assert_invalid
  (module (func (param funcref) (result i32) (ref.test (ref any) (local.get 0))))
  "type mismatch")
(assert_invalid
  (module (func (param externref) (result eqref) (ref.cast eqref (local.get 0))))
  "type mismatch")
(assert_invalid
  (module (func (param eqref) (result anyref) (br_on_cast 0 eqref anyref (local.get 0))))
  "type mismatch on cast")
(assert_invalid
  (module (func (param anyref) (result (ref i31))
    (br_on_cast 0 anyref i31ref (local.get 0)) (unreachable)))
  "type mismatch")
(assert_invalid
  (module (func (param anyref) (br_on_cast 0 anyref i31ref (local.get 0)) (drop)))
  "type mismatch")
(assert_invalid
  (module (func (param anyref) (result i31ref)
    (br_on_cast_fail 0 anyref (ref i31) (local.get 0))))
  "type mismatch")
;; a cast that takes null leaves none behind
(module (func (param anyref) (result i31ref)
  (ref.cast i31ref (br_on_cast 0 anyref i31ref (local.get 0)) (ref.as_non_null))))
(module (func (param anyref) (result (ref any))
  (drop (block $i31 (result i31ref)
    (return (br_on_cast $i31 anyref i31ref (local.get 0)))))
  (unreachable)))

;; What is named must be there, and of the right kind.
(assert_invalid (module (func (param i32) (call_ref 0 (local.get 0)))) "type mismatch")
(assert_invalid (module (func (call_ref 9 (unreachable)))) "unknown type")
(assert_invalid
  (module (type $s (struct)) (func (call_ref $s (unreachable)))) "non-function type")
(assert_invalid
  (module (type $s (struct)) (func (drop (array.new_default $s (i32.const 0)))))
  "non-array type")
(assert_invalid
  (module (type $a (array i8)) (func (drop (struct.new $a (i32.const 0)))))
  "non-structure type")
(assert_invalid
  (module (type $s (struct (field i32)))
    (func (param (ref $s)) (result i32) (struct.get $s 1 (local.get 0))))
  "unknown field")
(assert_invalid
  (module (type $a (array i8)) (func (drop (array.new_elem $a 0 (i32.const 0) (i32.const 0)))))
  "unknown elem segment")
(assert_invalid
  (module (type $a (array i8)) (func (drop (array.new_data $a 0 (i32.const 0) (i32.const 0)))))
  "unknown data segment")

;; Packed fields are read with a sign, others without.
(assert_invalid
  (module (type $s (struct (field i8)))
    (func (param (ref $s)) (result i32) (struct.get $s 0 (local.get 0))))
  "type mismatch")
(assert_invalid
  (module (type $s (struct (field i32)))
    (func (param (ref $s)) (result i32) (struct.get_u $s 0 (local.get 0))))
  "type mismatch")
(assert_invalid
  (module (type $a (array i16))
    (func (param (ref $a)) (result i32) (array.get $a (local.get 0) (i32.const 0))))
  "type mismatch")
(assert_invalid
  (module (type $a (array (mut i8))) (type $b (array i16))
    (func (param (ref $a) (ref $b)) (array.copy $a $b (local.get 0) (i32.const 0)
      (local.get 1) (i32.const 0) (i32.const 0))))
  "array types do not match")

;; A default is asked of every field.
(assert_invalid
  (module (type $s (struct (field i32 (ref any)))) (func (drop (struct.new_default $s))))
  "field type is not defaultable")
(assert_invalid
  (module (type $a (array (ref any))) (func (drop (array.new_default $a (i32.const 1)))))
  "array type is not defaultable")

;; Constants: what makes a value may stand in them, what reads one may not.
(module
  (type $s (struct (field i32) (field anyref)))
  (type $a (array (mut (ref null $s))))
  (global externref (extern.convert_any (ref.i31 (i32.const 1))))
  (global $g (ref $s) (struct.new $s (i32.const 1) (any.convert_extern (ref.null extern))))
  (global (ref $a) (array.new_fixed $a 2 (global.get $g) (struct.new_default $s)))
  (table 2 (ref $a) (array.new_default $a (i32.const 3)))
  (elem (ref $s) (global.get $g) (item struct.new_default $s)))
(assert_invalid
  (module (type $s (struct (field i32)))
    (global i32 (struct.get $s 0 (struct.new_default $s))))
  "constant expression required")
(assert_invalid
  (module (global i32 (i31.get_u (ref.i31 (i32.const 1)))))
  "constant expression required")
(assert_invalid
  (module (global (ref i31) (ref.cast (ref i31) (ref.i31 (i32.const 1)))))
  "constant expression required")

;; Supertypes.
(assert_invalid
  (module (type $a (sub (struct))) (type $b (sub (struct))) (type (sub $a $b (struct))))
  "sub type 2 has more than one super type")
(assert_invalid
  (module (type $a (sub (struct (field (mut anyref)))))
    (type (sub $a (struct (field (mut eqref))))))
  "sub type 1 does not match super type 0")
(assert_invalid
  (module (type $a (sub (struct (field i8)))) (type (sub $a (struct (field i16)))))
  "sub type 1 does not match super type 0")

;; br_on_cast 0x04: only two bits mean something.
(assert_malformed
  (module binary "\00asm" "\01\00\00\00" "\01\05\01\60\01\6e\00" "\03\02\01\00"
    "\0a\0d\01\0b\00\20\00\fb\18\04\00\6e\6c\1a\0b")
  "malformed br_on_cast flags")
;; array.new_data asks for a data count section, as memory.init does
(assert_malformed
  (module binary "\00asm" "\01\00\00\00" "\01\07\02\60\00\00\5e\78\00" "\03\02\01\00"
    "\0a\0e\01\0c\00\41\00\41\00\fb\09\01\00\1a\0b\0b" "\0b\03\01\01\00")
  "data count section required")
