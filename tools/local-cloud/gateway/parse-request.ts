import type { AwsRequest } from './types.ts';
import { s3Action } from './s3-action.ts';

/** Target prefixes of the JSON protocols, for requests that carry no signature (Cognito's public operations). */
const SERVICE_BY_TARGET: Record<string, string> = {
  AWSCognitoIdentityProviderService: 'cognito-idp',
  DynamoDB_20120810: 'dynamodb',
  AmazonSQS: 'sqs',
  AWSStepFunctions: 'states',
  AmazonSSM: 'ssm',
  Logs_20140328: 'logs',
  AWSEvents: 'events',
};

export interface IncomingRequest {
  readonly method: string;
  readonly pathAndQuery: string;
  readonly headers: Record<string, string>;
  readonly body: Buffer;
  readonly receivedAt: number;
}

export interface ParseDefaults {
  readonly region: string;
  readonly account: string;
}

/** The caller's part of an AwsRequest is added later, because it may have to be asked for. */
export type ParsedRequest = Omit<AwsRequest, 'caller'>;

/**
 * Reads service, action, Region, account and parameters from an HTTP request of any AWS protocol. What the request does
 * not say (unsigned calls) comes from `defaults`; nothing here fails on a malformed request, that is the service's job.
 */
export function parseRequest(incoming: IncomingRequest, defaults: ParseDefaults): ParsedRequest {
  const url = new URL(incoming.pathAndQuery, 'http://gateway');
  const credential = readCredential(incoming.headers['authorization'], url);
  const target = incoming.headers['x-amz-target'];
  const [targetPrefix, targetAction] = splitTarget(target);
  const service = credential?.service ?? SERVICE_BY_TARGET[targetPrefix] ?? 'unknown';
  const form = target === undefined ? readForm(incoming, url) : undefined;
  const accessKeyId = credential?.accessKeyId;
  return {
    service,
    action: targetAction || form?.Action || restAction(service, incoming.method, url, incoming.headers),
    region: credential?.region ?? defaults.region,
    account: accessKeyId !== undefined && /^\d{12}$/.test(accessKeyId) ? accessKeyId : defaults.account,
    accessKeyId,
    method: incoming.method,
    url,
    headers: incoming.headers,
    body: incoming.body,
    params: target === undefined ? (form ?? {}) : readJson(incoming.body),
    receivedAt: incoming.receivedAt,
  };
}

function splitTarget(target: string | undefined): [string, string] {
  if (target === undefined) return ['', ''];
  const dot = target.lastIndexOf('.');
  return [target.slice(0, Math.max(dot, 0)).split('.')[0] ?? '', target.slice(dot + 1)];
}

interface Credential {
  readonly accessKeyId: string;
  readonly region: string;
  readonly service: string;
}

function readCredential(authorization: string | undefined, url: URL): Credential | undefined {
  const scope =
    /Credential=([^,\s]+)/.exec(authorization ?? '')?.[1] ?? url.searchParams.get('X-Amz-Credential') ?? undefined;
  const parts = scope?.split('/');
  if (parts === undefined || parts.length < 5) return undefined;
  const [accessKeyId = '', , region = '', service = ''] = parts;
  return { accessKeyId, region, service };
}

function readJson(body: Buffer): Record<string, unknown> {
  if (body.length === 0) return {};
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'));
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
      ? (parsed as Record<string, unknown>)
      : {};
  } catch {
    return {};
  }
}

/** Query protocol: parameters come in the body of a POST, or in the query string of a GET. */
function readForm(incoming: IncomingRequest, url: URL): Record<string, string> | undefined {
  if (incoming.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
    return Object.fromEntries(new URLSearchParams(incoming.body.toString('utf8')));
  }
  return url.searchParams.has('Action') ? Object.fromEntries(url.searchParams) : undefined;
}

function restAction(service: string, method: string, url: URL, headers: Record<string, string>): string {
  if (service === 's3') return s3Action(method, url, headers);
  if (service === 'lambda') {
    if (url.pathname.endsWith('/invocations')) return 'Invoke';
    return `${method} ${url.pathname.replace(/^\/[\d-]+\//, '').replace(/functions\/[^/]+/, 'functions/{name}')}`;
  }
  // Smithy RPC v2: /service/<Service>/operation/<Operation>.
  return (
    /\/operation\/([A-Za-z]+)$/.exec(url.pathname)?.[1] ??
    `${method} ${url.pathname.startsWith('/_ministack/') ? '/_ministack/' : ''}`.trim()
  );
}
