import { Fault } from '../../../source/domain/errors.ts';
import type { PoolUser } from '../../../source/domain/model.ts';

/** A filter of ListUsers: users whose attribute has this value, or begins with it. */
export interface UserFilter {
  readonly attribute: string;
  readonly operator: '=' | '^=';
  readonly value: string;
}

/** Reads the text of a filter; Fault FilterRefused for one that Cognito would not take. */
export function parseFilter(text: string): UserFilter {
  const [, attribute, operator, quoted] = /^\s*"?([\w:]+)"?\s*(\^=|=)\s*"((?:[^"\\]|\\.)*)"\s*$/.exec(text) ?? [];
  if (attribute === undefined || quoted === undefined) throw new Fault('FilterRefused', 'Cognito refused the filter.');
  return { attribute, operator: operator as UserFilter['operator'], value: quoted.replaceAll(/\\(.)/g, '$1') };
}

/** Whether a listing with this filter shows the user. */
export function matchesFilter({ attribute, operator, value }: UserFilter, user: PoolUser): boolean {
  const found = filteredValue(attribute, user);
  return operator === '=' ? found === value : found?.startsWith(value) === true;
}

function filteredValue(attribute: string, user: PoolUser): string | undefined {
  switch (attribute) {
    case 'username':
      return user.username;
    case 'cognito:user_status':
      return user.status;
    case 'status':
      return user.enabled ? 'Enabled' : 'Disabled';
    default:
      return user.attributes[attribute];
  }
}
