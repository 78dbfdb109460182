import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { defaultImportJobOptions } from '../../simulation/import-jobs/options.ts';
import { preciseNow } from './http-server.ts';
import { identitiesInterceptor } from './identities.ts';
import { groupRolesInterceptor } from './group-roles.ts';
import { importJobsInterceptor } from './import-jobs/index.ts';
import { multipartUploads } from './multipart-uploads.ts';
import { poolExtrasInterceptor } from './pool-extras.ts';
import { recoveriesInterceptors } from './recoveries.ts';
import type { Simulation } from './simulation/simulation.ts';
import { stackSetInterceptor } from './stack-sets/index.ts';
import type { AwsCredentials, Backend, Interceptor } from './types.ts';
import { validationInterceptor } from './validation/index.ts';

export interface InterceptorParts {
  readonly administrator: AwsCredentials;
  /** Folder of botocore's service models. */
  readonly modelsFolder: string;
  /** The gateway's own port. */
  readonly port: number;
  readonly backend: Backend;
  readonly simulation: Simulation;
}

/** The gateway's interceptors after the call log, in the order in which a request meets them. */
export function interceptors({
  simulation,
  backend,
  administrator,
  modelsFolder,
  port,
}: InterceptorParts): Interceptor[] {
  const recoveries = recoveriesInterceptors({
    backend,
    now: preciseNow,
    newId: randomUUID,
    knobs: () => simulation.config.recoveries,
  });
  return [
    simulation.faults,
    validationInterceptor({ modelsDir: modelsFolder }),
    multipartUploads(),
    simulation.requiredTags,
    simulation.quotas,
    simulation.latencies,
    stackSetInterceptor({
      backend,
      sleep,
      now: () => new Date(),
      newId: randomUUID,
      rootOf: (account) => ({ ...administrator, accessKeyId: account }),
      newRoleUnknownMs: () => simulation.config.newRoleUnknownMs,
    }),
    recoveries.pauses,
    identitiesInterceptor({ backend }),
    importJobsInterceptor({
      backend,
      now: preciseNow,
      sleep,
      newId: randomUUID,
      baseUrl: () => `http://127.0.0.1:${port}`,
      options: () => ({ ...defaultImportJobOptions, ...simulation.config.importJobs }),
    }),
    recoveries.operations,
    poolExtrasInterceptor({ backend, now: preciseNow, newId: randomUUID }),
    groupRolesInterceptor,
  ];
}
