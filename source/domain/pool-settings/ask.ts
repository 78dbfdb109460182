import { followChain, newChain, withToken } from '../listing/page-chain.ts';
import type { SettingsReader } from '../ports.ts';
import { cleaned } from './cleaned.ts';
import type { SettingsQuestion, SettingsAnswer } from './questions.ts';

/** Asks one question of Cognito. */
export async function answerTo(settings: SettingsReader, question: SettingsQuestion): Promise<SettingsAnswer> {
  if (question.pageSize !== undefined) return listed(settings, question, question.pageSize);
  const answered = await settings.ask(question.operation, question.input);
  return 'refused' in answered ? answered : { found: cleaned(question, answered.answer) };
}

/** All pages of a listing, or what refused one of them. */
async function listed(settings: SettingsReader, question: SettingsQuestion, pageSize: number): Promise<SettingsAnswer> {
  const { operation, input, member = '', part } = question;
  let items: Readonly<Record<string, unknown>>[] = [];
  let refused: string | undefined;
  await followChain<Readonly<Record<string, unknown>>>(newChain(), {
    fetch: async (token) => {
      const next = withToken(token).token;
      const answered = await settings.ask(operation, {
        ...input,
        MaxResults: pageSize,
        ...(next === undefined ? {} : { NextToken: next }),
      });
      if ('refused' in answered) {
        refused = answered.refused;
        return { items: [] };
      }
      const { [member]: page = [], NextToken } = answered.answer;
      return {
        items: page as readonly Readonly<Record<string, unknown>>[],
        ...(typeof NextToken === 'string' && NextToken !== '' ? { next: NextToken } : {}),
      };
    },
    apply: (page) => {
      items.push(...page);
    },
    restarted: () => {
      items = [];
    },
  });
  if (refused !== undefined) return { refused };
  return {
    found: { items: part === 'resourceServers' ? items.map((item) => cleaned({ id: part, part }, item)) : items },
  };
}
