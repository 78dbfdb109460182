import type { PopulationShape } from './population.ts';

/** One cell of the benchmark's matrix, before it was run. */
export interface Cell {
  readonly id: string;
  readonly title: string;
  readonly workflow: 'export' | 'import';
  readonly shape: PopulationShape;
  readonly callsPerSecond: 1 | 5 | 10 | 15 | 20 | 25;
  /** App clients of the pool, where there are many. */
  readonly clients?: number;
  /** Speed of import jobs, users per second. */
  readonly jobUsersPerSecond?: number;
  /** What was exported before; and the share of the users that changed since. */
  readonly after?: 'export';
  readonly churn?: number;
  /** Items of the plan that the export applies because of that: then the time of the application is looked at. */
  readonly plannedItems?: number;
  /** Share of CognitoTPS that Cognito grants, where the pool's own traffic uses up the rest. */
  readonly grantedShare?: number;
  /** Cognito filters the pages of listings after it has cut them: the calls are held against those of the same series where it does not. */
  readonly lateFilters?: boolean;
}

const thousands = (users: number): string => (users >= 1_000_000 ? `${users / 1_000_000}M` : `${users / 1000}k`);
export const noGroups = (users: number): PopulationShape => ({ users, groups: 0, perUser: 0 });
export const oneGroup = (users: number): PopulationShape => ({ users, groups: 1, perUser: 1 });
export const withAdministrators = (shape: PopulationShape): PopulationShape => ({ ...shape, administrators: 5 });
export const groupsOf = (groups: number, size: number): PopulationShape => ({
  users: groups * size,
  groups,
  perUser: 1,
});

function describeShape(shape: PopulationShape): string {
  const { identities, mfa, twoAddresses } = shape;
  const known =
    identities === undefined
      ? ''
      : `, ${thousands(identities.federated)} of them from a provider, ${thousands(identities.linked)} linked`;
  const addresses = twoAddresses === undefined ? '' : `, ${thousands(twoAddresses)} with two names at sign-in`;
  return `${describeMembers(shape)}${known}${addresses}${mfa === undefined ? '' : `, MFA ${mfa}`}`;
}

function describeMembers({ users, groups, perUser }: PopulationShape): string {
  if (groups === 0) return `${thousands(users)} users, no groups`;
  if (groups === 1) return `${thousands(users)} users in one group`;
  return perUser === 1
    ? `${groups.toLocaleString('en-US')} groups of ${users / groups}`
    : `${thousands(users)} users, ${perUser} groups each`;
}

const LATE_FILTERS = ', filters applied after paging';

type Given = Pick<Cell, 'shape' | 'callsPerSecond'> & Partial<Cell>;

export function exportCell(given: Given): Cell {
  const { shape, callsPerSecond, churn, after, grantedShare, plannedItems, lateFilters, clients } = given;
  const variant =
    clients !== undefined
      ? `, ${clients} app clients`
      : grantedShare !== undefined
        ? `, ${grantedShare * 100} % of T granted`
        : plannedItems !== undefined
          ? `, application of a plan of ${plannedItems.toLocaleString('en-US')} items`
          : churn !== undefined
            ? `, ${churn * 100} % changed`
            : after === 'export'
              ? ', unchanged'
              : lateFilters === true
                ? LATE_FILTERS
                : '';
  return {
    workflow: 'export',
    title: `export: ${describeShape(shape)}${variant}, T = ${callsPerSecond}`,
    id: idOf('export', given),
    ...given,
  };
}

export function importCell(given: Given & { readonly jobUsersPerSecond: number }): Cell {
  return {
    workflow: 'import',
    title: `import: ${describeShape(given.shape)}${given.lateFilters === true ? LATE_FILTERS : ''}, T = ${given.callsPerSecond}, jobs ${given.jobUsersPerSecond}/s`,
    id: idOf('import', given),
    ...given,
  };
}

const idOf = (
  workflow: string,
  { shape, callsPerSecond, churn, after, grantedShare, jobUsersPerSecond, lateFilters, clients }: Given,
): string =>
  [
    workflow,
    shape.users,
    `${shape.groups}x${shape.perUser}`,
    `t${callsPerSecond}`,
    ...(shape.mfa === undefined ? [] : [`mfa-${shape.mfa.toLowerCase()}`]),
    ...(shape.identities === undefined ? [] : ['prelink']),
    ...(shape.twoAddresses === undefined ? [] : ['two-addresses']),
    ...(jobUsersPerSecond === undefined ? [] : [`j${jobUsersPerSecond}`]),
    ...(churn === undefined ? (after === 'export' ? ['unchanged'] : []) : [`churn${churn * 100}`]),
    ...(grantedShare === undefined ? [] : [`granted${grantedShare * 100}`]),
    ...(clients === undefined ? [] : [`clients${clients}`]),
    ...(lateFilters === true ? ['late-filters'] : []),
  ].join('-');
