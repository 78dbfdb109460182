import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from 'aws-lambda';
import { expect } from 'chai';
import { Fault, Halt } from '../../../source/domain/errors.ts';
import { guarded, shownError } from '../../../source/adapters/guarded.ts';
import { rejection } from '../../support/rejection.ts';

const context = {} as Context;
const CANARY = 'ana.canary@example.com';

/** Everything that Lambda and Step Functions may write of an error. */
const written = (error: Error): string =>
  `${error.name} ${error.message} ${error.stack ?? ''} ${JSON.stringify(error)} ${String(error.cause)}`;

describe('A guarded handler', () => {
  it("hands answers and the product's own errors on as they are", async () => {
    expect(await guarded(async (event: number) => event + 1)(1, context)).to.equal(2);
    for (const own of [new Halt('MfaNotSupported', 'MFA is ON'), new Fault('BadState', 'The object x is damaged.')]) {
      expect(
        await rejection(
          guarded(async () => {
            throw own;
          })({}, context),
        ),
      ).to.equal(own);
    }
  });

  it('keeps the name and the places of any other error, and nothing of what it says', async () => {
    const foreign: (() => unknown)[] = [
      () => JSON.parse(`{"email": "${CANARY}" oops`) as unknown,
      () => {
        throw new TypeError(`cannot read ${CANARY}`);
      },
      () => {
        throw Object.assign(new Error(`User ${CANARY} exists`), { name: 'UsernameExistsException', $response: CANARY });
      },
      () => {
        throw new Error(`two lines\n    at ${CANARY}:1:2`, { cause: new Error(CANARY) });
      },
      () => {
        // eslint-disable-next-line @typescript-eslint/only-throw-error
        throw CANARY;
      },
    ];
    const names: string[] = [];
    for (const fail of foreign) {
      const error = await rejection(guarded(async () => fail())({}, context));
      expect(written(error)).to.not.include(CANARY);
      names.push(error.name);
    }
    expect(names).to.deep.equal(['SyntaxError', 'TypeError', 'UsernameExistsException', 'Error', 'UnknownError']);
    expect(shownError(new TypeError(CANARY)).stack).to.include('guarded.spec.ts:');
  });

  it('is what every function of the workflows exports', () => {
    const folder = 'source/lambda';
    const sourceOf = (file: string): string => readFileSync(join(folder, file), 'utf8');
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
      (name) => name.endsWith('.ts') && !name.includes('shared'),
    );
    expect(files).to.have.length.above(10);
    for (const file of files)
      expect(sourceOf(file), file).to.match(
        /^export const handler = (guarded|exportFunction|listingFunction|callingFunction|importFunction)\(/m,
      );
    expect(sourceOf('export/shared/export-function.ts')).to.match(/return guarded\(/);
    expect(sourceOf('import/shared/import-function.ts')).to.match(/return guarded\(/);
    expect(sourceOf('export/shared/listing-function.ts')).to.match(/return exportFunction\(/);
  });
});
