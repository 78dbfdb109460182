import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** A small model in botocore's format that has every kind of shape and rule. */
export const exampleModel = {
  metadata: { protocol: 'json', targetPrefix: 'AWSCognitoIdentityProviderService' },
  operations: {
    CreateThing: { input: { shape: 'CreateThing' } },
    SendMessage: { input: { shape: 'SendMessage' } },
    NoInput: {},
  },
  shapes: {
    CreateThing: {
      type: 'structure',
      required: ['Name', 'Parts'],
      members: {
        Name: { shape: 'Name' },
        Kind: { shape: 'Kind' },
        Count: { shape: 'Count' },
        Ratio: { shape: 'Ratio' },
        Flag: { shape: 'Flag' },
        When: { shape: 'When' },
        Data: { shape: 'Data' },
        Parts: { shape: 'Parts' },
        Tags: { shape: 'Tags' },
        Value: { shape: 'Value' },
        Code: { shape: 'Code' },
        Big: { shape: 'Big' },
      },
    },
    Name: { type: 'string', min: 1, max: 5, pattern: '[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+' },
    Code: { type: 'string', min: 2 },
    Big: { type: 'integer' },
    SendMessage: { type: 'structure', members: { DelaySeconds: { shape: 'Big' } } },
    Kind: { type: 'string', enum: ['A', 'B'] },
    Count: { type: 'integer', min: 0, max: 60 },
    Ratio: { type: 'double' },
    Flag: { type: 'boolean' },
    When: { type: 'timestamp' },
    Data: { type: 'blob', max: 3 },
    Parts: { type: 'list', member: { shape: 'Part' }, min: 1, max: 2 },
    Part: { type: 'structure', required: ['Name'], members: { Name: { shape: 'Name' } } },
    Tags: { type: 'map', key: { shape: 'Name' }, value: { shape: 'Kind' }, max: 2 },
    Value: { type: 'structure', union: true, members: { S: { shape: 'Name' }, L: { shape: 'Values' } } },
    Values: { type: 'list', member: { shape: 'Value' } },
  },
};

/** Writes models into a new folder laid out like botocore's, newest version gzipped, and returns the folder. */
export function modelsFolder(models: Readonly<Record<string, object>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'service-models-'));
  for (const [service, model] of Object.entries(models)) {
    for (const version of ['2014-01-01', '2016-04-18']) mkdirSync(join(folder, service, version), { recursive: true });
    writeFileSync(join(folder, service, '2014-01-01', 'service-2.json'), JSON.stringify({ ...model, operations: {} }));
    writeFileSync(join(folder, service, '2016-04-18', 'service-2.json.gz'), gzipSync(JSON.stringify(model)));
  }
  return folder;
}
