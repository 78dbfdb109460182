import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import { LATEST_KEY, manifestKey } from '../../../source/domain/backup/manifest.ts';
import type { Manifest } from '../../../source/domain/backup/manifest.ts';
import type { TableItem } from '../../../source/domain/ports.ts';
import type { MemoryFiles } from '../../../tools/simulation/storage/memory-files.ts';
import type { SimulatedObjects } from '../../../tools/simulation/storage/objects.ts';
import type { SimulatedTable } from '../../../tools/simulation/storage/table.ts';

const byKey = (one: TableItem, other: TableItem): number =>
  `${one.id} ${one.type}` < `${other.id} ${other.type}` ? -1 : 1;

/** What the snapshot of a run holds, unpacked by other code than the product's, after its sizes and digests were checked. */
export function itemsOfSnapshot(objects: SimulatedObjects<MemoryFiles>, { runId, snapshot }: Manifest): TableItem[] {
  return (snapshot?.objects ?? []).flatMap(({ name, bytes, sha256, items }) => {
    const body = objects.stored.get(`snapshots/${runId}/${name}`)?.body ?? Buffer.alloc(0);
    expect({ name, bytes: body.length, sha256: createHash('sha256').update(body).digest('hex') }).to.deep.equal({
      name,
      bytes,
      sha256,
    });
    const lines = gunzipSync(body).toString('utf8').split('\n').slice(0, -1);
    expect(lines, name).to.have.length(items);
    return lines.map((line) => JSON.parse(line) as TableItem);
  });
}

/** The last sealed run's snapshot holds exactly the items of the table; every sealed run's has its manifest, and no other. */
export function expectSnapshots(table: SimulatedTable, objects: SimulatedObjects<MemoryFiles>, about = ''): void {
  const all = table.all();
  for (const { id: _id, type, ...manifest } of all) {
    if (type === 'MANIFEST')
      expect(objects.json(`snapshots/${String(manifest.runId)}/manifest.json`), about).to.deep.equal(manifest);
  }
  const closed = [...objects.stored.keys()].flatMap((key) => /^snapshots\/(.+)\/manifest\.json$/.exec(key)?.[1] ?? []);
  expect(
    closed.filter((runId) => table.peek(manifestKey(runId)) === undefined),
    about,
  ).to.deep.equal([]);
  const latest = table.peek(manifestKey(table.peek(LATEST_KEY)?.runId as string)) as unknown as Manifest;
  const kept = itemsOfSnapshot(objects, latest);
  expect(kept.sort(byKey), about).to.deep.equal(all.filter(({ id }) => /^(USER|GROUP)#/.test(id)).sort(byKey));
  expect(
    new Set(latest.snapshot?.objects.map(({ name }) => name).filter((name) => name !== 'kept.ndjson.gz')),
    about,
  ).to.have.property('size', 8);
}
