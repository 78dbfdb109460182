import type { SettingsReader } from '../ports.ts';
import { answerTo } from './ask.ts';
import { assembledSettings } from './assemble.ts';
import { questionsFor } from './questions.ts';
import type { SettingsAnswer, TakenOver } from './questions.ts';
import type { KeptSettings } from './shape.ts';

const NOTHING_TAKEN_OVER: TakenOver = { client: () => false, provider: () => false, terms: () => false };

/** A pool's whole configuration as it is now; undefined where the pool itself could not be described. */
export async function readSettings(
  reader: SettingsReader,
  { poolId, takenAt }: { readonly poolId: string; readonly takenAt: string },
): Promise<KeptSettings | undefined> {
  const answers = new Map<string, SettingsAnswer>();
  const open = () => questionsFor(poolId, answers, NOTHING_TAKEN_OVER).filter((question) => !answers.has(question.id));
  for (let [question] = open(); question !== undefined; [question] = open())
    answers.set(question.id, await answerTo(reader, question));
  return assembledSettings(answers, { poolId, takenAt, before: undefined, takenOver: NOTHING_TAKEN_OVER });
}
