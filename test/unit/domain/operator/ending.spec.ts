import { expect } from 'chai';
import { HALTS } from '../../../../source/domain/errors.ts';
import { kindOfFailure } from '../../../../source/domain/operator/ending.ts';
import { nextAfterFailure } from '../../../../source/domain/workflow/notices/failure.ts';

describe('how an execution ended', () => {
  it('15.1: an export that met a recovery of AWS is refused; a restore that waited for its end in vain has failed', () => {
    expect(kindOfFailure('ExportWorkflow', 'RecoveryRunning')).to.equal('refused');
    expect(kindOfFailure('ImportWorkflow', 'RecoveryRunning')).to.equal('failed');
  });

  it('15.1: a verification finds differences; a restore that meets the same ones is refused', () => {
    for (const halt of ['ReplicaBehind', 'ChecksumDiffers']) {
      expect(kindOfFailure('VerifyWorkflow', halt), halt).to.equal('partial');
      expect(kindOfFailure('ImportWorkflow', halt), halt).to.equal('refused');
    }
    for (const halt of ['ManifestMissing', 'CountsDiffer', 'PoolDiffers', 'ExportRunOpen'])
      expect(kindOfFailure('VerifyWorkflow', halt), halt).to.equal('partial');
  });

  it('15.1: only halts in the middle of the work count as failed, and every error that is no halt', () => {
    const failed = HALTS.filter((halt) => kindOfFailure('ImportWorkflow', halt) === 'failed');
    expect(failed).to.have.members(['AccessDenied', 'ImportJobFailed', 'LeaseLost', 'Superseded', 'RecoveryRunning']);
    for (const error of ['States.Timeout', 'ServiceError', 'ABORTED', 'toString', ''])
      expect(kindOfFailure('ExportWorkflow', error), error).to.equal('failed');
  });

  it('a pool that is gone: a restore asks for another one, and is not told to restore it', () => {
    expect(nextAfterFailure('ImportWorkflow', 'UserPoolNotFound'))
      .to.include('Check NewUserPoolId')
      .and.not.include('restore it with ImportWorkflow');
    expect(nextAfterFailure('ExportWorkflow', 'UserPoolNotFound')).to.include('restore it with ImportWorkflow');
  });
});
