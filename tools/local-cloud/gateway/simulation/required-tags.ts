import { AwsError, errorResponse } from '../aws-error.ts';
import type { AwsRequest, Interceptor } from '../types.ts';

/** Calls that make something which takes tags; what stacks make is refused inside MiniStack (repairs/organization_rules.py). */
const TAGGED_CREATES = new Set(['cloudformation.CreateStack', 'cloudformation.CreateStackSet', 'ssm.PutParameter']);

/** Denies calls that make something without a tag that the organization requires, as its policy would: by the request's tags. */
export const requiredTagsInterceptor =
  (required: readonly string[]): Interceptor =>
  (request, next) => {
    const call = `${request.service}.${request.action}`;
    // Another value of a parameter that exists makes nothing.
    if (!TAGGED_CREATES.has(call) || request.params['Overwrite'] === true) return next(request);
    const given = tagKeys(request);
    const missing = required.find((key) => !given.includes(key));
    if (missing === undefined) return next(request);
    const code = request.service === 'ssm' ? 'AccessDeniedException' : 'AccessDenied';
    const message = `User is not authorized to perform: ${request.service}:${request.action} with an explicit deny in a service control policy (tag ${missing} is required)`;
    return Promise.resolve(errorResponse(request, new AwsError(code, message, request.service === 'ssm' ? 400 : 403)));
  };

function tagKeys({ params }: AwsRequest): readonly unknown[] {
  const list = params['Tags'];
  if (Array.isArray(list)) return (list as { readonly Key?: unknown }[]).map(({ Key }) => Key);
  return Object.entries(params)
    .filter(([name]) => /^Tags\.member\.\d+\.Key$/.test(name))
    .map(([, key]) => key);
}
