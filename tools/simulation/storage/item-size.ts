/** Sizes as DynamoDB counts them ("Item sizes and formats", DynamoDB Developer Guide). */
export function itemBytes(item: Readonly<Record<string, unknown>>): number {
  let bytes = 0;
  for (const [name, value] of Object.entries(item)) bytes += Buffer.byteLength(name) + valueBytes(value);
  return bytes;
}

function valueBytes(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value === 'number') return Math.ceil(String(Math.abs(value)).length / 2) + 1;
  if (typeof value === 'boolean' || value === null || value === undefined) return 1;
  if (Array.isArray(value)) return 3 + value.reduce<number>((sum, entry) => sum + 1 + valueBytes(entry), 0);
  return 3 + Object.keys(value).length + itemBytes(value as Record<string, unknown>);
}

/** Write units of one item: one per started kilobyte. */
export const writeUnits = (bytes: number): number => Math.max(1, Math.ceil(bytes / 1024));
/** Read units of so many bytes read at once, strongly consistent: one per started 4 KB; half of it otherwise. */
export const readUnits = (bytes: number): number => Math.max(1, Math.ceil(bytes / 4096));
