import { expect } from 'chai';
import { parseExportEvent, parseRunEvent } from '../../../../source/domain/export/export-event.ts';

describe('state of ExportWorkflow as a function gets it', () => {
  const state = {
    executionArn: 'arn:aws:states:eu-west-1:111122223333:execution:ExportWorkflow-0a1b:one',
    startTime: '2026-03-01T00:00:00Z',
    options: { allowMassDelete: true },
  };

  it('gives the execution, its options and the run', () => {
    expect(parseExportEvent(state)).to.deep.equal({ executionArn: state.executionArn, allowMassDelete: true });
    expect(parseRunEvent({ ...state, run: { runId: 'r', resumed: false } })).to.deep.equal({
      executionArn: state.executionArn,
      allowMassDelete: true,
      runId: 'r',
    });
  });

  it('allows a mass delete only by a true that is no text', () => {
    for (const allowMassDelete of ['true', 1, undefined])
      expect(parseExportEvent({ ...state, options: { allowMassDelete } })).to.include({ allowMassDelete: false });
  });

  it('refuses anything else, naming what is missing', () => {
    for (const event of [null, [], 'x', {}, { executionArn: 'x' }, { options: {} }])
      expect(() => parseExportEvent(event))
        .to.throw('executionArn and options')
        .with.property('name', 'InvalidInput');
    for (const run of [undefined, null, {}, { runId: 1 }])
      expect(() => parseRunEvent({ ...state, run }))
        .to.throw('run.runId')
        .with.property('name', 'InvalidInput');
  });
});
