/**
 * What a custom resource is to the framework: a pure identity and three idempotent operations. The framework answers
 * CloudFormation, keeps the physical id stable and continues a long wait in a further invocation.
 */
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';

/** Anything that survives JSON: what one invocation leaves for the next. Never personal data. */
export type Handover = Readonly<Record<string, string | number | boolean>>;

/** Attributes for Fn::GetAtt. */
export type ResourceAttributes = Readonly<Record<string, string>>;

/** One operation in progress, as its resource sees it. */
export interface Work {
  /** ARN of the stack; its last segment is unique per launch, also when the stack's name is used again. */
  readonly stackId: string;
  /** The resource's physical id: the same in every request of its life. */
  readonly physicalId: string;
  /** The same in every delivery and continuation of one request. */
  readonly requestId: string;
  /** What the invocation before this one handed over; absent in the first. */
  readonly handover?: Handover;
  /** Milliseconds until the operation should end or hand over; zero or less: now. */
  readonly timeLeft: () => number;
}

/** How an operation ended, if it did not throw. */
export type ResourceOutcome =
  | { readonly kind: 'done'; readonly attributes: ResourceAttributes }
  /** Goes on in a further invocation; `waitingFor` tells the reader of the reason what was not yet there. */
  | { readonly kind: 'handOver'; readonly handover: Handover; readonly waitingFor: string };

/** The operation is complete; the attributes are what Fn::GetAtt gives. */
export const done = (attributes: ResourceAttributes = {}): ResourceOutcome => ({ kind: 'done', attributes });
/** The time of this invocation is up; `waitingFor` completes "still waiting for ...". */
export const handOver = (waitingFor: string, handover: Handover = {}): ResourceOutcome => ({
  kind: 'handOver',
  handover,
  waitingFor,
});

/** Every operation may be delivered twice, also at the same time, and must then lead to the same end. */
export interface CustomResource<P> {
  /** Throws an Error that names the property and what it must be. Values from CloudFormation are strings. */
  parse(properties: Readonly<Record<string, unknown>>): P;
  /** Pure: the same stack and properties always give the same id (at most 1 KB), known before the first side effect. */
  identify(properties: P, stackId: string): string;
  create(properties: P, work: Work): Promise<ResourceOutcome>;
  /** Also a rollback: CloudFormation sends that as an Update with the properties swapped back. */
  update(properties: P, work: Work): Promise<ResourceOutcome>;
  /** Succeeds when there is nothing (left) to remove. */
  remove(work: Work): Promise<ResourceOutcome>;
  /** A sentence for the reason of a failed Create: what the rollback leaves in the account. */
  retained?(properties: P): string;
}

/** CloudFormation's request, and where an earlier invocation has left it. */
export type CustomResourceEvent = CloudFormationCustomResourceEvent & {
  readonly Continuation?: {
    /** 1 for the first re-invocation. */
    readonly attempt: number;
    /** When the first invocation began; milliseconds since the epoch. */
    readonly startedAt: number;
    readonly handover: Handover;
  };
};
