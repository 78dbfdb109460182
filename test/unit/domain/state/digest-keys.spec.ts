import { expect } from 'chai';
import { assertIntact, keyWithDigest, intactPieces } from '../../../../source/domain/state/digest-keys.ts';
import { putList, readList } from '../../../../source/domain/state/stored-list.ts';
import { subShape } from '../../../../source/domain/state/shape.ts';
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

describe('Objects whose key carries a digest', () => {
  const key = keyWithDigest('restores/p/r/spool/one-000000', 'ndjson', 'some lines\n');

  it('carry a digest of what was written: the same content, the same key', () => {
    expect(key).to.match(/^restores\/p\/r\/spool\/one-000000\.[0-9a-f]{16}\.ndjson$/);
    expect(keyWithDigest('restores/p/r/spool/one-000000', 'ndjson', Buffer.from('some lines\n'))).to.equal(key);
    expect(keyWithDigest('restores/p/r/spool/one-000000', 'ndjson', 'other lines\n')).to.not.equal(key);
  });

  it('are read as long as they are what was written', async () => {
    assertIntact(key, Buffer.from('some lines\n'));
    expect(await all(intactPieces(key, pieces('some ', 'lines\n')))).to.equal('some lines\n');
    expect(() => assertIntact(key, Buffer.from('some lines')))
      .to.throw(/is not what was written under this name/)
      .with.property('name', 'BadState');
    for (const found of [['some lines'], [], ['some lines\n', '\n'], ['same lines\n']])
      expect(await rejection(all(intactPieces(key, pieces(...found))))).to.have.property('name', 'BadState');
  });

  it('are the only ones that are looked at', async () => {
    for (const plain of [
      'exports/current.json',
      'snapshots/r/segment-0.ndjson.gz',
      'restores/p/r/report/failures.csv',
    ]) {
      assertIntact(plain, Buffer.from('anything'));
      expect(await all(intactPieces(plain, pieces('anything')))).to.equal('anything');
    }
  });
});

describe('A stored list', () => {
  const key = 'restores/p/r/planning/losers.json';

  it('is read as it was put, and not when it is emptied, shortened, of another place or of another kind', async () => {
    const { objects } = new World();
    await putList(objects, key, ['a', 'b']);
    expect(await readList(objects, key, subShape)).to.deep.equal(['a', 'b']);
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
      expect(await rejection(readList(objects, key, subShape)), damage).to.have.property('name', 'BadState');
    }
    expect((await rejection(readList(objects, 'restores/p/r/groups.json', subShape))).message).to.include(
      'does not exist',
    );
  });
});
