import { expect } from 'chai';
import { parseExportEvent, parseRunEvent } from '../../../../source/domain/export/export-event.ts';

describe('state of ExportWorkflow as a function gets it', () => {
  const state = {
    executionArn: 'arn:aws:states:eu-west-1:111122223333:execution:ExportWorkflow-0a1b:one',
    startTime: '2026-03-01T00:00:00Z',
    options: { allowMassDelete: true, allowMassChange: false },
  };

  it('gives the execution, its options and the run', () => {
    expect(parseExportEvent(state)).to.deep.equal({
      executionArn: state.executionArn,
      allowMassDelete: true,
      allowMassChange: false,
    });
    expect(parseRunEvent({ ...state, run: { runId: 'r', resumed: false } })).to.deep.equal({
      executionArn: state.executionArn,
      allowMassDelete: true,
      allowMassChange: false,
      runId: 'r',
    });
  });

  it('allows what a guard would refuse only by a true that is no text', () => {
    for (const allow of ['true', 1, undefined])
      expect(parseExportEvent({ ...state, options: { allowMassDelete: allow, allowMassChange: allow } })).to.include({
        allowMassDelete: false,
        allowMassChange: false,
      });
    expect(parseExportEvent({ ...state, options: { allowMassChange: true } })).to.include({
      allowMassDelete: false,
      allowMassChange: true,
    });
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
