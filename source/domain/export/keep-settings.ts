import * as v from 'valibot';
import { settingsRecordShape } from '../backup/manifest.ts';
import type { SettingsRecord } from '../backup/manifest.ts';
import { forEachAtOnce } from '../concurrency.ts';
import { answerTo } from '../pool-settings/ask.ts';
import { assembledSettings } from '../pool-settings/assemble.ts';
import { settingsBytes, settingsItems, settingsRecord } from '../pool-settings/kept.ts';
import { endsPart, questionsFor } from '../pool-settings/questions.ts';
import type { SettingsAnswer } from '../pool-settings/questions.ts';
import { settingsHash } from '../pool-settings/shape.ts';
import type { BackupTable, ObjectStore, SettingsReader } from '../ports.ts';
import type { Progress } from '../state/progress.ts';
import { onlyRead } from '../state/shape.ts';
import { workSlice } from '../state/slice.ts';
import { workThenSave } from '../state/step.ts';
import type { StepDeps } from '../state/step.ts';
import { readingSettings } from './figures.ts';
import { claimExportProgress, stateAfter } from './progress.ts';
import { Run } from './run.ts';
import { answerPartsShape, KnownAnswers } from './settings-answers.ts';
import { putLooks, settingsBefore, takenOverFrom } from './settings-looks.ts';
import type { SettingsBefore } from './settings-looks.ts';

const keepSettingsShape = v.object({
  parts: answerPartsShape,
  /** Once all is asked for: what is kept, or `refused`, why the pool could not be described. */
  end: v.exactOptional(
    v.union([v.object({ record: onlyRead(settingsRecordShape) }), v.object({ refused: v.string() })]),
  ),
});
/** Checkpoint of KeepSettings. */
type KeepSettingsState = v.InferOutput<typeof keepSettingsShape>;

const SETTINGS_CHECKPOINT = 'settings';
/** One client at a time would wait for each answer; the lanes and the pacer hold back what comes too fast. */
const QUESTIONS_AT_A_TIME = 8;

/** What the run has kept of the pool's settings; undefined where it could not, or a version that kept none began it. */
export async function settingsOfRun(
  objects: Pick<ObjectStore, 'get'>,
  runId: string,
): Promise<SettingsRecord | undefined> {
  const end = (await stateAfter(objects, runId, SETTINGS_CHECKPOINT, keepSettingsShape))?.end;
  return end !== undefined && 'record' in end ? end.record : undefined;
}

/** What KeepSettings needs. */
export interface KeepSettingsDeps extends Omit<StepDeps, 'table' | 'objects'> {
  readonly settings: SettingsReader;
  readonly table: Pick<BackupTable, 'getItem' | 'putItems'>;
  readonly objects: Pick<ObjectStore, 'get' | 'put'>;
}

/**
 * KeepSettings: asks Cognito for the pool's whole configuration and puts it into the table under its hash, which the
 * manifest will name. What the role or Cognito refuses is left out, by name: a backup of the users never waits for it.
 */
export async function keepSettings(
  deps: KeepSettingsDeps,
  runId: string,
): Promise<{ readonly done: boolean; readonly asked: number }> {
  const run = await Run.join(deps, runId);
  let left = 1;
  const progress = await claimExportProgress<KeepSettingsState>(deps, run, SETTINGS_CHECKPOINT, {
    shape: keepSettingsShape,
    initial: () => ({ parts: [] }),
    figures: ({ end }) => readingSettings(run.facts, end === undefined ? left : 0),
  });
  const { state } = progress;
  const asked = (): number => state.parts.reduce((sum, { answers }) => sum + answers, 0);
  if (state.end !== undefined) return { done: true, asked: asked() };
  const answers = await KnownAnswers.load(deps.objects, state.parts);
  const before = await settingsBefore(deps);
  const asking = { deps, run, answers, before };
  await workThenSave(
    progress,
    () => answers.all.size,
    () =>
      progress.gather([answers], async () => {
        const all = await askAll(asking, progress, (open) => (left = open));
        if (all) state.end = await keep(asking);
      }),
  );
  const { end } = progress.state;
  if (end !== undefined && 'refused' in end)
    deps.log.warn('The settings of the pool are not kept: it could not be described', { runId, error: end.refused });
  return { done: end !== undefined, asked: asked() };
}

interface Asking {
  readonly deps: KeepSettingsDeps;
  readonly run: Run;
  readonly answers: KnownAnswers;
  readonly before: SettingsBefore;
}

/** By the day on which the run began, so that a run that goes on past midnight asks for nothing twice. */
const dayOf = ({ facts }: Run): string => facts.startedAt.slice(0, 10);

/** Asks for everything that is not known yet; false when the slice ended before. */
async function askAll(
  { deps, run, answers, before }: Asking,
  progress: Progress<KeepSettingsState>,
  tellOpen: (open: number) => void,
): Promise<boolean> {
  const sliceOver = workSlice(deps.clock, deps.timeLeft);
  const takenOver = takenOverFrom(before, dayOf(run));
  const { userPoolId } = run.facts;
  for (;;) {
    const open = questionsFor(userPoolId, answers.all, takenOver).filter(({ id }) => !answers.all.has(id));
    if (open.length === 0) return true;
    for (let at = 0; at < open.length; at += QUESTIONS_AT_A_TIME) {
      if (sliceOver()) return false;
      tellOpen(open.length - at);
      const batch = open.slice(at, at + QUESTIONS_AT_A_TIME);
      await forEachAtOnce(batch, QUESTIONS_AT_A_TIME, async (question) =>
        answers.add(question.id, await answerTo(deps.settings, question)),
      );
      progress.saveIfDue();
      // The role may not ask for a part, or Cognito does not offer it: its other questions are none any more.
      if (batch.some(({ id }) => endsPart(answers.all.get(id) as SettingsAnswer))) break;
    }
  }
}

/** Puts what was found into the table, unless the last sealed run has just that. */
async function keep({ deps, run, answers, before }: Asking): Promise<NonNullable<KeepSettingsState['end']>> {
  const day = dayOf(run);
  const settings = assembledSettings(answers.all, {
    poolId: run.facts.userPoolId,
    takenAt: run.facts.startedAt,
    before: before.settings,
    takenOver: takenOverFrom(before, day),
  });
  if (settings === undefined) {
    const answer = answers.all.get('pool') as { readonly refused: string };
    return { refused: answer.refused };
  }
  const hash = settingsHash(settings);
  if (before.record?.hash === hash) {
    await putLooks(deps.objects, answers.all, { hash, day });
    const { carriedOver: _carriedOver, ...record } = before.record;
    return { record: { ...record, changed: { count: 0, names: [] } } };
  }
  const items = settingsItems(hash, settingsBytes(settings));
  await deps.table.putItems(items);
  await putLooks(deps.objects, answers.all, { hash, day });
  return { record: settingsRecord(settings, items, before.settings) };
}
