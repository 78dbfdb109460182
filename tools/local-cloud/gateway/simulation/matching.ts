import type { AwsRequest } from '../types.ts';
import type { Matcher } from './config.ts';
import { tokenOf } from './listings.ts';

/** Whether a request is one that the rule speaks of. */
export function matches(rule: Matcher, request: AwsRequest): boolean {
  const actions = rule.action === undefined ? undefined : [rule.action].flat();
  return (
    (rule.service === undefined || rule.service === request.service) &&
    (actions === undefined || actions.includes(request.action)) &&
    (rule.region === undefined || rule.region === request.region) &&
    (rule.caller === undefined || (request.caller ?? '').includes(rule.caller)) &&
    (rule.withToken === undefined || rule.withToken === (tokenOf(request) !== undefined)) &&
    Object.entries(rule.where ?? {}).every(([member, values]) => values.includes(String(request.params[member])))
  );
}
