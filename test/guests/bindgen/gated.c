// Types that are gated, by bindings: maps and fixed-length lists, flat and in memory.
#include "gated.h"

#include <stdlib.h>

// The strings go from keys to values.
void exports_gated_swap(gated_map_map_entry_string_u32_t* v,
                        gated_map_map_entry_u32_string_t* ret) {
  ret->ptr = malloc(v->len * sizeof *ret->ptr);
  ret->len = v->len;
  for (size_t i = 0; i < v->len; ++i) {
    ret->ptr[i] = (gated_map_entry_u32_string_t){.key = v->ptr[i].value, .value = v->ptr[i].key};
  }
  free(v->ptr);
}

void exports_gated_reverse(gated_list4_u32_t* v, gated_list4_u32_t* ret) {
  for (int i = 0; i < 4; ++i) ret->items[i] = v->items[3 - i];
}

void exports_gated_first(gated_list20_string_t* v, gated_string_t* ret) {
  *ret = v->items[0];
  v->items[0] = (gated_string_t){NULL, 0};
  gated_list20_string_free(v);
}

// An entry for each tag of each cell: its number times the sum of where the cell is.
void exports_gated_count(gated_list_cell_t* v, gated_map_map_entry_string_u32_t* ret) {
  *ret = (gated_map_map_entry_string_u32_t){NULL, 0};
  for (size_t i = 0; i < v->len; ++i) {
    const gated_cell_t* cell = &v->ptr[i];
    ret->ptr = realloc(ret->ptr, (ret->len + cell->tags.len) * sizeof *ret->ptr);
    for (size_t j = 0; j < cell->tags.len; ++j) {
      gated_map_entry_string_u32_t* entry = &ret->ptr[ret->len++];
      const gated_string_t* key = &cell->tags.ptr[j].key;
      gated_string_dup_n(&entry->key, (const char*)key->ptr, key->len);
      entry->value = (uint32_t)(cell->at.items[0] + cell->at.items[1]) * cell->tags.ptr[j].value;
    }
  }
  gated_list_cell_free(v);
}
