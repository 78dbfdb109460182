import { expect } from 'chai';
import { groupItem, userItem } from '../../../../source/domain/backup/items.ts';
import type { RunDifference } from '../../../../source/domain/history/compare-runs.ts';
import type { FieldChange } from '../../../../source/domain/history/field-digests.ts';
import { Victims } from '../../../../source/domain/history/victims.ts';
import { aUser } from '../../../support/world/builders.ts';

const changed = (username: string, ...fields: readonly string[]): RunDifference => ({
  kind: 'user',
  change: 'changed',
  earlier: userItem(aUser({ username }), 'username', 'run'),
  fields: fields.map((field): FieldChange => ({ field, change: 'changed' })),
});

describe('Victims of a mass', () => {
  it('16.2: are none of whom only attributes changed that the export does not count, and of others these are not told', () => {
    const victims = new Victims([{ kind: 'users', change: 'changed', items: 20, of: 100 }], 5, ['custom:last_login']);
    for (let n = 0; n < 40; n += 1) victims.add(changed(`login${n}`, 'custom:last_login'));
    for (let n = 0; n < 20; n += 1) victims.add(changed(`script${n}`, 'custom:last_login', 'name'));
    expect(victims.fields).to.deep.equal([['user name changed', 20]]);
    expect([...victims.list()].map(({ username, what }) => `${username}: ${what}`)).to.deep.equal(
      Array.from({ length: 20 }, (_, n) => `script${n}: name changed`),
    );
  });

  it('16.1: are everybody who changed where no field of users is a mass, whatever happened to groups', () => {
    const victims = new Victims(
      [
        { kind: 'users', change: 'changed', items: 30, of: 1_000 },
        { kind: 'groups', change: 'changed', items: 12, of: 20 },
      ],
      2,
    );
    for (let n = 0; n < 30; n += 1) victims.add(changed(`user${n}`, `custom:${n % 3}`));
    for (let n = 0; n < 12; n += 1)
      victims.add({
        kind: 'group',
        change: 'changed',
        earlier: groupItem({ name: `group${n}` }, 'run'),
        fields: [{ field: 'description', change: 'emptied' }],
      });
    expect(victims.fields).to.deep.equal([['group description emptied', 12]]);
    expect([...victims.list()]).to.have.length(30);
  });
});
