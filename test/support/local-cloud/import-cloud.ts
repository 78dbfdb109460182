import { randomUUID } from 'node:crypto';
import { AwsError } from '../../../tools/local-cloud/gateway/aws-error.ts';
import { importJobsInterceptor } from '../../../tools/local-cloud/gateway/import-jobs/index.ts';
import { defaultImportJobOptions } from '../../../tools/simulation/import-jobs/options.ts';
import type { ImportJobSettings } from '../../../tools/simulation/import-jobs/options.ts';
import type { AwsRequest, AwsResponse, Backend } from '../../../tools/local-cloud/gateway/types.ts';
import { FakeClock } from '../../../tools/simulation/fake-clock.ts';
import { describedPool } from './import-pool.ts';

const goodTrust = {
  Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'cognito-idp.amazonaws.com' } }],
};

/** The import-jobs interceptor over an emulator that is only a set of user names and a list of log lines; its clock gives fractions. */
export class ImportCloud {
  readonly clock = new FakeClock();
  readonly users = new Set<string>();
  readonly logLines: string[] = [];
  readonly logStreams: string[] = [];
  /** Whether uploads say how long they are. */
  contentLength = true;
  options: ImportJobSettings = defaultImportJobOptions;
  pool = describedPool();
  trust: object | undefined = goodTrust;
  allowedActions = 4;
  /** Error name with which the emulator refuses the caller. */
  refusal: string | undefined;
  /** Roles that the emulator was asked about, whether the caller may pass them, with the service that gets them. */
  readonly passedRoles: string[] = [];

  readonly #intercept = importJobsInterceptor({
    backend: this.#backend(),
    now: () => this.clock.now() + 0.25,
    sleep: this.clock.sleep,
    newId: randomUUID,
    baseUrl: () => 'http://127.0.0.1:4566',
    options: () => this.options,
  });

  /** Calls an operation; rejects with an AwsError as a client would see it. */
  async call(
    action: string,
    params: Record<string, unknown> = {},
    account = '111122223333',
    region = 'us-east-1',
  ): Promise<Record<string, unknown>> {
    const request = this.#request({
      service: 'cognito-idp',
      action,
      region,
      account,
      params: { UserPoolId: this.pool['Id'], ...params },
    });
    const answer = JSON.parse((await this.#send(request)).body.toString('utf8')) as Record<string, unknown>;
    if (answer['__type'] !== undefined) throw new AwsError(answer['__type'] as string, String(answer['message']));
    return answer;
  }

  /** Creates a job and, when a file is given, uploads it. */
  async job(csv?: string, account?: string, region?: string): Promise<string> {
    const params = { JobName: 'restore-1', CloudWatchLogsRoleArn: 'arn:aws:iam::111122223333:role/import-log' };
    const job = (await this.call('CreateUserImportJob', params, account, region))['UserImportJob'] as Record<
      string,
      string
    >;
    if (csv !== undefined) await this.put(job['PreSignedUrl'] ?? '', csv);
    return job['JobId'] ?? '';
  }

  async describe(jobId: string): Promise<Record<string, unknown>> {
    return (await this.call('DescribeUserImportJob', { JobId: jobId }))['UserImportJob'] as Record<string, unknown>;
  }

  /** Starts a job and describes it once it has ended. */
  async run(jobId: string): Promise<Record<string, unknown>> {
    await this.call('StartUserImportJob', { JobId: jobId });
    for (;;) {
      const job = await this.describe(jobId);
      if (!['Pending', 'InProgress', 'Stopping'].includes(String(job['Status']))) return job;
      await this.clock.sleep(100);
    }
  }

  /** A CSV file with one good row per user name; `cells` replaces single values. */
  async csv(names: readonly string[], cells: (name: string) => Record<string, string> = () => ({})): Promise<string> {
    const header = (await this.call('GetCSVHeader'))['CSVHeader'] as string[];
    const row = (name: string): string => {
      const values: Record<string, string> = {
        'cognito:username': name,
        email: `${name}@example.com`,
        email_verified: 'true',
        ...cells(name),
      };
      return header.map((column) => values[column] ?? '').join(',');
    };
    return [header.join(','), ...names.map(row)].join('\n');
  }

  put(url: string, csv: string, headers: Record<string, string> = {}, method = 'PUT'): Promise<AwsResponse> {
    const body = Buffer.from(csv);
    const all = {
      'x-amz-server-side-encryption': 'aws:kms',
      ...(this.contentLength ? { 'content-length': String(body.length) } : {}),
      ...headers,
    };
    return this.#send(
      this.#request({ service: 's3', action: 'PutObject', method, url: new URL(url), headers: all, body }),
    );
  }

  #request(parts: Partial<AwsRequest>): AwsRequest {
    return {
      service: 's3',
      action: '',
      region: 'us-east-1',
      account: '111122223333',
      accessKeyId: undefined,
      method: 'POST',
      url: new URL('http://gateway/'),
      headers: {},
      body: Buffer.alloc(0),
      params: {},
      receivedAt: this.clock.now(),
      caller: undefined,
      ...parts,
    };
  }

  #send(request: AwsRequest): Promise<AwsResponse> {
    return this.#intercept(request, ({ headers }) => {
      const passed = headers['x-local-cloud-pass-role'];
      if (passed !== undefined) this.passedRoles.push(passed);
      // What is not only to be authorised is an operation that this emulator lacks.
      const refusal =
        this.refusal ?? (headers['x-local-cloud-authorize-only'] === undefined ? 'InvalidAction' : undefined);
      const answer = refusal === undefined ? {} : { __type: refusal, message: 'from the emulator' };
      return Promise.resolve({
        status: refusal === undefined ? 200 : 400,
        headers: {},
        body: Buffer.from(JSON.stringify(answer)),
      });
    });
  }

  #backend(): Backend {
    return {
      json: async (service, target, _region, params) => {
        if (service === 'cognito-idp') return { UserPool: this.pool };
        const log = params as { logStreamName?: string; logEvents?: { timestamp: number; message: string }[] };
        if (log.logEvents?.some((event) => !Number.isInteger(event.timestamp)) === true)
          throw new AwsError('SerializationException', 'no integer');
        if (target.endsWith('CreateLogStream')) this.logStreams.push(log.logStreamName ?? '');
        if (target.endsWith('CreateLogGroup') && this.logStreams.length > 0)
          throw new AwsError('ResourceAlreadyExistsException', 'exists');
        this.logLines.push(...(log.logEvents ?? []).map((event) => event.message));
        return {};
      },
      query: async (_service, action) => {
        if (action === 'SimulatePrincipalPolicy')
          return '<EvalDecision>allowed</EvalDecision>'.repeat(this.allowedActions);
        if (this.trust === undefined) throw new AwsError('NoSuchEntity', 'no role', 404);
        return `<AssumeRolePolicyDocument>${encodeURIComponent(JSON.stringify(this.trust))}</AssumeRolePolicyDocument>`;
      },
      raw: async (_service, _region, _method, _path, _headers, body) => {
        const { users } = JSON.parse(body.toString('utf8')) as { users: { line: number; username: string }[] };
        const results = users.map(({ line, username }) =>
          this.users.has(username)
            ? [line, 'SKIPPED', 'The user already exists.']
            : [line, 'SUCCEEDED', 'The import succeeded.'],
        );
        for (const { username } of users) this.users.add(username);
        return { status: 200, headers: {}, body: Buffer.from(JSON.stringify({ results })) };
      },
    };
  }
}
