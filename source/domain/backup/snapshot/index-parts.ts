import type { TableItem } from '../../ports.ts';
import { bytesDigest } from '../hashing.ts';
import { itemKind, subOfKey } from '../items.ts';
import { namesOfUser } from '../user-names.ts';
import { indexedName, NAME_BYTES } from './index-format.ts';

/** What the index is to know of a gzip member. */
export interface GatheredMember {
  /** Of the object that it is a part of. */
  readonly object: string;
  readonly bytes: number;
  readonly items: number;
  readonly digest: Buffer;
  /** The `indexedName`s of its users, one after the other. */
  readonly names: Buffer;
}

const DIGEST_BYTES = 16;
const FIXED_BYTES = 1 + 4 + 4 + DIGEST_BYTES + 4;

/** Gathers what the index is made of while members are: in parts, which wait as the members' do. */
export class IndexParts {
  #pieces: Buffer[] = [];
  #items = 0;

  /** Notes a member and who is in it: by every name where it has the user, by the sub where it has memberships. */
  add(object: string, member: Buffer, items: readonly TableItem[]): void {
    const names = Buffer.concat(namesIn(items));
    const fixed = Buffer.alloc(FIXED_BYTES);
    let at = fixed.writeUInt8(object.length);
    at = fixed.writeUInt32BE(member.length, at);
    at = fixed.writeUInt32BE(items.length, at);
    at += bytesDigest(member).copy(fixed, at);
    fixed.writeUInt32BE(names.length / NAME_BYTES, at);
    this.#pieces.push(fixed, Buffer.from(object, 'latin1'), names);
    this.#items += items.length;
  }

  /** Takes what waits; undefined when nothing does. */
  cut(): { readonly body: Buffer; readonly items: number } | undefined {
    if (this.#items === 0) return undefined;
    const cut = { body: Buffer.concat(this.#pieces), items: this.#items };
    this.#pieces = [];
    this.#items = 0;
    return cut;
  }
}

/** Items of one user are one after the other: the sub is taken once. */
function namesIn(items: readonly TableItem[]): Buffer[] {
  const names: Buffer[] = [];
  let last: string | undefined;
  for (const item of items) {
    const kind = itemKind(item);
    if (kind === undefined || kind === 'group') continue;
    const sub = subOfKey(item);
    if (kind === 'membership' && sub === last) continue;
    const known = sub === last ? sub : undefined;
    last = sub;
    for (const name of kind === 'user' ? namesOfUser(item) : [sub]) if (name !== known) names.push(indexedName(name));
  }
  return names;
}

/** The members in a part, in the order in which they were added. */
export function* membersInPart(part: Buffer): Generator<GatheredMember, void, undefined> {
  for (let at = 0; at < part.length;) {
    const fixed = part.subarray(at, at + FIXED_BYTES);
    const object = part.subarray(at + FIXED_BYTES, at + FIXED_BYTES + fixed.readUInt8());
    const namesAt = at + FIXED_BYTES + object.length;
    const namesEnd = namesAt + fixed.readUInt32BE(FIXED_BYTES - 4) * NAME_BYTES;
    yield {
      object: object.toString('latin1'),
      bytes: fixed.readUInt32BE(1),
      items: fixed.readUInt32BE(5),
      digest: fixed.subarray(9, 9 + DIGEST_BYTES),
      names: part.subarray(namesAt, namesEnd),
    };
    at = namesEnd;
  }
}
