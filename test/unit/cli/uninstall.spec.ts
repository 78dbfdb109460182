import { expect } from 'chai';
import { ANSWERS_FILE } from '../../../source/cli/deploy/launch-memory.ts';
import { UninstallableCli } from '../../support/cli/uninstallable.ts';

const MAPPING_FILES = 'stackset-cognitouser-mappingfilebucket-eu-west-1';

describe('command line: uninstall --delete-data', () => {
  it('15.1: deletes stack, table, replica, every version and delete marker page by page, buckets and log groups', async () => {
    const cli = new UninstallableCli();
    expect(await cli.uninstall(), cli.err).to.equal(0);
    expect(cli.left).to.deep.equal([]);
    const pages = cli.cloud.inputs.filter(
      ({ action, input }) => action === 'DeleteObjects' && input['Bucket'] === MAPPING_FILES,
    );
    expect(pages).to.have.length(4);
    expect(cli.files.get(ANSWERS_FILE)).to.not.include('Backup-BackupTable');
    // The buckets that are logged go before those that take the logs.
    const order = cli.cloud.inputs.flatMap(({ action, input }) =>
      action === 'DeleteBucket' ? [(input['Bucket'] as string).includes('accesslog')] : [],
    );
    expect(order).to.deep.equal([false, true, false, true, false, false]);
  });

  it('15.1: killed after any call, it goes on when it is started again, and deletes everything', async function () {
    this.timeout(60_000);
    const whole = new UninstallableCli();
    await whole.uninstall();
    const calls = whole.cloud.calls.length;
    expect(calls).to.be.greaterThan(80);
    for (let nth = 1; nth < calls; nth += 1) {
      const cli = new UninstallableCli();
      cli.cloud.callsLeft = nth;
      expect(await cli.uninstall(), `killed after call ${nth}`).to.not.equal(0);
      cli.cloud.callsLeft = Infinity;
      expect(await cli.uninstall(), `killed after call ${nth}: ${cli.err}`).to.equal(0);
      expect(cli.left, `killed after call ${nth}`).to.deep.equal([]);
    }
  });

  it('15.1: a stack that cannot be deleted: says what failed and why, ends with 5, touches no data, and goes on at the next start', async () => {
    const cli = new UninstallableCli();
    cli.stackFailures.push('The operation on the StackSet failed: eu-west-1: no permission');
    expect(await cli.uninstall()).to.equal(5);
    expect(cli.err.replaceAll(/\s+/g, ' '))
      .to.include('its deletion ended as DELETE_FAILED: StackSetCustomResource: The operation on the StackSet failed')
      .and.include('Remove the cause and start the same command again. No data was deleted.');
    expect(cli.left).to.include.members(['DELETE_FAILED', 'us-east-1', 'eu-west-1', MAPPING_FILES]);
    expect(cli.cloud.calls.join()).to.not.match(/DeleteTable|DeleteObjects|DeleteBucket|DeleteLogGroup/);
    expect(await cli.uninstall(), cli.err).to.equal(0);
    expect(cli.left).to.deep.equal([]);
  });

  it('15.1: objects that S3 cannot delete at the moment are tried again', async () => {
    const cli = new UninstallableCli();
    const refused = new Set<string>();
    cli.refuse = (key) => {
      if (key !== 'object/1' || refused.size > 3) return undefined;
      refused.add(String(refused.size));
      return refused.size % 2 === 0 ? 'SlowDown' : 'InternalError';
    };
    expect(await cli.uninstall(), cli.err).to.equal(0);
    expect(refused.size).to.equal(4);
    expect(cli.left).to.deep.equal([]);
  });

  it('15.1: S3 that never deletes one of them ends the command with 5, not in a loop, and without its key', async () => {
    const cli = new UninstallableCli();
    cli.refuse = (key) => (key === 'object/1' ? 'InternalError' : undefined);
    expect(await cli.uninstall()).to.equal(5);
    expect(cli.err.replaceAll(/\s+/g, ' ')).to.include('S3 cannot delete 1 version of its objects at the moment');
    expect(cli.err).to.not.include('object/1');
    cli.refuse = () => undefined;
    expect(await cli.uninstall(), cli.err).to.equal(0);
    expect(cli.left).to.deep.equal([]);
  });

  it('15.1: a refused deletion in the middle is no "refused before anything was written": 5, and what to do', async () => {
    const cli = new UninstallableCli();
    cli.refuse = (key) => (key === 'marker/2' ? 'AccessDenied' : undefined);
    expect(await cli.uninstall()).to.equal(5);
    expect(cli.err.replaceAll(/\s+/g, ' '))
      .to.include('may not do this')
      .and.include('The deletion has begun: start the same command again, and it goes on.');
    expect(cli.err).to.not.include('marker/2');
    cli.refuse = () => undefined;
    expect(await cli.uninstall(), cli.err).to.equal(0);
    expect(cli.left).to.deep.equal([]);
  });

  it('--confirm without --delete-data is refused: it would look as if the data went, too', async () => {
    const cli = new UninstallableCli();
    expect(await cli.run(['uninstall', '--confirm', 'Backup', '--yes'])).to.equal(2);
    expect(cli.err).to.include('--confirm: it is for --delete-data, which was not given.');
    expect(cli.cloud.calls).to.deep.equal([]);
  });

  it('names a stack that can be none before it asks', async () => {
    const cli = new UninstallableCli();
    expect(await cli.run(['uninstall', '--stack', 'bad name', '--yes'])).to.equal(2);
    expect(cli.err).to.include('"bad name" is no name for a stack');
    expect(cli.cloud.calls).to.deep.equal([]);
  });
});
