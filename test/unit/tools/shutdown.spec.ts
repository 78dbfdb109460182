import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'chai';
import { endWithProcess } from '../../../tools/shutdown.ts';

const MODULE = JSON.stringify(join(import.meta.dirname, '../../../tools/shutdown.ts'));

describe('Shutdown of the tools', () => {
  it('listens once for the exit, however many things end with the process', () => {
    endWithProcess(() => undefined)();
    const listeners = process.listenerCount('exit');
    const forget = Array.from({ length: 20 }, () => endWithProcess(() => undefined));
    expect(process.listenerCount('exit')).to.equal(listeners);
    for (const one of forget) one();
  });

  /** What a process says and how it ends, when it gets a signal as soon as it has spoken. */
  async function interrupted(
    script: string,
    signal: NodeJS.Signals,
  ): Promise<{ readonly output: string; readonly code: number | null }> {
    const program = `import { endWithProcess, stopOnSignal } from ${MODULE}; ${script} setInterval(() => {}, 1000); console.log('ready');`;
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (data: Buffer) => {
      output += data.toString();
      if (output === 'ready\n') child.kill(signal);
    });
    const code = await new Promise<number | null>((resolve) => {
      child.once('close', resolve);
    });
    return { output, code };
  }

  it('stops all that is left at a signal, waits for it, then ends what ends with the process', async () => {
    const script = `
      for (const name of ['a', 'b']) stopOnSignal(async () => { await new Promise((resolve) => { setTimeout(resolve, 20); }); console.log('stopped', name); });
      stopOnSignal(() => { throw new Error('does not keep the others'); });
      stopOnSignal(() => console.log('forgotten'))();
      endWithProcess(() => console.log('ended'));
      endWithProcess(() => console.log('forgotten'))();`;
    expect(await interrupted(script, 'SIGINT')).to.deep.equal({
      output: 'ready\nstopped a\nstopped b\nended\n',
      code: 130,
    });
  });

  it("ends with the program's own exit code where it has one, else with the signal's", async () => {
    expect(await interrupted('stopOnSignal(() => { process.exitCode = 0; });', 'SIGTERM')).to.deep.equal({
      output: 'ready\n',
      code: 0,
    });
    expect(await interrupted('stopOnSignal(() => undefined);', 'SIGTERM')).to.deep.equal({
      output: 'ready\n',
      code: 143,
    });
  });
});
