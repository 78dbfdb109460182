import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { TableItem } from '../domain/ports.ts';

const HALF_CHARACTER = /\p{Cs}/u;

/**
 * Items to and from DynamoDB's attribute values, for the kinds that the backup holds: text, finite numbers, booleans,
 * null, lists and maps of those. Maps are built without a prototype, so that any attribute name is only a name;
 * undefined members are left out. DynamoDB keeps text as UTF-8, which has no form for half a character (a lone surrogate):
 * text with one is stored as its UTF-16 units, so that it comes back as it was and its content hash stays true.
 */
export const toAttributeValues = (item: Readonly<Record<string, unknown>>): Record<string, AttributeValue> => {
  const values = Object.create(null) as Record<string, AttributeValue>;
  for (const [name, value] of Object.entries(item)) if (value !== undefined) values[name] = encode(value);
  return values;
};

/** The inverse of `toAttributeValues`; a value of any other kind becomes null. */
export const fromAttributeValues = (values: Readonly<Record<string, AttributeValue>>): TableItem =>
  decodeMap(values) as TableItem;

function encode(value: unknown): AttributeValue {
  if (typeof value === 'string')
    return HALF_CHARACTER.test(value) ? { B: Buffer.from(value, 'utf16le') } : { S: value };
  if (typeof value === 'number' && Number.isFinite(value)) return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (value === null) return { NULL: true };
  if (Array.isArray(value)) return { L: value.map(encode) };
  if (typeof value === 'object') return { M: toAttributeValues(value as Record<string, unknown>) };
  throw new TypeError(`an item cannot hold a value of type ${typeof value}`);
}

function decode(value: AttributeValue): unknown {
  if (value.S !== undefined) return value.S;
  if (value.B !== undefined) return Buffer.from(value.B).toString('utf16le');
  if (value.N !== undefined) return Number(value.N);
  if (value.BOOL !== undefined) return value.BOOL;
  if (value.L !== undefined) return value.L.map(decode);
  if (value.M !== undefined) return decodeMap(value.M);
  return null;
}

function decodeMap(values: Readonly<Record<string, AttributeValue>>): Record<string, unknown> {
  const map = Object.create(null) as Record<string, unknown>;
  for (const [name, value] of Object.entries(values)) map[name] = decode(value);
  return map;
}
