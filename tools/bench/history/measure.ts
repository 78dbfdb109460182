/**
 * Reads snapshots in a process of its own, whose memory is measured. Argument: a file with AskedReading as JSON; one line of
 * JSON to standard output.
 */
import { closeSync, createReadStream, openSync, readFileSync, readSync } from 'node:fs';
import { compareRuns } from '../../../source/domain/history/compare-runs.ts';
import { unpackAside } from '../../../source/adapters/unpack-aside.ts';
import { findUsers } from '../../../source/domain/history/find-items.ts';
import { Victims } from '../../../source/domain/history/victims.ts';
import type { RunItems } from '../../../source/domain/history/run-items.ts';
import type { Manifest } from '../../../source/domain/backup/manifest.ts';
import { fileOf } from '../virtual/files-on-disk.ts';

/** What is to be measured: the difference of the first two runs, or one user in all of them. */
export interface AskedReading {
  readonly folder: string;
  readonly manifests: readonly Manifest[];
  readonly name?: string;
}

const { folder, manifests, name } = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as AskedReading;
const pathOf = (key: string): string => fileOf(folder, key);
const objects: RunItems['objects'] = {
  read: (key) => createReadStream(pathOf(key)),
  readRange: (key, from, bytes) => {
    const file = openSync(pathOf(key), 'r');
    try {
      const body = Buffer.alloc(bytes);
      return Promise.resolve(body.subarray(0, readSync(file, body, 0, bytes, from)));
    } finally {
      closeSync(file);
    }
  },
};
const runs = manifests.map((manifest): RunItems => ({ manifest, objects, unpack: unpackAside }));
const began = performance.now();
let found = 0;
if (name === undefined) {
  const [earlier, later] = runs as [RunItems, RunItems];
  const of = earlier.manifest.counts.users;
  const victims = new Victims([{ kind: 'users', change: 'changed', items: later.manifest.changed.users, of }], 5);
  await compareRuns(earlier, later, (difference) => victims.add(difference));
  for (const _victim of victims.list()) found += 1;
} else {
  for (const run of runs) found += (await findUsers(run, [{ name }]))[0]?.[0]?.memberships.length ?? 0;
}
const seconds = (performance.now() - began) / 1000;
const { user, system } = process.cpuUsage();
process.stdout.write(
  `${JSON.stringify({ seconds, processorSeconds: (user + system) / 1e6, megabytes: process.resourceUsage().maxRSS / 1024, found })}\n`,
);
