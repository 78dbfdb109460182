import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { EXPORT_ACCEPTANCES, IMPORT_ACCEPTANCES } from '../../../../source/domain/operator/inputs.ts';
import { root } from '../../../support/templates.ts';

describe('what --accept takes', () => {
  it('is every flag of ExportWorkflow and ImportWorkflow that accepts something', () => {
    const input = readFileSync(join(root, 'source', 'domain', 'workflow', 'input.ts'), 'utf8');
    const flags = [...input.matchAll(/^\s+(\w+): flag,$/gm)].map(([, key = '']) => key);
    // These accept nothing: they have options of their own.
    expect(flags.filter((key) => !['DryRun', 'Everybody', 'CleanUp'].includes(key))).to.have.members(
      [...EXPORT_ACCEPTANCES, ...IMPORT_ACCEPTANCES].map(({ key }) => key),
    );
    expect(flags).to.include('DryRun');
  });
});
