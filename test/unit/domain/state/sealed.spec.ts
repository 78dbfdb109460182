import { expect } from 'chai';
import { assertSealed, sealedKey, sealedPieces } from '../../../../source/domain/state/sealed-keys.ts';
import { putList, readList } from '../../../../source/domain/state/stored-list.ts';
import { parsed, shaped } from '../../../../source/domain/state/stored-shapes.ts';
import { rejection } from '../../../support/rejection.ts';
import { World } from '../../../support/world/world.ts';

async function* pieces(...parts: string[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield Buffer.from(part);
}
const all = async (source: AsyncIterable<Uint8Array>): Promise<string> => {
  let text = '';
  for await (const piece of source) text += Buffer.from(piece).toString('utf8');
  return text;
};

describe('Objects with a sealed key', () => {
  const key = sealedKey('restores/p/r/spool/one-000000', 'ndjson', 'some lines\n');

  it('carry a digest of what was written: the same content, the same key', () => {
    expect(key).to.match(/^restores\/p\/r\/spool\/one-000000\.[0-9a-f]{16}\.ndjson$/);
    expect(sealedKey('restores/p/r/spool/one-000000', 'ndjson', Buffer.from('some lines\n'))).to.equal(key);
    expect(sealedKey('restores/p/r/spool/one-000000', 'ndjson', 'other lines\n')).to.not.equal(key);
  });

  it('are read as long as they are what was written', async () => {
    assertSealed(key, Buffer.from('some lines\n'));
    expect(await all(sealedPieces(key, pieces('some ', 'lines\n')))).to.equal('some lines\n');
    expect(() => assertSealed(key, Buffer.from('some lines')))
      .to.throw(/is not what was written under this name/)
      .with.property('name', 'BadState');
    for (const found of [['some lines'], [], ['some lines\n', '\n'], ['same lines\n']])
      expect(await rejection(all(sealedPieces(key, pieces(...found))))).to.have.property('name', 'BadState');
  });

  it('are the only ones that are looked at', async () => {
    for (const plain of [
      'exports/current.json',
      'snapshots/r/segment-0.ndjson.gz',
      'restores/p/r/report/failures.csv',
    ]) {
      assertSealed(plain, Buffer.from('anything'));
      expect(await all(sealedPieces(plain, pieces('anything')))).to.equal('anything');
    }
  });
});

describe('A stored list', () => {
  const key = 'restores/p/r/planning/losers.json';

  it('is read as it was put, and not when it is emptied, shortened, of another place or of another kind', async () => {
    const { objects } = new World();
    await putList(objects, key, ['a', 'b']);
    expect(await readList(objects, key)).to.deep.equal(['a', 'b']);
    const stored = objects.json<{ readonly digest: string }>(key);
    const other = 'restores/p/other/planning/losers.json';
    await putList(objects, other, []);
    await putList(objects, key, [7]);
    const kind = objects.text(key);
    for (const damage of [
      '[]',
      '["a","b"]',
      'null',
      '{',
      kind,
      objects.text(other),
      ...[['a'], ['a', 'c'], {}].map((list) => JSON.stringify({ ...stored, list })),
    ]) {
      await objects.put(key, damage);
      expect(await rejection(readList(objects, key)), damage).to.have.property('name', 'BadState');
    }
    expect((await rejection(readList(objects, 'restores/p/r/groups.json'))).message).to.include('does not exist');
  });
});

describe('The shape of a stored object', () => {
  const problem = (key: string, value: unknown): string => {
    try {
      shaped(key, value);
      return '';
    } catch (error) {
      expect(error).to.have.property('name', 'BadState');
      return (error as Error).message;
    }
  };

  it('is named by the member, what it should be, what to do, and no value', () => {
    const head = {
      runId: '20260301T000000Z-12345678',
      startedAt: '2026-03-01T00:00:00.000Z',
      checkpointAt: '2026-03-01T00:00:00.000Z',
    };
    expect(problem('exports/current.json', head)).to.equal('');
    expect(problem('exports/current.json', { ...head, checkpointAt: 'ana@example.org' }))
      .to.match(/exports\/current\.json is damaged: checkpointAt should be .*Delete it and start ExportWorkflow again/)
      .and.not.include('ana');
    expect(problem('exports/current.json', { ...head, runId: '../../x' })).to.include('runId should be');
    expect(problem('exports/current.json', { startedAt: head.startedAt })).to.include('runId is missing');
    expect(problem('exports/current.json', null)).to.include('it should be Object, but is null');
    expect(
      problem('restores/p/r/chunks/000000.ndjson', {
        sub: 's',
        name: 'n',
        attributes: { 'ana@example.org': 7 },
        enabled: true,
        status: '',
        groups: [],
      }),
    )
      .to.include('attributes')
      .and.not.include('ana');
  });

  it('takes any attribute for what it is, also those that are called like members of every object', () => {
    const attributes = JSON.parse('{"__proto__": "a", "constructor": "b", "custom:__proto__": "c"}') as object;
    expect(
      problem('restores/p/r/chunks/000000.ndjson', {
        sub: 's',
        name: '__proto__',
        attributes,
        enabled: true,
        status: '',
        groups: [],
      }),
    ).to.equal('');
  });

  it('is asked for objects that are no JSON without quoting them', () => {
    expect(() => parsed('exports/current.json', Buffer.from('ana@example.org')))
      .to.throw(/it is no JSON/)
      .and.not.match(/ana/);
  });
});
