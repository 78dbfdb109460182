import { expect } from 'chai';
import { comparePools } from '../../../../tools/demo/compare/compare-pools.ts';
import type { PoolSnapshot, SnapshotGroup, SnapshotUser } from '../../../../tools/demo/compare/read-pool.ts';
import { rowsInWords, withoutPointers } from '../../../../tools/demo/failure.ts';

const user = (
  sub: string,
  attributes: Readonly<Record<string, string>>,
  more: Partial<SnapshotUser> = {},
): SnapshotUser => ({
  sub,
  status: 'CONFIRMED',
  enabled: true,
  attributes: new Map(Object.entries(attributes)),
  ...more,
});
const group = (members: readonly string[], description?: string, precedence?: number): SnapshotGroup => ({
  description,
  precedence,
  members: new Set(members),
});
const pool = (
  users: Readonly<Record<string, SnapshotUser>>,
  groups: Readonly<Record<string, SnapshotGroup>>,
): PoolSnapshot => ({ users: new Map(Object.entries(users)), groups: new Map(Object.entries(groups)) });

const OLD = pool(
  {
    ann: user('1', { email: 'ann@example.com', email_verified: 'true', 'custom:notes': 'x'.repeat(100) }),
    bob: user('2', { email: 'bob@example.com' }),
    eve: user('3', { name: 'Eve' }),
    unproven: user('4', { name: 'U' }, { status: 'UNCONFIRMED' }),
  },
  { staff: group(['ann', 'bob', 'unproven'], 'Staff', 1), gone: group(['ann']) },
);

describe('What a failed demo says', () => {
  it('D19: every row that differs is told, with what failures.csv says about its user', () => {
    const restored = pool(
      {
        ann: user('11', { email: 'ann@example.com', email_verified: 'TRUE', 'custom:notes': 'y', nickname: 'new' }),
        eve: user('13', { phone_number_verified: 'false' }, { enabled: false }),
        mallory: user('14', {}),
      },
      { staff: group(['mallory', 'eve'], 'Stuff', 1), other: group([]) },
    );
    const { differences, rows } = comparePools(OLD, restored);
    expect(rowsInWords(differences, new Map([['2', ['The name is taken.', 'Not created.']]]))).to.deep.equal([
      `  user "ann", attribute "custom:notes": was "${'x'.repeat(80)}"... (100 characters), is "y"`,
      '  user "ann", attribute "nickname": was none, is "new"',
      '  user "bob": missing (failures.csv: The name is taken.; Not created.)',
      '  user "eve", attribute "name": was "Eve", is none',
      '  user "eve": was enabled, is disabled',
      '  user "mallory": the old pool did not have it',
      '  group "staff", description: was "Staff", is "Stuff"',
      '  group "gone": missing',
      '  group "other": the old pool did not have it',
      '  user "ann": not in group "staff" any more',
      '  user "bob": not in group "staff" any more (failures.csv: The name is taken.; Not created.)',
      '  user "mallory": new in group "staff"',
      '  user "eve": new in group "staff"',
      '  user "ann": not in group "gone" any more',
    ]);
    expect(rows.map(({ what, expected, missing, different }) => [what, expected, missing, different])).to.deep.equal([
      ['users', 3, 1, 2],
      ['attribute values', 5, 2, 2],
      ['enabled flags', 3, 1, 1],
      ['groups', 2, 1, 1],
      ['group descriptions', 2, 1, 1],
      ['group precedences', 2, 1, 0],
      ['memberships', 3, 3, 2],
    ]);
  });

  it('a pool that is as it was has no rows', () => {
    expect(comparePools(OLD, OLD).differences).to.deep.equal([]);
  });

  it('D19: of many rows the first fifty are told, and how many there are', () => {
    const rows = rowsInWords(
      Array.from({ length: 61 }, (_, n) => ({ text: `row ${n}` })),
      new Map(),
    );
    expect(rows).to.have.length(51);
    expect(rows.at(-1)).to.equal('  ... and 11 more rows');
  });

  it('D19: what lies in a cloud that is then stopped is shown, not pointed to', async () => {
    const asked: string[] = [];
    const text = await withoutPointers(
      'VerifyWorkflow ended as FAILED: PoolDiffers: 1 user missing. Who and what: s3://a-bucket/verify/x/differences.csv; counts: s3://a-bucket/verify/x/report.json.\nTable: refused (log stream 2026/11/29/[$LATEST]0)',
      (bucket, key) => {
        asked.push(`${bucket} ${key}`);
        return Promise.resolve(key.endsWith('.csv') ? 'sub,sign_in_name,difference\n2,bob,missing\n' : undefined);
      },
    );
    expect(text).to.equal(
      [
        'VerifyWorkflow ended as FAILED: PoolDiffers: 1 user missing. Who and what: differences.csv; counts: report.json.',
        'Table: refused',
        '',
        'differences.csv:',
        '  sub,sign_in_name,difference',
        '  2,bob,missing',
        '',
        'report.json:',
        '  (was not written)',
      ].join('\n'),
    );
    expect(asked).to.deep.equal(['a-bucket verify/x/differences.csv', 'a-bucket verify/x/report.json']);
  });
});
