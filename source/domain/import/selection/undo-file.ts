import * as v from 'valibot';
import type { ObjectStore } from '../../ports.ts';
import { parseJson } from '../../state/json-object.ts';
import { countShape, idShape, subShape } from '../../state/shape.ts';
import type { Stored } from '../../state/shape.ts';

const valueShape = v.nullable(v.string());
const settingShape = v.nullable(v.union([v.string(), countShape]));
/** `sub`: in the backup; `poolSub`: of the account. */
const ofUser = { sub: v.string(), name: v.string(), poolSub: subShape };

const undoEntryShape = v.variant('kind', [
  v.object({ kind: v.literal('attribute'), ...ofUser, attribute: v.string(), before: valueShape, after: valueShape }),
  v.object({ kind: v.literal('enabled'), ...ofUser, before: v.boolean(), after: v.boolean() }),
  /** Before, the user was a member or was none; afterwards it is the other way round. */
  v.object({ kind: v.literal('membership'), ...ofUser, group: v.string(), before: v.boolean() }),
  v.object({
    kind: v.literal('group'),
    group: v.string(),
    field: v.picklist(['description', 'precedence']),
    before: settingShape,
    after: settingShape,
  }),
  /** The account was linked to somebody at an identity provider, and stays so. */
  v.object({ kind: v.literal('link'), ...ofUser, provider: v.string(), id: v.string() }),
  /** Was made, and stays. */
  v.object({ kind: v.literal('createdUser'), sub: v.string(), name: v.string() }),
  v.object({ kind: v.literal('createdGroup'), group: v.string() }),
]);
/** One overwrite, with what stood there; or what was created. */
export type UndoEntry = Stored<typeof undoEntryShape>;
/** The entries of these kinds. */
export type UndoEntryOf<K extends UndoEntry['kind']> = Extract<UndoEntry, { readonly kind: K }>;

const undoFileShape = v.object({ selectionId: idShape, entries: v.array(undoEntryShape) });

/** Reads the entries of `undo.json`; undefined when there is none. */
export async function readUndo(
  objects: Pick<ObjectStore, 'get'>,
  key: string,
): Promise<readonly UndoEntry[] | undefined> {
  const stored = await objects.get(key);
  return stored === undefined ? undefined : parseJson(key, stored.body, undoFileShape).entries;
}

/** What an entry is about: a later one of the same takes its place. */
export const undoKey = (entry: UndoEntry): string => {
  switch (entry.kind) {
    case 'attribute':
      return `attribute ${entry.poolSub} ${entry.attribute}`;
    case 'enabled':
      return `enabled ${entry.poolSub}`;
    case 'membership':
      return `membership ${entry.poolSub} ${entry.group}`;
    case 'link':
      return `link ${entry.poolSub} ${entry.provider} ${entry.id}`;
    case 'group':
      return `group ${entry.field} ${entry.group}`;
    case 'createdUser':
      return `createdUser ${entry.sub}`;
    case 'createdGroup':
      return `createdGroup ${entry.group}`;
  }
};

/** The overwrites of a selection: an entry is stored before its write is made. */
export class UndoFile {
  readonly #entries: Map<string, UndoEntry>;
  #changed: boolean;

  private constructor(
    private readonly objects: Pick<ObjectStore, 'put'>,
    private readonly place: { readonly key: string; readonly selectionId: string },
    stored: readonly UndoEntry[] | undefined,
  ) {
    this.#entries = new Map((stored ?? []).map((entry) => [undoKey(entry), entry]));
    this.#changed = stored === undefined;
  }

  static async open(
    objects: Pick<ObjectStore, 'get' | 'put'>,
    place: { readonly key: string; readonly selectionId: string },
  ): Promise<UndoFile> {
    return new UndoFile(objects, place, await readUndo(objects, place.key));
  }

  /** Nothing was overwritten, whatever was intended. */
  static async empty(
    objects: Pick<ObjectStore, 'put'>,
    place: { readonly key: string; readonly selectionId: string },
  ): Promise<void> {
    await new UndoFile(objects, place, undefined).save();
  }

  /**
   * The write is about to be made. Where an earlier invocation meant the same one and the pool holds what stood there then or
   * what was to be written, what stood there then is kept: its write may have been carried out.
   */
  intend(entry: UndoEntry): void {
    const key = undoKey(entry);
    const known = this.#entries.get(key);
    if (known !== undefined && isSameWrite(known, entry)) return;
    this.#entries.set(key, entry);
    this.#changed = true;
  }

  /** The entry about the same thing, if any. */
  like(entry: UndoEntry): UndoEntry | undefined {
    return this.#entries.get(undoKey(entry));
  }

  /** Cognito refused the write: nothing was overwritten. */
  refused(entry: UndoEntry): void {
    if (this.#entries.delete(undoKey(entry))) this.#changed = true;
  }

  /** Stores what is not stored yet. */
  async save(): Promise<void> {
    if (!this.#changed) return;
    this.#changed = false;
    const { key, selectionId } = this.place;
    await this.objects.put(key, `${JSON.stringify({ selectionId, entries: [...this.#entries.values()] }, null, 1)}\n`);
  }
}

function isSameWrite(known: UndoEntry, entry: UndoEntry): boolean {
  if (!('before' in known) || !('before' in entry)) return true;
  if (known.kind === 'membership') return true;
  const after = 'after' in known ? known.after : undefined;
  return 'after' in entry && after === entry.after && (entry.before === known.before || entry.before === after);
}
