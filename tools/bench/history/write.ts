/**
 * Writes a computed snapshot in a process of its own, as the function that seals an export does, and tells how much memory that
 * took. Argument: a file with AskedWriting as JSON; one line of JSON to standard output.
 */
import { readFileSync } from 'node:fs';
import type { Manifest } from '../../../source/domain/backup/manifest.ts';
import { FakeClock } from '../../simulation/fake-clock.ts';
import { SimulatedObjects } from '../../simulation/storage/objects.ts';
import { FilesOnDisk } from '../virtual/files-on-disk.ts';
import { writeComputedSnapshot } from './snapshots.ts';
import type { SnapshotShape } from './snapshots.ts';

/** Which snapshot is written, and where to. */
export interface AskedWriting extends SnapshotShape {
  readonly folder: string;
}

/** The snapshot that was written, and what the process took for it. */
export interface WrittenSnapshot {
  readonly manifest: Manifest;
  readonly processorSeconds: number;
  readonly megabytes: number;
}

const { folder, ...shape } = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as AskedWriting;
const objects = new SimulatedObjects(
  { clock: new FakeClock(), run: (_name, work) => Promise.resolve(work()) },
  new FilesOnDisk(folder),
);
const manifest = await writeComputedSnapshot(objects, shape);
const { user, system } = process.cpuUsage();
const written: WrittenSnapshot = {
  manifest,
  processorSeconds: (user + system) / 1e6,
  megabytes: process.resourceUsage().maxRSS / 1024,
};
process.stdout.write(`${JSON.stringify(written)}\n`);
