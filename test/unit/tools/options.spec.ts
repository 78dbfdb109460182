import { expect } from 'chai';
import { chaosOptions } from '../../../tools/chaos/options.ts';
import { demoOptions } from '../../../tools/demo/options.ts';
import { readCsv } from '../../../tools/demo/seed/csv-file.ts';
import { localCloudCommand } from '../../../tools/local-cloud/command-line.ts';

describe('command lines of the tools', () => {
  const refused: [string, (args: readonly string[]) => unknown, string, RegExp][] = [
    ['an unknown option', demoOptions, '--foo', /^There is no option --foo\.$/],
    ['a value that is missing', demoOptions, '--users', /^--users needs a value behind it, and none was found/],
    ['a value with a dash', demoOptions, '--users -5', /^--users needs a value behind it.*--users=-1\)\.$/],
    ['a value too many', demoOptions, '--keep=yes', /^--keep takes no value\.$/],
    ['a word', demoOptions, 'foo', /^Only options are understood, found "foo"\.$/],
    ['an empty number', demoOptions, '--users=', /--users must be a whole number from 10 to 200000, found ""/],
    ['no users', demoOptions, '--users 0', /from 10 to 200000, found "0"/],
    ['half a user', demoOptions, '--users 10.5', /found "10\.5"/],
    ['a number of another kind', demoOptions, '--users 0x20', /found "0x20"/],
    ['two kinds of users', demoOptions, '--users 20 --users-csv x', /exclude each other/],
    ['options that would not count', chaosOptions, '--quick --seeds 5 --users 30', /leave out --seeds, --users\./],
    ['one seed and several', chaosOptions, '--seed 5 --seeds 5', /give either/],
    ['no command', localCloudCommand, '', /^A command is missing: start, stop or status\.$/],
    ['an unknown command', localCloudCommand, 'begin', /^There is no command "begin": start, stop or status\.$/],
    ['two commands', localCloudCommand, 'stop start', /One command at a time.*found "stop start"/],
    [
      'an option of another command',
      localCloudCommand,
      'stop --port 4',
      /--port is an option of start; stop takes none/,
    ],
    ['no port', localCloudCommand, 'start --port abc', /--port must be a whole number from 0 to 65535, found "abc"/],
    ['half a port', localCloudCommand, 'start --port 1.5', /found "1\.5"/],
    ['a port that cannot be', localCloudCommand, 'start --port 70000', /found "70000"/],
    [
      'no factor',
      localCloudCommand,
      'start --wait-scale=-1',
      /--wait-scale must be a number from 0 to 1000, found "-1"/,
    ],
  ];
  for (const [what, read, line, message] of refused)
    it(`refuse ${what}: ${line}`, () => {
      expect(() => read(line.split(' ').filter(Boolean))).to.throw(message);
    });

  it('start the local cloud as asked', () => {
    expect(localCloudCommand(['start', '--port', '4566', '--no-iam', '--latency', '50', '--foreground'])).to.deep.equal(
      {
        command: 'start',
        foreground: true,
        options: {
          iam: false,
          port: 4566,
          simulation: { quotas: false, filterAfterPaging: false, latencies: [{ service: 'cognito-idp', ms: 50 }] },
        },
      },
    );
    expect(localCloudCommand(['status'])).to.deep.equal({ command: 'status' });
  });

  it('say of a CSV file that cannot be read why', () => {
    expect(() => readCsv('/no/such/file.csv', 'username')).to.throw(/^there is no such file$/);
    expect(() => readCsv('/tmp', 'username')).to.throw(/^that is a folder, and a CSV file is needed$/);
  });
});
