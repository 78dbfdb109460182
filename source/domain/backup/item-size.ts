/** DynamoDB's limit for one item. */
const MAX_ITEM_BYTES = 400 * 1024;

/** An item that DynamoDB would refuse, together with every other one of the same call. */
export const isTooLarge = (item: Readonly<Record<string, unknown>>): boolean => itemBytes(item) > MAX_ITEM_BYTES;

/** Sizes as DynamoDB counts them ("Item sizes and formats", DynamoDB Developer Guide): UTF-8 of names and values. */
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
