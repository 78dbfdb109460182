import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { countedWords } from '../../../source/domain/counted.ts';
import { root } from '../../support/templates.ts';

/** What texts of this product count. */
const THINGS =
  'accounts|alarms|attributes|batches|buckets|bytes|calls|changes|characters|chunks|days|differences|digests|executions|exports|files|functions|groups|hours|invocations|items|jobs|keys|launches|lines|members|memberships|messages|minutes|objects|others|pages|places|pools|problems|queues|resources|roles|rounds|rows|runs|scans|seconds|snapshots|steps|subscriptions|tables|times|tries|users|versions';
/** A value in a text that is followed by one of them, or by it after such a word. */
const COUNTED = new RegExp(
  String.raw`\$\{((?:[^{}]|\{[^{}]*\})*)\} (?:(?:import|other|more|unconfirmed|username|superseded|write|of their|of its) )?(?:${THINGS})\b`,
  'g',
);
/** A constant is never 1, and neither is a rate with its decimals; a workflow runs. */
const NOT_COUNTED = /^(?:[A-Z][A-Z_]+|workflow|executionArn|counted\w*\(.*|.*\.toFixed\(1\))$/;

/** Texts in which a number that may be 1 stands before a plural that no helper has made. */
const uncounted = (file: string): string[] =>
  [...readFileSync(join(root, file), 'utf8').matchAll(COUNTED)]
    .filter(([, value = '']) => !NOT_COUNTED.test(value))
    .map(([text]) => `${file}: ${text}`);

describe('counted', () => {
  it('15: "1 users": whatever is told with a count goes through the helper that knows one from several', () => {
    const files = ['source', 'tools/demo', 'tools/deploy'].flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((path) => path.endsWith('.ts'))
        .map((path) => join(folder, path)),
    );
    expect(files.length).to.be.greaterThan(300);
    expect(files.flatMap(uncounted)).to.deep.equal([]);
  });

  it('15: noun and verb follow the number, also behind "of the users"', () => {
    expect(countedWords(1, 'users were deleted')).to.equal('1 user was deleted');
    expect(countedWords(2, 'users were deleted')).to.equal('2 users were deleted');
    expect(countedWords(1, 'of the users were changed since')).to.equal('1 of the users was changed since');
    expect(countedWords(2, 'of the users were changed since')).to.equal('2 of the users were changed since');
  });
});
