/** Connects the framework with Lambda, the network and the machine's clock. */
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { clientOptions } from '../../adapters/client-options.ts';
import { random, systemClock } from '../../adapters/clock.ts';
import { readEnv, requiredText } from '../../adapters/env.ts';
import { log } from '../../adapters/log.ts';
import { customResourceHandler } from './handler.ts';
import { answerPutter } from './put-answer.ts';
import type { CustomResource, CustomResourceEvent } from './types.ts';

async function reinvoke(functionName: string, event: CustomResourceEvent): Promise<void> {
  const env = readEnv({ USER_AGENT: requiredText() });
  await new LambdaClient(clientOptions({ userAgent: env.USER_AGENT })).send(
    new InvokeCommand({ FunctionName: functionName, InvocationType: 'Event', Payload: JSON.stringify(event) }),
  );
}

/** The Lambda handler of a custom resource. */
export const lambdaHandler = <P>(build: () => CustomResource<P>) =>
  customResourceHandler(build, {
    put: answerPutter({ clock: systemClock, random, fetch: globalThis.fetch }),
    reinvoke,
    clock: systemClock,
    log,
  });
