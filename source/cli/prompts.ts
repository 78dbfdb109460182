/** Questions to a person at a terminal. */

/** One line that is asked for. */
export interface Question {
  readonly message: string;
  /** Stands there to begin with. */
  readonly initial?: string;
  /** What is wrong with an answer; undefined when it can be used. */
  readonly complaint?: (answer: string) => string | undefined;
}

/** Asks; undefined (or false) when the question was dismissed by Ctrl-C. Only where the output is interactive. */
export interface Prompts {
  text(question: Question): Promise<string | undefined>;
  choose(question: Pick<Question, 'message' | 'initial'>, values: readonly string[]): Promise<string | undefined>;
  confirm(message: string): Promise<boolean>;
}

/** Prompts of @clack/prompts, which is loaded with the first question. */
export const clackPrompts: Prompts = {
  text: async ({ message, initial, complaint }) => {
    const { text, isCancel } = await import('@clack/prompts');
    const answer = await text({
      message,
      ...(initial === undefined ? {} : { initialValue: initial }),
      validate: (value = '') => complaint?.(value),
    });
    return isCancel(answer) ? undefined : (answer ?? '');
  },
  choose: async ({ message, initial }, values) => {
    const { select, isCancel } = await import('@clack/prompts');
    const answer = await select({
      message,
      options: values.map((value) => ({ value, label: value })),
      ...(initial === undefined ? {} : { initialValue: initial }),
    });
    return isCancel(answer) ? undefined : answer;
  },
  confirm: async (message) => {
    const { confirm, isCancel } = await import('@clack/prompts');
    const answer = await confirm({ message, initialValue: false });
    return isCancel(answer) ? false : answer;
  },
};
