import { expect } from 'chai';
import { serviceError } from '../../../source/adapters/service-errors.ts';
import { wakeQueue } from '../../../source/adapters/wake-queue.ts';
import { AwsStub, refusal } from '../../support/aws-stub.ts';
import { FakeClock } from '../../../tools/simulation/fake-clock.ts';
import { rejection } from '../../support/rejection.ts';

const named = (name: string, message = 'text of the service'): Error => Object.assign(new Error(message), { name });

describe('Errors of services', () => {
  it('B13: say of a key that cannot be used what may be wrong with it, how long there is time and what to do', () => {
    for (const error of [
      named('KMSDisabledException'),
      named('KMSAccessDeniedException'),
      named('KMSInvalidStateException'),
      named('KMSNotFoundException'),
      named('KmsDisabled'),
      named('KmsAccessDenied'),
      named('KmsInvalidState'),
      named('KMS.DisabledException'),
      named('KMS.KMSInvalidStateException'),
      named('AccessDenied', 'User: x is not authorized to perform: kms:GenerateDataKey on this resource'),
      named('AccessDeniedException', 'KMS key access denied error: the key is disabled'),
    ]) {
      const told = serviceError('PutItem on table X', error);
      expect(told, error.name).to.include({ name: 'AccessDenied' });
      expect(told.message)
        .to.include(`The encryption key cannot be used for PutItem on table X (${error.name}).`)
        .and.include('Enable it in this Region or cancel its deletion within seven days')
        .and.include('docs/security.md')
        .and.not.include('not authorized')
        .and.not.include('text of the service');
    }
  });

  it('B13: blame no key for a refusal that is none of it, and call nothing final that ends by itself', () => {
    expect(serviceError('PutItem on table X', named('AccessDeniedException')).message)
      .to.include('may not call PutItem on table X')
      .and.not.include('key cannot be used');
    for (const busy of ['KMSThrottlingException', 'KmsThrottled', 'KMS.ThrottlingException'])
      expect(serviceError('Publish', named(busy))).to.include({ name: 'ServiceError' });
  });

  it('B13: come to the caller of a queue whose key is disabled', async () => {
    const stub = new AwsStub();
    await stub.start();
    try {
      stub.answer = () => refusal('KmsDisabled');
      const queue = wakeQueue({
        queueUrl: 'http://127.0.0.1:1/000000000000/NewUsers',
        userAgent: 'solution/v1',
        clock: new FakeClock(),
        random: () => 0,
      });
      const error = await rejection(queue.receive(10, 0));
      expect(error).to.include({ name: 'AccessDenied' });
      expect(error.message).to.include('The encryption key cannot be used').and.include('(KmsDisabled)');
    } finally {
      await stub.stop();
    }
  });
});
