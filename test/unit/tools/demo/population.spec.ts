import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { changesInWords, changesOf } from '../../../../tools/demo/seed/changes.ts';
import { populationOf } from '../../../../tools/demo/seed/population.ts';
import type { Population } from '../../../../tools/demo/seed/population.ts';
import type { DemoUser } from '../../../../tools/demo/seed/users.ts';

const namesOf = (users: readonly DemoUser[]): string[] => users.map(({ username }) => username);

describe('Who is in the pool of the demo, and whom it changes for show', () => {
  const folder = mkdtempSync(join(tmpdir(), 'population-'));
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  function ofFile(content: string): Population {
    const usersCsv = join(folder, 'users.csv');
    writeFileSync(usersCsv, content);
    return populationOf({ users: 2_000, usersCsv });
  }

  for (const count of [1, 2, 3, 10, 31, 500])
    it(`D19: of a file of ${count}, nobody is changed, moved or deleted`, () => {
      const rows = Array.from({ length: count }, (_, n) => `user${n},"a;demo-before"`);
      const population = ofFile(`username,groups\n${rows.join('\n')}\n`);
      const { added, edited, deleted, moved, from, to } = changesOf(population);
      const touched = namesOf([...added, ...edited, ...deleted, ...moved]);
      expect(touched.filter((name) => name.startsWith('user'))).to.deep.equal([]);
      expect(new Set(touched)).to.have.property('size', touched.length);
      expect([added, edited, deleted, moved].map(({ length }) => length)).to.deep.equal([2, 2, 2, 2]);
      expect([from, to]).to.deep.equal(['demo-before', 'demo-after']);
      expect(namesOf(population.users).slice(0, count)).to.deep.equal(rows.map((_, n) => `user${n}`));
      expect(population.users).to.have.length(count + 6);
      expect(population.groups.map(({ name }) => name)).to.have.members(['a', 'demo-before', 'demo-after']);
    });

  it('D19: a file of users without a group has somebody moved, from a group to a group', () => {
    expect(changesInWords(changesOf(ofFile('username\nann\n')))).to.equal(
      'Changed in the pool: 2 users added, 2 edited, 2 deleted, 2 moved from "demo-before" to "demo-after".',
    );
  });

  it("D19: the demo's own users have names that the file does not have", () => {
    const population = ofFile('username\ndemo-user-1\ndemo-user-7\n');
    expect(namesOf(population.users)).to.deep.equal(
      ['1', '7', '2', '3', '4', '5', '6', '8'].map((number) => `demo-user-${number}`),
    );
    expect(namesOf(population.newcomers)).to.deep.equal(['demo-user-9', 'demo-user-10']);
    expect(namesOf(population.extras)).not.to.include.members(['demo-user-1']);
  });

  it('D19: the smallest generated pool is changed, too, and nothing is said of groups that are undefined', () => {
    for (const users of [10, 11, 12, 20, 200, 2_000]) {
      const population = populationOf({ users, usersCsv: undefined });
      const changes = changesOf(population);
      const { added, edited, deleted, moved, from, to } = changes;
      expect(edited.length * deleted.length * added.length, `${users} users`).to.be.greaterThan(0);
      const touched = namesOf([...edited, ...deleted, ...moved]);
      expect(new Set(touched), `${users} users`).to.have.property('size', touched.length);
      expect(namesOf(population.users)).to.include.members(touched).and.not.to.include.members(namesOf(added));
      expect(population.groups.map(({ name }) => name)).to.include.members([from, to]);
      for (const user of moved) expect(user.groups).to.include(from).and.not.to.include(to);
      expect(changesInWords(changes)).not.to.contain('undefined');
    }
    expect(changesOf(populationOf({ users: 2_000, usersCsv: undefined })).moved.length).to.be.greaterThan(15);
  });

  it('says so when nobody is moved', () => {
    const changes = changesOf(populationOf({ users: 100, usersCsv: undefined }));
    expect(changesInWords({ ...changes, moved: [] })).to.match(/ deleted, nobody moved\.$/);
  });
});
