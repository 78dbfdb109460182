import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { root } from '../../support/templates.ts';

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the command line as a process of its own, without anything that a test may have set. */
const cli = (
  args: readonly string[],
  {
    environment = {},
    closed = false,
    started,
  }: {
    readonly environment?: NodeJS.ProcessEnv;
    readonly closed?: boolean;
    readonly started?: (child: ChildProcess) => void;
  } = {},
): Promise<Ended> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, ['--import', 'tsx', 'source/cli/main.ts', ...args], {
      cwd: root,
      env: { PATH: process.env['PATH'], AWS_EC2_METADATA_DISABLED: 'true', ...environment },
    });
    started?.(child);
    let [out, err] = ['', ''];
    if (closed) child.stdout.destroy();
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk.toString();
    });
    child.on('close', (code) => resolve({ code, out, err }));
  });

describe('command line as a process', function () {
  this.timeout(60_000);

  it('15.1: ends quietly with 141 when nobody reads what it prints', async () => {
    const { code, err } = await cli(['--help'], { closed: true });
    expect({ code, err }).to.deep.equal({ code: 141, err: '' });
  });

  it('15.1: says in one line that there is no network, and nothing about the version of Node', async () => {
    const { code, out, err } = await cli(['status', '--region', 'us-east-1'], {
      environment: {
        AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
      },
    });
    expect(out).to.equal('');
    expect(err).to.match(/^CloudFormation in us-east-1: no answer \(ECONNREFUSED\)\. .*\n$/);
    expect(code).to.equal(5);
  });

  it('15.1: says in one line that there are no credentials', async () => {
    const home = mkdtempSync(join(tmpdir(), 'cli-home-'));
    try {
      const { code, err } = await cli(['status', '--region', 'us-east-1'], { environment: { HOME: home } });
      expect(err).to.match(/^CloudFormation in us-east-1: no usable AWS credentials were found: .*\n$/);
      expect(code).to.equal(4);
    } finally {
      rmSync(home, { recursive: true });
    }
  });

  it('ends by Ctrl-C with 130 and one sentence, also in the middle of a call that nobody answers', async () => {
    const silent = createServer();
    await new Promise<void>((listening) => silent.listen(0, '127.0.0.1', listening));
    const environment = {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(silent.address() as AddressInfo).port}`,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    };
    try {
      for (const [json, sentence] of [
        [[], /^cognito-user-profiles-export: ended by Ctrl-C before it was done\. .* type the same command again\.\n$/],
        [['--json'], /^\{"message_type":"error",.*"exit_code":130,"kind":"detached",.*\}\n$/],
      ] as const) {
        const { code, out, err } = await cli(['status', '--region', 'us-east-1', ...json], {
          environment,
          started: (child) => silent.once('request', () => child.kill('SIGINT')),
        });
        expect(err).to.match(sentence);
        expect({ code, out }).to.deep.equal({ code: 130, out: '' });
      }
    } finally {
      silent.closeAllConnections();
      silent.close();
    }
  });

  it('keys beside a profile bring no word of the SDK with them', async () => {
    const { code, err } = await cli(['status', '--region', 'us-east-1'], {
      environment: { HOME: root, AWS_PROFILE: 'default', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
    });
    expect(err).to.match(/^CloudFormation in us-east-1: no usable AWS credentials were found: .*\n$/);
    expect(code).to.equal(4);
  });
});
