import { expect } from 'chai';
import fc from 'fast-check';
import { answerBody, MAX_ANSWER_BYTES } from '../../../../source/custom-resources/framework/answer.ts';
import { createRequest } from '../../../support/custom-resources/requests.ts';
import type { Answer } from '../../../support/custom-resources/requests.ts';

const failed = (reason: string): string =>
  answerBody(createRequest(), { status: 'FAILED', physicalId: 'thing', reason, attributes: { Lost: 'x' } });

describe('answer to CloudFormation', () => {
  it('carries what CloudFormation demands', () => {
    expect(JSON.parse(failed('broken'))).to.deep.include({
      Status: 'FAILED',
      Reason: 'broken',
      PhysicalResourceId: 'thing',
      RequestId: 'create-1',
      LogicalResourceId: 'Thing',
      Data: {},
    });
  });

  it('cuts a long reason to what fits, and no more', () => {
    const body = failed('x'.repeat(10_000));
    expect(Buffer.byteLength(body)).to.equal(MAX_ANSWER_BYTES);
    expect((JSON.parse(body) as Answer).Reason).to.match(/^x{3000,}\.\.\.$/);
  });

  it('leaves a reason of exactly the limit whole', () => {
    const room = MAX_ANSWER_BYTES - Buffer.byteLength(failed('x')) + 1;
    expect((JSON.parse(failed('x'.repeat(room))) as Answer).Reason).to.equal('x'.repeat(room));
  });

  it('fits, stays JSON and keeps whole characters for any reason', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 500, maxLength: 3000 }), (reason) => {
        const body = failed(reason);
        expect(Buffer.byteLength(body)).to.be.at.most(MAX_ANSWER_BYTES);
        const kept = (JSON.parse(body) as Answer).Reason ?? '';
        expect(Buffer.from(kept).toString()).to.equal(kept); // no half of a surrogate pair
      }),
      { numRuns: 25 },
    );
  });

  it('turns attributes that do not fit into a failure that says so', () => {
    const body = answerBody(createRequest(), {
      status: 'SUCCESS',
      physicalId: 'thing',
      reason: '',
      attributes: { Long: 'x'.repeat(5000) },
    });
    expect(JSON.parse(body)).to.include({ Status: 'FAILED', PhysicalResourceId: 'thing' });
    expect((JSON.parse(body) as Answer).Reason).to.contain('4096 bytes');
  });
});
