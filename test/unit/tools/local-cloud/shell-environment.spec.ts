import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { emulatorEnvironment } from '../../../../tools/local-cloud/server/emulator-environment.ts';
import { serverEnvironment, shellCommands, shieldFromShell } from '../../../../tools/local-cloud/shell-environment.ts';
import { HOSTILE_SHELL } from '../../../support/hostile-shell.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..', '..');
const CREDENTIALS = { accessKeyId: '111122223333', secretAccessKey: 'local-cloud' };
const OPTIONS = {
  python: '/venv/bin/python',
  node: { path: '/runtime/bin/node', version: '24.21.0' },
  gatewayPort: 4566,
  iam: true,
  account: '111122223333',
  defaultRegion: 'us-east-1',
  waitScale: 1,
  stateFolder: '/state',
  logLevel: 'WARNING',
  secretAccessKey: 'local-cloud',
};

/** Makes clients as `clientConfig` has them made, and asks what the local cloud asks by fetch. */
const PROGRAM = `
  import { shieldFromShell } from ${JSON.stringify(join(ROOT, 'tools/local-cloud/shell-environment.ts'))};
  import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
  import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
  shieldFromShell();
  const endpoint = process.argv[1];
  const config = { endpoint, region: 'us-east-1', credentials: ${JSON.stringify(CREDENTIALS)}, forcePathStyle: true };
  await new DynamoDBClient(config).send(new ListTablesCommand({}));
  await new S3Client(config).send(new ListObjectsV2Command({ Bucket: 'bucket' }));
  await fetch(endpoint + '/_local/health');`;

describe('Environment of the local cloud', () => {
  it('D20: clients reach the local cloud, whatever shell, ~/.aws and proxies say', async function () {
    this.timeout(60_000);
    const folder = mkdtempSync(join(tmpdir(), 'shell-'));
    writeFileSync(join(folder, 'config'), '[profile nobody]\nuse_fips_endpoint = true\nretry_mode = of-the-file\n');
    const asked: string[] = [];
    const server = createServer(({ url = '' }, response) => {
      asked.push(url);
      response.end(url.startsWith('/bucket') ? '<ListBucketResult/>' : '{}');
    }).listen(0, '127.0.0.1');
    try {
      await new Promise((resolve) => server.once('listening', resolve));
      const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const shell = { ...process.env, ...HOSTILE_SHELL, AWS_CONFIG_FILE: join(folder, 'config') };
      const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', PROGRAM, endpoint], {
        cwd: ROOT,
        env: shell,
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let errors = '';
      child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
      const code = await new Promise((resolve) => child.once('close', resolve));
      expect(code, errors).to.equal(0);
      expect(asked.map((url) => url.split('?')[0])).to.deep.equal(['/', '/bucket/', '/_local/health']);
    } finally {
      server.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('D20: what the shell says about AWS is gone, what npm and pip need of it is not', () => {
    const env: NodeJS.ProcessEnv = { ...HOSTILE_SHELL, PATH: '/bin', NO_PROXY: 'internal.example' };
    shieldFromShell(env);
    expect(Object.keys(env).filter((name) => name.startsWith('AWS_'))).to.deep.equal([
      'AWS_CONFIG_FILE',
      'AWS_SHARED_CREDENTIALS_FILE',
    ]);
    expect(env).to.include({ PATH: '/bin', HTTPS_PROXY: HOSTILE_SHELL.HTTPS_PROXY });
    expect(env).to.include({ NO_PROXY: 'internal.example,127.0.0.1', no_proxy: '127.0.0.1' });
    const once = { ...env };
    shieldFromShell(env);
    expect(env).to.deep.equal(once);
  });

  it('D20: neither the server nor the emulator, whose workers inherit it, gets anything of the shell', () => {
    const shell = { ...HOSTILE_SHELL, PATH: '/bin', HOME: '/home/user', LOCAL_CLOUD_PERMISSIONS: '/permissions' };
    expect(serverEnvironment(shell)).to.deep.equal({
      PATH: '/bin',
      HOME: '/home/user',
      LOCAL_CLOUD_PERMISSIONS: '/permissions',
    });
    const emulator = emulatorEnvironment(4510, '/tmp/x', OPTIONS, shell);
    expect(Object.keys(emulator).filter((name) => name in HOSTILE_SHELL)).to.deep.equal([]);
    expect(emulator).to.include({
      PATH: '/runtime/bin:/bin',
      HOME: '/tmp/x',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
    });
  });

  it('D20: what people are told to type clears their shell first', () => {
    const commands = shellCommands('http://127.0.0.1:4566', CREDENTIALS, 'us-east-1');
    expect(commands.split('\n')[0]).to.equal("  for NAME in $(env | grep -o '^AWS_[A-Z0-9_]*'); do unset $NAME; done");
    expect(commands).to.contain('NO_PROXY=127.0.0.1').and.to.contain('AWS_CONFIG_FILE=/dev/null');
    // Version 1 of the AWS CLI looks at AWS_ENDPOINT_URL for some services only.
    expect(commands).to.contain('aws() { command aws --endpoint-url "$AWS_ENDPOINT_URL" "$@"; }');
  });

  it('D21: functions run on the Node that was set up for their runtime', () => {
    expect(emulatorEnvironment(4510, '/tmp/x', OPTIONS, {})).to.include({
      LOCAL_CLOUD_NODE: '/runtime/bin/node',
      LOCAL_CLOUD_NODE_RUNTIME: 'nodejs24.x',
    });
  });
});
