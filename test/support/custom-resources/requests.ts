/** Requests of CloudFormation, work in progress, and a Lambda that runs a custom resource to its answer. */
import type { Work, CustomResource, CustomResourceEvent } from '../../../source/custom-resources/framework/types.ts';
import { customResourceHandler } from '../../../source/custom-resources/framework/handler.ts';
import type { FakeClock } from '../../../tools/simulation/fake-clock.ts';

export const STACK_ID =
  'arn:aws:cloudformation:us-east-1:123456789012:stack/Backup/0a1b2c3d-4e5f-11ee-9999-0242ac120002';
export const LAUNCH_ID = '0a1b2c3d4e5f';

type Properties = Readonly<Record<string, unknown>>;

const FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function:some';

const common = (properties: Properties, requestId: string) => ({
  ServiceToken: FUNCTION,
  ResponseURL: 'https://bucket.s3.amazonaws.com/answer?X-Amz-Signature=secret',
  StackId: STACK_ID,
  RequestId: requestId,
  LogicalResourceId: 'Thing',
  ResourceType: 'Custom::Thing',
  ResourceProperties: { ServiceToken: FUNCTION, ...properties },
});

export const createRequest = (properties: Properties = {}, requestId = 'create-1'): CustomResourceEvent => ({
  RequestType: 'Create',
  ...common(properties, requestId),
});

export const updateRequest = (
  physicalId: string,
  properties: Properties,
  old: Properties,
  requestId = 'update-1',
): CustomResourceEvent => ({
  RequestType: 'Update',
  ...common(properties, requestId),
  PhysicalResourceId: physicalId,
  OldResourceProperties: { ServiceToken: FUNCTION, ...old },
});

export const deleteRequest = (
  physicalId: string,
  properties: Properties = {},
  requestId = 'delete-1',
): CustomResourceEvent => ({ RequestType: 'Delete', ...common(properties, requestId), PhysicalResourceId: physicalId });

export interface Answer {
  readonly Status: string;
  readonly Reason?: string;
  readonly PhysicalResourceId: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
  readonly Data?: Record<string, string>;
}

export const workOf = (overrides: Partial<Work> = {}): Work => ({
  stackId: STACK_ID,
  physicalId: 'thing',
  requestId: 'request-1',
  timeLeft: () => 600_000,
  ...overrides,
});

/** Runs requests as Lambda would, with functions of 15 minutes: a re-invocation is one more run. */
export class Deployment<P> {
  readonly answers: Answer[] = [];
  readonly logged: string[] = [];
  invocations = 0;
  readonly #build: () => CustomResource<P>;
  readonly #clock: FakeClock;
  readonly #functionMs: number;

  constructor(build: () => CustomResource<P>, clock: FakeClock, functionMs = 900_000) {
    this.#build = build;
    this.#clock = clock;
    this.#functionMs = functionMs;
  }

  /** The answer to `event`; fails when there was none or more than one. */
  async request(event: CustomResourceEvent): Promise<Answer> {
    const before = this.answers.length;
    let next: CustomResourceEvent | undefined = event;
    while (next !== undefined) next = await this.#invoke(next);
    const given = this.answers.slice(before);
    if (given.length !== 1) throw new Error(`${given.length} answers instead of one`);
    return given[0] as Answer;
  }

  async #invoke(event: CustomResourceEvent): Promise<CustomResourceEvent | undefined> {
    let again: CustomResourceEvent | undefined;
    const startedAt = this.#clock.now();
    this.invocations += 1;
    const note = (message: string, extra: object = {}): void => {
      this.logged.push(JSON.stringify({ message, ...extra }));
    };
    const handler = customResourceHandler(this.#build, {
      put: async (_url, body) => {
        this.answers.push(JSON.parse(body) as Answer);
      },
      reinvoke: async (_functionName, continued) => {
        again = JSON.parse(JSON.stringify(continued)) as CustomResourceEvent;
      },
      clock: this.#clock,
      log: { info: note, warn: note, error: note },
    });
    const getRemainingTimeInMillis = (): number => startedAt + this.#functionMs - this.#clock.now();
    await handler(event, { getRemainingTimeInMillis, functionName: 'some', logStreamName: '2026/11/23/[1]abc' });
    return again;
  }
}
