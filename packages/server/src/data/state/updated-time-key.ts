/** The key whose `updated_time` a write to `key` stamps. */
export function updatedTimeKey(key: string): string {
  return key.startsWith("c_") ? "c_" : key;
}
