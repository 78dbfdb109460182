import { startBackgroundCloud, startLocalCloud } from '../local-cloud/index.ts';
import type { LocalCloud } from '../local-cloud/index.ts';
import { optionsOrExit } from '../options.ts';
import { stopOnSignal } from '../shutdown.ts';
import { PRIMARY, SECONDARY } from '../deploy/regions.ts';
import { solutionFor } from '../deploy/solution.ts';
import { UnexpectedEnd } from '../deploy/unexpected-end.ts';
import { DemoFailure } from './context.ts';
import type { Demo } from './context.ts';
import { elapsed, Narrator } from './narrator.ts';
import { DEMO_USAGE, demoOptions } from './options.ts';
import type { DemoOptions } from './options.ts';
import { exportThreeTimes } from './steps/exports.ts';
import { lookAround } from './steps/keep.ts';
import { launch } from './steps/launch.ts';
import { buildAndUpload } from './steps/prepare.ts';
import { proveBackup, provePool } from './steps/prove.ts';
import { disasterAndRestore } from './steps/restore.ts';
import { makePool } from './steps/seed.ts';
import { uninstall } from './steps/uninstall.ts';
import { verify } from './steps/verify.ts';

async function run(options: DemoOptions): Promise<number> {
  const narrator = new Narrator();
  narrator.step(`A local AWS with two Regions: ${PRIMARY} and ${SECONDARY}`);
  const cloud = await (options.keep ? startBackgroundCloud() : startLocalCloud());
  stopOnSignal(() => cloud.stop());
  try {
    await tell(demoOn(cloud, narrator, options));
    process.stdout.write(`\nAll of it held, in ${elapsed(narrator.totalMs)}.\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof DemoFailure || error instanceof UnexpectedEnd)) throw error;
    process.stdout.write(`\nThe demo failed:\n${error.message}\n`);
    return 1;
  } finally {
    if (options.keep) process.stdout.write(lookAround(cloud));
    else await cloud.stop();
  }
}

function demoOn(cloud: LocalCloud, narrator: Narrator, options: DemoOptions): Demo {
  narrator.say(`AWS_ENDPOINT_URL=${cloud.endpoint} (loopback only, IAM policies are enforced)`);
  return { cloud, narrator, options, solution: solutionFor(cloud, 'demo-assets', 'CognitoUserProfilesExport') };
}

async function tell(demo: Demo): Promise<void> {
  await buildAndUpload(demo);
  const seeded = await makePool(demo);
  const launched = await launch(demo, seeded.poolId);
  await exportThreeTimes(demo, launched, seeded);
  await proveBackup(demo, launched);
  const restored = await disasterAndRestore(demo, launched, seeded);
  await provePool(demo, launched, restored.newPoolId);
  await verify(demo, launched, restored);
  if (!demo.options.keep) await uninstall(demo, launched);
}

process.exitCode = await run(optionsOrExit(DEMO_USAGE, demoOptions));
