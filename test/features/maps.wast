(assert_invalid (component (type (map string u32))) "a map is not valid: maps is off")
(assert_invalid (component (type (instance (type (map string u32))))) "a map is not valid: maps is off")
