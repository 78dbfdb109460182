/**
 * The life of one request: read it, do it, answer it. Always answers (or throws, so that Lambda runs it again), keeps
 * the physical id that the first answer gave, and hands a wait that is longer than a function may run to a further
 * invocation of the same function.
 */
import type { Context } from 'aws-lambda';
import type { Clock, Log } from '../../domain/ports.ts';
import { answerBody, shownReason } from './answer.ts';
import type { ResourceAnswer } from './answer.ts';
import { withinDeadline } from './deadline.ts';
import { NOTHING_MADE } from './identity.ts';
import { done } from './types.ts';
import type { CustomResource, CustomResourceEvent, ResourceOutcome } from './types.ts';

/** Kept free at the end of an invocation for the answer itself. */
const ANSWER_MARGIN_MS = 15_000;
/** Kept free for the step in progress, before a wait is handed to the next invocation. */
const HANDOVER_MARGIN_MS = 60_000;
/** With functions of 15 minutes this covers the hour that CloudFormation waits; loop detection stops chains of 16. */
const MAX_REINVOCATIONS = 4;
/** CloudFormation's default, and most (seconds). */
const DEFAULT_SERVICE_TIMEOUT_S = 3600;

/** What the framework itself needs, whatever the resource. */
export interface FrameworkDeps {
  readonly put: (url: string, body: string) => Promise<void>;
  /** Invokes this very function asynchronously. */
  readonly reinvoke: (functionName: string, event: CustomResourceEvent) => Promise<void>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
}
/** The part of Lambda's context that is read. */
export type InvocationContext = Pick<Context, 'getRemainingTimeInMillis' | 'functionName' | 'logStreamName'>;

/** `build` runs inside the request, so that a wrong environment becomes an answer too. */
export const customResourceHandler =
  <P>(build: () => CustomResource<P>, deps: FrameworkDeps) =>
  async (event: CustomResourceEvent, context: InvocationContext): Promise<void> => {
    const { startedAt, attempt } = event.Continuation ?? { startedAt: deps.clock.now(), attempt: 0 };
    const names = { requestType: event.RequestType, logicalResourceId: event.LogicalResourceId, attempt };
    deps.log.info('Custom resource request', names);

    const serviceTimeLeft = (): number => startedAt + serviceTimeoutMs(event) - HANDOVER_MARGIN_MS - deps.clock.now();
    const timeLeft = (): number => Math.min(context.getRemainingTimeInMillis() - HANDOVER_MARGIN_MS, serviceTimeLeft());
    const identity: Identity = {
      physicalId: event.RequestType === 'Create' ? NOTHING_MADE : event.PhysicalResourceId,
      retained: '',
    };
    let answer: ResourceAnswer;
    try {
      const outcome = await withinDeadline(
        operate(build, event, identity, timeLeft),
        context.getRemainingTimeInMillis() - ANSWER_MARGIN_MS,
      );
      if (outcome.kind === 'handOver') {
        if (attempt >= MAX_REINVOCATIONS || serviceTimeLeft() <= 0)
          throw new Error(`It took too long: still waiting for ${outcome.waitingFor}.`);
        await deps.reinvoke(context.functionName, {
          ...event,
          Continuation: { attempt: attempt + 1, startedAt, handover: outcome.handover },
        });
        deps.log.info('Custom resource request goes on in a further invocation', names);
        return; // the next invocation answers
      }
      answer = { status: 'SUCCESS', physicalId: identity.physicalId, reason: '', attributes: outcome.attributes };
    } catch (error) {
      const { name, message } = error instanceof Error ? error : new Error('an unknown error');
      deps.log.error('Custom resource request failed', { ...names, errorName: name, reason: shownReason(message) });
      answer = {
        status: 'FAILED',
        physicalId: identity.physicalId,
        reason: `${message}${identity.retained} (log stream ${context.logStreamName})`,
        attributes: {},
      };
    }
    await deps.put(event.ResponseURL, answerBody(event, answer));
    deps.log.info('Custom resource request answered', { ...names, status: answer.status });
  };

/** What the answer needs to know of the resource, however its operation ends. */
interface Identity {
  physicalId: string;
  retained: string;
}

/** Fills `identity` in before the first side effect, so that also a failing Create answers with it. */
async function operate<P>(
  build: () => CustomResource<P>,
  event: CustomResourceEvent,
  identity: Identity,
  timeLeft: () => number,
): Promise<ResourceOutcome> {
  if (event.RequestType === 'Delete' && identity.physicalId === NOTHING_MADE) return done();
  const resource = build();
  const work = () => ({
    stackId: event.StackId,
    physicalId: identity.physicalId,
    requestId: event.RequestId,
    ...(event.Continuation === undefined ? {} : { handover: event.Continuation.handover }),
    timeLeft,
  });
  if (event.RequestType === 'Delete') return resource.remove(work());
  const properties = resource.parse(event.ResourceProperties);
  // Another id at an Update would mean a replacement, and a Delete of what the old id names: the old one is echoed.
  if (event.RequestType === 'Update') return resource.update(properties, work());
  identity.physicalId = resource.identify(properties, event.StackId);
  if (resource.retained !== undefined) identity.retained = ` ${resource.retained(properties)}`;
  return resource.create(properties, work());
}

/** ServiceTimeout is passed among the properties, in seconds, as a string. */
function serviceTimeoutMs(event: CustomResourceEvent): number {
  const seconds = Number(event.ResourceProperties['ServiceTimeout']);
  return (Number.isFinite(seconds) && seconds > 0 ? seconds : DEFAULT_SERVICE_TIMEOUT_S) * 1000;
}
