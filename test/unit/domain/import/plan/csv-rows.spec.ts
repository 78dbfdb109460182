import { expect } from 'chai';
import { failureLine, inParts, subMapLine } from '../../../../../source/domain/import/plan/csv-rows.ts';
import { outcomeOf, summaryOf } from '../../../../../source/domain/import/plan/outcome.ts';
import type { RestoreCounts } from '../../../../../source/domain/import/plan/outcome.ts';

const row = { restored: 'yes' as const, sub: 's', name: 'n', line: '', reason: 'r', instead: 'i', changed: 'c' };
const NONE: RestoreCounts = {
  usersInBackup: 10,
  usersRestored: 10,
  usersExcluded: 0,
  usersMissing: 0,
  usersBlocked: 0,
  usersDifferent: 0,
  usersWithoutPassword: 0,
  usersWithoutVerifiedAddress: 0,
  usersCreatedOneByOne: 0,
  groups: 2,
  groupsMissingOrDifferent: 0,
  memberships: 5,
  membershipsMissing: 0,
  membershipsWithoutUser: 0,
  unknownUsers: 0,
  unknownGroups: 0,
  unknownMemberships: 0,
  importJobs: 1,
};

describe('Report files', () => {
  it('never start a cell that a spreadsheet would run', () => {
    for (const bad of ['=cmd|x', '+4912', '-1', '@SUM(A1)']) {
      const cell = failureLine({ ...row, name: bad }).split(',')[2] as string;
      expect(cell.replace(/^"/, ''), JSON.stringify(bad)).to.match(/^'/);
    }
    expect(subMapLine('=1', 'b')).to.equal("'=1,b\n");
  });

  it('quote what would break a row', () => {
    expect(failureLine({ ...row, name: 'a,"b"\nc' })).to.equal('yes,s,"a,""b""\\u000ac",,r,i,c\n');
  });

  it('come in parts without losing a line', async () => {
    async function* lines(): AsyncGenerator<string> {
      for (let n = 0; n < 20_000; n += 1) yield `line ${n} ${'x'.repeat(20)}\n`;
    }
    const parts: Uint8Array[] = [];
    for await (const part of inParts(lines())) parts.push(part);
    expect(parts.length).to.be.greaterThan(1);
    expect(Buffer.concat(parts).toString().split('\n')).to.have.length(20_001);
  });
});

describe('Outcome of a restore', () => {
  it('is complete only when nothing at all is left out', () => {
    const unconfirmed = { counts: { excludedBy: { Unconfirmed: 1 } } };
    expect(outcomeOf(NONE, { counts: { excludedBy: {} } })).to.equal('complete');
    expect(outcomeOf({ ...NONE, usersExcluded: 1 }, unconfirmed)).to.equal('policy');
    expect(
      outcomeOf({ ...NONE, usersExcluded: 2 }, { counts: { excludedBy: { Unconfirmed: 1, NoSignInName: 1 } } }),
    ).to.equal('partial');
    expect(outcomeOf({ ...NONE, membershipsWithoutUser: 1 }, unconfirmed)).to.equal('policy');
    expect(
      outcomeOf(NONE, {
        counts: { excludedBy: {} },
        incomplete: {
          expected: { users: 1, groups: 0, memberships: 0 },
          found: { users: 0, groups: 0, memberships: 0 },
          differingBuckets: 1,
          damagedItems: 0,
        },
      }),
    ).to.equal('policy');
  });

  it('is partial whatever is missing or different', () => {
    for (const lost of [
      'usersMissing',
      'usersBlocked',
      'usersDifferent',
      'usersWithoutPassword',
      'groupsMissingOrDifferent',
      'membershipsMissing',
    ] as const) {
      expect(
        outcomeOf({ ...NONE, [lost]: 1, usersExcluded: 1 }, { counts: { excludedBy: { Unconfirmed: 1 } } }),
        lost,
      ).to.equal('partial');
      expect(summaryOf('partial', { ...NONE, [lost]: 7 }, 's3://b/f/'), lost)
        .to.contain('7')
        .and.to.contain('s3://b/f/')
        .and.to.contain('again');
    }
  });
});
