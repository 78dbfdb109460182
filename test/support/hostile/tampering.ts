import type { MemoryFiles } from '../../../tools/simulation/storage/memory-files.ts';
import type { SimulatedObjects } from '../../../tools/simulation/storage/objects.ts';

/** One way in which somebody changes a stored object by hand; undefined where it would change nothing. */
export interface Mutation {
  readonly name: string;
  readonly apply: (body: Buffer) => Buffer | undefined;
}

const RUN_ID = /\d{8}T\d{6}Z-[0-9a-f]{8}/g;
const OTHER_RUN = '20200202T020202Z-0badcafe';

const text = (name: string, value: string): Mutation => ({
  name,
  apply: (body) => (body.toString('utf8') === value ? undefined : Buffer.from(value)),
});

/** Ways that need no look into the object. */
export const BLUNT: readonly Mutation[] = [
  text('emptied', ''),
  text('null', 'null'),
  text('a list', '[]'),
  text('an object', '{}'),
  text('text', '"x"'),
  text('a number', '7'),
  text('lines of nulls', 'null\nnull\n'),
  { name: 'cut in half', apply: (body) => (body.length < 2 ? undefined : body.subarray(0, body.length >> 1)) },
  { name: 'without its last byte', apply: (body) => (body.length === 0 ? undefined : body.subarray(0, -1)) },
  { name: 'other bytes', apply: (body) => Buffer.from(body.map((byte, at) => byte ^ (0x55 + at))) },
  {
    name: "another run's",
    apply: (body) => {
      const changed = body.toString('utf8').replaceAll(RUN_ID, OTHER_RUN);
      return changed === body.toString('utf8') ? undefined : Buffer.from(changed);
    },
  },
];

type Path = readonly (string | number)[];

/** Paths of a JSON value's members, of each list the first one only. */
function pathsOf(value: unknown, path: Path = []): Path[] {
  if (value === null || typeof value !== 'object') return [path];
  const members = Array.isArray(value) ? [...value.entries()].slice(0, 1) : Object.entries(value);
  return [path, ...members.flatMap(([name, member]) => pathsOf(member, [...path, name]))];
}

/** What a member of one type is turned into. */
function otherTypes(value: unknown): unknown[] {
  if (typeof value === 'string') return [null, 7, {}];
  if (typeof value === 'number') return [null, 'x', -1.5];
  if (typeof value === 'boolean') return [null, 'true'];
  return Array.isArray(value) ? [null, {}, [null]] : [null, [], 'x'];
}

function changed(
  root: unknown,
  path: Path,
  change: (holder: Record<string | number, unknown>, name: string | number) => void,
): unknown {
  const copy = structuredClone(root);
  const holder = path
    .slice(0, -1)
    .reduce<unknown>((value, name) => (value as Record<string | number, unknown>)[name], copy);
  change(holder as Record<string | number, unknown>, path.at(-1) as string | number);
  return copy;
}

/** A member of the object's JSON (or of its first line) is taken out, or gets another type; one mutation each. */
export function memberMutations(body: Buffer): Mutation[] {
  const [first = '', ...rest] = body.toString('utf8').split('\n');
  let root: unknown;
  try {
    root = JSON.parse(first) as unknown;
  } catch {
    return [];
  }
  const written = (value: unknown): Buffer => Buffer.from([JSON.stringify(value), ...rest].join('\n'));
  return pathsOf(root)
    .filter(({ length }) => length > 0)
    .flatMap((path) => {
      const value = path.reduce<unknown>((member, name) => (member as Record<string | number, unknown>)[name], root);
      const name = path.join('.');
      return [
        {
          name: `without ${name}`,
          apply: () =>
            written(
              changed(root, path, (holder, member) =>
                Array.isArray(holder) ? holder.splice(Number(member), 1) : delete holder[member],
              ),
            ),
        },
        ...otherTypes(value).map((other) => ({
          name: `${name} is ${JSON.stringify(other)}`,
          apply: () =>
            written(
              changed(root, path, (holder, member) => {
                holder[member] = other;
              }),
            ),
        })),
      ];
    });
}

/** A read of an object that exists: the n-th of its key. */
export interface SeenRead {
  readonly key: string;
  readonly nth: number;
  readonly body: Buffer;
}

/** Watches every read of an object; `before` may change the store first. */
function onRead(objects: SimulatedObjects<MemoryFiles>, before: (key: string, nth: number) => void): void {
  const reads = new Map<string, number>();
  const seen = (key: string): void => {
    if (!objects.stored.has(key)) return;
    reads.set(key, (reads.get(key) ?? 0) + 1);
    before(key, reads.get(key) as number);
  };
  const { get } = objects;
  const read = objects.read.bind(objects);
  objects.get = (key) => {
    seen(key);
    return get(key);
  };
  objects.read = (key) => {
    seen(key);
    return read(key);
  };
}

export function recordReads(objects: SimulatedObjects<MemoryFiles>): SeenRead[] {
  const reads: SeenRead[] = [];
  onRead(objects, (key, nth) => reads.push({ key, nth, body: Buffer.from(objects.stored.get(key)?.body ?? []) }));
  return reads;
}

/** Changes the object just before its n-th read, for good. True from then on. */
export function tamperAt(
  objects: SimulatedObjects<MemoryFiles>,
  at: Pick<SeenRead, 'key' | 'nth'>,
  { apply }: Mutation,
): { readonly done: boolean } {
  const state = { done: false };
  onRead(objects, (key, nth) => {
    if (state.done || key !== at.key || nth !== at.nth) return;
    const body = apply(Buffer.from(objects.stored.get(key)?.body ?? []));
    if (body === undefined) return;
    objects.stored.set(key, { body, etag: '"by hand"' });
    state.done = true;
  });
  return state;
}
