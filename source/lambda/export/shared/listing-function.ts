import type { Context } from 'aws-lambda';
import type { ExportEvent } from '../../../domain/export/export-event.ts';
import { tellingLastSealed } from '../../../domain/export/last-sealed.ts';
import { Pacer } from '../../../domain/pacing/pacer.ts';
import type { UserPoolReader } from '../../../domain/ports.ts';
import type { PausedTurn } from '../../../domain/workflow/paused-turn.ts';
import { systemClock } from '../../../adapters/clock.ts';
import { userPoolReader } from '../../../adapters/cognito/pool-reader.ts';
import type { CognitoOptions } from '../../../adapters/cognito/client.ts';
import { permitted } from '../../../adapters/cognito/permitted.ts';
import { int, requiredText } from '../../../adapters/env.ts';
import type { Environment } from '../../../adapters/env.ts';
import { metrics } from '../../../adapters/metrics.ts';
import { EXPORT_ENVIRONMENT, exportFunction } from './export-function.ts';
import type { ExportParts } from './export-function.ts';

/** Environment of the functions of the export that call Cognito. */
export const LISTING_ENVIRONMENT = {
  ...EXPORT_ENVIRONMENT,
  COGNITO_TPS: int(1, 25),
  MAIN_STACK_NAME: requiredText(),
};

/** What a function of the export works with that lists the pool. */
export interface ListingParts extends ExportParts {
  readonly pool: UserPoolReader;
}

/** A function of the export that calls Cognito by ports of its own, within the calls per second that the stack allows. */
export function callingFunction<E extends ExportEvent, R, P extends object>(
  env: Environment<typeof LISTING_ENVIRONMENT>,
  portsOf: (options: CognitoOptions) => P,
  parse: (event: unknown) => E,
  work: (event: E, parts: ExportParts & P) => Promise<R>,
): (event: unknown, context: Context) => Promise<R | PausedTurn> {
  const pacer = new Pacer({ callsPerSecond: env.COGNITO_TPS, clock: systemClock });
  const measure = metrics(env.MAIN_STACK_NAME);
  const ports = portsOf({ userAgent: env.USER_AGENT, pacer });
  return exportFunction(
    env,
    parse,
    (event, parts) => {
      const { table, assertMayRun: assertLease } = parts;
      const calling = {
        ...parts,
        measure,
        workflow: 'ExportWorkflow' as const,
        executionArn: event.executionArn,
        assertLease,
      };
      return tellingLastSealed(table, () => permitted(pacer, calling, () => work(event, { ...parts, ...ports })));
    },
    pacer,
  );
}

/** The same for a function that lists the pool. */
export const listingFunction = <E extends ExportEvent, R>(
  env: Environment<typeof LISTING_ENVIRONMENT>,
  parse: (event: unknown) => E,
  work: (event: E, parts: ListingParts) => Promise<R>,
): ((event: unknown, context: Context) => Promise<R | PausedTurn>) =>
  callingFunction(env, (options) => ({ pool: userPoolReader(options) }), parse, work);
