import * as v from 'valibot';
import { listedFederatedShape } from '../backup/federated/federated-users.ts';
import type { ListedFederated } from '../backup/federated/federated-users.ts';
import { Fault } from '../errors.ts';
import type { ObjectStore } from '../ports.ts';
import { adviceFor } from '../state/advice.ts';
import { keyWithDigest } from '../state/digest-keys.ts';
import { gzipLines, linesOfGzip } from '../state/gzip-lines.ts';
import type { Appendix } from '../state/progress.ts';
import { countShape, onlyRead, subShape } from '../state/shape.ts';
import { EXPORTS_PREFIX } from './run.ts';

export const federatedSpoolShape = v.array(
  onlyRead(v.object({ key: v.pipe(v.string(), v.startsWith(EXPORTS_PREFIX)), lines: countShape, bytes: countShape })),
);
/** What a listing found of users of identity providers, as its checkpoint names it. */
export type FederatedSpoolParts = v.InferOutput<typeof federatedSpoolShape>;

const lineShape = v.union([v.object({ user: listedFederatedShape }), v.object({ sub: subShape, group: v.string() })]);
/** A user of an identity provider, or a membership of one. */
export type FederatedLine = v.InferOutput<typeof lineShape>;

/** As JSON; so much may wait in memory. */
const MAX_PENDING_BYTES = 4 * 1024 * 1024;

/** Gathers users of identity providers and their memberships as they are listed, each once. */
export class FederatedSpool implements Appendix {
  #lines: string[] = [];
  #bytes = 0;

  /** Appends to `parts`. */
  constructor(private readonly parts: FederatedSpoolParts) {}

  get pending(): number {
    return this.#bytes / MAX_PENDING_BYTES;
  }

  addUser(user: ListedFederated): void {
    this.#add({ user });
  }

  addMembership(sub: string, group: string): void {
    this.#add({ sub, group });
  }

  cut(newKey: (kind: string) => string): ReturnType<Appendix['cut']> {
    if (this.#lines.length === 0) return [];
    const body = gzipLines(this.#lines);
    const part = {
      key: keyWithDigest(newKey('federated-users'), 'gz', body),
      lines: this.#lines.length,
      bytes: body.length,
    };
    [this.#lines, this.#bytes] = [[], 0];
    this.parts.push(part);
    return [{ key: part.key, body }];
  }

  #add(line: { readonly user: ListedFederated } | { readonly sub: string; readonly group: string }): void {
    const text = JSON.stringify(line);
    this.#lines.push(text);
    this.#bytes += text.length;
  }
}

/** The lines of the parts; Fault BadState when one is missing or damaged. */
export async function* federatedLines(
  objects: Pick<ObjectStore, 'get'>,
  parts: Readonly<FederatedSpoolParts>,
): AsyncGenerator<FederatedLine, void, undefined> {
  for (const { key, lines: expected } of parts) {
    const stored = await objects.get(key);
    const lines = stored === undefined ? undefined : linesOfGzip({ key, body: stored.body, expected }, lineShape);
    if (lines === undefined)
      throw new Fault('BadState', `The object ${key} cannot be used: it is missing or not whole. ${adviceFor(key)}`);
    yield* lines;
  }
}
