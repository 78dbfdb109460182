/** `tsx deployment/build.ts <bucket> <solution-name> <version>`: see USAGE. Nothing is replaced unless all of it was built. */
import { join } from 'node:path';
import { parseArguments, USAGE } from './packaging/arguments.ts';
import type { BuildArguments } from '../source/domain/operator/build/build-arguments.ts';
import { buildAssets } from './packaging/assets.ts';
import { launchDocument, nextSteps } from './packaging/next-steps.ts';
import { writeAssets } from './packaging/write.ts';

const root = join(import.meta.dirname, '..');

function argumentsOrExit(): BuildArguments {
  try {
    return parseArguments(process.argv.slice(2));
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    process.exit(1);
  }
}

const build = argumentsOrExit();
try {
  const assets = await buildAssets(root, build);
  writeAssets(import.meta.dirname, assets, launchDocument(build));
  const bytes = [...assets.regional.values()].reduce((sum, { length }) => sum + length, 0);
  console.log(
    `Built ${build.solutionName} ${build.version}: ${assets.global.size} files to launch and read, ${assets.regional.size} regional assets, ${Math.round(bytes / 1024)} KiB.\n`,
  );
  console.log(nextSteps(build));
} catch (error) {
  console.error(`The build failed; the output of an earlier build is untouched.\n${(error as Error).message}`);
  process.exit(1);
}
