import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { startBackgroundCloud, startLocalCloud } from '../local-cloud/index.ts';
import type { LocalCloud } from '../local-cloud/index.ts';
import { optionsOrExit } from '../options.ts';
import { stopOnSignal } from '../shutdown.ts';
import { PRIMARY, SECONDARY } from '../deploy/regions.ts';
import { solutionFor } from '../deploy/solution.ts';
import { UnexpectedEnd } from '../deploy/unexpected-end.ts';
import { DemoFailure } from './context.ts';
import type { Demo } from './context.ts';
import { withoutPointers } from './failure.ts';
import { elapsed, Narrator } from './narrator.ts';
import { DEMO_USAGE, demoOptions, isSignInPool } from './options.ts';
import type { DemoOptions } from './options.ts';
import { CsvProblem } from './seed/csv-file.ts';
import { populationOf } from './seed/population.ts';
import { endingProblems } from './sign-in/expected.ts';
import { exportThreeTimes } from './steps/exports.ts';
import { lookAround } from './steps/keep.ts';
import { proveFederated } from './steps/federated.ts';
import { launch } from './steps/launch.ts';
import { proveMfa } from './steps/mfa.ts';
import { buildAndUpload } from './steps/prepare.ts';
import { checkRules, organizationRules } from './steps/organization.ts';
import { proveBackup, provePool } from './steps/prove.ts';
import { disasterAndRestore } from './steps/restore.ts';
import { makePool } from './steps/seed.ts';
import { proveSignIns } from './steps/sign-ins.ts';
import { uninstall } from './steps/uninstall.ts';
import { verify } from './steps/verify.ts';

/** Another name than README's, whose commands may be tried on the cloud that the demo leaves. */
const STACK = 'UserProfilesExportDemo';

async function run(options: DemoOptions): Promise<number> {
  const population = populationOf(options);
  const narrator = new Narrator();
  narrator.step(`A local AWS with two Regions: ${PRIMARY} and ${SECONDARY}`);
  const cloud = await (options.keep ? startBackgroundCloud() : startLocalCloud()).catch((error: unknown) => {
    throw new DemoFailure(error instanceof Error ? error.message : String(error));
  });
  stopOnSignal(() => cloud.stop());
  try {
    narrator.say(`AWS_ENDPOINT_URL=${cloud.endpoint} (loopback only, IAM policies are enforced)`);
    const solution = solutionFor(cloud, 'demo-assets', STACK);
    await tell({ cloud, narrator, options, population, solution });
    process.stdout.write(`\nAll of it held, in ${elapsed(narrator.totalMs)}.\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof DemoFailure || error instanceof UnexpectedEnd)) throw error;
    const text = options.keep ? error.message : await withoutPointers(error.message, objectsOf(cloud));
    process.stdout.write(`\nThe demo failed:\n${text}\n`);
    if (!options.keep) process.stdout.write('\nIts cloud is stopped now; with --keep it goes on, to be looked at.\n');
    return 1;
  } finally {
    if (options.keep) process.stdout.write(lookAround(cloud, STACK));
    else await cloud.stop();
  }
}

/** Reads an object of the cloud, in whichever Region its bucket is. */
const objectsOf =
  (cloud: LocalCloud) =>
  async (Bucket: string, Key: string): Promise<string | undefined> => {
    for (const region of [PRIMARY, SECONDARY])
      try {
        const { Body } = await new S3Client(cloud.clientConfig(region)).send(new GetObjectCommand({ Bucket, Key }));
        return await Body?.transformToString();
      } catch {
        // Not here; or never written, since the failure came first.
      }
    return undefined;
  };

async function tell(started: Demo): Promise<void> {
  await buildAndUpload(started);
  const organization = started.options.organization ? await organizationRules(started) : undefined;
  const demo = organization?.demo ?? started;
  const seeded = await makePool(demo);
  const launched = await launch(demo, seeded.poolId, organization?.parameters);
  if (organization !== undefined) await checkRules(demo, launched, organization.parameters);
  await exportThreeTimes(demo, launched, seeded);
  await proveBackup(demo, launched);
  const restored = await disasterAndRestore(demo, launched, seeded);
  // What is said about a restore that failed is why, and what is missing.
  if (endingProblems(demo.options.pool, restored.execution).length === 0)
    await provePool(demo, launched, restored.newPoolId);
  await verify(demo, launched, restored);
  if (demo.options.pool === 'federated') await proveFederated(demo, launched, restored);
  if (isSignInPool(demo.options.pool)) await proveSignIns(demo, demo.options.pool, launched, restored);
  if (demo.options.pool === 'mfa') await proveMfa(demo, launched, restored);
  if (!demo.options.keep) await uninstall(demo, launched);
}

const options = optionsOrExit(DEMO_USAGE, demoOptions);
try {
  process.exitCode = await run(options);
} catch (error) {
  if (!(error instanceof CsvProblem || error instanceof DemoFailure)) throw error;
  process.stderr.write(error instanceof CsvProblem ? `${options.usersCsv}: ${error.message}.\n` : `${error.message}\n`);
  process.exitCode = 1;
}
