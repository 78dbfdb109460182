import type { CallFilter, CallLog } from './call-log.ts';
import type { Forward } from './forward.ts';
import type { IncomingRequest } from './parse-request.ts';
import type { SimulationConfig } from './simulation/config.ts';
import type { Simulation } from './simulation/simulation.ts';
import type { AwsResponse } from './types.ts';

export interface ControlParts {
  readonly calls: CallLog;
  readonly simulation: Simulation;
  readonly forward: Forward;
}

/**
 * The local cloud's own pages under /_local/:
 * `GET health`, `GET calls?service=&action=&region=&caller=&userPoolId=&after=`, `GET messages`,
 * `POST users` (puts users of any status into a pool), `GET config`, `GET faults` (how often each rule struck), `POST config` (members of SimulationConfig, `waitScale` and `alarmScale`).
 */
export async function answerControl(request: IncomingRequest, parts: ControlParts): Promise<AwsResponse> {
  const url = new URL(request.pathAndQuery, 'http://gateway');
  switch (`${request.method} ${url.pathname.slice('/_local/'.length)}`) {
    case 'GET health':
      return json({ status: 'running', pid: process.pid });
    case 'GET calls':
      return json(parts.calls.find(toFilter(url.searchParams)));
    case 'GET messages':
      return parts.forward({
        method: 'GET',
        pathAndQuery: '/_local/messages',
        headers: { host: '127.0.0.1' },
        body: Buffer.alloc(0),
      });
    case 'POST users':
      return parts.forward({
        method: 'POST',
        pathAndQuery: '/_local/import-users',
        headers: { host: '127.0.0.1', 'content-type': 'application/json' },
        body: request.body,
      });
    case 'GET faults':
      return json(parts.simulation.strikes());
    case 'GET config':
      return json(parts.simulation.config);
    case 'POST config': {
      const { waitScale, alarmScale, ...changes } = JSON.parse(
        request.body.toString('utf8'),
      ) as Partial<SimulationConfig> & { waitScale?: number; alarmScale?: number };
      if (waitScale !== undefined)
        await tellMiniStack(parts.forward, '/_ministack/config', { 'stepfunctions._SFN_WAIT_SCALE': waitScale });
      if (alarmScale !== undefined) await tellMiniStack(parts.forward, '/_local/alarm-scale', { scale: alarmScale });
      if (changes.replicationLagMs !== undefined)
        await tellMiniStack(parts.forward, '/_local/replication-lag', { ms: changes.replicationLagMs });
      if (changes.filterAfterPaging !== undefined)
        await tellMiniStack(parts.forward, '/_local/listings', { filterAfterPaging: changes.filterAfterPaging });
      // A Region that is down receives no writes; they arrive when it is back.
      if (changes.regionsDown !== undefined)
        await tellMiniStack(parts.forward, '/_local/replication-hold', { held: changes.regionsDown.length > 0 });
      const { resourceRefusals, requiredTags, requiredBoundary } = changes;
      if (resourceRefusals !== undefined || requiredTags !== undefined || requiredBoundary !== undefined)
        await tellMiniStack(parts.forward, '/_local/organization', {
          resourceRefusals,
          requiredTags,
          requiredBoundary,
        });
      parts.simulation.configure(changes);
      return json(parts.simulation.config);
    }
    default:
      return json({ error: `The local cloud has no page ${request.method} ${url.pathname}.` }, 404);
  }
}

function toFilter(query: URLSearchParams): CallFilter {
  const { after, ...equal } = Object.fromEntries(query);
  return { ...equal, ...(after === undefined ? {} : { after: Number(after) }) };
}

async function tellMiniStack(forward: Forward, pathAndQuery: string, values: Record<string, unknown>): Promise<void> {
  await forward({
    method: 'POST',
    pathAndQuery,
    headers: { host: '127.0.0.1', 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(values)),
  });
}

function json(body: unknown, status = 200): AwsResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify(body)) };
}
