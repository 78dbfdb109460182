import { Logger } from '@aws-lambda-powertools/logger';
import { expect } from 'chai';
import sinon from 'sinon';
import { Halt } from '../../../source/domain/errors.ts';
import { untilProcessed } from '../../../source/adapters/batches.ts';
import { int, names, oneOf, optionalText, readEnv, requiredText, yesNo } from '../../../source/adapters/env.ts';
import { redact } from '../../../source/adapters/log.ts';
import { FakeClock } from '../../../tools/simulation/fake-clock.ts';

describe('readEnv', () => {
  it('reads each kind', () => {
    const source = { A: ' a ', N: '25', F: 'Yes', G: 'no', W: 'two', E: '' };
    expect(
      readEnv(
        {
          A: requiredText(),
          N: int(1, 25),
          F: yesNo(),
          G: yesNo(),
          W: oneOf('one', 'two'),
          E: optionalText(),
          M: optionalText(),
        },
        source,
      ),
    ).to.deep.equal({ A: 'a', N: 25, F: true, G: false, W: 'two', E: undefined, M: undefined });
  });

  it('reads names separated by commas, and none', () => {
    const read = (value?: string): unknown => readEnv({ L: names() }, value === undefined ? {} : { L: value }).L;
    expect(read('custom:last_login, updated_at,')).to.deep.equal(['custom:last_login', 'updated_at']);
    for (const none of [undefined, '', ' ', ',']) expect(read(none)).to.deep.equal([]);
  });

  it('takes a Yes or No that lost its quotes in a template for what it says', () => {
    const values = ['Yes', 'true', 'No', 'false', ' FALSE '].map((F) => readEnv({ F: yesNo() }, { F }).F);
    expect(values).to.deep.equal([true, true, false, false, false]);
    for (const F of ['', '1', 'maybe']) expect(() => readEnv({ F: yesNo() }, { F })).to.throw(/F .*Yes or No/);
  });

  it('names every bad key, and no value', () => {
    const read = () =>
      readEnv(
        { A: requiredText(), N: int(1, 25), B: int(1, 25), F: yesNo(), W: oneOf('one') },
        { N: '26', B: '1e1', F: 'canary', W: 'canary' },
      );
    expect(read)
      .to.throw(/A .*found nothing.*N .*B .*F .*W /)
      .with.property('name', 'BadEnvironment');
    expect(read).not.to.throw(/canary/);
  });
});

describe('the log', () => {
  const canaries = [
    'canary-user',
    'canary@example.test',
    '+34600111222',
    'eyJhbGciOi.eyJzdWIiOi.c2ln',
    'X-Amz-Signature=canary',
    'canary-message',
    'canary-token',
  ];

  it('holds no personal data, wherever it is put', () => {
    const written = sinon.stub(process.stdout, 'write').returns(true);
    try {
      new Logger({ serviceName: 't', jsonReplacerFn: redact }).info('said canary@example.test', {
        username: canaries[0],
        nested: {
          'cognito:username': canaries[0],
          attributes: { email: canaries[1] },
          list: [canaries[1], canaries[2]],
        },
        note: `call ${canaries[2]} with ${canaries[3]}`,
        link: 'https://bucket.example/x?X-Amz-Signature=canary',
        nextToken: canaries[6],
        NextToken: canaries[6],
        failure: new TypeError(canaries[5], { cause: new Error(canaries[5]) }),
        'custom:badge': canaries[0],
        error: Object.assign(new Error(canaries[5]), { detail: canaries[0] }),
      });
      written.restore();
      const line = String(written.firstCall.args[0]);
      for (const canary of canaries) expect(line).not.to.include(canary);
      expect(line).to.include('TypeError').and.to.include('errorName');
    } finally {
      written.restore();
    }
  });

  it("keeps counts, keys of objects, and the messages of the product's own errors", () => {
    expect(redact('users', 12)).to.equal(12);
    expect(redact('key', 'exports/20260301T000000Z-12345678/users.json')).to.equal(
      'exports/20260301T000000Z-12345678/users.json',
    );
    expect(redact('error', new Halt('MfaNotSupported', 'MFA is ON'))).to.deep.equal({
      errorName: 'MfaNotSupported',
      errorMessage: 'MFA is ON',
    });
  });
});

describe('batches', () => {
  it('repeats what is left over as long as something moves', async () => {
    let left = 40;
    const clock = new FakeClock();
    await untilProcessed('x', Array.from({ length: 40 }), async (pending) => pending.slice(0, (left -= 1)), {
      clock,
      random: () => 1,
    });
    expect(left).to.equal(0);
    expect(clock.elapsed).to.be.above(0);
  });
});
