/**
 * The gateway is a chain of interceptors in front of MiniStack: each sees one parsed AWS request and either answers it
 * itself or passes it on. Order: call log, fault injection, request validation, quotas and latencies, features that
 * MiniStack lacks (StackSets, Cognito import jobs, ...), the repairs, and last the forward to MiniStack.
 */

/** One AWS API request as it arrived, parsed as far as its protocol allows. */
export interface AwsRequest {
  /** Endpoint prefix as in botocore and in the credential scope: `cognito-idp`, `dynamodb`, `sqs`, `states`, `s3`, ... */
  readonly service: string;
  /** API operation in AWS's spelling (`ListUsers`, `CreateStackSet`); for S3 a best guess from method and query (`PutObject`). */
  readonly action: string;
  readonly region: string;
  /** 12-digit account. */
  readonly account: string;
  /** Access key id of the signature, or undefined for unsigned requests (presigned URLs carry it in the query). */
  readonly accessKeyId: string | undefined;
  readonly method: string;
  /** Path and query as received. */
  readonly url: URL;
  readonly headers: Record<string, string>;
  readonly body: Buffer;
  /** Parsed members: JSON protocols give the body object, query protocol gives flat `Member.1` keys, others {}. */
  readonly params: Record<string, unknown>;
  /** `performance.timeOrigin + performance.now()` at arrival, in milliseconds. */
  readonly receivedAt: number;
  /** Where a Lambda function is the caller and this is known: its role session or function name (for the call log). */
  readonly caller: string | undefined;
}

export interface AwsResponse {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: Buffer;
}

export type Next = (request: AwsRequest) => Promise<AwsResponse>;
export type Interceptor = (request: AwsRequest, next: Next) => Promise<AwsResponse>;

/** Sends a request of the gateway's own to MiniStack (not through the chain), for instance `AdminCreateUser` of an import job. */
export interface Backend {
  /** JSON-protocol call; rejects with an `AwsError` that carries AWS's code and message. */
  json(
    service: string,
    target: string,
    region: string,
    params: object,
    credentials?: AwsCredentials,
  ): Promise<Record<string, unknown>>;
  /** Query-protocol call (CloudFormation, IAM, STS, SNS); resolves the XML text. */
  query(
    service: string,
    action: string,
    region: string,
    params: Record<string, string>,
    credentials?: AwsCredentials,
  ): Promise<string>;
  /** Any other request. */
  raw(
    service: string,
    region: string,
    method: string,
    pathAndQuery: string,
    headers: Record<string, string>,
    body: Buffer,
    credentials?: AwsCredentials,
  ): Promise<AwsResponse>;
}

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}
