import { expect } from 'chai';
import type { CommandDeclaration } from '../../../source/cli/command.ts';
import { CliError } from '../../../source/cli/cli-error.ts';
import { EXIT_CODES } from '../../../source/cli/exit-codes.ts';
import type { CommandAction } from '../../../source/cli/context.ts';
import { CliProcess } from '../../support/cli/cli-process.ts';

const command = (action: CommandAction): readonly CommandDeclaration[] => [
  {
    name: 'work',
    summary: 'do the work',
    examples: [['work --json', 'For programs']],
    load: () => Promise.resolve(action),
  },
];
const working = command(({ output }) => {
  output.status({ text: 'Working', percentDone: 42.4, secondsRemaining: 200, data: { users: 3 } });
  output.status({ text: 'Working', percentDone: 50, secondsRemaining: 20 });
  output.summary({
    blocks: [{ heading: 'Done', rows: [{ label: 'users', value: '3', tone: 'good' }] }],
    data: { users: 3 },
    next: ['cognito-user-profiles-export status'],
  });
  return Promise.resolve('partial');
});
const failing = command(() =>
  Promise.reject(new CliError('refused', { thing: 'The pool', found: 'it is gone', next: 'Make one' })),
);

describe('command line', () => {
  it('prints the help with examples, the version, and the help of a command', async () => {
    const cli = new CliProcess();
    expect(await cli.run(['--help'], working)).to.equal(0);
    expect(cli.out).to.include('work').and.include('do the work');
    expect(await cli.run(['--version'], working)).to.equal(0);
    expect(cli.out).to.equal('2.1.0\n');
    for (const args of [
      ['work', '--help'],
      ['help', 'work'],
    ]) {
      expect(await cli.run(args, working)).to.equal(0);
      expect(cli.out)
        .to.include('For programs:\n    cognito-user-profiles-export work --json')
        .and.include('--profile <name>');
    }
  });

  it('ends with 2 and a suggestion when a command or an option is misspelled', async () => {
    const cli = new CliProcess();
    expect(await cli.run(['wrok'], working)).to.equal(2);
    expect(cli.err).to.include("unknown command 'wrok'").and.include('Did you mean work?');
    expect(await cli.run(['work', '--profil', 'x'], working)).to.equal(2);
    expect(cli.err).to.include('Did you mean --profile?');
    expect(await cli.run(['work', 'more'], working)).to.equal(2);
    expect(await cli.run([], working)).to.equal(2);
    expect(cli.err).to.include('no command was given');
    expect(cli.out).to.equal('');
  });

  it('15.1: prints JSON lines with message_type, percent_done and seconds_remaining; errors to standard error', async () => {
    const cli = new CliProcess();
    for (const args of [
      ['work', '--json'],
      ['--json', 'work'],
    ]) {
      expect(await cli.run(args, working)).to.equal(EXIT_CODES.partial);
      expect(cli.lines).to.deep.equal([
        { message_type: 'status', message: 'Working', percent_done: 0.42, seconds_remaining: 200, users: 3 },
        { message_type: 'status', message: 'Working', percent_done: 0.5, seconds_remaining: 20 },
        { message_type: 'summary', users: 3, next: ['cognito-user-profiles-export status'] },
      ]);
    }
    expect(await cli.run(['work', '--json'], failing)).to.equal(4);
    expect(cli.out).to.equal('');
    expect(JSON.parse(cli.err)).to.deep.equal({
      message_type: 'error',
      message: 'The pool: it is gone. Make one.',
      exit_code: 4,
      kind: 'refused',
      thing: 'The pool',
      found: 'it is gone',
      what_to_do: 'Make one',
    });
  });

  it('prints plainly where there is no terminal: no escapes, and moving figures only now and then', async () => {
    const cli = new CliProcess();
    await cli.run(['work'], working);
    expect(cli.out).to.equal(
      'Working  42 %  about 3 min left\nDone\n  users  3\n\nNext\n  cognito-user-profiles-export status\n',
    );
    await cli.run(['work'], failing);
    expect(cli.err).to.equal('The pool: it is gone. Make one.\n');
  });

  it('has colours on a terminal only, and not with NO_COLOR or --no-color', async () => {
    const cli = new CliProcess();
    cli.terminal = true;
    await cli.run(['work'], working);
    expect(cli.out).to.include('\u001b[32m3\u001b[39m').and.include('\r\u001b[2K');
    for (const quiet of [
      ['work', '--no-color'],
      ['--no-color', 'work'],
    ]) {
      await cli.run(quiet, working);
      expect(cli.out).to.not.match(/\u001b\[\d+m/);
    }
    cli.environment = { NO_COLOR: '1' };
    await cli.run(['work'], working);
    expect(cli.out).to.not.match(/\u001b\[\d+m/);
  });

  it('15.1: keeps to the width of a terminal of 40 columns', async () => {
    const cli = new CliProcess();
    cli.terminal = true;
    cli.columns = 40;
    cli.environment = { NO_COLOR: '1' };
    await cli.run(
      ['work'],
      command(({ output }) => {
        output.status({
          text: 'Comparing every user of the new pool with the backup',
          percentDone: 3,
          secondsRemaining: 9,
        });
        output.summary({
          blocks: [
            {
              heading: 'Primary Region us-east-1',
              rows: [
                { label: 'last verification', value: 'a long sentence about what was verified and when that was' },
              ],
            },
          ],
          data: {},
        });
        return Promise.resolve('complete');
      }),
    );
    for (const line of cli.out.split(/[\n\r]/)) expect(line.replaceAll('\u001b[2K', '').length, line).to.be.at.most(40);
    await cli.run(['work'], failing);
    for (const line of cli.err.split('\n')) expect(line.length, line).to.be.at.most(40);
  });

  it('tells an error that nobody expected by its name, and ends as failed', async () => {
    const cli = new CliProcess();
    expect(
      await cli.run(
        ['work'],
        command(() => Promise.reject(new TypeError('x is not y'))),
      ),
    ).to.equal(5);
    expect(cli.err).to.include('TypeError: x is not y');
  });

  it('names the help of the command whose options are wrong', async () => {
    const cli = new CliProcess();
    expect(await cli.run(['work', '--nothing-like-it'], working)).to.equal(2);
    expect(cli.err).to.include('cognito-user-profiles-export work --help tells what there is.');
    expect(await cli.run(['--nothing-like-it'], working)).to.equal(2);
    expect(cli.err).to.include('cognito-user-profiles-export --help tells what there is.');
  });

  it('names an address of a service that is none, and a profile that no file has, before it calls anything', async () => {
    const cli = new CliProcess();
    for (const address of ['localhost:4566', 'nonsense', 'ftp://127.0.0.1']) {
      cli.environment = { AWS_ENDPOINT_URL_S3: address };
      expect(await cli.run(['work'], working), address).to.equal(2);
      expect(cli.err).to.include(`AWS_ENDPOINT_URL_S3: "${address}" is no address of a service`);
    }
    for (const [environment, args] of [
      [{ AWS_PROFILE: 'opss' }, ['work']],
      [{}, ['work', '--profile', 'opss']],
    ] as const) {
      cli.environment = environment;
      expect(await cli.run(args, working)).to.equal(2);
      expect(cli.err).to.include('Profile opss: the files of the AWS configuration have none of this name');
      expect(cli.out).to.equal('');
    }
    for (const environment of [
      { AWS_PROFILE: 'ops', AWS_ENDPOINT_URL: 'http://127.0.0.1:1' },
      { AWS_PROFILE: 'default' },
    ]) {
      cli.environment = environment;
      expect(await cli.run(['work'], working)).to.equal(3);
    }
  });

  it('takes a terminal that does not say how wide it is for one of 80 columns', async () => {
    const cli = new CliProcess();
    cli.terminal = true;
    cli.columns = 0;
    cli.environment = { NO_COLOR: '1' };
    await cli.run(['work'], failing);
    expect(cli.err).to.equal('The pool\n  it is gone\n  Make one\n');
    await cli.run(['work'], working);
    expect(cli.out).to.include('Working  42 %').and.include('  users  3\n');
    await cli.run(['--help'], working);
    expect(cli.out).to.include('Backs up Amazon Cognito user pools, restores them, and proves that it can.');
  });

  it('breaks no command that may be pasted, however narrow the terminal is', async () => {
    const cli = new CliProcess();
    cli.terminal = true;
    cli.columns = 40;
    cli.environment = { NO_COLOR: '1' };
    const long = 'cognito-user-profiles-export restore-user --from-file victims.txt --to us-east-1_AbCdEfGhI --dry-run';
    const ofAws = 'aws cognito-idp initiate-point-in-time-recovery --user-pool-id us-east-1_AbCdEfGhI';
    await cli.run(
      ['work'],
      command(({ output }) => {
        output.summary({
          blocks: [
            {
              heading: 'Interval',
              lines: [`These users, into the living pool of the backup: ${long}`, `It rewinds all. ${ofAws}`],
            },
          ],
          data: {},
          next: [long],
        });
        return Promise.reject(
          new CliError('usage', { thing: '--save', found: 'two intervals', next: `Say which: ${long}` }),
        );
      }),
    );
    expect(cli.out.split('\n')).to.deep.equal([
      'Interval',
      '  These users, into the living pool of',
      '  the backup:',
      `  ${long}`,
      '  It rewinds all.',
      `  ${ofAws}`,
      '',
      'Next',
      `  ${long}`,
      '',
    ]);
    expect(cli.err).to.include(`  Say which:\n  ${long}\n`);
  });
});
