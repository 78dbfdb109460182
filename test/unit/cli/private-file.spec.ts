import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import sinon from 'sinon';
import { writeAskedFile, writePrivateFile } from '../../../source/cli/private-file.ts';
import { rejection } from '../../support/rejection.ts';

describe('command line: files for their owner only', () => {
  let folder: string;
  const inFolder = (name: string): string => join(folder, name);
  const modeOf = (path: string): number => statSync(path).mode & 0o777;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'private-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('15.1: a new file is 0600, whatever the umask, and nothing else is left', async () => {
    const before = process.umask(0);
    try {
      await writePrivateFile(inFolder('new.csv'), 'secret');
    } finally {
      process.umask(before);
    }
    expect(modeOf(inFolder('new.csv'))).to.equal(0o600);
    expect(readdirSync(folder)).to.deep.equal(['new.csv']);
  });

  it('15.1: whoever has a wider file of before open never sees what is written now', async () => {
    const path = inFolder('old.csv');
    writeFileSync(path, 'old', { mode: 0o644 });
    chmodSync(path, 0o644);
    const reader = openSync(path, 'r');
    await writePrivateFile(path, 'secret');
    const seen = Buffer.alloc(100);
    expect(seen.toString('utf8', 0, readSync(reader, seen, 0, 100, 0))).to.equal('old');
    expect(readFileSync(path, 'utf8')).to.equal('secret');
    expect(modeOf(path)).to.equal(0o600);
  });

  it('15.1: a link stays a link, and the file that it names is closed; also one that leads nowhere yet', async () => {
    mkdirSync(inFolder('real'));
    writeFileSync(inFolder('real/old.csv'), 'old', { mode: 0o666 });
    symlinkSync('real/old.csv', inFolder('link'));
    symlinkSync('real/new.csv', inFolder('dangling'));
    for (const name of ['link', 'dangling']) await writePrivateFile(inFolder(name), new TextEncoder().encode('secret'));
    for (const [link, file] of [
      ['link', 'real/old.csv'],
      ['dangling', 'real/new.csv'],
    ] as const) {
      expect(lstatSync(inFolder(link)).isSymbolicLink(), link).to.equal(true);
      expect(readFileSync(inFolder(file), 'utf8')).to.equal('secret');
      expect(modeOf(inFolder(file))).to.equal(0o600);
    }
    expect(readdirSync(inFolder('real')).sort()).to.deep.equal(['new.csv', 'old.csv']);
  });

  it('15.1: standard output goes where the shell leads it, and a pipe is written to; neither is replaced', async () => {
    const write = sinon.stub(process.stdout, 'write').callsFake((_text, done: unknown) => {
      (done as () => void)();
      return true;
    });
    try {
      for (const path of ['/dev/stdout', '/dev/fd/1']) await writePrivateFile(path, 'secret');
    } finally {
      write.restore();
    }
    expect(write.args.map(([text]) => text)).to.deep.equal(['secret', 'secret']);
    execFileSync('mkfifo', [inFolder('pipe')]);
    const [, read] = await Promise.all([
      writePrivateFile(inFolder('pipe'), 'secret'),
      readFile(inFolder('pipe'), 'utf8'),
    ]);
    expect(read).to.equal('secret');
    expect(statSync(inFolder('pipe')).isFIFO()).to.equal(true);
  });

  it('15.1: a folder in the place of the file, or no folder for it, is an error, and nothing is left', async () => {
    mkdirSync(inFolder('folder'));
    expect(await rejection(writePrivateFile(inFolder('folder'), 'secret'))).to.be.an('error');
    expect(await rejection(writePrivateFile(inFolder('missing/file'), 'secret'))).to.include({ code: 'ENOENT' });
    expect(readdirSync(folder)).to.deep.equal(['folder']);
    expect(existsSync(inFolder('missing'))).to.equal(false);
  });

  it('tells what the file system says of the path that was given, and of no other', async () => {
    for (const [path, words] of [
      [inFolder('nothing/new.csv'), 'ENOENT: no such file or directory'],
      [folder, 'EISDIR: illegal operation on a directory'],
    ] as const) {
      const { message } = await rejection(writeAskedFile({ writePrivateFile }, path, 'secret'));
      expect(message).to.equal(`${path}: it cannot be written (${words}). Give another path.`);
    }
  });
});
