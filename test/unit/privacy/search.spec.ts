import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { Search } from '../../support/privacy/search.ts';
import type { Place } from '../../support/privacy/search.ts';

const CANARIES = [
  { kind: 'e-mail address', text: 'Ana.Qvxzw@example.org' },
  { kind: 'note', text: 'brgfq, "wxkzv" & <so>\u00e9' },
];
const search = new Search(CANARIES);
const found = (text: string, where = 'here'): string[] => search.in([{ where, text }]).map(({ kind }) => kind);

const [{ text: mail }, { text: note }] = CANARIES as unknown as [{ text: string }, { text: string }];
const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('The search for personal data', () => {
  const forms: Readonly<Record<string, (text: string) => string>> = {
    'as it is': (text) => `User ${text} exists`,
    'in other letters': (text) => text.toUpperCase(),
    'in JSON': (text) => JSON.stringify({ message: text }),
    'in JSON within JSON, as Step Functions keeps a cause': (text) =>
      JSON.stringify({ Cause: JSON.stringify({ errorMessage: text }) }),
    'in a URL': (text) => `https://example.com/?filter=${encodeURIComponent(text)}`,
    'in a form': (text) => `Action=Publish&Message=${encodeURIComponent(text).replaceAll('%20', '+')}`,
    'in a URL within a URL': (text) => encodeURIComponent(encodeURIComponent(text)),
    'in hexadecimal': (text) => Buffer.from(text).toString('hex'),
    'in XML': (text) =>
      `<Message>${text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')}</Message>`,
    'in a CSV of an import job': (text) => text.replaceAll(',', '\\,'),
    'in base64': (text) => base64(text),
    'in base64, one byte later': (text) => base64(`x${text}yz`),
    'in base64, two bytes later': (text) => base64(`xx${text}y`),
    'in base64 for URLs': (text) => Buffer.from(`token ${text} end`).toString('base64url'),
    'compressed, as log subscriptions are': (text) =>
      JSON.stringify({ awslogs: { data: gzipSync(`{"message":"${text}"}`).toString('base64') } }),
  };
  for (const [name, write] of Object.entries(forms)) {
    it(`finds it ${name}`, () => {
      expect(found(write(mail))).to.include('e-mail address');
      // A text with quotes is found inside compressed JSON only where it is escaped as such.
      if (!name.startsWith('compressed')) expect(found(write(note))).to.include('note');
    });
  }

  it('finds every credential that must not be written anywhere', () => {
    expect(found('PUT https://bucket.example/key?X-Amz-Signature=abc')).to.deep.equal(['presigned URL']);
    expect(found('{"ResponseURL":"https://x"}')).to.deep.equal(['ResponseURL']);
    expect(found(`Bearer eyJhbGciOiJub25l.eyJzdWIiOiIxMjM0.`)).to.deep.equal(['web token']);
  });

  it('names the place, and never the text', () => {
    const places: Place[] = [
      { where: 'log group a', text: mail },
      { where: 'queue b', text: 'nothing' },
    ];
    const findings = search.in(places);
    expect(findings.map(({ where }) => where)).to.deep.equal(['log group a']);
    expect(JSON.stringify(findings).toLowerCase()).to.not.include('qvxzw');
  });

  it('finds nothing where nothing is, and takes no text that could stand there by chance', () => {
    expect(found('exports/20260301T000000Z-12345678/progress/users.json {"users": 12, "email": 3}')).to.deep.equal([]);
    expect(() => new Search([{ kind: 'name', text: 'Ana' }])).to.throw(/3 characters/);
  });
});
