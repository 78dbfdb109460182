import { expect } from 'chai';
import { grantsOf, rolesOf } from '../../../../source/domain/operator/permissions/roles.ts';
import { boundaryFor } from '../../../../tools/demo/organization/boundary.ts';
import { DEMO_USAGE, demoOptions } from '../../../../tools/demo/options.ts';
import { templates } from '../../../support/templates.ts';

interface Boundary {
  readonly Statement: readonly {
    readonly Sid: string;
    readonly Effect: string;
    readonly Action?: readonly string[];
    readonly Condition?: unknown;
  }[];
}

describe('Demo of an organization', () => {
  const roles = templates.flatMap(rolesOf);
  const boundary = boundaryFor(roles, ['us-east-1', 'eu-west-1']) as Boundary;
  const [approved, never, poolsButOfDrills, otherRegions] = boundary.Statement;
  const covers = (patterns: readonly string[], action: string): boolean =>
    patterns.some((pattern) => (pattern.endsWith('*') ? action.startsWith(pattern.slice(0, -1)) : pattern === action));

  it('B12: has a boundary that allows whatever a role is granted, denies the rest, and fits a managed policy', () => {
    const granted = grantsOf(roles).map(({ action }) => action);
    expect(granted.filter((action) => !covers(approved?.Action ?? [], action))).to.deep.equal([]);
    expect(granted.filter((action) => covers(never?.Action ?? [], action))).to.deep.equal([]);
    expect((approved?.Action ?? []).filter((action) => !granted.includes(action))).to.deep.equal([]);
    expect(never?.Effect).to.equal('Deny');
    expect(poolsButOfDrills?.Condition).to.deep.equal({
      Null: { 'aws:ResourceTag/CognitoUserProfilesExportDrill': 'true' },
    });
    expect(otherRegions?.Condition).to.deep.equal({
      StringNotEquals: { 'aws:RequestedRegion': ['us-east-1', 'eu-west-1'] },
    });
    // IAM quotas: 6,144 characters of a managed policy, without white space.
    expect(JSON.stringify(boundary).length).to.be.below(6_144);
  });

  it('is asked for by a flag that the usage explains', () => {
    expect(demoOptions(['--organization'])).to.include({ organization: true });
    expect(demoOptions([])).to.include({ organization: false });
    expect(DEMO_USAGE).to.include('--organization');
  });
});
