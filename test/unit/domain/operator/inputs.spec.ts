import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { EXPORT_ACCEPTANCES, IMPORT_ACCEPTANCES } from '../../../../source/domain/operator/inputs.ts';
import { root } from '../../../support/templates.ts';

describe('what --accept takes', () => {
  it('is every flag of ExportWorkflow and ImportWorkflow that accepts something', () => {
    const input = readFileSync(join(root, 'source', 'domain', 'workflow', 'input.ts'), 'utf8');
    const flags = [...input.matchAll(/^\s+(\w+): flag,$/gm)].map(([, key]) => key);
    // A dry run accepts nothing: it has an option of its own.
    expect(flags.filter((key) => key !== 'DryRun')).to.have.members(
      [...EXPORT_ACCEPTANCES, ...IMPORT_ACCEPTANCES].map(({ key }) => key),
    );
    expect(flags).to.include('DryRun');
  });
});
