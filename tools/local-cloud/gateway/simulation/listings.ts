import type { AwsRequest, AwsResponse, Interceptor, Next } from '../types.ts';
import type { WithBody } from './partial-failure.ts';

/** Cognito's paged listings: where the token is, and which member holds the page. */
const LISTINGS: Readonly<Record<string, { readonly token: 'PaginationToken' | 'NextToken'; readonly items: string }>> =
  {
    ListUsers: { token: 'PaginationToken', items: 'Users' },
    ListUsersInGroup: { token: 'NextToken', items: 'Users' },
    ListGroups: { token: 'NextToken', items: 'Groups' },
    ListUserImportJobs: { token: 'PaginationToken', items: 'UserImportJobs' },
  };

const listingOf = ({ service, action }: AwsRequest): (typeof LISTINGS)[string] | undefined =>
  service === 'cognito-idp' ? LISTINGS[action] : undefined;

/** The pagination token that a request of a Cognito listing carries. */
export function tokenOf(request: AwsRequest): string | undefined {
  const listing = listingOf(request);
  const token = listing === undefined ? undefined : request.params[listing.token];
  return typeof token === 'string' && token !== '' ? token : undefined;
}

/** Tokens of simulated empty pages: the token of the page that they stand before, or nothing for the first page. */
const AFTER_EMPTY = 'after-empty-page.';
const wrap = (token: string | undefined): string => AFTER_EMPTY + Buffer.from(token ?? '').toString('base64url');

/** An empty page with a token, as Cognito may answer at any time; other calls are made as they are. */
export function emptyPage(request: AwsRequest, next: Next): Promise<AwsResponse> {
  const listing = listingOf(request);
  if (listing === undefined) return next(request);
  const body = Buffer.from(JSON.stringify({ [listing.items]: [], [listing.token]: wrap(tokenOf(request)) }));
  return Promise.resolve({ status: 200, headers: { 'content-type': 'application/x-amz-json-1.1' }, body });
}

/** Several empty pages can follow each other. */
function unwrapped(token: string): string {
  const behind = Buffer.from(token.slice(AFTER_EMPTY.length), 'base64url').toString('utf8');
  return behind.startsWith(AFTER_EMPTY) ? unwrapped(behind) : behind;
}

/** Turns the token of a simulated empty page back into that of the page behind it. */
export function afterEmptyPages(withBody: WithBody): Interceptor {
  return async (request, next) => {
    const token = tokenOf(request);
    const listing = listingOf(request);
    if (listing === undefined || !token?.startsWith(AFTER_EMPTY)) return next(request);
    const behind = unwrapped(token);
    const { [listing.token]: _token, ...rest } = request.params;
    const params = behind === '' ? rest : { ...rest, [listing.token]: behind };
    return next({ ...(await withBody(request, Buffer.from(JSON.stringify(params)))), params });
  };
}

/** Makes the call and answers with the request's own token in place of the next one. */
export async function repeatToken(request: AwsRequest, next: Next): Promise<AwsResponse> {
  const listing = listingOf(request);
  const token = tokenOf(request);
  const response = await next(request);
  if (listing === undefined || token === undefined || response.status !== 200) return response;
  const answer = JSON.parse(response.body.toString('utf8')) as Record<string, unknown>;
  if (answer[listing.token] === undefined) return response;
  return { ...response, body: Buffer.from(JSON.stringify({ ...answer, [listing.token]: token })) };
}
