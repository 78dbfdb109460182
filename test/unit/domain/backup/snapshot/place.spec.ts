import { expect } from 'chai';
import {
  objectsBelow,
  obstacleTo,
  placeText,
  snapshotPlaceIn,
} from '../../../../../source/domain/backup/snapshot/place.ts';
import type { SnapshotPlace } from '../../../../../source/domain/backup/snapshot/place.ts';
import { World } from '../../../../support/world/world.ts';

const RUN = '20260301T000000Z-0badcafe';

describe('places of snapshots', () => {
  it('17.7: are a bucket, a prefix in it, the folder of snapshots there, or that of one run', () => {
    const VAULT = { bucket: 'my-vault' };
    const cases: readonly (readonly [string, SnapshotPlace])[] = [
      ['s3://my-vault/', { ...VAULT, base: '' }],
      ['s3://my-vault/snapshots/', { ...VAULT, base: '' }],
      [`s3://my-vault/snapshots/${RUN}/`, { ...VAULT, base: '', run: RUN }],
      ['s3://my-vault/prod/eu/', { ...VAULT, base: 'prod/eu/' }],
      ['s3://my-vault/prod/snapshots/', { ...VAULT, base: 'prod/' }],
      [`s3://my-vault/prod/snapshots/${RUN}/`, { ...VAULT, base: 'prod/', run: RUN }],
      // No run's id: a folder like any other.
      ['s3://my-vault/snapshots/latest/', { ...VAULT, base: 'snapshots/latest/' }],
    ];
    for (const [text, place] of cases) {
      expect(snapshotPlaceIn(text), text).to.deep.equal(place);
      expect(snapshotPlaceIn(placeText(place)), text).to.deep.include({ bucket: place.bucket, base: place.base });
    }
    for (const text of [
      '',
      'my-vault/',
      's3://',
      's3://my-vault',
      's3://my-vault/prod',
      's3://My-Vault/',
      's3://my-vault//',
      's3://my-vault/a//b/',
      's3://my-vault/mail@example.test/',
      's3://my vault/',
      'https://my-vault.s3.amazonaws.com/',
      'arn:aws:s3:::my-vault/',
    ])
      expect(snapshotPlaceIn(text), text).to.equal(undefined);
  });

  it('17.7: are read in the vault, and in mapping-file buckets of launches, only', () => {
    const OWN = 'stackset-cognitouserprofilesexport-mappingfilebucket-0a1b2c3d4e5f';
    for (const [bucket, base, obstacle] of [
      [OWN, '', undefined],
      [OWN, 'adopted/', undefined],
      [OWN, 'restores/', 'prefix'],
      ['my-vault', '', undefined],
      ['my-vault', 'adopted/', 'prefix'],
      ['my-vault', 'prod/', 'prefix'],
      ['other', '', 'bucket'],
      [`x-${OWN}`, '', 'bucket'],
      ['stackset-cognitouser-accesslogbucket-0a1b', '', 'bucket'],
    ] as const)
      expect(obstacleTo({ bucket, base }, 'my-vault'), `${bucket} ${base}`).to.equal(obstacle);
    expect(obstacleTo({ bucket: 'my-vault', base: '' }, undefined)).to.equal('bucket');
  });

  it('17.7: show their objects under the keys of the top of a bucket', async () => {
    const { objects } = new World();
    await objects.put('prod/snapshots/a', 'one');
    await objects.put('snapshots/b', 'two');
    const below = objectsBelow(objects, 'prod/');
    const keys: string[] = [];
    for await (const key of below.list('snapshots/')) keys.push(key);
    expect(keys).to.deep.equal(['snapshots/a']);
    expect(Buffer.from((await below.get('snapshots/a'))?.body ?? []).toString()).to.equal('one');
    const pieces: Uint8Array[] = [];
    for await (const piece of below.read('snapshots/a')) pieces.push(piece);
    expect(Buffer.concat(pieces).toString()).to.equal('one');
    expect(await below.get('snapshots/b')).to.equal(undefined);
  });
});
