import { expect } from 'chai';
import { csvHeaderLine, csvLine } from '../../../../../source/domain/import/csv/csv-line.ts';
import { buildChunkCsv } from '../../../../../source/domain/import/jobs/chunk-csv.ts';
import type { RestoreUser } from '../../../../../source/domain/import/plan/plan-model.ts';
import { CHUNK_LIMITS } from '../../../../../source/domain/import/planning/chunk-size.ts';
import type { ChunkLimits } from '../../../../../source/domain/import/planning/chunk-size.ts';
import type { Classified } from '../../../../../source/domain/import/planning/classify.ts';
import { cutChunk, newDraft } from '../../../../../source/domain/import/planning/cut-chunk.ts';
import type { CutContext } from '../../../../../source/domain/import/planning/cut-chunk.ts';
import { toNdjson } from '../../../../../source/domain/state/ndjson.ts';
import type { PoolUser, SchemaAttribute } from '../../../../../source/domain/model.ts';
import { csvLimits } from '../../../../../tools/simulation/import-jobs/csv.ts';
import { headerOf, READINGS, readJobFile, SCHEMA } from '../../../../support/import/csv-pool.ts';
import { differences } from '../../../../support/import/differences.ts';
import { PlanningWorld } from '../../../../support/import/planning-world.ts';
import { RestoreWorld } from '../../../../support/import/restore-world.ts';
import { sealBackup } from '../../../../support/import/sealed-backup.ts';
import { aUser } from '../../../../support/world/builders.ts';

const READING = READINGS[0] as (typeof READINGS)[number];
const verified = (username: string, over: Record<string, string> = {}): PoolUser =>
  aUser({ username, attributes: { email: `${username}@example.test`, email_verified: 'true', ...over } });

/** Users whose rows have all the same number of bytes: 3 of UTF-8 per character of the name. */
function alike(count: number): { readonly world: PlanningWorld; readonly header: number; readonly row: number } {
  const world = new PlanningWorld();
  for (let n = 0; n < count; n += 1) world.source.put(verified(`user${100 + n}`, { name: '山'.repeat(20) }));
  sealBackup(world.table, world.source);
  const columns = headerOf(world.target.settings.schema).filter((column) => column !== 'password_hash');
  const {
    attributes: { sub: _sub, ...attributes },
  } = world.source.find('user100') as PoolUser;
  return {
    world,
    header: Buffer.byteLength(csvHeaderLine(columns)),
    row: Buffer.byteLength(csvLine({ name: 'user100', attributes }, columns, 'false')),
  };
}

async function filesOf(world: PlanningWorld, limits: ChunkLimits): Promise<readonly Uint8Array[]> {
  await world.scan({}, { limits });
  const plan = world.plan();
  const files: Uint8Array[] = [];
  for (const chunk of plan.chunks) {
    const { csv, rows } = await buildChunkCsv(world.objects, plan, chunk);
    expect(rows).to.equal(chunk.users);
    expect(csv.length).to.equal(chunk.csvBytes);
    files.push(csv);
  }
  return files;
}

describe('files of import jobs', () => {
  it('split exactly at the limit of bytes: the row that reaches it is in, the one that exceeds it is not', async () => {
    for (const [over, sizes] of [
      [0, [7, 7, 6]],
      [-1, [6, 6, 6, 2]],
      [1, [7, 7, 6]],
    ] as const) {
      const { world, header, row } = alike(20);
      const chunkBytes = header + 7 * row + over;
      const files = await filesOf(world, { firstChunkUsers: 50, chunkUsers: 50, chunkBytes });
      expect(world.plan().chunks.map(({ users }) => users)).to.deep.equal(sizes);
      expect(files.every(({ length }) => length <= chunkBytes)).to.equal(true);
    }
  });

  it('split exactly at the limit of rows', async () => {
    const { world } = alike(20);
    const files = await filesOf(world, { firstChunkUsers: 7, chunkUsers: 7, chunkBytes: 1_000_000 });
    expect(world.plan().chunks.map(({ users }) => users)).to.deep.equal([7, 7, 6]);
    expect(files.map((file) => Buffer.from(file).toString('utf8').trimEnd().split('\n').length - 1)).to.deep.equal([
      7, 7, 6,
    ]);
  });

  it('take a user alone whose row is larger than the limit', async () => {
    const { world, header, row } = alike(3);
    await filesOf(world, { firstChunkUsers: 50, chunkUsers: 50, chunkBytes: header + row - 1 });
    expect(world.plan().chunks.map(({ users }) => users)).to.deep.equal([1, 1, 1]);
  });

  it('stay below what Cognito takes', () => {
    expect(CHUNK_LIMITS.chunkBytes).to.be.below(csvLimits.fileBytes);
    expect(CHUNK_LIMITS.chunkUsers).to.be.below(csvLimits.rows);
  });

  it('of 90 MB hold as many rows of three-byte characters as fit, and the gateway reads every one of them', async function () {
    this.timeout(60_000);
    const header = headerOf(SCHEMA);
    const text = '山'.repeat(2_000);
    const attributes = {
      email: 'a@example.test',
      email_verified: 'true',
      ...Object.fromEntries(
        ['name', 'nickname', 'profile', 'picture', 'website', 'address', 'custom:text'].map((name) => [name, text]),
      ),
    };
    const name = (n: number): string => `user${10_000 + n}`;
    const rowBytes = new TextEncoder().encode(csvLine({ name: name(0), attributes }, header, 'false')).length;
    expect(rowBytes).to.be.within(42_000, 43_000);
    const fitting = Math.floor(
      (CHUNK_LIMITS.chunkBytes - new TextEncoder().encode(csvHeaderLine(header)).length) / rowBytes,
    );
    const user = (n: number): Classified => ({
      way: 'csv',
      bytes: rowBytes,
      created: '',
      user: { name: name(n), sub: `sub-${n}`, attributes, enabled: true, status: 'CONFIRMED', groups: [] },
    });
    const written: Buffer[] = [];
    const objects: CutContext['objects'] = {
      async *read(key) {
        if (key === 'spool') for (let n = 0; n < fitting + 10; n += 1) yield Buffer.from(toNdjson([user(n)]));
        else yield* written;
      },
      write: async (_key, parts) => {
        for await (const part of parts) written.push(Buffer.from(part));
      },
      put: () => Promise.resolve('"etag"'),
      deleteAll: () => Promise.resolve(),
    };
    const draft = await cutChunk(newDraft('a secret'), {
      objects,
      parts: ['spool'],
      afterCollisions: (found) => found,
      groupIndex: new Map(),
      firstGroups: 0,
      folder: 'restore/',
      groups: [],
      caseSensitive: false,
      sizes: {
        ...CHUNK_LIMITS,
        firstChunkUsers: CHUNK_LIMITS.chunkUsers,
        counts: { byCsv: fitting + 10, memberships: 0, disabled: 0 },
      },
      csvHeader: header,
    });
    const [chunk] = draft.chunks;
    if (chunk === undefined) throw new Error('no chunk');
    expect(draft).to.deep.include({ ended: false, cursor: { part: 0, line: fitting } });
    expect(chunk.users).to.equal(fitting);
    const { csv } = await buildChunkCsv(objects, { csvHeader: header, mfaFlag: 'false' }, chunk);
    expect(csv.length)
      .to.equal(chunk.csvBytes)
      .and.to.be.within(CHUNK_LIMITS.chunkBytes - rowBytes, CHUNK_LIMITS.chunkBytes);
    const users = readJobFile(csv, SCHEMA, READING);
    expect(users.map(({ username }) => username)).to.deep.equal(Array.from({ length: fitting }, (_, n) => name(n)));
    expect(users.at(-1)?.attributes).to.deep.equal(attributes);
  });
});

describe('users near the limits of Cognito', () => {
  const FULL: readonly SchemaAttribute[] = Array.from({ length: 50 }, (_, n) => ({
    name: `custom:attribute_${n}`,
    type: 'String' as const,
    mutable: true,
    required: false,
    min: '0',
    max: '2048',
  }));
  const filled = (count: number, filling: string): Record<string, string> =>
    Object.fromEntries(FULL.slice(0, count).map(({ name }) => [name, filling]));

  it('with 50 custom attributes of 2,048 characters, and with rows of 15,999 to 16,001, all come back in full', async () => {
    const schema = [...new RestoreWorld().source.settings.schema, ...FULL];
    const world = new RestoreWorld({ schema });
    for (const filling of ['x', '山', ',', '"'])
      world.source.put(verified(`full-${filling.codePointAt(0) ?? 0}`, filled(50, filling.repeat(2_048))));
    const columns = headerOf(schema).filter((column) => column !== 'password_hash');
    const ways: Record<string, 'csv' | 'create'> = {};
    for (const length of [15_999, 16_000, 16_001]) {
      const username = `row-${length}`;
      const given = { email: `${username}@example.test`, email_verified: 'true', ...filled(7, 'x'.repeat(2_048)) };
      const missing = length - csvLine({ name: username, attributes: given }, columns, 'false').length;
      world.source.put(verified(username, { ...given, 'custom:attribute_7': 'y'.repeat(missing) }));
      ways[username] = length > 16_000 ? 'create' : 'csv';
    }
    await world.planned();
    const byCsv = world
      .chunkUsers()
      .flat()
      .map(({ name }: RestoreUser) => name)
      .sort();
    expect(byCsv).to.deep.equal(
      Object.keys(ways)
        .filter((name) => ways[name] === 'csv')
        .sort(),
    );
    const { outcome, counts } = await world.execute();
    expect(outcome).to.equal('complete');
    expect(counts).to.include({ usersRestored: 7, usersCreatedOneByOne: 5, usersDifferent: 0 });
    expect(differences(world.source, world.target)).to.deep.equal([]);
  });
});
