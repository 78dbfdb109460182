import { checkLine, findingsOf, freshnessIn, newestSealed } from '../../domain/operator/health.ts';
import type { StatusFacts } from '../../domain/operator/facts.ts';
import type { CliContext, CommandAction, Given } from '../context.ts';
import { isCliError } from '../cli-error.ts';
import type { ExitKind } from '../exit-codes.ts';
import { explained } from '../explain.ts';
import { typed } from '../program.ts';
import { openSession } from '../session.ts';
import { gatherFacts } from './gather.ts';
import { statusBlocks } from './show.ts';

/** Shows how the backup stands, or tells it to a monitoring system. */
export const runStatus: CommandAction = async (context, given) => {
  const { options } = given;
  if (options.check === true) return check(context, given);
  const facts = await gatherFacts(context, await openSession(context, options));
  const sealed = newestSealed(facts);
  context.output.summary({
    blocks: statusBlocks(facts),
    data: statusData(facts),
    next: [sealed === undefined ? typed(options, 'export') : typed(options, 'verify')],
  });
  return isAllKnown(facts) ? 'complete' : 'partial';
};

const LEVELS = { OK: 'complete', WARNING: 'partial', CRITICAL: 'failed' } as const satisfies Record<string, ExitKind>;

/** One line, whatever happens: a monitoring system shows nothing else. */
async function check(context: CliContext, { options }: Given): Promise<ExitKind> {
  try {
    const facts = await gatherFacts(context, await openSession(context, options));
    const { level, line } = checkLine(facts);
    context.output.summary({ blocks: [{ lines: [line] }], data: { level, line, ...statusData(facts) } });
    return LEVELS[level];
  } catch (error) {
    const { message, kind } = isCliError(error) ? error : explained('status', error);
    const line = `CRITICAL: ${message}`;
    context.output.summary({ blocks: [{ lines: [line] }], data: { level: 'CRITICAL', line } });
    return kind;
  }
}

const isAllKnown = ({ regions, installation: { primaryRegion, secondaryRegion } }: StatusFacts): boolean =>
  regions.length === new Set([primaryRegion, secondaryRegion]).size &&
  regions.every((facts) => Object.values(facts).every((fact) => typeof fact !== 'object' || !('unknown' in fact)));

function statusData(facts: StatusFacts): Readonly<Record<string, unknown>> {
  const { installation, stackStatus, regions } = facts;
  const sealed = newestSealed(facts);
  const freshness = freshnessIn(facts);
  return {
    stack: installation.stackName,
    ...(stackStatus === undefined ? {} : { stack_status: stackStatus }),
    user_pool: installation.userPoolId,
    ...(sealed === undefined
      ? {}
      : {
          last_run: {
            run_id: sealed.runId,
            started_at: sealed.startedAt,
            ended_at: sealed.endedAt,
            counts: sealed.counts,
          },
        }),
    ...(freshness === undefined
      ? {}
      : { age_seconds: Math.round(freshness.ageMs / 1000), allowed_seconds: Math.round(freshness.allowedMs / 1000) }),
    findings: findingsOf(facts),
    regions: regions.map(({ sealed: table, ...facts }) => ({
      ...facts,
      table: 'value' in table ? { value: table.value?.runId ?? null } : table,
    })),
  };
}
